"""``manage.py tick``: what has expired is erased, and was invisible before."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from journal import tasks
from journal.models import Agreement, Draft, Entry, Erased, Reply, ReplyRead, SupportPerson
from tests import factories
from tests.conftest import PRIVATE, sign_in
from tests.screens import reply


def put_in_bin(entry, days):
    Entry.objects.filter(pk=entry.pk).update(deleted_at=timezone.now() - timedelta(days=days, seconds=1))


def tick(capsys):
    call_command("tick")
    return capsys.readouterr().out


def test_after_thirty_days_in_the_bin_an_entry_and_its_answers_are_gone_for_good(world, capsys):
    reply(world)
    put_in_bin(world.entry, 30)
    assert "erase_bin: 1" in tick(capsys)
    assert not Entry.objects.filter(pk=world.entry.pk).exists()
    assert not Reply.objects.exists()
    assert Erased.objects.filter(kind="entry", row_id=str(world.entry.pk)).exists()
    assert "erase_bin: 0" in tick(capsys)


def everywhere():
    """Every value of every table of the database, ours or not."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  (a table's own name)
            for row in cursor.fetchall():
                for value in row:
                    yield table, bytes(value) if isinstance(value, memoryview) else value


def found(seals):
    """The tables in which one of these seals stands, whole or inside something else."""
    return {table for table, value in everywhere() if isinstance(value, bytes) and any(seal in value for seal in seals)}


def mentions(keys):
    """The tables in which one of these ids stands, however it is written."""
    ways = {way for key in keys for way in (key, str(key), key.hex)}
    return {table for table, value in everywhere() if value in ways}


def test_what_lay_in_the_bin_for_thirty_days_leaves_no_seal_in_any_table(world, capsys):
    owner, member, journal = world.roles["owner"], world.roles["member"], world.journal
    answer = reply(world)
    ReplyRead.objects.create(reply=answer, user=owner)
    person = factories.make_person(journal, owner)
    first = factories.make_agreement(
        journal, owner, state="now", since="2026-01-01", review="2100-01-01", agreed="Us", told="All"
    )
    second = first.revise(1, replace(first.document, text="We knock twice."), uuid.uuid4())
    for user, form, target in (
        (owner, "edit", world.entry.pk), (owner, "agreement", second.pk), (member, "agreement", first.pk),
    ):  # fmt: skip
        Draft.objects.keep(user=user, journal=journal, form=form, target=target, sequence=1, fields={"words": "half"})
    old = timezone.now() - timedelta(days=30, seconds=1)
    Entry.objects.filter(pk=world.entry.pk).update(deleted_at=old)
    SupportPerson.objects.filter(pk=person.pk).update(deleted_at=old)
    Agreement.objects.filter(pk=second.pk).update(deleted_at=old)
    rows = [*Draft.objects.all(), *Entry.objects.filter(pk=world.entry.pk), *Reply.objects.filter(pk=answer.pk)]
    rows += [*SupportPerson.objects.filter(pk=person.pk), *Agreement.objects.filter(pk__in=[first.pk, second.pk])]
    seals, keys = {bytes(row.sealed) for row in rows}, {row.pk for row in rows}
    assert len(seals) == 8
    assert found(seals) == {
        "journal_agreement", "journal_draft", "journal_entry", "journal_reply", "journal_supportperson",
    }  # fmt: skip
    tick(capsys)
    assert found(seals) == set()
    # What was erased is known by its number alone, so that a restored copy does not bring it back; and who read it stays.
    assert mentions(keys) <= {"journal_erased", "journal_accessevent"}


def test_what_can_still_be_put_back_stays(world, capsys):
    put_in_bin(world.binned, 29)
    tick(capsys)
    assert Entry.objects.in_bin_of(world.roles["owner"]).filter(pk=world.binned.pk).exists()


def test_what_has_expired_is_invisible_before_any_job_ran(client, world):
    sign_in(client, world.roles["owner"])
    put_in_bin(world.binned, 30)
    assert Entry.objects.filter(pk=world.binned.pk).exists()
    assert PRIVATE not in client.get(reverse("journal:entry_bin")).content.decode()
    for name in ("entry_restore", "entry_erase", "entry_detail"):
        assert client.post(reverse(f"journal:{name}", args=[world.binned.pk])).status_code == 404


def test_drafts_and_sessions_that_ended_are_deleted_and_others_are_not(world, capsys):
    now = timezone.now()
    user = world.roles["owner"]
    for form, days in (("entry", 1), ("edit", -1)):
        Draft.objects.keep(user=user, journal=world.journal, form=form, target=world.entry.pk, sequence=1, text="x")
        Draft.objects.filter(form=form).update(expires_at=now + timedelta(days=days))
    for key, days in (("a", 1), ("b", -1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(days=days))
    said = tick(capsys)
    assert "delete_drafts: 1" in said
    assert "delete_sessions: 1" in said
    assert Draft.objects.get().form == "entry"
    assert Session.objects.get().session_key == "a"


def test_a_job_that_fails_stops_no_other_and_is_named(world, capsys, monkeypatch, caplog):
    def broken(now):
        Draft.objects.filter(user=world.roles["owner"]).delete()
        raise ValueError("no text of anybody")

    user = world.roles["owner"]
    Draft.objects.keep(user=user, journal=world.journal, form="entry", target=world.entry.pk, sequence=1, text="x")
    monkeypatch.setattr(tasks, "JOBS", {"broken": broken, **tasks.JOBS})
    put_in_bin(world.binned, 31)
    with pytest.raises(CommandError, match="failed: broken"):
        call_command("tick")
    assert "erase_bin: 1" in capsys.readouterr().out
    assert Draft.objects.exists()
    assert "job broken failed" in caplog.text


def test_a_long_bin_is_erased_bit_by_bit(world, monkeypatch):
    monkeypatch.setattr(tasks, "MOST", 2)
    for entry in (world.entry, world.private, world.binned):
        put_in_bin(entry, 31)
    now = timezone.now()
    assert [tasks.erase_bin(now) for _ in range(3)] == [2, 1, 0]
