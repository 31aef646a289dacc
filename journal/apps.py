"""The private half: everything a family writes, and who may read it."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JournalConfig(AppConfig):
    """Install what a migration cannot keep, and listen for what changes an account."""

    name = "journal"

    def ready(self) -> None:
        """Reinstall the log's triggers after every migrate and flush: SQLite drops them whenever it rebuilds a table."""
        from django.forms import Field
        from django.utils.translation import gettext_lazy as _

        import journal.account_notices  # noqa: F401  (its receivers)
        from journal.models.log import install_triggers

        # What is missing in a form is said kindly.
        Field.default_error_messages["required"] = _("This is still empty.")
        post_migrate.connect(install_triggers, sender=self)
