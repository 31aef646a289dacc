"""Half-written words of the long forms under "More": kept for their writer until they are saved."""

import uuid

import pytest
from django.urls import reverse

from journal.models import Agreement, Draft, FamilyPage
from tests import factories
from tests.conftest import sign_in
from tests.screens import form_of_entry
from tests.tools.markup import Markup

HTMX = {"HX-Request": "true", "HX-Target": "draft-state"}


@pytest.fixture
def idea(world):
    return factories.make_agreement(world.journal, world.roles["owner"], "We knock.")


def page(client, name, *arguments):
    return client.get(reverse(f"journal:{name}", args=arguments)).content.decode()


def keep(client, name, *arguments, **fields):
    return client.post(reverse(f"journal:{name}", args=arguments), {"sequence": 1, **fields}, headers=HTMX)


def test_our_page_offers_the_unsaved_words_to_their_writer_alone_and_sealed(parent, client, world):
    assert keep(parent, "page_draft", version=1, who="ZEBRA of us").content.decode().strip().startswith("Draft kept at")
    assert "ZEBRA of us" in page(parent, "family_page")
    assert b"ZEBRA" not in bytes(Draft.objects.get().sealed)
    sign_in(client, world.roles["member"])
    assert "ZEBRA of us" not in page(client, "family_page")


def test_saving_our_page_lets_go_of_the_draft_and_a_late_packet_brings_none_back(parent, world):
    version = FamilyPage.objects.get(journal=world.journal).version
    keep(parent, "page_draft", version=version, who="Half")
    form = {"version": version, "submission": uuid.uuid4(), "who": "All of us"}
    assert parent.post(reverse("journal:family_page"), form).status_code == 303
    assert not Draft.objects.exists()
    keep(parent, "page_draft", version=version, who="All of us")
    assert "Delete the draft" not in page(parent, "family_page")


def test_a_draft_of_an_agreement_remembers_the_version_it_changes(parent, world, idea):
    keep(parent, "agreement_draft", idea.pk, version=1, text="We knock, and wait.")
    idea.revise(1, type(idea.document)(text="We knock twice."), uuid.uuid4())
    shown = page(parent, "agreement_edit", idea.pk)
    assert "We knock, and wait." in shown
    form = {"version": 1, "submission": uuid.uuid4(), "text": "We knock, and wait.", "state": "idea"}
    answer = parent.post(reverse("journal:agreement_edit", args=[idea.pk]), form)
    assert answer.status_code == 409
    assert "We knock twice." in answer.content.decode()
    assert Draft.objects.exists(), "nothing was saved: the words are kept"


def test_a_new_agreement_has_one_draft_a_topic_and_is_not_saved_twice(parent, world):
    form = {"submission": str(uuid.uuid4()), "version": 0, "text": "30,000 on the first.", "state": "idea"}
    keep(parent, "agreement_new_draft", "money", **form)
    assert "30,000 on the first." in page(parent, "agreement_add", "money")
    assert form["submission"] in page(parent, "agreement_add", "money")
    assert "30,000 on the first." not in page(parent, "agreement_add", "house")
    parent.post(reverse("journal:agreement_add", args=["money"]), form)
    assert not Draft.objects.exists()
    keep(parent, "agreement_new_draft", "money", **form)
    assert "30,000 on the first." not in page(parent, "agreement_add", "money")
    assert Agreement.objects.filter(submission=form["submission"]).count() == 1


def test_without_a_script_a_draft_is_kept_and_deleted_by_a_button(parent, idea):
    url = reverse("journal:agreement_draft", args=[idea.pk])
    answer = parent.post(url, {"sequence": 1, "version": 1, "text": "Half"})
    assert answer.headers["Location"] == reverse("journal:agreement_edit", args=[idea.pk])
    assert "Delete the draft" in page(parent, "agreement_edit", idea.pk)
    parent.post(url, {"discard": "1"})
    assert "Half" not in page(parent, "agreement_edit", idea.pk)


def test_an_older_page_gives_its_words_back_instead_of_overwriting(parent, idea):
    keep(parent, "agreement_draft", idea.pk, sequence=5, version=1, text="newer")
    url = reverse("journal:agreement_draft", args=[idea.pk])
    assert "older" in parent.post(url, {"sequence": 2, "version": 1, "text": "older"}).content.decode()
    assert "newer" in page(parent, "agreement_edit", idea.pk)


def test_erasing_an_agreement_erases_what_was_half_written_about_it(parent, idea):
    keep(parent, "agreement_draft", idea.pk, version=1, text="Half")
    idea.put_in_bin()
    parent.post(reverse("journal:row_erase", args=[idea.pk]))
    assert not Draft.objects.exists()


def test_a_made_up_submission_in_a_draft_is_no_fault(parent):
    keep(parent, "agreement_new_draft", "house", submission="no id", text="Half")
    assert "Half" in page(parent, "agreement_add", "house")


def fields_of(html):
    """What stands in the form of a page, by name."""
    markup = Markup(html)
    areas = {area.get("name"): "".join(area.parts).removeprefix("\n") for area in markup.all("textarea")}
    return areas | {field.get("name"): field.get("value") for field in markup.all("input") if field.get("type") == "text"}


def test_what_was_cleared_in_our_page_does_not_come_back_with_the_draft(parent, world):
    version = FamilyPage.objects.get(journal=world.journal).version
    assert "who" in fields_of(page(parent, "family_page"))
    keep(parent, "page_draft", version=version, who="", past="We moved here.")
    stands = fields_of(page(parent, "family_page"))
    assert (stands["who"], stands["past"]) == ("", "We moved here.")


def test_clearing_alone_is_a_draft_too(parent, world, idea):
    keep(parent, "agreement_draft", idea.pk, version=1, text="", state="idea")
    shown = page(parent, "agreement_edit", idea.pk)
    assert fields_of(shown)["text"] == ""
    assert "Delete the draft" in shown


def test_what_was_cleared_in_an_entry_does_not_come_back_with_the_draft(parent, world):
    entry = factories.make_entry(world.journal, world.roles["owner"], "Loud words.", noticed="The door was open.")
    keep(parent, "edit_draft", entry.pk, version=1, words="", noticed="", next="Wait.")
    stands = fields_of(page(parent, "entry_detail", entry.pk))
    assert (stands["words"], stands["noticed"], stands["next"]) == ("", "", "Wait.")


def test_a_form_without_a_field_takes_nothing_out_of_the_draft(parent, world):
    entry = factories.make_entry(world.journal, world.roles["owner"], "Loud words.")
    keep(parent, "edit_draft", entry.pk, version=1, words="Quiet words.", noticed="The door was open.", next="Wait.")
    # The steps rest on the other parent's screen, or a page of before: a field is not in it.
    keep(parent, "edit_draft", entry.pk, sequence=2, version=1, words="Quieter words.")
    stands = fields_of(page(parent, "entry_detail", entry.pk))
    assert (stands["words"], stands["noticed"], stands["next"]) == ("Quieter words.", "The door was open.", "Wait.")
    # A draft that was thrown away is not what the next one begins with.
    keep(parent, "edit_draft", entry.pk, discard="1")
    keep(parent, "edit_draft", entry.pk, version=1, words="Other words.")
    assert fields_of(page(parent, "entry_detail", entry.pk))["noticed"] == ""


def test_a_new_entry_that_was_cleared_comes_back_empty(parent, world):
    form = form_of_entry(world, words="Half a line", sequence=1)
    parent.post(reverse("journal:entry_draft"), form, headers=HTMX)
    parent.post(reverse("journal:entry_draft"), form | {"words": "", "sequence": 2}, headers=HTMX)
    assert fields_of(page(parent, "home"))["words"] == ""
