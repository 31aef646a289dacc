"""Writing an entry, adding to it, changing it; and two windows that change it at once."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from journal.models import (
    Entry,
    EntryContent,
    SharedEntry,
)
from tests import factories
from tests.journal.writing import newest, write
from tests.screens import form_of_entry


def test_one_tap_saves_and_undo_takes_it_back(parent, world):
    response = write(parent, world)
    entry = newest(world)
    assert response.status_code == 303
    assert response.headers["Location"] == reverse("journal:entry_detail", args=[entry.pk])
    page = parent.get(response.headers["Location"]).content.decode()
    assert "Saved at" in page
    assert "Undo" in page
    parent.post(reverse("journal:entry_delete", args=[entry.pk]), {"undo": "1"})
    assert entry not in Entry.objects.of_family(world.roles["owner"], world.journal)
    parent.post(reverse("journal:entry_restore", args=[entry.pk]))
    assert entry in Entry.objects.of_family(world.roles["owner"], world.journal)


def test_what_came_back_and_words_are_added_afterwards(parent, world):
    write(parent, world)
    entry = newest(world)
    data = {"version": 1, "response": "sign", "words": "おやすみ、と言った。", "readers": "author"}
    parent.post(reverse("journal:entry_detail", args=[entry.pk]), data)
    saved = Entry.objects.get(pk=entry.pk)
    assert (saved.document.response, saved.document.words, saved.version) == ("sign", "おやすみ、と言った。", 2)


@pytest.mark.parametrize("kind", ["food", "rest", "peace", "own"])
def test_a_meal_or_a_rest_is_never_asked_for_an_answer(parent, world, kind):
    write(parent, world, kind)
    entry = newest(world)
    page = parent.get(reverse("journal:entry_detail", args=[entry.pk])).content.decode()
    assert "Did anything come back?" not in page
    parent.post(reverse("journal:entry_detail", args=[entry.pk]), {"version": 1, "response": "talk", "words": ""})
    assert Entry.objects.get(pk=entry.pk).document.response == ""


def test_an_entry_for_another_day_lands_on_that_day(parent, world):
    day = timezone.now().astimezone(world.roles["owner"].zone).date() - timedelta(days=3)
    write(parent, world, when="other", day=day.isoformat(), words="In the garden.")
    assert Entry.objects.get(pk=newest(world).pk).day == day


def test_an_entry_that_cannot_be_opened_is_shown_as_such_and_cannot_be_written_over(parent, world):
    Entry.objects.filter(pk=world.entry.pk).update(sealed=b"\x01" + b"x" * 90)
    assert "This entry cannot be opened. It has not been changed." in parent.get(reverse("journal:entry_list")).content.decode()
    response = parent.post(reverse("journal:entry_detail", args=[world.entry.pk]), {"version": 1, "words": "new"})
    assert response.status_code == 409
    assert bytes(Entry.objects.get(pk=world.entry.pk).sealed).startswith(b"\x01xx")


def edit(client, entry, version=1, **data):
    return client.post(reverse("journal:entry_detail", args=[entry.pk]), {"version": version, **data})


def test_a_page_opened_before_an_entry_was_kept_to_oneself_does_not_open_it_again(parent, world):
    parent.post(reverse("journal:entry_readers", args=[world.entry.pk]), {"readers": "author"})
    response = edit(parent, world.entry, words="an old page", readers="family", counsellors=[str(world.share.pk)])
    assert response.status_code == 409
    assert "an old page" in response.content.decode()
    assert world.entry not in Entry.objects.visible_to(world.roles["counsellor"])


def test_only_me_holds_although_the_words_meet_other_words(parent, world):
    Entry.objects.get(pk=world.entry.pk).rewrite(1, EntryContent(kind="greet", words="the other window"))
    response = edit(parent, world.entry, words="mine", readers="author")
    assert response.status_code == 409
    assert world.entry not in Entry.objects.visible_to(world.roles["counsellor"])
    version = int(re.search(r'name="version" value="(\d+)"', response.content.decode())[1])
    edit(parent, world.entry, version, words="mine")
    assert Entry.objects.get(pk=world.entry.pk).document.words == "mine"


def test_words_for_an_entry_that_went_into_the_bin_meanwhile_come_back(parent, world):
    response = edit(parent, world.binned, words="typed in the other window")
    assert response.status_code == 409
    assert "typed in the other window" in response.content.decode()


def test_the_same_tap_after_undo_says_that_the_entry_is_in_the_bin(parent, world):
    submission = uuid.uuid4()
    write(parent, world, submission=submission)
    parent.post(reverse("journal:entry_delete", args=[newest(world).pk]), {"undo": "1"})
    assert write(parent, world, submission=submission).status_code == 409


def test_a_field_that_did_not_arrive_is_left_as_it_was(parent, world):
    entry = factories.make_entry(world.journal, world.roles["owner"], "words", response="talk")
    edit(parent, entry)
    saved = Entry.objects.get(pk=entry.pk)
    assert (saved.version, saved.document.words, saved.document.response) == (2, "words", "talk")


def test_an_entry_moved_to_today_did_not_happen_later_than_now(parent, world, monkeypatch):
    entry = factories.make_entry(world.journal, world.roles["owner"], happened_at=timezone.now() - timedelta(days=3))
    eight_in_tokyo = datetime(2026, 11, 23, 23, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: eight_in_tokyo)
    edit(parent, entry, words="", day="2026-11-24")
    assert Entry.objects.get(pk=entry.pk).happened_at == eight_in_tokyo


def test_a_day_that_was_typed_counts_although_now_is_still_chosen(parent, world):
    write(parent, world, when="now", day="2026-11-03")
    assert newest(world).day.isoformat() == "2026-11-03"


def test_a_page_that_could_not_be_saved_comes_back_with_its_words(parent, world, monkeypatch):
    def broken(*args):
        raise DatabaseError

    monkeypatch.setattr("journal.forms.entries.EntryAddForm.save", broken)
    parent.raise_request_exception = False
    response = write(parent, world, words="long words of tonight")
    assert response.status_code == 500
    assert "long words of tonight" in response.content.decode()


def test_an_entry_changed_after_it_was_read_waits_to_be_read_again(parent, world):
    SharedEntry.objects.filter(entry=world.entry).update(read_at=timezone.now(), reviewed_at=timezone.now())
    data = {"version": 1, "words": "It was not quite so.", "readers": "family", "counsellors": [str(world.share.pk)]}
    parent.post(reverse("journal:entry_detail", args=[world.entry.pk]), data)
    row = SharedEntry.objects.get(entry=world.entry, share=world.share)
    assert (row.read_at, row.reviewed_at) == (None, None)


def test_after_two_versions_met_every_choice_comes_back_with_the_words(parent, world):
    url = reverse("journal:entry_detail", args=[world.private.pk])
    parent.post(url, {"version": 1, "words": "first"})
    page = parent.post(url, {"version": 1, "words": "second", "response": "sign", "readers": "family"})
    assert page.status_code == 409
    for part in ("first", "second", 'name="response" value="sign"', 'name="readers" value="family"', 'name="version" value="2"'):
        assert part in page.content.decode()


def test_the_extra_words_are_saved_shown_and_kept_by_an_older_page(parent, world):
    data = {
        "version": 1, "response": "sign", "words": "I said good night.", "noticed": "A nod.", "strain": "tired",
        "next": "The same again.", "step": "4",
    }  # fmt: skip
    parent.post(reverse("journal:entry_detail", args=[world.entry.pk]), data)
    world.entry.refresh_from_db()
    assert world.entry.__class__.objects.get(pk=world.entry.pk).document.step == 4
    page = parent.get(reverse("journal:entry_list")).content.decode()
    for words in ("What I noticed", "A nod.", "How I was: Tired", "What I would do again", "The same again."):
        assert words in page
    parent.post(reverse("journal:entry_detail", args=[world.entry.pk]), {"version": 2, "words": "Only the words."})
    saved = world.entry.__class__.objects.get(pk=world.entry.pk).document
    assert (saved.words, saved.noticed, saved.strain, saved.next, saved.step) == (
        "Only the words.", "A nod.", "tired", "The same again.", 4,
    )  # fmt: skip


def test_two_versions_show_every_text_of_both(parent, world):
    url = reverse("journal:entry_detail", args=[world.entry.pk])
    parent.post(url, {"version": 1, "words": "mine", "noticed": "my line", "next": "my next"})
    response = parent.post(url, {"version": 1, "words": "other", "noticed": "other line", "next": "other next", "strain": "calm"})
    assert response.status_code == 409
    page = response.content.decode()
    for words in ("mine", "my line", "my next", "other", "other line", "other next", 'name="strain" value="calm"'):
        assert words in page


def test_a_new_kind_brings_its_step_unless_one_was_chosen(parent, world):
    entry = factories.make_entry(world.journal, world.roles["owner"], kind="greet", step=3)
    url = reverse("journal:entry_detail", args=[entry.pk])
    parent.post(url, {"version": 1, "kind": "ask", "step": "3"})
    assert entry.__class__.objects.get(pk=entry.pk).document.step == 5
    parent.post(url, {"version": 2, "kind": "chat", "step": "8"})
    assert entry.__class__.objects.get(pk=entry.pk).document.step == 8


def test_what_was_put_in_the_bin_can_be_put_back_from_the_next_page(parent, world):
    parent.post(reverse("journal:entry_delete", args=[world.entry.pk]))
    page = parent.get(reverse("journal:entry_list")).content.decode()
    restore = reverse("journal:entry_restore", args=[world.entry.pk])
    assert f'action="{restore}"' in page
    parent.post(restore)
    assert f"entry-{world.entry.pk}" in parent.get(reverse("journal:entry_list")).content.decode()


def test_one_request_saves(parent, world, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        assert parent.post(reverse("journal:entry_add"), form_of_entry(world)).status_code == 303


def test_what_was_answered_can_be_taken_back(parent, world):
    entry = factories.make_entry(world.journal, world.roles["owner"], kind="greet", response="sign", strain="calm")
    assert parent.get(reverse("journal:entry_detail", args=[entry.pk])).content.decode().count("No answer") == 2
    edit(parent, entry, response="", strain="")
    saved = Entry.objects.get(pk=entry.pk).document
    assert (saved.response, saved.strain) == ("", "")
