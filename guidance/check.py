"""The content check: what is stricter than the form, and fails the build (docs/content.md, "Rules the check enforces").

The age of a helpline is no part of it: time passing may change a page, never a build.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from guidance import attribution, law, words
from guidance.documents import FOLDERS, Document
from guidance.fields import LANGUAGES
from guidance.library import Library
from guidance.problems import Problem
from guidance.text import OWN, Block

LONGEST = {"en": 25, "ja": 60}
MEDIAN = {"en": 15}
STEPS = 9
# Pages that have an address of their own, so that the site is whole only with them.
PAGES = (
    "about",
    "accessibility",
    "for-you",
    "happening",
    "help-call",
    "help-hurt",
    "help-words",
    "help-you",
    "home-privacy",
    "privacy",
    "services",
    "visits",
)
LINES_TO_SAY = range(4, 9)
POINTS = {"how": range(3, 7), "helps": range(3, 6), "harder": range(3, 6)}
# The page that quotes what others say about each other's words.
QUOTES_OTHERS = "disagree"

# Ten or more digits with or without signs between, a number that begins with 0 and a sign, or a star or hash code.
TELEPHONE = re.compile(r"(?<![\d.])(?:\+?\d(?:[\s()-]?\d){9,}|0\d{1,4}[-\s(]\d{2,4}[-\s)]\d{3,4}|[#＃*]\d{3,5})(?!\d)")
SHORT = r"\b(?:call|ring|dial|phone|text) {0}\b|(?<!\d){0}番(?![地目])"
WIDE = str.maketrans("０１２３４５６７８９－", "0123456789-")


def problems(library: Library) -> list[Problem]:
    """Return every breach of the rules, in the order of files and lines."""
    found = {*_missing(library), *_questionnaire(library), *_data(library)}
    for document in library.documents.values():
        for rule in RULES:
            found.update(rule(library, document))
        found.update(_words(library, document.path, document.language, _all_words(document)))
        found.update(_median(document))
    return sorted(found)


def _missing(library: Library) -> Iterator[Problem]:
    """The whole site: nine steps, and every page with an address of its own, in both languages."""
    for language in LANGUAGES:
        home = _folder(library, language)
        if len(library.steps(language)) != STEPS:
            yield Problem(home / FOLDERS["step"], 0, f"{len(library.steps(language))} steps, not {STEPS}")
        for slug in PAGES:
            if library.page(language, slug) is None:
                yield Problem(home / FOLDERS["page"] / f"{slug}.md", 0, "is missing")


def _folder(library: Library, language: str) -> Path:
    return next(
        (document.path.parent.parent for document in library.documents.values() if document.language == language), Path(language)
    )


def _counterpart(library: Library, document: Document) -> Iterator[Problem]:
    other = library.counterpart(document)
    if other is None:
        yield Problem(document.path, 1, "stands in one language only")
        return
    if document.source_hash != other.content_hash:
        state = "has changed since the two were compared" if document.source_hash else "was never compared with it"
        yield Problem(document.path, 1, f"the other language {state}: read both, then manage.py content align {document.slug}")
    if document.order != other.order or document.entry_kind != other.entry_kind:
        yield Problem(document.path, 1, "order and kind are the same in both languages")
    if len(document.headings) != len(other.headings):
        yield Problem(document.path, 1, "has other headings than the other language: the parts of both are numbered alike")
    if _named(document, "helpline") != _named(other, "helpline"):
        yield Problem(document.path, 1, "names other helplines than the other language")


def _sources(library: Library, document: Document) -> Iterator[Problem]:
    cited = {use.target for use in document.uses if use.kind == "source" and use.target != OWN}
    for source in sorted(set(document.sources) - cited):
        yield Problem(document.path, 1, f"{source} stands under sources but is not cited")
    for use in document.uses:
        if use.kind == "source" and use.target != OWN and use.target not in document.sources:
            yield Problem(document.path, use.line, f"{use.target} is cited but does not stand under sources")
    if len(set(document.sources)) != len(document.sources):
        yield Problem(document.path, 1, "a source stands twice")


def _urgent(library: Library, document: Document) -> Iterator[Problem]:
    """A step or card says when to stop reading and call: from its urgent part a reader reaches the help page."""
    part = document.sections.get("urgent") or document.sections.get("right")
    if document.kind in {"step", "card"} and part and not ("emergency" in part.html or 'href="help:' in part.html):
        yield Problem(document.path, part.line, f"{part.key} names neither {{{{ emergency }}}} nor a help page")


def _counts(library: Library, document: Document) -> Iterator[Problem]:
    if document.kind != "step":
        return
    for key, allowed in POINTS.items():
        section = document.sections[key]
        if len(section.items) not in allowed:
            yield Problem(
                document.path, section.line, f"{key} has {len(section.items)} points, not {allowed[0]} to {allowed[-1]}"
            )
    said = document.sections["words"]
    if len(said.words) not in LINES_TO_SAY:
        yield Problem(document.path, said.line, f"words has {len(said.words)} lines, not {LINES_TO_SAY[0]} to {LINES_TO_SAY[-1]}")


def _all_words(document: Document) -> list[Block]:
    """Return every text of a document, its title and summary too."""
    return [*(Block(1, text, text) for text in (document.title, document.summary)), *document.blocks]


def _questionnaire(library: Library) -> Iterator[Problem]:
    """The texts of the check keep to the same words as the guidance."""
    for language in LANGUAGES:
        blocks = [block for spoken, block in library.questionnaire.blocks if spoken == language]
        yield from _words(library, library.questionnaire.path, language, blocks)


def _data(library: Library) -> Iterator[Problem]:
    """What the data files say of lines, words and sources; titles of works stay as they are."""
    data = library.questionnaire.path.parent
    for language in LANGUAGES:
        lines = library.helplines.by_id.values()
        said = [text[language] for line in lines for text in (line.what, line.hours, line.cost) if text[language]]
        said += [place.what[language] for place in library.helplines.everywhere]
        yield from _words(library, data / "helplines.yaml", language, [Block(0, text, text) for text in said], set())
        explained = [term.explain[language] for term in library.glossary.terms.values()]
        yield from _words(library, data / "glossary.yaml", language, [Block(0, text, text) for text in explained])
        supported = [source.supports[language] for source in library.sources.values()]
        yield from _words(library, data / "sources.yaml", language, [Block(0, text, text) for text in supported])


def _reviewed(library: Library, document: Document) -> Iterator[Problem]:
    """Either the page names who has reviewed it, and when, or it shows the draft notice."""
    if bool(document.reviewed_by) != bool(document.reviewed_on):
        yield Problem(document.path, 1, "reviewed_by and reviewed_on go together: who has reviewed it, and when")


def _law(library: Library, document: Document) -> Iterator[Problem]:
    """What a text says of the law has a country and a day, the same in both languages: it is looked at again together."""
    said = law.states(_all_words(document), document.language)
    if said and not (document.law_in and document.law_checked):
        yield Problem(document.path, said.line, "says something of the law: name law_in and law_checked (docs/content.md)")
    if bool(document.law_in) != bool(document.law_checked):
        yield Problem(document.path, 1, "law_in and law_checked go together: whose law, and when it was compared")
    if document.law_in and document.law_in not in {law.ANY, *library.helplines.countries}:
        yield Problem(document.path, 1, f"law_in is no country of helplines.yaml, nor {law.ANY}: {document.law_in!r}")
    other = library.counterpart(document)
    if other and (document.law_in, document.law_checked) != (other.law_in, other.law_checked):
        yield Problem(document.path, 1, "law_in and law_checked are the same in both languages")


def _attributions(library: Library, document: Document) -> Iterator[Problem]:
    for block in document.blocks:
        yield from (Problem(document.path, block.line, fault) for fault in attribution.faults(block, library.sources))


def _words(library: Library, path: Path, language: str, blocks: list[Block], own: set[str] | None = None) -> Iterator[Problem]:
    """Length, refused words, a Saito without a given name, telephone numbers: what holds for every text."""
    known = library.helplines.numbers if own is None else own
    for block in blocks:
        for sentence in words.sentences(block.words, language):
            if (size := words.length(sentence, language)) > LONGEST[language]:
                yield Problem(path, block.line, f"a sentence of {size}, longest {LONGEST[language]}: {sentence[:40]}…")
        if path.stem != QUOTES_OTHERS:
            for word in words.refused(block.own_words, language):
                yield Problem(path, block.line, f"{word!r} is a word this site does not use")
        if words.nameless_saito(block.words):
            yield Problem(path, block.line, "Saito without a given name: there are two")
        for number in telephone_numbers(block.words, known):
            yield Problem(path, block.line, f"the telephone number {number} belongs in data/helplines.yaml alone")


def _median(document: Document) -> Iterator[Problem]:
    language = document.language
    lengths = [
        words.length(sentence, language) for block in document.blocks for sentence in words.sentences(block.words, language)
    ]
    if language in MEDIAN and lengths and median(lengths) > MEDIAN[language]:
        yield Problem(document.path, 1, f"half of the sentences are longer than {MEDIAN[language]} words")


def telephone_numbers(text: str, known: set[str]) -> list[str]:
    """Return what reads as a telephone number in ``text``: by its shape, or because it is one of ``known``."""
    plain = text.translate(WIDE)
    found = [match[0] for match in TELEPHONE.finditer(plain)]
    for number in known:
        # Two digits are more often an age than a number: they count only where somebody is told to call them.
        told = SHORT if len(number) < 3 else r"(?<![\d,.#-]){}(?![\d,%万億-]|\.\d)"
        if re.search(told.format(re.escape(number)), plain, re.IGNORECASE):
            found.append(number)
    return sorted(set(found))


def _named(document: Document, kind: str) -> list[str]:
    return sorted(use.target for use in document.uses if use.kind == kind)


Rule = Callable[[Library, Document], Iterator[Problem]]
RULES: tuple[Rule, ...] = (_counterpart, _sources, _attributions, _urgent, _counts, _reviewed, _law)
