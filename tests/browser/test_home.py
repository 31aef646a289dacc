"""The journal's first page on a phone: however much is new, the buttons to write with are there without scrolling."""

import pytest
from playwright.sync_api import expect

from tests.screens.journal import everything_new

# As much of a button as a finger needs.
TAP = 44


@pytest.mark.parametrize("script", [True, False])
def test_the_first_button_is_on_the_first_screen_and_the_rest_one_press_away(visit, family, script):
    everything_new(family)
    page = visit("/en/notes/", who=family.roles["owner"], script=script)
    page.set_viewport_size({"width": 390, "height": 844})
    box = page.get_by_role("button", name="Said hello or good night").bounding_box()
    assert box is not None
    assert box["y"] + TAP <= 844
    question = page.get_by_text("Is Ms counsellor to go on reading?")
    expect(question).to_be_hidden()
    page.get_by_text("notices", exact=False).first.click()
    expect(question).to_be_visible()
