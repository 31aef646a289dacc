"""Erasing for good: what goes, what others keep, and that no crash and no backup brings it back."""

import re
import time
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from config.retention import KEPT
from journal import tasks
from journal.models import (
    AccessEvent,
    Entry,
    Erased,
    Journal,
    JournalKey,
    Membership,
    NotAlone,
    Reply,
    Share,
    User,
    Verb,
    erase_account,
    erase_journal,
    erasing,
    leave,
)
from tests import factories
from tests.conftest import sign_in


@pytest.fixture
def parent(db):
    return factories.make_user("keeper")


@pytest.fixture
def journal(parent):
    """A journal of one parent's own, with an entry, a counsellor, and lines in its log."""
    journal = factories.make_journal(parent)
    role = factories.make_role(factories.make_centre(), factories.make_user("counsellor"), name="counsellor")
    share = factories.make_share(journal, role)
    factories.choose(factories.make_entry(journal, parent, "ZEBRA", audience="family"), share)
    factories.make_person(journal, parent, "Aunt")
    AccessEvent.objects.record(journal=journal.pk, who=parent, role="parent", verb=Verb.WROTE)
    return journal


def tables_holding(journal):
    """Every table with a row of this journal, looked at without the models."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            columns = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            if "journal_id" in columns:
                value = journal.hex if connection.vendor == "sqlite" else str(journal)
                cursor.execute(f"SELECT count(*) FROM {table} WHERE journal_id = %s", [value])  # noqa: S608  (own tables)
                found += [table] if cursor.fetchone()[0] else []
    return found


@pytest.mark.parametrize("word", ["erase", " Erase. ", "“ERASE”", "消す", "「けす」", "ｅｒａｓｅ"])
def test_the_typed_word_erases_the_journal_with_its_keys_its_log_and_every_row(client, parent, journal, word):
    sign_in(client, parent)
    assert len(tables_holding(journal.pk)) > 4
    response = client.post(reverse("journal:journal_erase"), {"word": word}, follow=True)
    assert "That journal is erased." in response.content.decode()
    assert tables_holding(journal.pk) == []
    assert not Journal.objects.filter(pk=journal.pk).exists()
    assert Erased.objects.filter(kind="journal", row_id=str(journal.pk)).exists()
    assert User.objects.filter(pk=parent.pk).exists()


@pytest.mark.parametrize("word", ["", "no", "erases", "x" * 21, "消"])
def test_any_other_word_erases_nothing_and_stays_in_the_field(client, parent, journal, word):
    sign_in(client, parent)
    for name in ("journal:journal_erase", "journal:account_erase"):
        response = client.post(reverse(name), {"word": word})
        assert response.status_code == 422
        assert f'value="{word}"' in response.content.decode() or not word
    assert JournalKey.objects.filter(journal=journal).count() == 2


@pytest.mark.parametrize(("language", "said"), [("en", ("6 days", "36 days")), ("ja", ("6日後", "36日後"))])
def test_the_pages_promise_what_the_settings_do(client, parent, journal, monkeypatch, language, said):
    monkeypatch.setitem(KEPT, "safety-keys", timedelta(days=6))
    monkeypatch.setitem(KEPT, "safety-content", timedelta(days=36))
    sign_in(client, parent)
    with translation.override(language):
        assert said[0] in client.get(reverse("journal:journal_erase")).content.decode()
        page = client.get(reverse("journal:account_erase")).content.decode()
    assert all(words in page for words in said)


def test_the_keys_go_before_any_row(parent, journal):
    membership = factories.make_membership(journal, parent)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        erase_journal(membership)
    deleted = re.findall(r'DELETE FROM "(\w+)"', " ".join(query["sql"] for query in asked.captured_queries))
    assert deleted[0] == "journal_journalkey"
    assert deleted[-1] == "journal_journal"


def test_a_crash_after_the_keys_leaves_nothing_to_open_and_tick_finishes(client, parent, journal, monkeypatch):
    def die(pk):
        raise KeyboardInterrupt

    monkeypatch.setattr(erasing, "_finish_journal", die)
    with pytest.raises(KeyboardInterrupt):
        erase_journal(factories.make_membership(journal, parent))
    monkeypatch.undo()
    assert not JournalKey.objects.filter(journal=journal).exists()
    assert Journal.objects.filter(pk=journal.pk).exists()
    sign_in(client, parent)
    assert client.get(reverse("journal:entry_list")).status_code == 404
    assert not Share.objects.active().filter(journal=journal).exists()
    assert tasks.run(timezone.now())[0]["finish_erasing"] == 1
    assert tables_holding(journal.pk) == []
    assert tasks.run(timezone.now())[0]["finish_erasing"] == 0


def test_a_crash_before_the_keys_are_gone_changes_nothing(parent, journal, monkeypatch):
    monkeypatch.setattr(erasing, "_note", lambda *rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        erase_journal(factories.make_membership(journal, parent))
    assert next(iter(Entry.objects.filter(journal=journal).opened())).document.words == "ZEBRA"


def test_one_parent_alone_does_not_erase_what_another_writes_in(client, world):
    sign_in(client, world.roles["owner"])
    page = client.get(reverse("journal:journal_erase")).content.decode()
    assert "one of you alone cannot erase it" in page
    assert '<input type="text" name="word"' not in page
    client.post(reverse("journal:journal_erase"), {"word": "erase"})
    with pytest.raises(NotAlone):
        erase_journal(factories.make_membership(world.journal, world.roles["owner"]))
    assert Entry.objects.filter(pk=world.entry.pk).exists()
    assert not Erased.objects.filter(kind="journal").exists()


def test_erasing_is_asked_for_again_by_password(client, parent, journal):
    for name in ("journal:journal_erase", "journal:account_erase"):
        client.force_login(parent)
        session = client.session
        session["began"] = session["seen"] = int(time.time()) - 601
        session.save()
        response = client.post(reverse(name), {"word": "erase"})
        assert response.status_code in {302, 303}
        assert "again" in response["Location"] or "reauth" in response["Location"]
    assert Journal.objects.filter(pk=journal.pk).exists()


def test_the_counsellor_finds_what_a_stopped_reading_leaves_and_no_reason(client, parent, journal):
    counsellor = User.objects.get(centre_roles__shares__journal=journal)
    share = Share.objects.get(journal=journal)
    erase_journal(factories.make_membership(journal, parent))
    sign_in(client, counsellor)
    assert client.get(reverse("journal:desk_family", args=[share.pk])).status_code == 404
    queue = client.get(reverse("journal:desk_queue")).content.decode()
    assert journal.code_name("en") not in queue
    assert "erase" not in queue.lower()


def test_an_account_goes_with_its_own_journal_and_its_words_and_leaves_the_others_theirs(client, parent, journal):
    other = factories.make_user("other parent")
    together = factories.make_journal(parent, other)
    mine = factories.make_entry(together, parent, "MINE", audience="family")
    theirs = factories.make_entry(together, other, "THEIRS", audience="family")
    sign_in(client, parent)
    response = client.post(reverse("journal:account_erase"), {"word": "erase"}, follow=True)
    assert "Your account is erased." in response.content.decode()
    assert SESSION_KEY not in client.session
    assert not User.objects.filter(pk=parent.pk).exists()
    assert tables_holding(journal.pk) == []
    assert not Entry.objects.filter(pk=mine.pk).exists()
    assert next(iter(Entry.objects.filter(pk=theirs.pk).opened())).document.words == "THEIRS"
    assert Membership.objects.get(journal=together).user == other
    assert Membership.objects.get(journal=together).keeps
    assert not AccessEvent.objects.faults(together.pk)
    kinds = set(Erased.objects.values_list("kind", flat=True))
    assert kinds == {"account", "journal", "entry"}
    sign_in(client, other)
    assert client.get(reverse("journal:log_list")).status_code == 200


def test_words_in_a_journal_that_was_left_go_with_the_account(world):
    owner, member = world.roles["owner"], world.roles["member"]
    Reply.objects.all().delete()
    leave(factories.make_membership(world.journal, member))
    erase_account(member)
    assert not Entry.objects.filter(pk=world.member_private.pk).exists()
    assert Entry.objects.filter(pk=world.entry.pk, author=owner).exists()


def test_an_account_of_a_centre_ends_through_its_centre(client, world):
    counsellor = world.roles["counsellor"]
    sign_in(client, counsellor)
    client.post(reverse("journal:account_erase"), {"word": "erase"})
    assert "ends through the centre" in client.get(reverse("journal:account_erase")).content.decode()
    assert User.objects.filter(pk=counsellor.pk, is_active=True).exists()


def test_a_crash_half_way_through_an_account_lets_nobody_in_and_tick_finishes(client, parent, journal, monkeypatch):
    monkeypatch.setattr(erasing, "finish", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        erase_account(parent)
    monkeypatch.undo()
    assert not User.objects.get(pk=parent.pk).is_active
    assert not JournalKey.objects.filter(journal=journal).exists()
    assert tasks.run(timezone.now())[0]["finish_erasing"] == 2
    assert not User.objects.filter(pk=parent.pk).exists()
    assert not Journal.objects.filter(pk=journal.pk).exists()


def test_a_later_account_with_the_number_of_an_erased_one_is_left_alone(parent):
    Erased.objects.create(kind="account", row_id=str(parent.pk), erased_at=parent.date_joined - timezone.timedelta(days=1))
    assert erasing.replay() == 0
    User.objects.filter(pk=parent.pk).update(is_active=False)
    assert erasing.finish() == 0
    assert User.objects.filter(pk=parent.pk).exists()


def test_what_a_backup_brings_back_is_erased_again(parent, journal):
    kept = factories.make_entry(journal, parent, "KEPT")
    entry = factories.make_entry(journal, parent, "GONE")
    gone = factories.make_journal(parent)
    account = factories.make_user("former")
    factories.make_journal(account)
    for kind, row in (("entry", entry), ("journal", gone), ("account", account)):
        Erased.objects.create(kind=kind, row_id=str(row.pk))
    assert erasing.replay() > 0
    assert not Entry.objects.filter(pk=entry.pk).exists()
    assert not Journal.objects.filter(pk=gone.pk).exists()
    assert not User.objects.filter(pk=account.pk).exists()
    assert Entry.objects.filter(pk=kept.pk).exists()
    assert list(Journal.objects.all()) == [journal]
    assert erasing.replay() == 0


def test_a_quiet_site_asks_two_questions_however_long_the_ledger(journal, django_assert_num_queries):
    Erased.objects.bulk_create([Erased(kind="journal", row_id=str(uuid.uuid4())) for _ in range(50)])
    Erased.objects.bulk_create([Erased(kind="account", row_id=str(10**9 + number)) for number in range(50)])
    with django_assert_num_queries(2):
        assert erasing.finish() == 0
