"""A word is explained once on a page, below the place that first uses it, and never where seconds count."""

import re

import pytest
from django.utils import translation

from guidance import documents, library, marks, words
from guidance.problems import ContentError
from guidance.text import CLOSE, OPEN, render
from tests.guidance.content import change

STEP = "en/steps/step-2.md"
MARK = re.compile(f"{OPEN}words ([^{CLOSE}]*){CLOSE}")
TEXTS = library.current()
DOCUMENTS = sorted(TEXTS.documents)


def explained(document):
    """Return the ids a document explains, in the order of its page."""
    return [term for section in document.sections.values() for term in section.terms]


def rendered(text, language="en", glossary=TEXTS.glossary):
    return render(text, 1, [], uses=glossary.first_uses(language)).html


@pytest.mark.parametrize("key", DOCUMENTS, ids="/".join)
def test_each_word_a_page_uses_is_explained_there_once(key):
    document = TEXTS.documents[key]
    found = explained(document)
    assert len(found) == len(set(found))
    if document.slug.startswith(documents.BRIEF):
        assert not found
        return
    used = TEXTS.glossary.first_uses(document.language)
    for section in document.sections.values():
        if section.key not in documents.UNEXPLAINED:
            used.new(
                re.sub(
                    r"<[^>]*>", "", re.sub(rf'<span class="(?:say|avoid)">.*?</span>|{OPEN}[^{CLOSE}]*{CLOSE}', "", section.html)
                )
            )
    assert used.done <= set(found)


@pytest.mark.parametrize("key", DOCUMENTS, ids="/".join)
def test_nothing_read_in_danger_or_said_aloud_is_interrupted(key):
    for section in TEXTS.documents[key].sections.values():
        if section.key in documents.UNEXPLAINED:
            assert not section.terms
        assert [term for ids in MARK.findall(section.html) for term in ids.split()] == list(section.terms)


def test_a_word_is_explained_after_the_paragraph_that_first_uses_it():
    html = rendered("A *sekentei*.\n\nAgain sekentei.")
    assert html.index("<p>A") < html.index(f"{OPEN}words sekentei{CLOSE}") < html.index("<p>Again")
    assert html.count("words sekentei") == 1


def test_a_word_in_a_list_is_explained_below_the_list_and_one_in_a_heading_below_the_next_text():
    assert re.search(r"</ul>\s*.words ibasho", rendered("- an ibasho\n- another"))
    assert re.search(r"</p>\s*.words ibasho", rendered("## An ibasho\n\nText."))


def test_the_longest_name_counts_and_words_inside_other_words_do_not():
    assert MARK.findall(rendered("ひきこもり地域支援センターで聞きます。", "ja")) == ["local-support-centre"]
    assert not MARK.findall(rendered("Handicraft and aircraft, an amaeko."))
    assert MARK.findall(rendered("Ibasho means it.")) == ["ibasho"]


def test_words_quoted_as_said_are_not_explained():
    assert not MARK.findall(rendered("[“sekentei”]{.avoid}"))


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "en",
            ['<summary>What it means: <i lang="ja-Latn">ibasho</i>', "<dfn>", '<span lang="ja">居場所</span>, a drop-in place)'],
        ),
        ("ja", ["<summary>言葉の説明：居場所", "<dfn>居場所</dfn>", "（いばしょ）"]),
    ],
)
def test_an_explanation_opens_without_a_script_and_marks_language_and_reading(language, parts):
    with translation.override(language):
        html = marks.words(["ibasho"])
    assert html.startswith('<details class="terms">')
    assert all(part in html for part in parts)
    assert TEXTS.glossary.terms["ibasho"].explain[language] in html


def test_on_paper_the_explanation_stands_open():
    style = (library.ROOT.parent.parent / "static" / "print.css").read_text("utf-8")
    assert "details::details-content { content-visibility: visible; }" in style
    assert ".terms summary { display: none; }" in style


def test_a_word_first_used_in_a_list_of_dos_is_explained_below_it(client):
    slug = "money"  # its "This helps" names the community general support centre
    page = client.get(f"/en/steps/{TEXTS.find('step', 'en', slug).order}/").text
    assert page.index("This makes it harder") < page.index("What it means: community general support centre")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_of_words_lists_every_word_with_its_meaning(client, language):
    page = client.get(f"/{language}/words/").text
    for term in TEXTS.glossary.terms.values():
        assert f'id="word-{term.id}"' in page
        assert term.explain[language] in page


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_glossary_keeps_to_the_words_of_this_site(language):
    for term in TEXTS.glossary.terms.values():
        text = term.explain[language]
        assert not list(words.refused(text, language)), term.id
        assert not words.nameless_saito(text)
        for sentence in words.sentences(text, language):
            assert words.length(sentence, language) <= {"en": 25, "ja": 60}[language], sentence
    assert all(re.fullmatch(r"[\u3041-\u30ff]+", term.reading) for term in TEXTS.glossary.terms.values())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("- id: centre", "- id: place", "place stands here twice"),
        ('  reading: "ばしょ"\n', "", "reading is missing"),
        ("  match: {en: [], ja: []}\n", "", "match must hold keys and values"),
        ('  plain: "a place"', '  plan: "a place"', "plan is not a known key"),
    ],
)
def test_a_broken_glossary_stops_the_start(root, old, new, message):
    change(root / "data" / "glossary.yaml", old, new)
    with pytest.raises(ContentError, match=message):
        library.load(root)


def test_a_text_says_by_itself_which_words_it_explains(root):
    change(root / STEP, "Rest now.", "Rest in a basho.")
    section = library.load(root).step("en", 2).sections["purpose"]
    assert section.terms == ("place",)
