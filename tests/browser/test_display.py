"""How pages look and which language they speak in a real browser, from one page to the next."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import SECRET


def test_dark_and_large_last_over_pages_and_the_sign_in(visit, family):
    page = visit("/en/display/", who=family.roles["owner"])
    page.get_by_label("Large").check()
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save").click()
    for address in ("/en/steps/3/", "/en/notes/", "/en/help/jp/"):
        page.goto(address)
        root = page.locator("html")
        expect(root).to_have_attribute("data-theme", "dark")
        expect(root).to_have_attribute("data-text", "large")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == pytest.approx(22.5)
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_the_other_language_shows_the_same_page(visit, family):
    page = visit("/en/notes/timeline/", who=family.roles["owner"])
    page.get_by_role("link", name="日本語").click()
    expect(page).to_have_url(re.compile("/ja/notes/timeline/$"))
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.get_by_text(SECRET)).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile("/en/notes/timeline/$"))


def test_the_check_goes_on_with_each_answer_and_keeps_none(visit, watch):
    page = visit("/en/before-you-act/")
    page.get_by_role("link", name="Start").click()
    page.get_by_label(re.compile("^No")).first.check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Question 2 of 5")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    for number in (3, 4, 5):
        page.get_by_role("button", name="Skip this question").click()
        expect(page.get_by_text(f"Question {number} of 5")).to_be_visible()
    page.get_by_role("button", name="Skip this question").click()
    expect(page.get_by_text("Our advice")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert "?" not in page.url
    assert not page.context.cookies()


def test_a_step_page_offers_the_journal_to_a_parent_and_rests_after_a_hard_day(visit, family):
    page = visit("/en/steps/3/", who=family.roles["owner"])
    expect(page.locator("#place a")).to_have_attribute("href", "/en/notes/?kind=greet")
    hard = page.context.new_page()
    hard.goto("/en/notes/")
    hard.get_by_role("button", name="It was hard today").click()
    hard.get_by_role("heading", level=1).wait_for()
    page.reload()
    expect(page.locator("#place")).to_contain_text("Paused until")
    expect(page.locator("#place").get_by_role("link")).to_have_count(0)
