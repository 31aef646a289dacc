"""A new master key: everything stays readable, the old one can go, and what was tampered with is named."""

import base64
import os
import sqlite3
import subprocess
import sys
import uuid

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command

from config.settings import BASE_DIR
from journal import rotation
from journal.models import AccessEvent, Entry, Journal, JournalKey, Verb
from journal.vault import vault
from tests import factories

ONE, TWO = (f"{number}:" + base64.b64encode(bytes([64 + number]) * 32).decode() for number in (1, 2))


@pytest.fixture
def rotate(capsys):
    """Run the command; return what it printed."""

    def run(*words):
        call_command("rotate_keys", *words)
        return capsys.readouterr().out

    return run


@pytest.fixture
def family(db, settings):
    """A family, sealed under master key 1, on a site that now has a second one."""
    settings.HALLWAY_KEYS = ONE
    parent = factories.make_user()
    TOTP.activate(parent, "JBSWY3DPEHPK3PXP")
    journal = factories.make_journal(parent)
    entry = factories.make_entry(journal, parent, "ZEBRA")
    AccessEvent.objects.record(journal=journal.pk, who=parent, role="parent", verb=Verb.WROTE)
    settings.HALLWAY_KEYS = f"{TWO},{ONE}"
    return parent, journal, entry


def words_of(entry):
    return next(iter(Entry.objects.filter(pk=entry.pk).opened())).document.words


def test_after_a_rotation_the_old_key_can_go_and_every_word_seed_and_line_is_there(family, rotate, settings):
    parent, journal, entry = family
    assert "master key 1 wraps: 3" in rotate("--check")
    assert set(JournalKey.objects.values_list("master", flat=True)) == {1}
    printed = rotate()
    assert "wrapped anew: 3" in printed
    assert "Master key 1 can go" in printed
    settings.HALLWAY_KEYS = TWO
    assert words_of(entry) == "ZEBRA"
    assert not AccessEvent.objects.faults(journal.pk)
    seed = Authenticator.objects.get(user=parent, type=Authenticator.Type.TOTP).data["secret"]
    assert vault().open_factor(base64.b64decode(seed)) == "JBSWY3DPEHPK3PXP"
    assert "wrapped anew: 0" in rotate()


def test_a_rotation_that_was_stopped_goes_on(family, rotate, monkeypatch):
    _parent, _journal, entry = family
    monkeypatch.setattr(rotation, "BATCH", 1)
    real = rotation._look_at_key

    def stop_at_the_log(key, *args, **options):
        if key.purpose == JournalKey.Purpose.LOG:
            raise KeyboardInterrupt
        real(key, *args, **options)

    monkeypatch.setattr(rotation, "_look_at_key", stop_at_the_log)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    assert sorted(JournalKey.objects.values_list("purpose", "master")) == [("log", 1), ("text", 2)]
    assert words_of(entry) == "ZEBRA"
    monkeypatch.setattr(rotation, "_look_at_key", real)
    assert "wrapped anew: 2" in rotate()


def test_a_journal_erased_during_a_rotation_stays_erased(family, rotate, monkeypatch):
    _parent, journal, _entry = family
    real = vault().wrap

    def erased_meanwhile(*args):
        JournalKey.objects.filter(journal=journal).delete()
        return real(*args)

    monkeypatch.setattr(vault(), "wrap", erased_meanwhile)
    rotate()
    assert not JournalKey.objects.exists()


def tampered(key):
    return bytes(key.wrapped[:-1]) + bytes([key.wrapped[-1] ^ 1])


def swapped_between_columns(key):
    return bytes(JournalKey.objects.exclude(purpose=key.purpose).get(journal=key.journal_id).wrapped)


def swapped_between_journals(key):
    other = factories.make_journal(factories.make_user())
    return bytes(JournalKey.objects.get(journal=other, purpose=key.purpose).wrapped)


@pytest.mark.parametrize("change", [tampered, swapped_between_columns, swapped_between_journals])
def test_a_key_that_was_tampered_with_is_named_left_and_stops_the_old_key_from_going(family, rotate, change, capsys):
    _parent, journal, entry = family
    key = JournalKey.objects.get(journal=journal, purpose="text")
    wrapped = change(key)
    JournalKey.objects.filter(pk=key.pk).update(wrapped=wrapped)
    for words in ((), ("--check",)):
        with pytest.raises(CommandError, match="Take no master key away"):
            rotate(*words)
        printed = capsys.readouterr().out
        assert f"text key 1 of journal {journal.pk}" in printed
        assert "can go" not in printed
    assert bytes(JournalKey.objects.get(pk=key.pk).wrapped) == wrapped
    assert next(iter(Entry.objects.filter(pk=entry.pk).opened())).unreadable


def test_a_missing_master_key_is_said_for_each_key_it_would_open(family, rotate, settings, capsys):
    settings.HALLWAY_KEYS = TWO
    with pytest.raises(CommandError):
        rotate()
    assert capsys.readouterr().out.count("master key 1 is missing") == 2


def test_a_seal_moved_to_another_column_table_or_journal_is_not_shown(family):
    parent, journal, entry = family
    membership = factories.make_membership(journal, parent)
    other = factories.make_journal(parent)
    for row, sealed in (
        (journal, entry.sealed),
        (membership, journal.sealed),
        (entry, membership.sealed),
        (other, journal.sealed),
    ):
        type(row).objects.filter(pk=row.pk).update(sealed=bytes(sealed))
    rows = [Journal.objects.get(pk=journal.pk), factories.make_membership(journal, parent), Entry.objects.get(pk=entry.pk)]
    for row in [*rows, Journal.objects.get(pk=other.pk)]:
        assert row.unreadable


@pytest.mark.parametrize(("keys", "says"), [("", "HALLWAY_KEYS is empty"), (None, "HALLWAY_KEYS"), (TWO, "cannot open")])
def test_the_production_settings_refuse_to_serve_without_the_right_key(tmp_path, keys, says):
    database = tmp_path / "site.sqlite3"
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DEMO", "DEBUG", "HALLWAY_KEYS"}},
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "s" * 50,
        "ALLOWED_HOSTS": "example.org",
        "DATABASE_URL": f"sqlite:///{database}",
    }
    if keys is not None:
        environment["HALLWAY_KEYS"] = keys
    with sqlite3.connect(database) as file:
        file.execute("CREATE TABLE journal_journalkey (id integer primary key, journal_id, purpose, version, master, wrapped)")
        file.execute("INSERT INTO journal_journalkey VALUES (1, ?, 'text', 1, 1, x'00')", [uuid.uuid4().hex])
    file.close()
    serve = subprocess.run(
        [sys.executable, "-c", "import config.wsgi"], cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert serve.returncode == 4  # gunicorn ends at this one instead of starting workers for ever
    assert says in serve.stderr.splitlines()[-1]
    assert "Traceback" not in serve.stderr
