"""Help on paper and without a script: one sheet for every country, in both languages."""

import re

import pytest
from playwright.sync_api import expect

from guidance import library

CODES = ["", *(f"{code}/" for code in library.current().helplines.countries)]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_numbers_of_every_country_fit_on_one_sheet(lately_checked, visit, language):
    page = visit(f"/{language}/help/", language=language, script=False)
    for code in CODES:
        page.goto(f"/{language}/help/{code}")
        printed = page.pdf(format="A4", prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1, code


def test_paper_says_nothing_about_now_and_shows_every_number(lately_checked, visit):
    page = visit("/en/help/it/", script=False)
    expect(page.get_by_text(re.compile("^(Open|Closed) now"))).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_text(re.compile("^(Open|Closed) now"))).to_be_hidden()
    for number in ("112", "02 2327 2327", "324 011 7252"):
        expect(page.get_by_text(number).first).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_hurried_contract_leads_to_the_consumer_line_of_the_country_one_chooses(lately_checked, visit, script):
    page = visit("/en/before-you-act/", script=script)
    page.get_by_role("link", name="Start").click()
    for answer in ("No", "Paying a firm", "They do not know yet", "Yes, today", "Tired"):
        page.get_by_role("radio", name=answer, exact=answer == "No").check()
        page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please wait before you go ahead")
    page.get_by_label("Where do you live?").select_option("jp")
    page.get_by_role("button", name="Show who answers there").click()
    expect(page.get_by_role("link", name="188")).to_be_visible()
    expect(page.get_by_label("Where do you live?")).to_have_value("jp")
    page.get_by_role("button", name=re.compile("Change.*Danger now")).click()
    page.get_by_role("radio", name="Yes, or it may happen tonight").check()
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile("/en/help/jp/$"))
