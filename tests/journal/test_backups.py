"""The files of a safety copy: whoever changes, cuts, swaps or mixes them restores nothing."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from config.retention import KEPT
from journal import backups
from journal.management.commands.restore import Command

PRIVATE, PUBLIC = backups.new_key_pair()
KEY = backups.private_key(PRIVATE)
HEAD = {"run": "00" * 8, "kind": "content", "made_at": "2026-01-01"}


@pytest.fixture
def sealed(tmp_path):
    """A file of three pieces after its head."""
    return backups._sealed(tmp_path / "a-content.sealed", backups.public_key(PUBLIC), HEAD, [b"one", b"two", b"three"])


def pieces(path):
    data = path.read_bytes()
    start = len(backups.MAGIC) + 8
    found = []
    while start < len(data):
        size = int.from_bytes(data[start : start + 4])
        found.append(data[start : start + 4 + size])
        start += 4 + size
    return data[: len(backups.MAGIC) + 8], found


def opened(path, key=KEY):
    with path.open("rb") as file:
        return list(backups._opened(file, key))


def test_a_file_opens_as_it_was_and_names_itself(sealed):
    assert opened(sealed)[1:] == [b"one", b"two", b"three"]
    assert json.loads(opened(sealed)[0]) == HEAD
    with pytest.raises(backups.BadCopy, match="not the keys file"):
        backups.read_head(sealed, KEY, "keys")


@pytest.mark.parametrize(
    "change",
    [
        lambda head, all: head + b"".join(all[:-1]),
        lambda head, all: head + b"".join(all[:-2] + all[-1:]),
        lambda head, all: head + b"".join([all[0], all[2], all[1], *all[3:]]),
        lambda head, all: head + b"".join(all)[:-1],
        lambda head, all: head + b"".join(all) + all[1],
        lambda head, all: head[:-1] + b"\x01" + b"".join(all),
        lambda head, all: head + b"".join(all).replace(all[2], all[2][:-1] + bytes([all[2][-1] ^ 1])),
        lambda head, all: b"x" + head[1:] + b"".join(all),
        lambda head, all: b"",
    ],
    ids=["cut", "piece missing", "swapped", "cut inside", "longer", "other run", "bit", "not ours", "empty"],
)
def test_a_file_that_was_changed_is_refused(sealed, change):
    sealed.write_bytes(change(*pieces(sealed)))
    with pytest.raises(backups.BadCopy):
        opened(sealed)


def test_a_file_does_not_open_with_another_key(sealed):
    with pytest.raises(backups.BadCopy):
        opened(sealed, backups.private_key(backups.new_key_pair()[0]))


def test_a_file_is_never_written_over_and_is_its_owners_alone(sealed, tmp_path):
    assert sealed.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == [sealed.name]


@pytest.mark.parametrize(
    ("content", "keys", "says"),
    [
        ({"engine": "another"}, {}, "DATABASE_URL names"),
        ({}, {"made_at": "2025-12-31"}, "older than the content"),
        ({}, {"kind": "content"}, "not the keys file"),
        ({"kind": "keys"}, {}, "not the content file"),
    ],
    ids=["another kind of database", "older keys", "two contents", "two keys"],
)
def test_files_that_do_not_belong_together_are_refused_before_anything_is_written(tmp_path, content, keys, says):
    heads = {
        "a": {**HEAD, "engine": connection.vendor, **content},
        "b": {**HEAD, "kind": "keys", "made_at": "2026-01-01", **keys},
    }
    for name, head in heads.items():
        backups._sealed(tmp_path / f"{name}.sealed", backups.public_key(PUBLIC), head, [b"x"])
    with pytest.raises(backups.BadCopy, match=says):
        Command()._fitting(tmp_path / "a.sealed", tmp_path / "b.sealed", KEY)


def test_a_restore_into_a_site_that_holds_something_changes_nothing(db, tmp_path, monkeypatch):
    monkeypatch.setenv("HALLWAY_BACKUP_PRIVATE_KEY", PRIVATE)
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", str(tmp_path / "a"), str(tmp_path / "b"))


@pytest.mark.parametrize("text", ["", "no key", "c2hvcnQ="])
def test_a_malformed_key_stops_the_copy_with_one_line(tmp_path, monkeypatch, text):
    monkeypatch.setenv("HALLWAY_BACKUP_KEY", text)
    with pytest.raises(ImproperlyConfigured, match="HALLWAY_BACKUP_KEY"):
        call_command("backup", to=tmp_path)
    assert not list(tmp_path.iterdir())


def test_only_files_of_ours_that_are_past_their_days_are_deleted(tmp_path):
    run = "ab" * 8
    names = [
        f"20260101T000000Z-{run}-content.sealed",  # 35 days and a second old
        f"20260101T000002Z-{run}-content.sealed",
        f"20260129T000000Z-{run}-keys.sealed",  # 7 days and a second
        f"20260129T000002Z-{run}-keys.sealed",
        f"20260101T000000Z-{run}-keys.part",
        "20260101T000000Z-notes-content.sealed",
        "private.key",
    ]
    for name in names:
        (tmp_path / name).touch()
    gone = backups.prune(tmp_path, datetime(2026, 2, 5, 0, 0, 1, tzinfo=UTC))
    assert set(gone) == {names[0], names[2], names[4]}
    assert {path.name for path in tmp_path.iterdir()} == set(names) - set(gone)


def test_files_are_kept_for_as_long_as_the_pages_promise(tmp_path, monkeypatch):
    monkeypatch.setitem(KEPT, "safety-keys", timedelta(days=2))
    old = tmp_path / f"20260101T000000Z-{'ab' * 8}-keys.sealed"
    old.touch()
    assert backups.prune(tmp_path, datetime(2026, 1, 3, tzinfo=UTC)) == []
    assert backups.prune(tmp_path, datetime(2026, 1, 3, 0, 0, 1, tzinfo=UTC)) == [old.name]


def test_where_no_new_copy_could_be_made_the_old_ones_stay(db, tmp_path, monkeypatch):
    old = tmp_path / f"20200101T000000Z-{'ab' * 8}-keys.sealed"
    old.touch()
    monkeypatch.setenv("HALLWAY_BACKUP_KEY", PUBLIC)

    def full(*words):
        raise OSError("No space left on device")

    monkeypatch.setattr(backups, "write", full)
    with pytest.raises(CommandError, match="No safety copy"):
        call_command("backup", to=tmp_path, prune=True)
    assert old.exists()
    monkeypatch.setattr(backups, "write", lambda *words: (old, old, {}))
    call_command("backup", to=tmp_path, prune=True)
    assert not old.exists()
