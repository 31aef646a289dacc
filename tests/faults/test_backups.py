"""The drill: a safety copy taken while somebody writes, restored elsewhere, compared row by row and key by key."""

import json

import pytest
from django.core.management import CommandError, call_command

from journal import backups
from journal.models import JournalKey

pytestmark = [pytest.mark.faults]


@pytest.fixture
def pair(tmp_path):
    """A private key in a file, as the operator keeps it elsewhere, and its public half."""
    private, public = backups.new_key_pair()
    (tmp_path / "private").write_text(private)
    return {"HALLWAY_BACKUP_KEY": public}, {"HALLWAY_BACKUP_PRIVATE_KEY_FILE": str(tmp_path / "private")}


def files_in(folder):
    return next(folder.glob("*-content.sealed")), next(folder.glob("*-keys.sealed"))


def test_a_copy_taken_while_somebody_writes_comes_back_whole_without_what_was_erased_since(make_site, tmp_path, pair):
    sealing, opening = pair
    folder = tmp_path / "copies"
    folder.mkdir()
    source = make_site("source", **sealing)
    source.python("-m", "tests.faults.drill", "prepare", str(folder))
    state = json.loads((folder / "state.json").read_text())
    content, old_keys = files_in(folder)
    new_keys = files_in(folder / "later")[1]

    # Neither file opens without the private key, and the content holds no key even then.
    for path in (content, old_keys):
        assert b"journal" not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0
    head = backups.read_head(content, backups.private_key((tmp_path / "private").read_text()), "content")
    assert head["tables"][JournalKey._meta.db_table] == 0

    elsewhere = make_site("elsewhere", **opening)
    printed = elsewhere.manage("restore", str(content), str(new_keys))
    assert " 0 differences" in printed
    assert "journals without a key: 0" in printed
    elsewhere.python("-m", "tests.faults.drill", "look", str(folder / "restored.json"))
    restored = json.loads((folder / "restored.json").read_text())
    for table, rows in restored["rows"].items():
        if table not in {"django_migrations", "django_content_type", "sqlite_sequence"}:
            assert set(rows) <= set(state["rows"][table]), table
    for table in ("journal_journalkey", "journal_erased", "journal_user", "journal_accessevent", "journal_journal"):
        assert restored["rows"][table] == state["rows"][table], table
    words = restored["words"]
    gone = {pk for pk in state["before"] if pk not in words}
    assert len(gone) == 1  # the one entry of the journal that was erased after the copy
    assert {pk for pk in words if pk not in state["before"]} <= set(state["wrote"])
    assert sorted(words[pk] for pk in state["before"] if pk in words) == sorted(f"before {number}" for number in range(20))
    for table, rows in restored["rows"].items():
        if table != "journal_erased":
            assert state["gone"].replace("-", "") not in str(rows).replace("-", ""), table

    # A database that holds something is left as it is.
    assert "not empty" in elsewhere.manage("restore", str(content), str(new_keys), ok=False)
    elsewhere.manage("verify_log")


def test_a_key_pair_is_made_in_a_file_of_its_own(tmp_path, capsys):
    call_command("backup", new_key=tmp_path / "private")
    public = capsys.readouterr().out.split()[0].removeprefix("HALLWAY_BACKUP_KEY=")
    private = backups.private_key((tmp_path / "private").read_text())
    assert private.public_key().public_bytes_raw() == backups.public_key(public).public_bytes_raw()
    assert (tmp_path / "private").stat().st_mode & 0o077 == 0
    with pytest.raises(CommandError, match="cannot be made"):
        call_command("backup", new_key=tmp_path / "private")
