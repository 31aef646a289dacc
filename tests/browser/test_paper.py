"""The checklists on paper: two sheets at most, with a box before every point."""

import re

import pytest

SHEET = re.compile(rb"/Type\s*/Page\b")


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("slug", ["services", "visits"])
def test_a_checklist_prints_on_two_sheets_with_boxes_to_tick(visit, slug, language):
    page = visit(f"/{language}/{slug}/", language=language)
    assert len(SHEET.findall(page.pdf(format="A4", prefer_css_page_size=True))) <= 2
    page.emulate_media(media="print")
    boxes = page.locator(".ticks ul > li").evaluate_all(
        "points => points.filter(point => getComputedStyle(point, '::before').borderTopWidth === '1px').length"
    )
    assert boxes == page.locator(".ticks ul > li").count() > 15
