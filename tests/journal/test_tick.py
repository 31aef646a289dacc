"""``manage.py tick``: what has expired is erased, and was invisible before."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from journal import tasks
from journal.models import Draft, Entry, Erased, Reply
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
