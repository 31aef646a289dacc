"""Run by tests/faults/test_backups.py in a process of its own: a site with families, on which one parent goes on writing."""

import json
import sys
import threading
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from journal.models import AccessEvent, Entry, Verb, erase_journal  # noqa: E402
from tests import factories  # noqa: E402


def rows():
    """Every row of every table, as text."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  (our own tables)
            # Keys and the ledger come from the other file: their rows are the same under new numbers.
            start = int(table in {"journal_journalkey", "journal_erased"})
            found[table] = sorted(repr([_plain(cell) for cell in row[start:]]) for row in cursor)
    return found


def _plain(cell):
    return bytes(cell) if isinstance(cell, memoryview) else cell


def prepare(folder):
    """Make a family, write on while the copy is made; then erase another journal, and keep what there is."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    parent = factories.make_user("parent")
    journal = factories.make_journal(parent)
    gone = factories.make_journal(parent)
    factories.make_entry(gone, parent, "GONE")
    AccessEvent.objects.record(journal=journal.pk, who=parent, role="parent", verb=Verb.WROTE)
    for number in range(20):
        factories.make_entry(journal, parent, f"before {number}")
    before = [str(pk) for pk in Entry.objects.values_list("pk", flat=True)]
    done, wrote = threading.Event(), []

    def go_on():
        try:
            while not done.is_set() or len(wrote) < 3:
                wrote.append(str(factories.make_entry(journal, parent, "meanwhile").pk))
        finally:
            connection.close()

    writer = threading.Thread(target=go_on)
    writer.start()
    call_command("backup", to=folder)
    done.set()
    writer.join()
    erase_journal(factories.make_membership(gone, parent))
    (folder / "later").mkdir()
    call_command("backup", to=folder / "later")
    state = {"before": before, "wrote": wrote, "journal": str(journal.pk), "gone": str(gone.pk), "rows": rows()}
    (folder / "state.json").write_text(json.dumps(state))


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(Path(sys.argv[2]))
    else:
        words = {str(row.pk): row.document.words for row in Entry.objects.all().opened() if not row.unreadable}
        Path(sys.argv[2]).write_text(json.dumps({"rows": rows(), "words": words}))
