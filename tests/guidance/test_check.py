"""The content check refuses what docs/content.md refuses."""

import os
import subprocess
import sys

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
    ("en/pages/about.md", "\n---\n\n", "\n---\n\n## A part\n\n", "has other headings than the other language"),
    (STEP, "sources: [one]", "sources: [one, one]", "a source stands twice"),
    (STEP, "title: A title", "title: Another", "the other language has changed since"),
    (STEP, 'source_hash: "', 'source_hash: ""\nreviewed_on: ""  # "', "the other language was never compared"),
    (STEP, "kind: greet", 'kind: greet\nreviewed_by: "Dr A"', "reviewed_by and reviewed_on go together"),
    (STEP, "kind: greet", 'kind: greet\nreviewed_on: "2026-11-24"', "reviewed_by and reviewed_on go together"),
    (STEP, "Rest now.", "Tamaki Saito says: rest.", "ascribed to Tamaki Saito without a source that was read or heard"),
    (STEP, "Rest now.", "Tamaki Saito says: rest. [@own]", "ascribed to Tamaki Saito without a source"),
    (STEP, "Rest now.", "Tamaki Saito says: rest. [@one unsure]", "ascribed to Tamaki Saito without a source"),
    (JA, "休みます。", "斎藤環さんは、休むようすすめています。[@own]", "ascribed to Tamaki Saito without a source"),
    (JA, "休みます。", "齊藤万比古さんの話では、休むことだと言います。", "ascribed to Kazuhiko Saito without a source"),
    ("data/sources.yaml", 'en: "A claim."', 'en: "You must."', "'must' is a word"),
    ("data/sources.yaml", 'ja: "主張。"', 'ja: "110番の話。"', "the telephone number 110"),
    ("data/glossary.yaml", 'en: "An office."', 'en: "You must go."', "'must' is a word"),
    ("data/helplines.yaml", 'en: "Any trouble."', 'en: "You must call."', "'must' is a word"),
    ("data/helplines.yaml", 'ja: "一日中。"', 'ja: "患者のため。"', "'患者' is a word"),
    ("data/helplines.yaml", 'what: "Lists lines."', 'what: "Lists lines!"', "'!' is a word"),
    ("data/checkpoint.yaml", "Choose the one that is nearest.", "Call 110.", "the telephone number 110"),
]


@pytest.mark.parametrize(
    ("path", "old", "new", "message"), BREACHES, ids=[f"{path}, {new[:30]}, {message}" for path, _, new, message in BREACHES]
)
def test_a_breach_is_named(root, path, old, new, message):
    change(root / path, old, new)
    assert any(message in problem for problem in problems(root)), problems(root)


@pytest.mark.parametrize(
    "text",
    [
        "[“You must.”]{.avoid} That hurts.",
        "In case it rains, 3.5 of 10.",
        "Of 1,110 people, 2019–2021.",
        "Tamaki Saito says so. [@one read]",
        "As others report, Tamaki Saito warns of lectures. [@one heard]",
        "Tamaki Saito has not read this site.",
        "Most are 15 to 17 when it begins.",
    ],
)
def test_quoted_words_and_plain_figures_pass(root, text):
    change(root / STEP, "Rest now.", text)
    content.align(library.load(root))
    assert problems(root) == []


OTHER = {"Tamaki Saito": "Kazuhiko Saito (齊藤万比古)", "Kazuhiko Saito": "Tamaki Saito (斎藤環)"}


@pytest.mark.parametrize("name", OTHER)
def test_a_statement_of_one_saito_from_a_work_of_the_other_is_refused(root, name):
    change(root / "data/sources.yaml", "An author", OTHER[name])
    change(root / STEP, "- Rest now. [@one read]", f"- {name} says: rest. [@one read]")
    other = OTHER[name].partition(" (")[0]
    assert f"{name} is named, but one is a work of {other}" in problems(root)


@pytest.mark.parametrize("author", ["Tamaki Saito (斎藤環)", "A newspaper", "Tamaki Saito (斎藤環), Kazuhiko Saito (齊藤万比古)"])
def test_a_statement_from_the_right_saito_or_from_others_who_report_him_passes(root, author):
    change(root / "data/sources.yaml", "An author", author)
    change(root / STEP, "- Rest now. [@one read]", "- Tamaki Saito says: rest. [@one read]")
    content.align(library.load(root))
    assert problems(root) == []


def test_each_sentence_is_held_to_its_own_source(root):
    """Two claims in one paragraph: the second is not his, and does not name him."""
    change(root / "data/sources.yaml", "- id: one", OTHERS_WORK)
    change(root / STEP, "sources: [one]", "sources: [one, two]")
    change(root / STEP, "- Rest now. [@one read]", "- Tamaki Saito says: rest. [@one read] A guideline agrees. [@two read]")
    content.align(library.load(root))
    assert problems(root) == []


OTHERS_WORK = content.SOURCES.strip().replace("id: one", "id: two").replace("An author", OTHER["Tamaki Saito"]) + "\n- id: one"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ring 17 from outside.", ["17"]),
        ("15番に電話します。", ["15"]),
        ("Ages 15 to 17, and 15 of them.", []),
        ("15番地、17番目、15歳。", []),
        ("Call 112.", ["112"]),
        ("112万円、1,112人。", []),
    ],
)
def test_a_short_number_is_told_from_an_age_a_house_and_a_sum(text, found):
    assert check.telephone_numbers(text, {"15", "17", "112"}) == found


def test_half_the_sentences_are_short(root):
    path = root / STEP
    path.write_text(path.read_text("utf-8").replace("Rest now.", "word " * 15 + "word."), "utf-8")
    assert "half of the sentences are longer than 15 words" in problems(root)


def test_a_text_in_one_language_only_is_refused(root):
    (root / "ja/cards/visit.md").unlink()
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
    with pytest.raises(CommandError, match=r"^The content check found 1 problem in 1 file\. \d+ texts were read\.$"):
        call_command("content", "check")
    call_command("content", "align", "step-2")
    texts = library.load(root)
    call_command("content", "check")
    assert "The content check found no problems." in capsys.readouterr().out
    with pytest.raises(CommandError, match="No text is called nothing"):
        call_command("content", "align", "nothing")


def test_the_report_is_grouped_by_file_with_counts_and_a_clear_last_line(root, monkeypatch, capsys):
    change(root / STEP, "Rest now.", "You must rest! Call 110.")
    change(root / CARD, "Rest now.", "You must.")
    content.align(library.load(root))
    texts = library.load(root)
    monkeypatch.setattr(library, "current", lambda: texts)
    monkeypatch.chdir(root)
    with pytest.raises(CommandError, match=r"^The content check found 4 problems in 2 files\."):
        call_command("content", "check")
    assert capsys.readouterr().out == (
        "en/cards/company.md  (1)\n"
        "    14  'must' is a word this site does not use\n"
        "en/steps/step-2.md  (3)\n"
        "    15  '!' is a word this site does not use\n"
        "    15  'must' is a word this site does not use\n"
        "    15  the telephone number 110 belongs in data/helplines.yaml alone\n"
    )


def test_content_that_cannot_be_read_is_reported_without_a_traceback(root):
    """manage.py as a writer runs it, with its content folder elsewhere: the report and one line, and it fails."""
    change(root / STEP, "confidence: mixed", "confidence: sure")
    script = (
        "import pathlib, runpy, sys; import guidance.library as library;"
        "library.ROOT = pathlib.Path(sys.argv.pop()); runpy.run_path('manage.py', run_name='__main__')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, "content", "check", str(root)],
        cwd=library.ROOT.parent.parent,
        env={"PATH": os.environ["PATH"], "DEMO": "1"},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert "confidence must be one of good, mixed, thin, not 'sure'" in ran.stderr
    assert ran.stderr.endswith("The content cannot be loaded: 1 problem in 1 file.\n")


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
