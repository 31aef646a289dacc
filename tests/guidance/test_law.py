"""What a page says of the law has a country and a day, and says when nobody has looked for a year."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from config.rendered import shelf
from guidance import check, helplines, law, library
from tests.guidance.content import change

STEP, JA, PAGE = "en/steps/step-2.md", "ja/steps/step-2.md", "en/pages/about.md"
NAMED = 'law_in: jp\nlaw_checked: "2026-11-23"\nsource_hash'


@pytest.fixture(autouse=True)
def _shelf():
    """No page of another year stays on the shelf of this process."""
    yield
    shelf.clear()


def problems(root):
    return [problem.message for problem in check.problems(library.load(root))]


def on(monkeypatch, day):
    monkeypatch.setattr(helplines, "today", lambda: day)
    shelf.clear()


@pytest.mark.parametrize("said", ["It may be a crime.", "A court in Japan said no.", "Such terms can be void.", "Laws differ."])
def test_a_page_that_speaks_of_the_law_names_whose_and_when_it_was_compared(root, said):
    change(root / STEP, "Rest now.", said)
    assert [one for one in problems(root) if "says something of the law" in one]
    change(root / STEP, "source_hash", NAMED)
    assert not [one for one in problems(root) if "says something of the law" in one]


def test_a_page_that_speaks_of_the_law_in_japanese_is_seen_too(root):
    change(root / JA, "休みます。", "法律に触れます。")
    assert [one for one in problems(root) if "says something of the law" in one]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("law_in: jp", "go together"),
        ('law_checked: "2026-11-23"', "go together"),
        ('law_in: xx\nlaw_checked: "2026-11-23"', "no country of helplines.yaml"),
        ('law_in: jp\nlaw_checked: "2026-11-23"', "are the same in both languages"),
    ],
)
def test_a_country_that_is_not_there_or_stands_alone_or_differs_is_refused(root, field, said):
    change(root / PAGE, "source_hash", f"{field}\nsource_hash")
    assert [one for one in problems(root) if said in one]


def test_words_that_only_sound_like_it_ask_for_nothing(root):
    change(root / STEP, "Rest now.", "You avoid it. Leave the lawn, and the courtyard.")
    assert not [one for one in problems(root) if "law" in one]


def test_each_page_says_beside_its_sources_whose_law_it_is_and_that_no_lawyer_has_read_it(lately_checked, client):
    page = client.get(reverse("guidance:services")).content.decode()
    assert "The law of Japan, as its sources had it on" in page
    assert "No lawyer has read it." in page
    assert "may be out of date" not in page


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("kind", "slug"), sorted({key[::2] for key, one in library.current().documents.items() if one.law_in}))
def test_after_a_year_a_page_says_under_its_title_that_its_law_may_be_out_of_date(client, monkeypatch, language, kind, slug):
    from guidance import addresses

    document = library.current().documents[kind, language, slug]
    lapses = law.lapses_on(document)
    warning = {"en": "may be out of date", "ja": "今は変わっているかもしれません"}[language]
    with translation.override(language):
        address = addresses.of_document(document)
        for day, old in ((lapses - timedelta(days=1), False), (lapses, True)):
            on(monkeypatch, day)
            page = client.get(address).content.decode()
            assert (warning in page) == old
    assert page.index("</h1>") < page.index(warning) < page.index("</article>")


def test_the_operator_sees_the_oldest_first_and_what_to_look_at_again(monkeypatch, capsys):
    first = min(law.lapses_on(one) for one in library.current().documents.values() if one.law_checked)
    on(monkeypatch, first - timedelta(days=20))
    call_command("content", "law")
    assert "look again now" in capsys.readouterr().out
    on(monkeypatch, first)
    call_command("content", "law")
    assert "says that it may be out of date" in capsys.readouterr().out


def test_time_passing_fails_no_build(root, monkeypatch):
    on(monkeypatch, date(2100, 1, 1))
    assert problems(root) == []
