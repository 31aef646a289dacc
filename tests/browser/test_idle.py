"""An open page that nobody uses, in a real browser: it covers itself, and keeps the words that were typed in it."""

import re

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from playwright.sync_api import Page, expect

from config.sessions import SessionStore
from tests.browser.conftest import DESKTOP
from tests.browser.looking import wait
from tests.browser.test_axe import AXE, TAGS
from tests.browser.test_writing import open_form
from tests.conftest import SECRET

PASSWORD = "a quiet hallway"
WORDS = {
    "en": ("Once more", "It closes itself in a moment.", "Keep it open", "so this page is covered", "Show it again"),
    "ja": ("もう一度", "まもなく自動で閉じます", "このまま使う", "このページを隠しています", "もう一度表示する"),
}

WORDS_TO_LOOK_FOR = {"en": "Words to look for", "ja": "さがす言葉"}


def age(page: Page, seconds: int) -> None:
    """As if the last use, the last typing and the sign-in of this browser were so much longer ago."""
    (key,) = (cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "session")
    session = SessionStore(key)
    for name in ("seen", "typed"):
        session[name] = session.get(name, 0) - seconds
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": 0}]
    session.save()


def look(page: Page) -> None:
    """What a page asks by itself when its browser has its network back."""
    wait(page)
    page.evaluate("window.dispatchEvent(new Event('online'))")


@pytest.fixture
def owner(family):
    """A parent on a device of their own, with a password."""
    user = family.roles["owner"]
    user.set_password(PASSWORD)
    user.save()
    return user


def test_a_page_left_open_says_so_covers_itself_and_comes_back_with_who_is_there(visit, owner, monkeypatch):
    monkeypatch.setattr("journal.middleware.PAUSE_OWN", 5)
    monkeypatch.setattr("journal.middleware.WARNED", 3)
    page = visit("/en/notes/timeline/", who=owner)
    expect(page.get_by_text(SECRET)).to_be_visible()
    expect(page.locator(".soon")).to_be_visible(timeout=15_000)
    expect(page.locator("#live")).to_contain_text("It closes itself in a moment.")
    page.wait_for_url("**/account/again/**", timeout=20_000)
    expect(page.get_by_text(SECRET)).to_have_count(0)
    monkeypatch.undo()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/en/notes/timeline/")
    expect(page.get_by_text(SECRET)).to_be_visible()


def test_words_typed_just_before_are_kept_and_stand_there_again(visit, owner):
    page = visit("/en/notes/", who=owner)
    age(page, 16 * 60)
    # Sent with the question itself: two seconds are not over.
    open_form(page).get_by_label("What I said or wrote").press_sequentially("Quick")
    look(page)
    page.wait_for_url("**/account/again/**")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/en/notes/")
    expect(page.locator("form[data-draft] textarea")).to_have_value("Quick")


def test_whoever_is_typing_is_not_interrupted(visit, owner):
    page = visit("/en/notes/", who=owner)
    words = open_form(page).get_by_label("What I said or wrote")
    age(page, 14 * 60 + 30)
    words.press_sequentially("Half a th")
    expect(page.locator("#draft-state")).to_have_text(re.compile("^Draft kept at"), timeout=8000)
    age(page, 60)
    with page.expect_response("**/account/still/"):
        look(page)
    words.press_sequentially("ought")
    expect(words).to_have_value("Half a thought")
    expect(page.locator(".soon")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_one_press_keeps_the_page_open(visit, owner, language):
    _, soon, keep, _, _ = WORDS[language]
    page = visit(f"/{language}/notes/", who=owner, language=language)
    age(page, 14 * 60 + 30)
    look(page)
    bar = page.locator(".soon")
    expect(bar).to_contain_text(soon)
    expect(bar).to_be_in_viewport()
    bar.get_by_role("link", name=keep).click()
    expect(bar).to_have_count(0)
    with page.expect_response("**/account/still/"):
        look(page)
    expect(bar).to_have_count(0)


def test_coming_back_to_a_tab_asks_at_once(visit, owner):
    page = visit("/en/notes/timeline/", who=owner)
    age(page, 16 * 60)
    wait(page)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_url("**/account/again/**")


@pytest.mark.parametrize("role", ["member", "counsellor", "manager"])
def test_a_session_that_is_over_leaves_nothing_but_the_sign_in(visit, family, role):
    user = family.roles[role]
    user.shared_device = True
    user.save()
    path = {"member": "/en/notes/timeline/", "counsellor": f"/en/desk/f/{family.share.pk}/", "manager": "/en/desk/centre/"}[role]
    page = visit(path, who=user, size=DESKTOP)
    age(page, 31 * 60)
    look(page)
    page.wait_for_url(f"**/account/sign-in/?next={path}")
    expect(page.get_by_text(SECRET)).to_have_count(0)
    page.go_back()
    page.wait_for_url(f"**/account/sign-in/?next={path}")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_without_a_network_the_page_covers_itself_says_so_and_keeps_what_stands_in_its_fields(visit, owner, watch, language):
    watch.expect("ERR_INTERNET_DISCONNECTED", "htmx:")
    *_, lost, again = WORDS[language]
    page = visit(f"/{language}/notes/timeline/", who=owner, language=language)
    field = page.get_by_label(WORDS_TO_LOOK_FOR[language])
    field.evaluate("field => field.value = 'umbrella'")
    page.context.set_offline(True)
    for _ in range(2):
        look(page)
        expect(page.locator("main")).to_be_hidden()
        expect(page.get_by_text(lost)).to_be_visible()
    button = page.get_by_role("link", name=again)
    button.click()
    expect(page.locator("main")).to_be_hidden()
    expect(page.locator("#still [data-note]")).to_have_count(1)
    page.context.set_offline(False)
    expect(page.locator("main")).to_be_visible()
    expect(button).to_be_hidden()
    assert field.evaluate("field => field.value") == "umbrella"


def test_a_page_that_is_covered_for_want_of_a_network_asks_who_is_there_when_it_is_back(visit, owner, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED", "htmx:")
    page = visit("/en/notes/timeline/", who=owner)
    page.context.set_offline(True)
    look(page)
    expect(page.locator("main")).to_be_hidden()
    age(page, 16 * 60)
    page.context.set_offline(False)
    page.wait_for_url("**/account/again/**")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_bar_and_the_covered_page_are_no_barrier(visit, owner, watch, language):
    watch.expect("ERR_INTERNET_DISCONNECTED", "htmx:")
    page = visit(f"/{language}/notes/", who=owner, language=language)
    page.evaluate(AXE.decode())  # by the driver: the page's own policy lets no further script in
    age(page, 14 * 60 + 30)
    look(page)
    expect(page.locator(".soon")).to_be_visible()
    broken = page.evaluate("tags => axe.run(document, {runOnly: tags}).then(found => found.violations)", TAGS)
    page.context.set_offline(True)
    look(page)
    expect(page.locator("main")).to_be_hidden()
    expect(page.locator(".soon")).to_be_hidden()
    broken += page.evaluate("tags => axe.run('#still', {runOnly: tags}).then(found => found.violations)", TAGS)
    assert not broken


def test_without_a_script_nothing_of_it_is_seen(visit, owner):
    page = visit("/en/notes/timeline/", who=owner, script=False)
    expect(page.get_by_text(SECRET)).to_be_visible()
    for words in ("Show it again", "so this page is covered"):
        expect(page.get_by_text(words)).to_be_hidden()
