"""The access log: every reading leaves a line, and no line can be changed."""

import pytest
from django.db import DatabaseError, connection, transaction

from journal.models import AccessEvent, AccessHead, Erased, SharedEntry
from journal.models.log import Fault, Wrong, install_triggers


@pytest.fixture
def lines(world):
    for _ in range(3):
        AccessEvent.objects.record_reading(world.roles["counsellor"], world.share, [world.entry])
    return world


def test_a_reading_leaves_a_line_and_marks_the_entry_as_read(lines):
    event = AccessEvent.objects.of_family(lines.roles["owner"], lines.journal).first()
    assert (event.number, event.verb, event.shown) == (3, "read", [str(lines.entry.pk)])
    assert SharedEntry.objects.get(share=lines.share, entry=lines.entry).read_at is not None


def test_a_stranger_has_no_log_to_read(lines):
    for name in ("stranger", "counsellor", "manager"):
        assert not AccessEvent.objects.of_family(lines.roles[name], lines.journal).exists()


@pytest.mark.parametrize("change", [lambda rows: rows.update(who=0), lambda rows: rows.delete()], ids=["update", "delete"])
def test_the_database_itself_refuses_to_change_or_delete_a_line(lines, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        change(AccessEvent.objects.filter(journal=lines.journal, number=2))


def test_the_triggers_come_back_after_the_table_was_rebuilt(lines):
    # SQLite drops a table's triggers when it rebuilds it; a test's open transaction cannot rebuild one, so they are dropped here.
    _without_triggers()
    install_triggers()
    with pytest.raises(DatabaseError), transaction.atomic():
        AccessEvent.objects.filter(number=1).update(verb="opened")


def test_an_erased_journals_log_goes_with_it(lines):
    Erased.objects.create(kind="journal", row_id=str(lines.journal.pk))
    lines.journal.replies.all().delete()
    lines.journal.delete()
    assert not AccessEvent.objects.exists()


def test_the_chain_shows_a_changed_a_missing_and_a_cut_line(lines):
    assert AccessEvent.objects.faults(lines.journal.pk) == []
    _without_triggers()
    AccessEvent.objects.filter(number=2).update(verb="opened")
    assert AccessEvent.objects.faults(lines.journal.pk) == [Fault(2, Wrong.CHANGED)]
    AccessEvent.objects.filter(number=2).update(verb="read")
    AccessEvent.objects.filter(number=2).delete()
    assert AccessEvent.objects.faults(lines.journal.pk) == [Fault(3, Wrong.MISSING)]
    AccessEvent.objects.filter(number=3).delete()
    assert AccessEvent.objects.faults(lines.journal.pk) == [Fault(3, Wrong.HEAD)]


def test_the_head_follows_the_newest_line(lines):
    head = AccessHead.objects.get(journal=lines.journal)
    assert (head.number, bytes(head.mac)) == (3, bytes(AccessEvent.objects.get(number=3).mac))


def _without_triggers():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER journal_accessevent_no_update")
            cursor.execute("DROP TRIGGER journal_accessevent_no_delete")
        else:
            cursor.execute("DROP TRIGGER journal_accessevent_append_only ON journal_accessevent")


def test_a_cut_tail_shows_although_the_head_was_taken_too(lines):
    _without_triggers()
    AccessEvent.objects.filter(number=3).delete()
    AccessHead.objects.all().delete()
    assert AccessEvent.objects.faults(lines.journal.pk) == [Fault(2, Wrong.HEAD)]


def test_no_line_is_replaced_and_the_table_is_not_emptied(lines):
    replace = """INSERT OR REPLACE INTO journal_accessevent (id, number, who, role, verb, at, shown, mac, journal_id)
        SELECT id, number, 0, role, 'opened', at, shown, mac, journal_id FROM journal_accessevent"""
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(replace if connection.vendor == "sqlite" else "TRUNCATE journal_accessevent CASCADE")
    assert AccessEvent.objects.filter(verb="read").count() == 3
