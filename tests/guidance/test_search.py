"""Search: the page that helps first for what worried people type, in both languages, kept nowhere."""

import logging

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from guidance import search
from guidance.problems import ContentError

# What is typed, and the page that comes first. The language of the page is not always that of the words.
FIRST = [
    ("en", "he hit me", "/en/help/hurt/"),
    ("en", "my son hits me when I say no", "/en/help/hurt/"),
    ("en", "won't come out for dinner", "/en/steps/2/"),
    ("en", "she says she wants to die", "/en/help/words/"),
    ("en", "I can't go on", "/en/help/you/"),
    ("en", "we have no money left", "/en/steps/7/"),
    ("en", "take him out by force", "/en/cards/company/"),
    ("en", "cut off the wifi", "/en/cards/internet/"),
    ("en", "we never speak, silence for years", "/en/tonight/silent/"),
    ("en", "is it laziness", "/en/happening/"),
    ("en", "ibasho", "/en/pages/places/"),
    ("en", "okane", "/en/steps/7/"),
    ("en", "殴られた", "/en/help/hurt/"),
    ("ja", "殴られた", "/ja/help/hurt/"),
    ("ja", "なぐられた", "/ja/help/hurt/"),
    ("ja", "ナグラレタ", "/ja/help/hurt/"),
    ("ja", "nagurareta", "/ja/help/hurt/"),
    ("ja", "死にたいと言われた", "/ja/help/words/"),
    ("ja", "しにたい", "/ja/help/words/"),
    ("ja", "お金がない", "/ja/steps/7/"),
    ("ja", "オカネ", "/ja/steps/7/"),
    ("ja", "ご飯に来ない", "/ja/steps/2/"),
    ("ja", "部屋から出てこない", "/ja/tonight/silent/"),
    ("ja", "引き出し屋", "/ja/cards/company/"),
    ("ja", "ﾈｯﾄを切りたい", "/ja/cards/internet/"),
    ("ja", "病院に連れて行きたい", "/ja/steps/8/"),
    ("ja", "もう疲れた", "/ja/tonight/worn-out/"),
    ("ja", "親亡き後", "/ja/steps/7/"),
    ("ja", "he hit me", "/ja/help/hurt/"),
]


def ask(query, language="en"):
    with translation.override(language):
        return search.index().answer(query, language)


@pytest.mark.parametrize(("language", "query", "first"), FIRST, ids=[f"{language} {query}" for language, query, _ in FIRST])
def test_the_page_that_answers_comes_first(language, query, first):
    assert ask(query, language).hits[0].address == first


@pytest.mark.parametrize(
    ("query", "alarm"),
    [
        ("my son hit me", "hurt"), ("she wants to die", "dying"), ("殴る", "hurt"), ("死にたい", "dying"), ("救急車", "danger"),
        ("he said he would kill himself and hit me", "dying"), ("greeting", ""), ("必死に働いた", ""), ("お金", ""),
    ],
)  # fmt: skip
def test_what_speaks_of_danger_is_met_with_the_telephone(query, alarm):
    assert ask(query).alarm == alarm
    with translation.override("en"):
        page = Client().post(reverse("guidance:search"), {"q": query}).content.decode()
    assert ("If someone is in danger, call first" in page) == bool(alarm)


def test_a_page_is_found_by_words_that_only_stand_in_its_text():
    for language in ("en", "ja"):
        step = search.current_library().step(language, 4)
        line = max((line.html for line in step.sections["words"].words), key=len)
        assert any(hit.title == step.title for hit in ask(str(line), language).hits)


def test_every_document_is_found_by_its_own_title():
    for (kind, language, slug), document in search.current_library().documents.items():
        assert document.title in {hit.title for hit in ask(document.title, language).hits}, f"{language} {kind} {slug}"


def test_a_slip_of_the_finger_finds_what_was_meant():
    assert "/en/pages/first-appointment/" in {hit.address for hit in ask("appointmemt").hits}


def test_nothing_found_leads_on():
    with translation.override("en"):
        page = Client().post(reverse("guidance:search"), {"q": "zzzzqqq"}).content.decode()
    assert "Nothing was found" in page
    assert reverse("guidance:help_detail") in page


@given(st.text(max_size=300))
def test_no_text_breaks_the_search(query):
    answer = ask(query)
    assert len(answer.hits) <= search.MOST
    assert all(hit.title and hit.address.startswith("/en/") for hit in answer.hits)


@pytest.mark.parametrize(
    "query", ['"', "NEAR(a b)", "title:x", "a AND", "*", "'; DROP TABLE page", "\x00", "x" * 10_000, "<script>"], ids=repr
)
def test_a_query_is_words_and_never_a_command(query):
    with translation.override("en"):
        response = Client().post(reverse("guidance:search"), {"q": query})
    assert response.status_code == 200
    assert "<script>" not in response.content.decode().partition("<main")[2]
    assert ask("greeting").hits


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Target": "results"}])
def test_a_query_is_kept_nowhere(headers, caplog):
    caplog.set_level(logging.DEBUG)
    with translation.override("en"):
        client = Client()
        response = client.post(reverse("guidance:search"), {"q": "ZEBRA he hit me"}, headers=headers)
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert "ZEBRA" not in caplog.text
    assert "Location" not in response


def test_the_answer_while_typing_is_the_answer_of_the_page():
    with translation.override("ja"):
        url = reverse("guidance:search")
        page = Client().post(url, {"q": "お金がない"}).content.decode()
        part = Client().post(url, {"q": "お金がない"}, headers={"HX-Request": "true", "HX-Target": "results"}).content.decode()
    assert part.partition("</ul>")[0].strip() in page
    assert "<h1" not in part
    assert 'id="live"' in part


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('- {id: a, words: [x], pages: ["page:nowhere"]}', "not a page in both languages"),
        ('- {id: a, words: [x], pages: ["step:1"], alarm: loud}', "must be one of"),
        ('- {id: a, words: [x], pages: ["step:1"], other: 1}', "is not a known key"),
    ],
)
def test_a_fault_in_the_list_stops_the_start_with_its_line(tmp_path, text, said):
    path = tmp_path / "search.yaml"
    path.write_text(text)
    with pytest.raises(ContentError, match=said):
        search.read(path, search.current_library())


def test_no_word_of_the_list_is_said_twice():
    words = [word for group in search.index().groups for word in group.words]
    assert sorted(words) == sorted(set(words))
