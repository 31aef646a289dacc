"""The sheets of docs/sheets/ on paper: one for a new parent, half of one for the manager and the privacy officer."""

import pytest

from config.settings import BASE_DIR
from tests.browser.test_paper import sheets

SHEETS = sorted((BASE_DIR / "docs" / "sheets").glob("*.html"))
HALF = 297 / 2 / 25.4 * 96  # of A4, as the browser measures


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_a_sheet_prints_on_one_side_and_the_half_page_on_half(browser, path):
    page = browser.new_page(viewport={"width": 643, "height": 1000})  # A4 between its margins
    try:
        page.goto(path.as_uri())
        assert sheets(page) == 1
        page.emulate_media(media="print")
        if path.name.startswith("privacy."):
            assert page.locator("body").evaluate("body => body.scrollHeight") < HALF
        assert page.locator("script, img, link[href*='//']").count() == 0
    finally:
        page.close()
