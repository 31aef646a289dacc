"""Everything the guidance says, loaded once at the start: documents, sources, helplines and the check's own texts.

Nothing here touches a database. What cannot be served raises ContentError with file and line, and the site does not start.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

from django.conf import settings

from config import retention
from guidance import documents, figures, glossary, helplines, questionnaire, sources
from guidance.documents import FOLDERS, HELP, Document
from guidance.fields import LANGUAGES
from guidance.glossary import Glossary
from guidance.helplines import Helplines
from guidance.problems import ContentError, Problem
from guidance.questionnaire import Questionnaire
from guidance.sources import Source
from guidance.text import Use

ROOT = Path(__file__).resolve().parent / "content"
# The pages to read on with, in the order of their list.
READING = ("happening", "stories", "other-causes", "disagree", "research", "numbers")
# Pages the site writes itself; the text may link to them like to any other page.
BUILT_IN = {"sources", "words", "display", "steps", "cards"}


@dataclass(frozen=True, slots=True)
class Kind:
    """The sources of one kind: those that a text cites, and the others."""

    key: str
    name: object  # lazy: it is read in the reader's language
    cited: list[Source]
    uncited: list[Source]

    @property
    def sources(self) -> list[Source]:
        """Return all of them."""
        return [*self.cited, *self.uncited]


@dataclass(frozen=True)
class Library:
    """All documents in both languages. Lookups return None for what does not exist."""

    documents: Mapping[tuple[str, str, str], Document]
    sources: Mapping[str, Source]
    glossary: Glossary
    helplines: Helplines
    questionnaire: Questionnaire

    def find(self, kind: str, language: str, slug: str) -> Document | None:
        """Return a step, card or page by its slug."""
        return self.documents.get((kind, language, slug))

    def steps(self, language: str) -> tuple[Document, ...]:
        """Return the steps in their order."""
        return self._lists["step", language]

    def step(self, language: str, number: int) -> Document | None:
        """Return the step with this number, from 1."""
        steps = self.steps(language)
        return steps[number - 1] if 0 < number <= len(steps) else None

    def cards(self, language: str) -> tuple[Document, ...]:
        """Return the cards in their order."""
        return self._lists["card", language]

    def page(self, language: str, slug: str) -> Document | None:
        """Return a page by its slug."""
        return self.find("page", language, slug)

    def linked(self, kind: str, language: str, target: str) -> Document | None:
        """Return the step, card or page that a link of the text names: step:3, card:visit, page:about, help:hurt."""
        match kind:
            case "step":
                return self.step(language, int(target)) if target.isdecimal() else None
            case "card" | "page":
                return self.find(kind, language, target)
            case "help":
                return self.page(language, HELP + target)
        return None

    def counterpart(self, document: Document) -> Document | None:
        """Return the same document in the other language."""
        other = "ja" if document.language == "en" else "en"
        return self.find(document.kind, other, document.slug)

    def sources_by_kind(self, language: str) -> list[Kind]:
        """Return the list of sources as a page shows it: by kind, and in each kind those first that a text cites."""
        found = []
        for key, name in sources.KINDS.items():
            of_kind = [source for source in self.sources.values() if source.kind == key]
            cited = [source for source in of_kind if self.citing(source.id, language)]
            found.append(Kind(key, name, cited, [source for source in of_kind if source not in cited]))
        return found

    def citing(self, source: str, language: str) -> tuple[Document, ...]:
        """Return the steps, cards and pages that cite a source."""
        return self._citing.get((source, language), ())

    @cached_property
    def _citing(self) -> dict[tuple[str, str], tuple[Document, ...]]:
        found: dict[tuple[str, str], list[Document]] = {}
        for kind in FOLDERS:
            for language in LANGUAGES:
                for document in self._lists[kind, language]:
                    for source in document.sources:
                        found.setdefault((source, language), []).append(document)
        return {key: tuple(documents) for key, documents in found.items()}

    @cached_property
    def _lists(self) -> dict[tuple[str, str], tuple[Document, ...]]:
        return {
            (kind, language): tuple(
                sorted(
                    (document for document in self.documents.values() if (document.kind, document.language) == (kind, language)),
                    key=lambda document: document.order,
                )
            )
            for kind in FOLDERS
            for language in LANGUAGES
        }


@cache
def current() -> Library:
    """Return the library the site serves, loaded on the first call: GuidanceConfig.ready() makes it."""
    return load(ROOT, Path(settings.HELPLINES_FILE) if settings.HELPLINES_FILE else None)


def load(root: Path, overlay: Path | None = None) -> Library:
    """Read all content under ``root``; raise ContentError with every fault of form and every dead reference."""
    words = glossary.read(root / "data" / "glossary.yaml")
    found: dict[tuple[str, str, str], Document] = {}
    problems: list[Problem] = []
    for kind, folder in FOLDERS.items():
        for language in LANGUAGES:
            for path in sorted((root / language / folder).glob("*.md")):
                try:
                    document = documents.read(path, kind, language, words)
                    found[document.key] = document
                except ContentError as error:
                    problems += error.problems
    if problems:
        raise ContentError(*problems)
    library = Library(
        MappingProxyType(found),
        MappingProxyType(sources.read(root / "data" / "sources.yaml")),
        words,
        helplines.read(root / "data" / "helplines.yaml", overlay),
        questionnaire.read(root / "data" / "checkpoint.yaml"),
    )
    if problems := [*_out_of_order(library), *_dead_references(library)]:
        raise ContentError(*problems)
    return library


def _out_of_order(library: Library) -> Iterator[Problem]:
    for language in LANGUAGES:
        for number, step in enumerate(library.steps(language), start=1):
            if step.order != number:
                yield Problem(step.path, 1, f"steps are numbered from 1 without a gap: {number} is missing or stands twice")


def _dead_references(library: Library) -> Iterator[Problem]:
    for document in library.documents.values():
        for source in document.sources:
            if source not in library.sources:
                yield Problem(document.path, 1, f"the source {source} is not in data/sources.yaml")
        for use in document.uses:
            if not _exists(library, document.language, use):
                yield Problem(document.path, use.line, f"{use.kind}:{use.target} does not exist")
    for language, use in library.questionnaire.uses:
        if not _exists(library, language, use):
            yield Problem(library.questionnaire.path, use.line, f"{use.kind}:{use.target} does not exist")


def _exists(library: Library, language: str, use: Use) -> bool:
    target, sharp, part = use.target.partition("#")
    match use.kind:
        case "source":
            return target in library.sources
        case "helpline":
            return target in library.helplines.by_id
        case "figure":
            return target in figures.NAMES
        case "kept":
            return target in retention.KEPT
    document = library.linked(use.kind, language, target)
    if sharp:
        return document is not None and part in document.parts
    return document is not None or target in _without_document(library, use.kind)


def _without_document(library: Library, kind: str) -> set[str]:
    """Return the targets of a kind of link that the site writes itself: the help and check start pages, and its own lists."""
    return {"page": BUILT_IN, "help": {"", *library.helplines.countries}, "check": {""}}.get(kind, set())
