"""Guidance on paper: checklists with boxes and steps on two sheets, the money sheet and the numbers of a country on one."""

import re
import zlib

import pytest
from playwright.sync_api import Page

SHEET = re.compile(rb"/Type\s*/Page\b")
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
SCALE = re.compile(rb"W\* n\s+q\s+([\d.]+) 0 0 ")
# Chromium draws 96 points of a page on 300 of the paper; what is too wide it draws smaller, so that it seems to fit.
FULL_SIZE = 300 / 96


def sheets(page: Page) -> int:
    """How many sheets a page takes; the letters must not have been shrunk to fit."""
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    streams = [zlib.decompress(found[1]) for found in STREAM.finditer(pdf) if found[1].startswith(b"x")]
    scales = [float(found[1]) for stream in streams if (found := SCALE.search(stream))]
    assert scales
    assert scales == [pytest.approx(FULL_SIZE, abs=0.001)] * len(scales)
    return len(SHEET.findall(pdf))


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("slug", ["services", "visits"])
def test_a_checklist_prints_on_two_sheets_with_boxes_to_tick(visit, slug, language):
    page = visit(f"/{language}/{slug}/", language=language)
    assert sheets(page) <= 2
    page.emulate_media(media="print")
    boxes = page.locator(".ticks ul > li").evaluate_all(
        "points => points.filter(point => getComputedStyle(point, '::before').borderTopWidth === '1px').length"
    )
    assert boxes == page.locator(".ticks ul > li").count() > 15


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("number", range(1, 10))
def test_a_step_prints_on_two_sheets_with_every_part_of_it(visit, number, language):
    page = visit(f"/{language}/steps/{number}/", language=language)
    assert sheets(page) <= 2
    page.emulate_media(media="print")
    for part in ("purpose", "ready", "how", "words", "helps", "harder", "may_happen", "stay", "urgent"):
        assert page.locator(f"#{part}").is_visible(), part
    assert page.locator("#why").is_visible()
    assert not page.locator(".contents, #sources, .foot-nav, #place, aside").filter(visible=True).count()
    small = page.locator(".step").evaluate(
        "step => Math.min(...[...step.querySelectorAll('p, li, dd')].filter((one) => one.checkVisibility())"
        ".map((one) => parseFloat(getComputedStyle(one).fontSize)))"
    )
    assert small >= 12  # 9 points


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("path", ["pages/money-sheet/", "help/", "help/jp/", "help/us/"])
def test_what_hangs_in_the_kitchen_prints_on_one_sheet(visit, path, language):
    assert sheets(visit(f"/{language}/{path}", language=language)) == 1
