"""Run in a process of its own: one migration forward, back and forward again, with rows in every table that is theirs.

Prints as JSON which tables the version before could no longer write while it still runs beside the new one.
"""

import json
import sys
import uuid
from itertools import pairwise

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import DatabaseError, connection, transaction  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

from journal.models import AccessEvent, EntryContent, Journal, JournalSettings, MembershipNotes  # noqa: E402
from journal.vault import DataKey, vault  # noqa: E402
from tests.conftest import make_world, send_away  # noqa: E402
from tests.faults.old import IDS, fill  # noqa: E402

# Django's own bookkeeping of migrations and models: a rollback changes it, as it should.
BOOKS = {"django_migrations", "django_content_type", "auth_permission", "cache"}


def columns():
    """Each table's columns: name → whether a row without a value for it is refused."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in BOOKS:
                described = connection.introspection.get_table_description(cursor, table)
                found[table] = {column.name: not column.null_ok and column.default is None for column in described}
    return found


def rows(shape):
    """Every row of these tables, in these columns alone."""
    found = {}
    with connection.cursor() as cursor:
        for table, names in shape.items():
            listed = ", ".join(f'"{name}"' for name in names)
            cursor.execute(f'SELECT {listed} FROM "{table}"')  # noqa: S608  (our own tables)
            found[table] = sorted(repr([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]) for row in cursor)
    return found


def write_as(version):
    """What a worker of the version before does, which does not know what was added."""
    apps = MigrationExecutor(connection).loader.project_state(("journal", version)).apps
    entry = apps.get_model("journal", "Entry").objects.first()
    entry.pk, entry.submission = uuid.uuid4(), uuid.uuid4()
    entry.save(force_insert=True)
    apps.get_model("journal", "User").objects.update(display_name="changed meanwhile")


def there_and_back(before, after, shape):
    """Forward, back and forward again; nothing of what was there before may differ at any moment."""
    kept = rows(shape)
    call_command("migrate", "journal", after, verbosity=0)
    assert rows(shape) == kept, "forward"
    closed = sorted(
        table for table, old in shape.items() if any(needed for name, needed in columns()[table].items() if name not in old)
    )
    if "journal_entry" not in closed:
        write_as(before)
        kept = rows(shape)
    call_command("migrate", "journal", before, verbosity=0)
    assert columns() == shape, "the tables are not as they were"
    assert rows(shape) == kept, "back"
    call_command("migrate", "journal", after, verbosity=0)
    assert rows(shape) == kept, "forward again"
    return closed


def each_step(*states):
    """A family from the first version, taken through every step; which step closes which tables to the version before."""
    call_command("migrate", "journal", states[0], verbosity=0)
    apps = MigrationExecutor(connection).loader.project_state(("journal", states[0])).apps
    key = DataKey(journal=IDS["journal"], version=1, secret=vault().new_key())
    documents = {"journal": JournalSettings(), "membership": MembershipNotes(), "entry": EntryContent(kind="greet")}
    fill(apps, key, {name: key.seal(name, IDS[name], document.dump()) for name, document in documents.items()})
    return {after: there_and_back(before, after, columns()) for before, after in pairwise(states)}


def everybody(before, after):
    """The whole cast of the tests, written by this version: back to the one before, and here again."""
    call_command("migrate", verbosity=0)
    cast = send_away(make_world())
    AccessEvent.objects.record(journal=cast.journal.pk, who=cast.roles["owner"], role="parent", verb="wrote")
    now = columns()
    call_command("migrate", "journal", before, verbosity=0)
    there_and_back(before, after, columns())
    call_command("migrate", verbosity=0)
    assert columns() == now
    for journal in Journal.objects.all():
        assert not AccessEvent.objects.faults(journal.pk)
    try:
        with transaction.atomic():
            AccessEvent.objects.update(number=0)
    except DatabaseError:
        return []
    raise AssertionError("the log can be changed")


if __name__ == "__main__":
    print(json.dumps({"each_step": each_step, "everybody": everybody}[sys.argv[1]](*sys.argv[2:])))  # noqa: T201
