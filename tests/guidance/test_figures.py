"""A drawing says in words what it shows, in both languages, and holds in the dark, on paper and in forced colours."""

import re

import pytest
from django.utils import translation

from guidance import figures, library
from guidance.problems import ContentError
from guidance.text import render
from tests.guidance.content import change

BOTH = [(name, language) for name in figures.NAMES for language in ("en", "ja")]


def drawn(name, language):
    with translation.override(language):
        return figures.draw(name)


@pytest.mark.parametrize(("name", "language"), BOTH)
def test_a_drawing_has_a_title_a_description_and_a_twin_in_words(name, language):
    html = drawn(name, language)
    title, described = re.search(r'role="img" aria-labelledby="([^"]+)" aria-describedby="([^"]+)"', html).groups()
    assert re.search(rf'<title id="{title}">[^<]+</title>', html)
    assert re.search(rf'<desc id="{described}">[^<]{{30,}}</desc>', html)
    twin = html[html.index("<details>") :]
    assert len(re.findall("<li>[^<]+</li>", twin)) >= 3
    assert "<figcaption>" in html


@pytest.mark.parametrize(("name", "language"), BOTH)
def test_a_drawing_takes_its_colours_from_the_stylesheet(name, language):
    html = drawn(name, language)
    assert not re.search(r'style=|fill="|stroke="|#[0-9a-f]{3,6}\b', html)


@pytest.mark.parametrize("name", figures.NAMES)
def test_a_drawing_speaks_the_readers_language(name):
    english, japanese = (
        set(re.findall(r"<text[^>]*>([^<]*[^\d<][^<]*)</text>", drawn(name, language))) for language in ("en", "ja")
    )
    assert len(english) == len(japanese) >= 3
    assert not english & japanese


def test_forced_colours_and_paper_are_thought_of():
    style = (library.ROOT.parent.parent / "static" / "site.css").read_text("utf-8")
    forced = style[style.index("@media (forced-colors: active)") :]
    assert "CanvasText" in forced[: forced.index("\n")]


def test_a_drawing_is_a_block_of_its_own():
    assert "<p>" not in render("{{ figure:circles }}", 1, []).html
    assert render("See {{ figure:circles }} here.", 1, []).faults == [(1, "a drawing stands in a paragraph of its own")]
    assert render("- {{ figure:circles }}", 1, []).faults


def test_a_drawing_that_does_not_exist_stops_the_start(root):
    change(root / "en/pages/about.md", "Rest now.", "{{ figure:nothing }}\n\nRest now.")
    with pytest.raises(ContentError, match="figure:nothing does not exist"):
        library.load(root)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_on_what_is_happening_shows_both_drawings_once(client, language):
    page = client.get(f"/{language}/happening/").text
    assert page.count('class="drawn"') == len(figures.NAMES)
