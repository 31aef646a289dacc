"""The list of what a long page holds."""

import pytest
from django.utils import translation

from guidance import addresses, library, text
from guidance.fields import LANGUAGES
from tests.tools.markup import Markup

TEXTS = library.current()
LONG_PAGES = [
    slug
    for kind, language, slug in TEXTS.documents
    if kind == "page" and language == "en" and not slug.startswith(("help-", "tonight-"))
]


def test_headings_are_numbered_so_that_an_address_says_nothing_of_them():
    rendered = text.render("## First\n\nText.\n\n### Smaller\n\n## Second & last\n", 1, ())
    assert [(heading.id, heading.words) for heading in rendered.headings] == [("part-1", "First"), ("part-2", "Second & last")]
    assert '<h2 id="part-2">Second &amp; last</h2>' in rendered.html
    assert "<h3>Smaller</h3>" in rendered.html


def test_a_japanese_heading_carries_its_places_to_break():
    rendered = text.render("## 前の日に、伝えておくこと\n", 1, (), language="ja")
    assert rendered.html == '<h2 id="part-1"><span class="phrases">前の<wbr>日に、<wbr>伝えておくこと</span></h2>\n'
    assert rendered.headings[0].words == "前の日に、伝えておくこと"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", LONG_PAGES)
def test_a_page_of_five_headings_or_more_lists_them_and_a_shorter_one_does_not(client, slug, language):
    document = TEXTS.page(language, slug)
    with translation.override(language):
        page = Markup(client.get(addresses.of_page(slug)).text)
    (listed,) = [box for box in page.all("details") if "contents" in box.get("class")] or [None]
    links = [link.get("href") for link in page.all("a") if listed and listed in link.above()]
    assert links == ([f"#{heading.id}" for heading in document.headings] if len(document.headings) >= 5 else [])
    assert {link[1:] for link in links} <= set(page.ids)


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_number_their_parts_alike(language):
    for document in TEXTS.documents.values():
        assert [one.id for one in document.headings] == [one.id for one in TEXTS.counterpart(document).headings]


def test_a_step_can_be_entered_at_any_of_its_parts(client):
    page = Markup(client.get("/ja/steps/3/").text)
    assert TEXTS.step("ja", 3).parts - {"sources"} <= set(page.ids) | {f"source-{one}" for one in TEXTS.step("ja", 3).sources}
