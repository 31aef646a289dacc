"""Writing in a real browser: drafts, what fails on a hard day, looking for something, and the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from journal.models import Draft, Entry, EntryContent
from tests import factories
from tests.browser.conftest import DESKTOP
from tests.browser.looking import focused, left_behind, spoken, wait


def open_form(page):
    page.get_by_text("In your own words, or for another day").click()
    return page.locator("form[data-draft]")


def test_words_of_a_new_entry_keep_themselves_and_come_back(visit, family):
    before = Entry.objects.count()
    page = visit("/en/notes/", who=family.roles["owner"])
    form = open_form(page)
    form.get_by_label("Listened").check()
    form.get_by_label("What I said or wrote").press_sequentially("Half a th")
    expect(page.locator("#draft-state")).to_have_text(re.compile("^Draft kept at"))
    expect(form.get_by_label("What I said or wrote")).to_be_focused()
    page.reload()
    expect(form.get_by_label("What I said or wrote")).to_have_value("Half a th")
    expect(form.get_by_label("Listened")).to_be_checked()
    assert not any("Half" in str(value) for value in left_behind(page).values())
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Saved at"))
    assert not Draft.objects.exists()
    assert Entry.objects.count() == before + 1


def test_words_are_kept_when_the_page_is_hidden_before_two_seconds_are_over(visit, family):
    page = visit("/en/notes/", who=family.roles["owner"])
    open_form(page).get_by_label("What I said or wrote").press_sequentially("Quick")
    page.goto("/en/notes/timeline/")
    page.goto("/en/notes/")
    expect(page.locator("form[data-draft] textarea")).to_have_value("Quick")


def test_a_draft_that_is_not_wanted_goes_away(visit, family):
    page = visit("/en/notes/", who=family.roles["owner"])
    form = open_form(page)
    form.get_by_label("What I said or wrote").fill("Not this")
    form.get_by_role("button", name="Keep draft").click()
    expect(page.locator("#draft-state")).to_have_text(re.compile("^Draft kept at"))
    page.reload()
    form.get_by_role("button", name="Delete the draft").click()
    expect(page.get_by_text("The draft is deleted.")).to_be_visible()
    expect(page.locator("form[data-draft] textarea")).to_have_value("")


def test_a_change_in_the_list_keeps_its_words_too(visit, family):
    page = visit("/en/notes/timeline/", who=family.roles["owner"])
    entry = page.locator(f"#entry-{family.entry.pk}")
    entry.get_by_role("link", name=re.compile("^Change")).click()
    entry.get_by_label("What I said or wrote").press_sequentially("More ")
    expect(entry.get_by_text(re.compile("^Draft kept at"))).to_be_visible()
    page.reload()
    entry.get_by_role("link", name=re.compile("^Change")).click()
    expect(entry.get_by_label("What I said or wrote")).to_have_value(re.compile("More "))


@pytest.mark.parametrize("fault", ["network", "503", "401"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_whatever_fails_on_a_hard_day_help_stands_below_the_buttons_first(visit, family, watch, language, fault):
    watch.expect("ERR_INTERNET_DISCONNECTED", "htmx:", "503", "401")
    words = {
        "en": ("It was hard today", "If it is still going on"),
        "ja": ("今日はつらかった", "今も続いているとき"),
    }[language]
    cause = {
        "en": {"network": "the connection was lost", "503": "our side", "401": "signed out"},
        "ja": {"network": "通信が切れ", "503": "こちら", "401": "自動で閉じました"},
    }[language][fault]
    page = visit(f"/{language}/notes/", who=family.roles["owner"], language=language)
    if fault == "network":
        page.context.set_offline(True)
    else:
        page.route("**/notes/new/", lambda route: route.fulfill(status=int(fault), body=""))
    page.get_by_role("button", name=words[0]).click()
    notes = page.locator("main [data-note]")
    expect(notes).to_have_count(2)
    expect(notes.first).to_contain_text(words[1])
    expect(notes.first.locator("a[href='tel:110']")).to_be_visible()
    expect(notes.first).to_be_in_viewport()
    expect(notes.last).to_contain_text(cause)
    expect(page.locator("#live")).to_contain_text(words[1])


def test_an_ordinary_day_that_fails_shows_no_police(visit, family, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED", "htmx:")
    page = visit("/en/notes/", who=family.roles["owner"])
    page.context.set_offline(True)
    page.get_by_role("button", name="Listened").click()
    expect(page.locator("main [data-note]")).to_have_count(1)
    expect(page.locator("main [data-note]")).to_contain_text("the connection was lost")


def test_a_page_with_an_old_token_comes_back_in_place_with_every_word(visit, family, watch):
    watch.expect("422")
    page = visit("/en/notes/", who=family.roles["owner"])
    form = open_form(page)
    form.get_by_label("Listened").check()
    form.get_by_label("What I said or wrote").fill("Kept all the same.")
    page.context.clear_cookies(name="csrf")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This page had grown old. Your words are kept.")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Saved at"))


@pytest.mark.parametrize("script", [True, False])
def test_looking_for_words_shows_them_and_no_address_holds_them(visit, family, script):
    factories.make_many(family.journal, family.roles["owner"], [EntryContent(kind="chat", words="Umbrella.")] * 30)
    page = visit("/en/notes/timeline/", who=family.roles["owner"], script=script, size=DESKTOP)
    page.get_by_text("Find an entry").click()
    page.get_by_label("Words to look for").fill("umbrella")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".entry")).to_have_count(25)
    assert page.url.endswith("/en/notes/timeline/")
    if script:
        wait(page)
        assert "What was found" in focused(page)
        assert spoken(page) == ""
    page.get_by_role("button", name="Show earlier entries").click()
    expect(page.locator(".entry")).to_have_count(30 if script else 5)
    page.get_by_role("link", name="Show everything").click()
    expect(page.get_by_text("What was found")).to_have_count(0)


def test_the_keyboard_saves_as_quickly_as_a_finger(visit, family):
    """Skip to the page, past the five tabs, and the first button has the focus: Enter saves."""
    page = visit("/en/notes/", who=family.roles["owner"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    presses = 0
    # Past what is new, too: this family has an answer, two notes about its counsellors, and somebody who waits.
    while not re.match(r'<button[^>]* value="greet"', focused(page)):
        page.keyboard.press("Tab")
        presses += 1
    assert presses <= 5 + 5
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Saved at"))
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_what_was_put_in_the_bin_comes_back_from_the_note_that_says_so(visit, family):
    page = visit("/en/notes/", who=family.roles["owner"])
    page.get_by_role("button", name="Listened").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Put back").click()
    expect(page.get_by_text("It is back.")).to_be_visible()
    expect(page.locator(".entry h3", has_text="Listened")).to_be_visible()
