"""Leaving in a real browser: one press ends the session, and nothing stays behind."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from tests.browser.looking import LEFT_BY_HTMX, left_behind, wait
from tests.conftest import SECRET


def weather(page: Page) -> None:
    expect(page).to_have_url(re.compile("^https://(worldweather.wmo.int|www.jma.go.jp)/"))


@pytest.mark.parametrize("how", ["click", "shift"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_leaving_quickly_ends_the_session_and_back_shows_nothing(visit, family, how, language):
    page = visit(f"/{language}/notes/timeline/", who=family.roles["owner"], language=language)
    expect(page.get_by_text(SECRET)).to_be_visible()
    if how == "click":
        page.locator("a.leave").click()
    else:
        for _ in range(3):
            page.keyboard.press("Shift")
    weather(page)
    assert not Session.objects.exists()
    page.go_back()
    assert SECRET not in page.content()
    page.goto(f"/{language}/notes/timeline/")
    expect(page).to_have_url(re.compile(f"/{language}/account/sign-in/"))


def test_leaving_quickly_without_javascript_ends_the_session(visit, family):
    page = visit("/en/notes/timeline/", who=family.roles["owner"], script=False)
    page.locator("a.leave").click()
    weather(page)
    assert not Session.objects.exists()
    page.go_back()
    expect(page).to_have_url(re.compile("/en/account/sign-in/"))
    assert SECRET not in page.content()


def test_the_page_is_blank_before_the_next_one_comes(visit, family):
    page = visit("/en/notes/timeline/", who=family.roles["owner"])
    seen = []
    page.expose_function("seen", lambda found: seen.append(found))
    page.evaluate(
        """addEventListener("click", () =>
            seen([document.documentElement.checkVisibility(), document.title, document.documentElement.className]))"""
    )
    page.locator("a.leave").click()
    weather(page)
    assert seen == [[False, "\u00a0", "gone"]]


def test_after_signing_out_back_shows_nothing_private(visit, family):
    page = visit("/en/notes/", who=family.roles["owner"])
    page.goto("/en/notes/timeline/")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", level=1).wait_for()
    for _ in range(2):
        page.go_back()
        assert SECRET not in page.content()
        assert "/account/" in page.url


def test_nothing_stays_in_the_browser_after_the_journal_was_used(visit, family):
    page = visit("/en/notes/", who=family.roles["owner"])
    page.get_by_role("button", name="Listened").click()
    page.locator("textarea[name=words]").fill(f"{SECRET} once more")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"{SECRET} once more")).to_be_visible()
    page.locator(f"#entry-{family.entry.pk}").get_by_role("link", name=re.compile("^Change")).click()
    page.go_back()
    wait(page)
    left = left_behind(page)
    assert {name for name, _value in left["session"]} <= LEFT_BY_HTMX
    assert all(re.fullmatch(r"/en/notes/[0-9a-z/?=-]*", value) for _name, value in left["session"])
    left.pop("session")
    assert left == {"local": [], "caches": [], "databases": [], "workers": 0, "cookies": ""}
