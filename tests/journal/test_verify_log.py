"""`manage.py verify_log`: what was changed, is missing or was cut off is found and named."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.models import AccessEvent, AccessHead, JournalKey, Verb
from journal.models.log import Fault, Wrong
from tests import factories
from tests.tools.tables import without_triggers


def verify(capsys, *arguments):
    """Run it; return what it says and whether it ended with an error."""
    try:
        call_command("verify_log", *arguments)
    except CommandError as error:
        return capsys.readouterr().out + str(error), True
    return capsys.readouterr().out, False


def test_a_log_that_holds_is_said_to(lines, capsys):
    said, failed = verify(capsys)
    assert not failed
    assert "logs checked: 2, with a fault: 0" in said


FAULTS = {
    "changed": (lambda rows: rows.filter(number=2).update(who=0), ["line 2 does not follow from the line before it"]),
    "another mac": (
        lambda rows: rows.filter(number=2).update(mac=b"x" * 32),
        ["line 2 does not follow from the line before it", "line 3 does not follow from the line before it"],
    ),
    "missing": (lambda rows: rows.filter(number=2).delete(), ["line 3 lines before it are missing"]),
    "first one missing": (lambda rows: rows.filter(number=1).delete(), ["line 2 lines before it are missing"]),
    "cut": (lambda rows: rows.filter(number=3).delete(), ["line 3 is not where the newest line should be"]),
    "in another order": (
        lambda rows: [rows.filter(number=old).update(number=new) for old, new in ((1, 9), (2, 1), (9, 2))],
        ["line 1 does not follow from the line before it", "line 2 does not follow from the line before it"],
    ),
    "head": (
        lambda rows: AccessHead.objects.update(number=2),
        ["line 3 is not where the newest line should be"],
    ),
    "no key": (
        lambda rows: JournalKey.objects.filter(purpose="log").update(wrapped=b"0" * 60),
        ["line 1 cannot be checked: its key does not open"],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_kind_of_change_is_found_and_named_by_journal_and_line_alone(lines, capsys, name):
    change, said = FAULTS[name]
    without_triggers()
    change(AccessEvent.objects.filter(journal=lines.journal))
    out, failed = verify(capsys, "--journal", str(lines.journal.pk))
    assert failed
    for sentence in said:
        assert f"journal {lines.journal.pk}: {sentence}" in out
    assert not any(user.email in out for user in lines.roles.values() if user)


def test_a_line_of_another_journal_does_not_pass_for_one_of_this(lines, capsys):
    other = factories.make_journal(factories.make_user("parent"))
    for _ in range(3):
        AccessEvent.objects.record(journal=other.pk, who=lines.roles["stranger"], role="parent", verb=Verb.PRINTED)
    without_triggers()
    AccessEvent.objects.filter(journal=lines.journal, number=2).delete()
    AccessEvent.objects.filter(journal=other, number=2).update(journal=lines.journal)
    out, failed = verify(capsys)
    assert failed
    assert f"journal {lines.journal.pk}: line 2 does not follow" in out
    assert f"journal {other.pk}: line 3 lines before it are missing" in out


def test_a_journal_that_is_not_there_is_an_error(world, capsys):
    said, failed = verify(capsys, "--journal", "00000000-0000-4000-8000-000000000000")
    assert failed
    assert "There is no journal with this id." in said


@settings(max_examples=25, deadline=None)
@given(
    column=st.sampled_from(["who", "role", "verb", "share", "at", "shown"]), number=st.integers(1, 3), value=st.integers(1, 10**6)
)
def test_no_column_of_a_line_can_be_changed_unseen(django_db_setup, django_db_blocker, column, number, value):
    with django_db_blocker.unblock(), transaction.atomic():
        parent = factories.make_user("parent")
        journal = factories.make_journal(parent)
        for _ in range(3):
            AccessEvent.objects.record(journal=journal.pk, who=parent, role="parent", verb=Verb.PRINTED)
        without_triggers()
        line = AccessEvent.objects.get(journal=journal, number=number)
        changed = {
            "who": line.who + value,
            "role": f"r{value}"[:10],
            "verb": f"v{value}"[:10],
            "share": journal.pk,
            "at": line.at + timedelta(microseconds=value),
            "shown": [str(value)],
        }[column]
        AccessEvent.objects.filter(pk=line.pk).update(**{column: changed})
        assert AccessEvent.objects.faults(journal.pk) == [Fault(number, Wrong.CHANGED)]
        transaction.set_rollback(True)
