"""The private half: everything a family writes, and who may read it."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JournalConfig(AppConfig):
    """Install what a migration cannot keep: SQLite drops triggers whenever it rebuilds a table."""

    name = "journal"

    def ready(self) -> None:
        """Reinstall the log's triggers after every migrate and flush; say kindly what is missing in a form."""
        from django.forms import Field
        from django.utils.translation import gettext_lazy as _

        from journal.models.log import install_triggers

        Field.default_error_messages["required"] = _("This is still empty.")
        post_migrate.connect(install_triggers, sender=self)
