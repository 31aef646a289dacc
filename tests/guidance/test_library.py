"""Broken content stops the start, and says where."""

import pytest

from guidance import library
from guidance.problems import ContentError
from tests.guidance.content import change, helplines, line

STEP = "en/steps/step-2.md"


def test_faultless_content_is_found_by_number_slug_and_language(root):
    texts = library.load(root)
    assert [step.order for step in texts.steps("ja")] == list(range(1, 10))
    assert texts.step("en", 3).slug == "step-3"
    assert texts.find("card", "ja", "company").title == "題"
    assert texts.page("en", "about").is_draft
    assert texts.counterpart(texts.step("en", 3)) is texts.step("ja", 3)


@pytest.mark.parametrize("number", [-1, 0, 10])
def test_a_step_that_does_not_exist_is_nothing(root, number):
    assert library.load(root).step("en", number) is None


def test_words_to_say_keep_their_labels_and_lists_their_items(root):
    step = library.load(root).step("en", 1)
    assert [(said.html, said.label) for said in step.sections["words"].words[:2]] == [("Night.", "plain"), ("Night.", "")]
    assert step.sections["how"].items == ("Rest now.",) * 3
    assert step.sections["harder"].items[0] == '<span class="avoid">“You must.”</span>'


FAULTS = [
    ("order: 2", "order: two", "must be a whole number", 6),
    ("order: 2", "order: yes", "must be a whole number", 6),
    ("order: 2", "order: 3", "numbered from 1 without a gap", 1),
    ("slug: step-2", "slug: other", "the file is called step-2.md", 2),
    ("lang: en", "lang: ja", "the folder the file lies in", 3),
    ("confidence: mixed", "confidence: sure", "must be one of good, mixed, thin", 8),
    ("sources: [one]", "sources: one", "must be a list", 7),
    ("sources: [one]", "sources: [1]", "must be a list of texts", 7),
    ("sources: [one]", "sources: [one, two]", "the source two is not in data/sources.yaml", 1),
    ("title: A title", "titel: A title", "titel is not a known key", 4),
    ("title: A title", "title: A title\ntitle: Another", "title stands here twice", 5),
    ("title: A title", "title: [", "is not YAML", 4),
    ("---\nslug", "slug", "must begin with front matter", 1),
    ("kind: greet\n", "", "kind is missing", 2),
    ("kind: greet", "kind: greet\nreviewed_on: soon", "must be a date", 11),
    ("## ready", "## redy", "a step has these sections", 17),
    ("## helps", "## helps\n\nA paragraph.", "helps is one list", 35),
    ("[@one read]", "[@nobody read]", "source:nobody does not exist", 60),
    ("[@one read]", "[@one reed]", "[@one reed] is not a known mark", 60),
    ("{{ emergency }}", "{{ emergancy }}", "is not a known mark", 56),
    ("{{ emergency }}", "{{ helpline:nobody }}", "helpline:nobody does not exist", 56),
    ("Rest now.", "[go](step:44)", "step:44 does not exist", 15),
    ("Rest now.", "[go](card:nowhere)", "card:nowhere does not exist", 15),
    ("Rest now.", "[go](page:nowhere)", "page:nowhere does not exist", 15),
    ("Rest now.", "[go](help:nowhere)", "help:nowhere does not exist", 15),
    ("Rest now.", "[go](check:3)", "check:3 does not exist", 15),
    ("Rest now.", "[go](step:3#nowhere)", "step:3#nowhere does not exist", 15),
    ("Rest now.", "[go](page:about#sources)", "page:about#sources does not exist", 15),
    ("Rest now.", "[go](help:#urgent)", "help:#urgent does not exist", 15),
    ("Rest now.", "[go](https://example.org)", "is not one of step:", 15),
    ("Rest now.", "[go](javascript:alert(1))", "is not one of step:", 15),
    ("Rest now.", "![a](step:1)", "pictures have no place", 15),
    ("Rest now.", "<b>Rest</b>", "is not a known mark", 15),
    ("Rest now.", "# Rest", "headings are ## or ###", 15),
    ("- Night. | plain", "Night.", "words are a list", 29),
]


@pytest.mark.parametrize(("old", "new", "message", "number"), FAULTS, ids=[f"{message}, {new}" for _, new, message, _ in FAULTS])
def test_a_fault_stops_the_start_with_file_and_line(root, old, new, message, number):
    path = root / STEP
    change(path, old, new)
    with pytest.raises(ContentError) as caught:
        library.load(root)
    assert any(
        message in problem.message and problem.path == path and problem.line == number for problem in caught.value.problems
    ), caught.value
    assert f"{path}:{number}: " in str(caught.value)


def test_a_link_may_name_a_part_of_a_page(root):
    change(root / STEP, "Rest now.", "[go](step:3#urgent) [why](step:3#source-one)")
    uses = library.load(root).step("en", 2).uses
    assert {use.target for use in uses if use.kind == "step"} == {"3#urgent", "3#source-one"}


def test_every_fault_is_told_at_once(root):
    change(root / STEP, "confidence: mixed", "confidence: sure")
    change(root / "ja/cards/visit.md", "order: 2", "order: two")
    with pytest.raises(ContentError) as caught:
        library.load(root)
    assert len(caught.value.problems) == 2


DATA_FAULTS = [
    ("helplines.yaml", 'number: "0120-000-111"', 'number: "0120-000-112"', "is not the number"),
    ("helplines.yaml", "seen: reported", "seen: maybe", "must be one of confirmed, reported, unconfirmed"),
    ("helplines.yaml", "languages: [ja]", "languages: [xx]", "has no name"),
    ("helplines.yaml", "id: consumer-188", "id: listening", "is the id of two lines"),
    ("helplines.yaml", 'verified_on: ""', 'verified_on: "2026-11-02"', "verified_on go together"),
    ("helplines.yaml", "Asia/Tokyo", "Asia/Nowhere", "is not a time zone"),
    ("helplines.yaml", "  jp:", "  japan:", "is not a country code"),
    ("helplines.yaml", "hours:", "opening:", "opening is not a known key"),
    (
        "helplines.yaml",
        'name: {en: "Somewhere", ja: "ある国"}',
        'name: {en: "Somewhere"}',
        "must be one text for en and one for ja",
    ),
    ("helplines.yaml", "    emergency:", "    emergency: none\n    numbers:", "emergency must be a list of entries"),
    ("helplines.yaml", "countries:", "countries: none\nplaces:", "countries must hold keys and values"),
    ("helplines.yaml", 'id: all, name: "All"', 'id: all, name: "All", number: "1"', "number is not a known key"),
    ("sources.yaml", "- id: one", "- one\n- id: one", "must be a list of entries"),
    ("sources.yaml", "- id: one", "- {id: one}\n- id: one", "author is missing"),
    ("sources.yaml", "seen: excerpt", "seen: excerpt\n  seen: whole", "seen stands here twice"),
    ("checkpoint.yaml", "- key: plan", "- key: plans", "questions are, in this order"),
    ("checkpoint.yaml", "**You are worn out.**", "{{ nothing }}", "is not a known mark"),
    ("sources.yaml", "kind: press", "kind: gossip", "must be one of official"),
    ("sources.yaml", "https://example.org/", "ftp://example.org/", "must begin with https://"),
    ("checkpoint.yaml", "value: afraid", "value: worried", "are not those of guidance/checkpoint.py"),
    ("checkpoint.yaml", "  hurry:", "  rush:", "differ from guidance/checkpoint.py: hurry, rush"),
    ("checkpoint.yaml", "help:hurt", "help:hut", "help:hut does not exist"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"), DATA_FAULTS, ids=[f"{name}, {new}" for name, _, new, _ in DATA_FAULTS]
)
def test_a_fault_of_the_data_files_stops_the_start(root, name, old, new, message):
    change(root / "data" / name, old, new)
    with pytest.raises(ContentError, match=message):
        library.load(root)


def test_a_helpline_overlay_replaces_lines_by_their_id_and_adds_countries(root, tmp_path):
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(helplines(line(seen="unconfirmed"), line(id="new")), "utf-8")
    directory = library.load(root, overlay).helplines
    assert [item.id for item in directory.countries["jp"].lines] == ["listening", "consumer-188", "new"]
    assert directory.line("listening").seen == "unconfirmed"
    overlay.write_text(helplines(line(id="far"), code="nz"), "utf-8")
    assert set(library.load(root, overlay).helplines.countries) == {"jp", "nz"}


def test_the_content_of_the_site_itself_loads():
    texts = library.load(library.ROOT)
    assert len(texts.steps("en")) == len(texts.steps("ja")) == 9
