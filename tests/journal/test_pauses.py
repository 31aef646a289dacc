"""After a pause on one's own device words are still kept; nothing is shown and nothing deleted before it is said who is there."""

import pytest
from django.urls import reverse

from journal.models import Draft, Entry
from tests.conftest import SECRET, cover
from tests.screens import form_of_entry
from tests.test_access import URLS
from tests.test_words_kept import kept_form

HTMX = {"HX-Request": "true", "HX-Target": "draft-state"}
SAID = "After a pause we ask who is there. Your words are still here."
# A counsellor's session ends instead.
DRAFTS = sorted(name for name in URLS if name.endswith("_draft") and name != "journal:reply_draft")
# What the forms call their words.
FIELDS = ("words", "text", "name", "who", "purpose", "sheet")


@pytest.fixture
def paused(parent):
    parent.get(reverse("journal:home"))
    cover(parent)
    return parent


def words(world, said, sequence=1):
    return {**form_of_entry(world, kind="listen"), "version": 1, "sequence": sequence, **dict.fromkeys(FIELDS, said)}


def draft_url(world, name):
    return reverse(name, kwargs=world.url_arguments(URLS[name], name))


@pytest.mark.parametrize("name", DRAFTS)
def test_words_of_an_older_page_come_back_without_the_page_they_belong_to(parent, world, name):
    url = draft_url(world, name)
    assert "Draft kept at" in parent.post(url, words(world, "NEWER", 9), headers=HTMX).content.decode()
    older = words(world, "OLDER", 2)
    assert parent.post(url, older).status_code in {200, 422}, "open, it is the page with the words"
    cover(parent)
    answer = parent.post(url, older)
    page = answer.content.decode()
    assert (answer.status_code, SAID in page, "OLDER" in page) == (401, True, True)
    assert SECRET not in page
    assert "NEWER" not in page
    quiet = parent.post(url, older, headers=HTMX)
    assert (quiet.status_code, quiet.content) == (204, b"")


@pytest.mark.parametrize("name", DRAFTS)
def test_words_are_kept_and_lead_to_the_question(paused, world, name):
    typed = words(world, "still typed")
    url = draft_url(world, name)
    assert "Draft kept at" in paused.post(url, typed, headers=HTMX).content.decode()
    answer = paused.post(url, typed)
    assert answer.status_code == 303
    assert paused.get(answer["Location"])["Location"].startswith(reverse("journal:code_confirm"))
    assert "still typed" in Draft.objects.get().document.fields.values()


def test_a_draft_that_was_saved_meanwhile_does_not_open_the_journal(parent, world):
    form = form_of_entry(world, words="saved already", sequence=1)
    parent.post(reverse("journal:entry_add"), form)
    cover(parent)
    answer = parent.post(reverse("journal:entry_draft"), form)
    assert (answer.status_code, SECRET in answer.content.decode()) == (401, False)
    assert not Draft.objects.exists()


@pytest.mark.parametrize("name", DRAFTS)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Target": "main"}])
def test_nobody_deletes_a_draft_who_has_not_said_who_they_are(parent, world, name, headers):
    url = draft_url(world, name)
    form = words(world, "half")
    parent.post(url, form, headers=HTMX)
    cover(parent)
    answer = parent.post(url, {**form, "discard": "1"}, headers=headers)
    assert answer.status_code == (422 if headers else 401)
    assert SAID in answer.content.decode()
    assert Draft.objects.exists()
    # The words are in the form; its button saves, and deletes nothing.
    _action, fields = kept_form(answer)
    assert "half" in str(fields)
    assert "discard" not in fields


def test_what_is_pressed_after_a_pause_comes_back_in_place_and_says_that_nobody_was_signed_out(paused, world):
    form = form_of_entry(world, words="I said good night.")
    for headers, status in (({}, 401), ({"HX-Request": "true"}, 422)):
        answer = paused.post(reverse("journal:entry_add"), form, headers=headers)
        page = answer.content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        assert answer.status_code == status
        assert SAID in main
        assert "signed out" not in main.lower()
        assert f'href="{reverse("journal:home")}" target="_blank"' in main
        assert kept_form(answer)[1]["words"] == ["I said good night."]
    assert answer["HX-Retarget"] == "#main"
    assert not Entry.objects.filter(submission=form["submission"]).exists()


def test_after_a_pause_on_a_hard_day_help_stands_first(paused, world):
    page = paused.post(reverse("journal:entry_add"), form_of_entry(world, kind="hard")).content.decode()
    assert page.index("If it is still going on") < page.index(SAID)
