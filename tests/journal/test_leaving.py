"""Whoever left a journal, or was removed: thirty days to take out what they wrote, then what was theirs alone is erased."""

import io
import json
import zipfile
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from journal import tasks
from journal.copies.reading import read
from journal.models import AccessEvent, Entry, EntryContent, Erased, FormerMember, Membership, Verb, leave
from tests import factories
from tests.conftest import MEMBER_PRIVATE, SECRET, sign_in

COMMON = "VIOLET-5 すみれ"


@pytest.fixture
def left(world):
    """The member has been removed; they wrote one entry for all and one for themselves, and a counsellor had answered."""
    member = world.roles["member"]
    entry = factories.make_entry(world.journal, member, COMMON, audience="family")
    factories.choose(entry, world.share)
    factories.make_reply(world.share, entry=entry)
    leave(factories.make_membership(world.journal, member))
    return world


def former(world):
    return FormerMember.objects.get(user=world.roles["member"])


def fetch(client, world, name="member"):
    sign_in(client, world.roles[name])
    return client.get(reverse("journal:left_file", args=[former(world).pk]))


def pass_days(days):
    FormerMember.objects.update(left_at=timezone.now() - timedelta(days=days))


@pytest.mark.parametrize("page", ["journal:journal_start", "journal:home"])
def test_a_removed_parent_is_told_where_they_begin_that_their_words_can_be_taken_out(client, left, page):
    member = left.roles["member"]
    if page == "journal:home":
        factories.make_journal(member)
    sign_in(client, member)
    said = client.get(reverse(page)).content.decode()
    assert "You no longer write in one journal. What you wrote there you can take out until" in said
    shown = client.get(reverse("journal:left_detail", args=[former(left).pk])).content.decode()
    assert "You wrote 2 entries there." in shown
    assert "1 of them only you could read." in shown
    assert not any(words in shown for words in (COMMON, MEMBER_PRIVATE, SECRET))


def test_the_copy_holds_what_they_wrote_and_nothing_of_anybody_else(client, left):
    answer = fetch(client, left)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as copy:
        text = "".join(copy.read(name).decode() for name in copy.namelist())
        rows = json.loads(copy.read("notes.json"))
    assert sorted(row["words"] for row in rows["entries"]) == sorted([COMMON, MEMBER_PRIVATE])
    assert not any(rows[name] for name in ("people", "agreements", "page", "visits") if name in rows)
    assert SECRET not in text
    assert "Good night is enough." not in text
    assert all(not row["quotes"] for row in rows["entries"])


def test_what_others_said_in_a_copy_that_was_brought_in_does_not_leave_with_them(client, world):
    member = world.roles["member"]
    for words, brought in (
        ("MINE", {"quotes": [{"by": "Ono", "on": "2026-01-02", "text": "QUOTED"}]}),
        ("THEIRS", {"written_by": "My wife"}),
    ):
        entry = factories.make_entry(world.journal, member, words)
        entry.seal(EntryContent(kind="greet", words=words, **brought))
        entry.save()
    leave(factories.make_membership(world.journal, member))
    with zipfile.ZipFile(io.BytesIO(fetch(client, world).content)) as copy:
        text = "".join(copy.read(name).decode() for name in copy.namelist())
    assert "MINE" in text
    assert not any(words in text for words in ("QUOTED", "Ono", "THEIRS", "My wife"))
    shown = client.get(reverse("journal:left_detail", args=[former(world).pk])).content.decode()
    assert "You wrote 2 entries there." in shown, "what another wrote is not counted as theirs"


def test_the_copy_leaves_a_line_in_the_log_without_a_name(client, left):
    fetch(client, left)
    event = AccessEvent.objects.filter(journal=left.journal, verb=Verb.TOOK_OUT).get()
    assert event.who == left.roles["member"].pk
    sign_in(client, left.roles["owner"])
    page = client.get(reverse("journal:log_list")).content.decode()
    assert "Took out a copy" in page
    assert "Someone who has left" in page


def test_the_copy_can_be_brought_into_a_journal_of_ones_own(client, left):
    content = fetch(client, left).content
    assert [count for _title, count in read(content).counts if count] == [2]


@pytest.mark.parametrize("name", ["owner", "counsellor", "stranger", "manager"])
def test_nobody_else_fetches_it(client, left, name):
    assert fetch(client, left, name).status_code == 404


def test_the_copy_asks_who_is_there(client, left):
    sign_in(client, left.roles["member"])
    session = client.session
    session["account_authentication_methods"] = []
    session["began"] = 0
    session.save()
    answer = client.get(reverse("journal:left_file", args=[former(left).pk]))
    assert "/account/again/" in answer["Location"]


def test_after_thirty_days_there_is_no_copy_and_what_was_theirs_alone_is_erased(client, left):
    pass_days(29)
    assert tasks.JOBS["erase_left"](timezone.now()) == 0
    assert fetch(client, left).status_code == 200
    pass_days(30)
    assert fetch(client, left).status_code == 404
    private = Entry.objects.get(pk=left.member_private.pk)
    assert tasks.JOBS["erase_left"](timezone.now()) == 1
    assert not Entry.objects.filter(pk=private.pk).exists()
    assert Erased.objects.filter(kind="entry", row_id=str(private.pk)).exists()
    assert not FormerMember.objects.filter(user=left.roles["member"]).exists()
    # What the others can read stays with them, and what others keep is untouched.
    owner = left.roles["owner"]
    assert {COMMON, SECRET} <= {entry.document.words for entry in Entry.objects.visible_to(owner).opened()}
    assert Entry.objects.visible_to(owner).filter(pk=left.private.pk).exists()


def test_whoever_is_asked_back_finds_everything_again_and_nothing_goes(client, left):
    member = left.roles["member"]
    left.journal.add_member(member, "member")
    assert not FormerMember.objects.filter(user=member).exists()
    pass_days(31)
    tasks.JOBS["erase_left"](timezone.now())
    assert Entry.objects.visible_to(member).filter(pk=left.member_private.pk).exists()


def test_whoever_left_before_that_was_remembered_gets_thirty_days_from_the_new_version_on(client, left):
    remember = import_module("journal.migrations.0015_left_before").remember
    remember(apps, None)
    before = former(left).left_at
    FormerMember.objects.all().delete()  # as a version that knew no such row left it
    remember(apps, None)
    remember(apps, None)
    assert FormerMember.objects.get().user == left.roles["member"], "nobody else, and once"
    assert former(left).left_at > before
    assert fetch(client, left).status_code == 200
    pass_days(31)
    assert tasks.JOBS["erase_left"](timezone.now()) == 1
    assert not Entry.objects.filter(pk=left.member_private.pk).exists()


def test_a_journal_that_is_being_erased_opens_to_nobody_who_wrote_there(left):
    FormerMember.objects.all().delete()
    Membership.objects.filter(journal=left.journal).delete()
    import_module("journal.migrations.0015_left_before").remember(apps, None)
    assert not FormerMember.objects.exists()


def test_a_large_rest_is_erased_in_several_goes(left):
    pass_days(31)
    row = former(left)
    assert row.erase_private(1) == 1
    assert FormerMember.objects.filter(pk=row.pk).exists()
    assert row.erase_private(1) == 0
    assert not FormerMember.objects.filter(pk=row.pk).exists()


def test_whoever_erased_all_of_it_on_leaving_has_nothing_to_take_out(world):
    member = world.roles["member"]
    leave(factories.make_membership(world.journal, member), "erased")
    assert not FormerMember.objects.filter(user=member).exists()


def test_what_was_closed_on_leaving_can_be_taken_out_and_then_goes(client, world):
    member = world.roles["member"]
    factories.make_entry(world.journal, member, COMMON, audience="family")
    leave(factories.make_membership(world.journal, member), "closed")
    assert fetch(client, world).status_code == 200
    pass_days(30)
    assert tasks.JOBS["erase_left"](timezone.now()) == 2
    assert not Entry.objects.filter(author=member).exists()
