"""Markdown becomes safe HTML; marks are filled in for the reader's language, day and country."""

from datetime import date

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from guidance import library, marks
from guidance.text import render

DAY = date(2026, 11, 23)


@pytest.fixture
def texts(root, monkeypatch):
    loaded = library.load(root)
    monkeypatch.setattr(library, "current", lambda: loaded)
    return loaded


def filled(text, language="en", country=None, day=DAY):
    with translation.override(language):
        return marks.fill(render(text, 1, ["one", "two"]).html, country, day)


def test_links_lead_to_addresses_in_the_readers_language(texts):
    assert filled("[a](step:3) [b](card:visit) [c](check:)", "ja") == (
        '<p><a href="/ja/steps/3/">a</a> <a href="/ja/cards/visit/">b</a> <a href="/ja/before-you-act/">c</a></p>\n'
    )


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("help:", "/en/help/"),
        ("help:hurt", "/en/help/hurt/"),
        ("help:hurt#sources", "/en/help/hurt/#sources"),
        ("step:3#urgent", "/en/steps/3/#urgent"),
        ("help:jp", "/en/help/jp/"),
        ("page:help-you", "/en/help/you/"),
        ("page:about", "/en/about/"),
        ("page:sources", "/en/about/sources/"),
        ("page:facts", "/en/pages/facts/"),
    ],
)
def test_pages_are_linked_where_they_are_found(texts, target, address):
    assert f'href="{address}"' in filled(f"[a]({target})")


def test_citations_show_their_numbers_and_how_they_were_seen(texts):
    html = filled("A claim. [@two @one heard] A rule. [@own]")
    assert '[<a href="#source-two">2</a>, <a href="#source-one">1</a>: second-hand]' in html
    assert "[our own rule]" in html
    assert "また聞き" in filled("A claim. [@one heard]", "ja")


def test_the_emergency_number_needs_a_country(texts):
    assert filled("Call {{ emergency }}.") == '<p>Call <a href="/en/help/">your emergency number</a>.</p>\n'
    assert filled("{{ emergency }}", country="jp") == (
        '<p><a class="tel" href="tel:110">110</a> (police) or <a class="tel" href="tel:119">119</a> (ambulance)</p>\n'
    )
    assert filled("{{ emergency }}", "ja", "jp") == (
        '<p><a class="tel" href="tel:110">110</a>番（警察）か<a class="tel" href="tel:119">119</a>番（救急）</p>\n'
    )
    assert "110" not in filled("{{ emergency }}", country="zz")


def test_a_helpline_shows_its_number_and_where_it_comes_from(texts):
    html = filled("{{ helpline:listening }}")
    assert '<b>Listening line</b> <a class="tel" href="tel:0120000111">0120-000-111</a>' in html
    assert "From a leaflet, 2024. Not yet confirmed by a person." in html


def test_quoted_words_and_words_of_another_language_are_marked():
    html = render('[“But…”]{.avoid} [“Mm.”]{.say} [*ibasho*]{lang=ja} [x]{.other onclick="a"}', 1, []).html
    assert '<span class="avoid">“But…”</span> <span class="say">“Mm.”</span> <span lang="ja"><em>ibasho</em></span>' in html
    assert "other" not in html
    assert "onclick" not in html


@given(st.text(alphabet=st.sampled_from('<>"&[](){}.:=`*_#|!\n aehilnoprst'), max_size=60))
def test_nothing_a_writer_types_becomes_a_tag_we_did_not_allow(text):
    html = render(text, 1, []).html
    for tag in ("<script", "<img", "<iframe", "<svg", "<style", "javascript:", " on"):
        assert tag not in html or tag == " on"


def test_tags_print_texts_in_templates(lately_checked, texts):
    page = Template("{% load guidance %}{% emergency 'jp' %} | {% helpline 'listening' %} | {{ both|localised }}")
    html = page.render(Context({"both": {"en": "<b>", "ja": "B"}}))
    assert "110" in html
    assert "0120-000-111" in html
    assert html.endswith("&lt;b&gt;")
