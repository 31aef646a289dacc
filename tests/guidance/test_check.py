"""The content check refuses what docs/content.md refuses."""

import pytest
from django.core.management import CommandError, call_command

from guidance import check, library, words
from tests.guidance import content
from tests.guidance.content import change

STEP, JA, CARD = "en/steps/step-2.md", "ja/steps/step-2.md", "en/cards/company.md"


def problems(root):
    return [str(problem.message) for problem in check.problems(library.load(root))]


def test_faultless_content_has_no_problems(root):
    assert problems(root) == []


LONG = "word " * 25 + "word."
BREACHES = [
    (STEP, "Rest now.", LONG, "a sentence of 26, longest 25"),
    (JA, "休みます。", "休" * 61 + "。", "a sentence of 62, longest 60"),
    (STEP, "Rest now.", "You must rest.", "'must' is a word this site does not use"),
    (STEP, "summary: A line.", "summary: You should rest.", "'should' is a word"),
    (STEP, "Rest now.", "Rest!", "'!' is a word"),
    (STEP, "Rest now.", "A new attempt.", "'attempt' is a word"),
    (STEP, "Rest now.", "When they finish.", "'finish' is a word"),
    (JA, "休みます。", "目標を決めます。", "'目標' is a word"),
    (JA, "休みます。", "ご本人が消える。", "'消える' is a word"),
    (STEP, "Rest now.", "Saito says rest.", "Saito without a given name"),
    (JA, "休みます。", "斎藤さんの話です。", "Saito without a given name"),
    (STEP, "Rest now.", "Call 0120-555-666.", "the telephone number 0120-555-666"),
    (STEP, "Rest now.", "Call 110.", "the telephone number 110"),
    (JA, "休みます。", "１１０番に電話します。", "the telephone number 110"),
    (STEP, "Rest now.", "Dial #9110 first.", "the telephone number #9110"),
    (STEP, " {{ emergency }}", "", "urgent names neither"),
    (CARD, " {{ emergency }}", "", "right names neither"),
    (STEP, " [@one read]", "", "one stands under sources but is not cited"),
    (STEP, "sources: [one]", "sources: []", "one is cited but does not stand under sources"),
    (STEP, "- Night.\n", "", "words has 3 lines, not 4 to 8"),
    (STEP, "2. Rest now.\n", "", "how has 2 points, not 3 to 6"),
    (STEP, "kind: greet", "kind: chat", "order and kind are the same"),
    (STEP, "{{ emergency }}", "{{ emergency }} {{ helpline:listening }}", "names other helplines than the other language"),
    (STEP, "sources: [one]", "sources: [one, one]", "a source stands twice"),
    (STEP, "title: A title", "title: Another", "the other language has changed since"),
]


@pytest.mark.parametrize(
    ("path", "old", "new", "message"), BREACHES, ids=[f"{path}, {message}" for path, *_, message in BREACHES]
)
def test_a_breach_is_named(root, path, old, new, message):
    change(root / path, old, new)
    assert any(message in problem for problem in problems(root)), problems(root)


@pytest.mark.parametrize(
    "text",
    ["[“You must.”]{.avoid} That hurts.", "In case it rains, 3.5 of 10.", "Of 1,110 people, 2019–2021.", "Tamaki Saito says so."],
)
def test_quoted_words_and_plain_figures_pass(root, text):
    change(root / STEP, "Rest now.", text)
    content.align(library.load(root))
    assert problems(root) == []


def test_half_the_sentences_are_short(root):
    path = root / STEP
    path.write_text(path.read_text("utf-8").replace("Rest now.", "word " * 15 + "word."), "utf-8")
    assert "half of the sentences are longer than 15 words" in problems(root)


def test_a_text_in_one_language_only_is_refused(root):
    (root / "ja/cards/visit.md").unlink()
    change(root / "data/checkpoint.yaml", "[伝え方はこのカードに](card:visit)あります。", "伝えます。")
    assert "stands in one language only" in problems(root)


def test_a_missing_page_or_step_is_refused(root):
    (root / "en/pages/privacy.md").unlink()
    (root / "en/steps/step-9.md").unlink()
    found = problems(root)
    assert "is missing" in found
    assert "8 steps, not 9" in found


def test_words_of_the_questionnaire_are_checked_too(root):
    change(root / "data/checkpoint.yaml", "Choose the one that is nearest.", "You should choose.")
    assert "'should' is a word this site does not use" in problems(root)


def test_aligning_notes_how_the_other_language_reads(root, monkeypatch, capsys):
    change(root / STEP, "title: A title", "title: Another")
    texts = library.load(root)
    monkeypatch.setattr(library, "current", lambda: texts)
    with pytest.raises(CommandError, match="1 problems"):
        call_command("content", "check")
    call_command("content", "align", "step-2")
    texts = library.load(root)
    call_command("content", "check")
    assert "no problems" in capsys.readouterr().out
    with pytest.raises(CommandError, match="No text is called nothing"):
        call_command("content", "align", "nothing")


@pytest.mark.parametrize(
    ("text", "language", "count"),
    [
        ("One. Two? “Three.” Four", "en", 4),
        ("At 3.5 of 10, e.g. this, it holds.", "en", 1),
        ("一つ。二つ。「三つ。」と言う。", "ja", 4),
    ],
)
def test_sentences_end_where_a_reader_hears_it(text, language, count):
    assert len(words.sentences(text, language)) == count


def test_the_content_of_the_site_itself_passes_but_for_the_reading_of_both_languages():
    found = [problem for problem in check.problems(library.load(library.ROOT)) if "the other language" not in problem.message]
    assert found == []
