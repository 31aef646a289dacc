"""Half-written words: what a parent types is not lost, and stays nowhere but sealed on the server."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from journal.models import Draft, Entry, EntryContent, Membership
from tests import factories
from tests.conftest import sign_in
from tests.screens import form_of_entry
from tests.tools.examples import tried

HTMX = {"HX-Request": "true", "HX-Target": "draft-state"}


def keep(client, world, **fields):
    return client.post(reverse("journal:entry_draft"), form_of_entry(world, **{"sequence": 1, **fields}), headers=HTMX)


def change(client, entry, headers=HTMX, **fields):
    url = reverse("journal:edit_draft", args=[entry.pk])
    return client.post(url, {"version": entry.version, "sequence": 1, **fields}, headers=headers)


def home(client):
    return client.get(reverse("journal:home")).content.decode()


def test_words_that_were_not_saved_stand_in_the_form_the_next_day(parent, world):
    said = keep(parent, world, kind="listen", when="yesterday", words="半分だけ書いた").content.decode()
    assert said.strip().startswith("Draft kept at")
    page = home(parent)
    assert "半分だけ書いた" in page
    assert 'value="listen" checked' in page
    assert 'value="yesterday" id="id_when_3" checked' in page
    assert not Entry.objects.filter(author=world.roles["owner"]).exclude(pk__in=known(world)).exists()


def known(world):
    return [world.entry.pk, world.private.pk, world.binned.pk]


def test_a_draft_is_its_writers_alone_and_is_sealed(parent, client, world):
    keep(parent, world, words="ZEBRA half")
    assert b"ZEBRA" not in bytes(Draft.objects.get().sealed)
    sign_in(client, world.roles["member"])
    assert "ZEBRA half" not in home(client)


def test_saving_lets_go_of_the_draft_and_one_tap_does_not(parent, world):
    keep(parent, world, words="half")
    one_tap = {name: value for name, value in form_of_entry(world).items() if name not in {"when", "words"}}
    parent.post(reverse("journal:entry_add"), one_tap)
    assert "half" in home(parent)
    parent.post(reverse("journal:entry_add"), form_of_entry(world, words="half and the rest"))
    assert not Draft.objects.exists()


def test_a_packet_that_comes_after_saving_brings_no_draft_back(parent, world):
    form = form_of_entry(world, words="all of it", sequence=1)
    parent.post(reverse("journal:entry_add"), form)
    assert parent.post(reverse("journal:entry_draft"), form, headers=HTMX).status_code == 204
    assert not Draft.objects.exists()


def test_a_draft_that_was_saved_after_all_is_not_saved_twice(parent, world):
    form = form_of_entry(world, words="once", sequence=1)
    parent.post(reverse("journal:entry_draft"), form, headers=HTMX)
    page = home(parent)
    assert f'name="submission" value="{form["submission"]}"' in page
    before = Entry.objects.count()
    for _ in range(2):
        parent.post(reverse("journal:entry_add"), form)
    assert Entry.objects.count() == before + 1


def test_an_older_page_does_not_overwrite_the_draft_of_a_newer_one_and_says_so(parent, world):
    keep(parent, world, words="newer", sequence=5)
    form = form_of_entry(world, words="older", sequence=2)
    assert parent.post(reverse("journal:entry_draft"), form, headers=HTMX).status_code == 204
    page = parent.post(reverse("journal:entry_draft"), form).content.decode()
    assert "older" in page
    assert "newer" in home(parent)


@pytest.mark.parametrize("sequence", ["", "x", "-1", "9" * 400, "²"])
def test_a_made_up_number_of_a_draft_is_no_fault(parent, world, sequence):
    assert keep(parent, world, words="half", sequence=sequence).status_code in {200, 204}


def test_a_draft_is_deleted_when_its_writer_does_not_want_it(parent, world):
    keep(parent, world, words="half")
    assert "Delete the draft" in home(parent)
    parent.post(reverse("journal:entry_draft"), form_of_entry(world, words="half", discard="1"))
    page = home(parent)
    assert "The draft is deleted." in page
    assert "half" not in page


def test_without_a_script_keeping_a_draft_comes_back_to_the_form(parent, world):
    response = parent.post(reverse("journal:entry_draft"), form_of_entry(world, words="half", sequence=1))
    assert (response.status_code, response.headers["Location"]) == (303, reverse("journal:home"))
    assert "Draft kept at" in home(parent)


def test_a_page_that_is_going_keeps_its_draft_without_taking_the_next_pages_message(parent, world):
    form = form_of_entry(world, words="half", sequence=1)
    beacon = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "no-cors"}
    assert parent.post(reverse("journal:entry_draft"), form, headers=beacon).status_code == 204
    page = home(parent)
    assert "half" in page
    assert "Draft kept at" not in page


def test_a_changed_entry_is_offered_with_what_was_typed_and_its_version(parent, world):
    change(parent, world.entry, words="a better way to say it", noticed="A nod.", response="sign")
    page = parent.get(reverse("journal:entry_detail", args=[world.entry.pk])).content.decode()
    for part in ("a better way to say it", "A nod.", 'value="sign" id="id_response_2" checked', "Draft from"):
        assert part in page
    parent.post(reverse("journal:entry_detail", args=[world.entry.pk]), {"version": 1, "words": "a better way to say it"})
    assert not Draft.objects.exists()


def test_a_draft_made_before_the_entry_changed_meets_the_new_text_and_overwrites_nothing(parent, world):
    change(parent, world.entry, words="typed on the train")
    Entry.objects.get(pk=world.entry.pk).rewrite(1, EntryContent(kind="greet", words="saved at home"))
    page = parent.get(reverse("journal:entry_detail", args=[world.entry.pk])).content.decode()
    assert 'name="version" value="1"' in page
    response = parent.post(reverse("journal:entry_detail", args=[world.entry.pk]), {"version": 1, "words": "typed on the train"})
    assert response.status_code == 409
    assert "typed on the train" in response.content.decode()
    assert "saved at home" in response.content.decode()
    assert "typed on the train" in Draft.objects.get().document.fields["words"]


def test_a_draft_of_an_entry_is_not_kept_for_who_may_not_change_it(client, world):
    sign_in(client, world.roles["member"])
    assert change(client, world.entry, words="x").status_code == 404
    assert not Draft.objects.exists()


def test_erasing_an_entry_takes_the_draft_about_it_along(parent, world):
    change(parent, world.entry, words="half")
    world.entry.put_in_bin()
    parent.post(reverse("journal:entry_erase", args=[world.entry.pk]))
    assert not Draft.objects.exists()


def test_after_thirty_days_a_draft_is_offered_to_nobody_whether_a_job_ran_or_not(parent, world):
    keep(parent, world, words="long ago")
    Draft.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "long ago" not in home(parent)


def test_a_draft_keeps_nobody_signed_in(parent, world):
    world.roles["owner"].shared_device = True
    world.roles["owner"].save()
    home(parent)
    session = parent.session
    session["seen"] -= 29 * 60
    session.save()
    keep(parent, world, words="half")
    change(parent, world.entry, words="half")
    assert parent.session["seen"] == session["seen"]


def test_a_draft_sent_after_the_sign_in_ended_says_so_and_keeps_the_words(client, world):
    form = form_of_entry(world, words="typed too late")
    assert client.post(reverse("journal:entry_draft"), form, headers=HTMX).status_code == 401
    page = client.post(reverse("journal:entry_draft"), form)
    assert page.status_code == 401
    assert "typed too late" in page.content.decode()
    assert not Draft.objects.exists()


PACKETS = st.lists(st.tuples(st.integers(0, 6), st.text(max_size=8)), min_size=1, max_size=12)


@tried(25)
@given(packets=PACKETS)
def test_whatever_order_packets_arrive_in_the_last_of_the_newest_page_is_kept(world, packets):
    user, target = world.roles["owner"], uuid.uuid4()
    for sequence, text in packets:
        Draft.objects.keep(
            user=user, journal=world.journal, form="entry", target=target, sequence=sequence, fields={"words": text}
        )
    newest = max(sequence for sequence, _text in packets)
    last = [text for sequence, text in packets if sequence == newest][-1]
    assert Draft.objects.of_user(user).get(target=target).document.fields == {"words": last}


def test_a_page_without_a_field_leaves_it_as_it_was_kept_in_the_same_form(parent, world):
    form = form_of_entry(world, kind="listen", words="long", sequence=1)
    parent.post(reverse("journal:entry_draft"), form, headers=HTMX)
    del form["kind"]
    parent.post(reverse("journal:entry_draft"), form, headers=HTMX)
    assert Draft.objects.get().document.fields["kind"] == "listen"


def person(client, submission, **fields):
    said = {"submission": submission, "version": 0, "sequence": 1, **fields}
    assert client.post(reverse("journal:person_new_draft"), said, headers=HTMX).status_code == 200
    return Draft.objects.get().document.fields


def test_half_written_words_about_one_person_never_become_anothers(parent, world):
    person(parent, uuid.uuid4(), name="Aunt", state="could", next="Ask her to tea.")
    kept = person(parent, uuid.uuid4(), name="Neighbour")
    assert (kept["name"], kept.get("state"), kept.get("next")) == ("Neighbour", None, None)


def test_what_has_expired_comes_back_in_no_newer_draft(parent, world):
    submission = uuid.uuid4()
    person(parent, submission, name="Aunt", state="could")
    Draft.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert person(parent, submission, name="Aunt").get("state") is None


def test_a_newer_version_takes_nothing_from_a_draft_of_an_older_one(parent, world):
    change(parent, world.entry, words="of the first", noticed="A nod.")
    Entry.objects.get(pk=world.entry.pk).rewrite(1, EntryContent(kind="greet", words="saved"))
    change(parent, world.entry, version=2, words="of the second")
    kept = Draft.objects.get().document.fields
    assert (kept["words"], kept.get("noticed")) == ("of the second", None)


def test_the_number_of_queries_of_a_draft_is_small(parent, world, django_assert_max_num_queries):
    keep(parent, world, words="half")
    with django_assert_max_num_queries(15):
        keep(parent, world, words="half and more", sequence=2)


def test_a_parent_of_two_journals_has_a_draft_in_each(parent, world):
    second = factories.make_journal(world.roles["manager"], world.roles["owner"])
    keep(parent, world, words="first")
    parent.post(reverse("journal:entry_draft"), form_of_entry(world, journal=second.pk, words="second", sequence=1))
    assert {draft.journal_id for draft in Draft.objects.all()} == {world.journal.pk, second.pk}
    assert Membership.objects.filter(user=world.roles["owner"]).count() == 2
