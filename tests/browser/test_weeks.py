"""Looking back in a real browser, with a script and without."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories


@pytest.fixture
def mother(family):
    """A parent who has written enough for a picture, and for a next step."""
    owner = family.roles["owner"]
    for days in (1, 2, 3, 4, 9, 14, 17, 20, 27):
        at = timezone.now() - timedelta(days=days)
        factories.make_entry(family.journal, owner, kind="greet", response="sign", happened_at=at)
    family.journal.remember(step=3)
    return owner


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_what_came_back_is_drawn_only_after_it_is_asked_for(visit, mother, script):
    page = visit("/en/notes/weeks/", who=mother, script=script)
    picture = page.get_by_role("img", name="The last four weeks")
    expect(picture).to_be_visible()
    expect(page.get_by_text("days, something came back.")).to_have_count(0)
    page.get_by_role("button", name="Show when something came back").click()
    expect(page.get_by_role("paragraph").filter(has_text="days, something came back.")).to_be_visible()
    if script:
        expect(page.get_by_text("Noted.").locator("..")).to_be_focused()
    page.get_by_role("button", name="Hide this picture").click()
    expect(page.get_by_text("The picture is hidden.")).to_be_visible()
    expect(picture).to_have_count(0)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_every_way_is_as_large_as_the_next_step_and_choosing_it_leads_to_reading(visit, mother, script):
    page = visit("/ja/notes/weeks/", who=mother, language="ja", script=script)
    sizes = [one.bounding_box() for one in page.locator(".ways > li").all()]
    assert len(sizes) == 4
    assert len({(round(size["width"]), round(size["height"])) for size in sizes}) == 1
    assert page.locator(".ways h3").all_inner_texts() == [
        "今のまま続ける",
        "しばらく休む",
        "もっと軽くする",
        "次の手引きを読んでみる",
    ]
    page.get_by_role("button", name="これにする 次の手引きを読んでみる").click()
    page.get_by_role("link", name="その4").click()
    expect(page).to_have_url(re.compile("/ja/steps/4/$"))
