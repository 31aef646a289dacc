"""Every row of every table of ours, as the database has it: what was half-saved or half-erased shows."""

from collections import Counter

from django.apps import apps
from django.db import connection

from journal.models import AccessEvent, AccessHead


def everything() -> dict[str, Counter[str]]:
    """Each table's rows. The list of who read is left out: it only grows."""
    tables: dict[str, Counter[str]] = {}
    with connection.cursor() as cursor:
        for model in set(apps.get_app_config("journal").get_models()) - {AccessEvent, AccessHead}:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')  # noqa: S608  (a table's own name)
            rows = [[bytes(value) if isinstance(value, memoryview) else value for value in row] for row in cursor.fetchall()]
            tables[model._meta.db_table] = Counter(map(str, rows))
    return tables


def without_triggers() -> None:
    """Let the log be changed and emptied, as somebody with the database in their hands could."""
    if connection.vendor == "sqlite":
        triggers = ["journal_accessevent_no_update", "journal_accessevent_no_delete"]
    else:
        of_the_log = "ON journal_accessevent"
        triggers = [f"journal_accessevent_append_only {of_the_log}", f"journal_accessevent_no_truncate {of_the_log}"]
    with connection.cursor() as cursor:
        for trigger in triggers:
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}")
