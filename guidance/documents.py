"""One content file: its front matter, its sections, and what it names. docs/content.md is the format."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType

from guidance import text
from guidance.fields import LANGUAGES, split
from guidance.glossary import FirstUses, Glossary
from guidance.problems import Problem

CONFIDENCE = ("good", "mixed", "thin")
STEP_SECTIONS = ("purpose", "ready", "how", "words", "helps", "harder", "may_happen", "stay", "urgent", "why")
CARD_SECTIONS = ("wish", "backfires", "instead", "right")
SECTIONS = {"step": STEP_SECTIONS, "card": CARD_SECTIONS}
# Sections whose template sets each item apart, so that they hold one flat list and nothing else.
LISTS = {"how", "helps", "harder"}
# Never interrupted by an explanation: words to say, and what is read in danger.
UNEXPLAINED = {"words", "urgent", "right"}
HELP, TONIGHT = "help-", "tonight-"  # pages that are found under /help/ and /tonight/
BRIEF = (HELP, TONIGHT)
FOLDERS = {"step": "steps", "card": "cards", "page": "pages"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line to say aloud, with the short label of its variant or situation."""

    html: text.Html
    label: str


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a document, rendered."""

    key: str
    line: int
    html: text.Html
    items: tuple[text.Html, ...] = ()
    headings: tuple[text.Heading, ...] = ()
    terms: tuple[str, ...] = ()  # words of the glossary that it is the first to use
    words: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A step, a card or a page in one language."""

    kind: str
    slug: str
    language: str
    title: str
    tab: str  # the name in the browser tab and history, where the title would tell too much
    summary: str
    order: int
    sources: tuple[str, ...]
    confidence: str
    reviewed_by: str
    reviewed_on: date | None
    read_by_experience: str
    read_ja: str
    law_in: str  # the country whose law it speaks of, or "any"; empty where it says nothing of the law
    law_checked: date | None  # when that was last compared with its sources
    source_hash: str
    entry_kind: str
    sections: Mapping[str, Section]
    path: Path
    content_hash: str
    blocks: tuple[text.Block, ...] = field(repr=False)
    uses: tuple[text.Use, ...] = field(repr=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what the library finds it by."""
        return self.kind, self.language, self.slug

    @property
    def headings(self) -> tuple[text.Heading, ...]:
        """Return the headings that the writer set, each with its id."""
        return tuple(heading for section in self.sections.values() for heading in section.headings)

    @property
    def parts(self) -> set[str]:
        """Return what a link may name behind # on its page: the parts that its template gives an id."""
        listed = {"sources", *(f"source-{source}" for source in self.sources)} if self.sources else set()
        if self.kind == "step":
            return listed | set(STEP_SECTIONS)
        return listed | {heading.id for heading in self.headings}

    @property
    def is_draft(self) -> bool:
        """Say whether no clinician has put a name to it."""
        return not self.reviewed_by


def content_hash(title: str, summary: str, body: str) -> str:
    """Return the twelve hex digits that tell one state of a text from another; the counterpart keeps them."""
    return hashlib.sha256(f"{title}\n{summary}\n{body.strip()}".encode()).hexdigest()[:12]


def read(path: Path, kind: str, language: str, glossary: Glossary) -> Document:
    """Read and render one file; raise ContentError with every fault of its form."""
    fields, body, first_line = split(path.read_text("utf-8"), path)
    slug, title, summary = fields.text("slug"), fields.text("title"), fields.text("summary")
    if slug and slug != path.stem:
        fields.wrong("slug", f"is {slug!r}, but the file is called {path.name}")
    if fields.choice("lang", LANGUAGES) != language:
        fields.wrong("lang", f"is not {language!r}, the folder the file lies in")
    sources = fields.strings("sources")
    uses = None if slug.startswith(BRIEF) else glossary.first_uses(language)
    parts = _parts(body, first_line, path, kind, language, sources, uses, fields.problems)
    document = Document(
        kind=kind,
        slug=slug,
        language=language,
        title=title,
        tab=fields.text("tab", "") or title,
        summary=summary,
        order=fields.integer("order"),
        sources=sources,
        confidence=fields.choice("confidence", CONFIDENCE),
        reviewed_by=fields.text("reviewed_by", ""),
        reviewed_on=fields.day("reviewed_on"),
        read_by_experience=fields.text("read_by_experience", ""),
        read_ja=fields.text("read_ja", ""),
        law_in=fields.text("law_in", ""),
        law_checked=fields.day("law_checked"),
        source_hash=fields.text("source_hash", ""),
        entry_kind=fields.text("kind") if kind == "step" else "",
        sections=MappingProxyType({key: section for key, (section, _) in parts.items()}),
        path=path,
        content_hash=content_hash(title, summary, body),
        blocks=tuple(block for _, rendered in parts.values() for block in rendered.blocks),
        uses=tuple(use for _, rendered in parts.values() for use in rendered.uses),
    )
    fields.rest()
    fields.finish()
    return document


def _parts(
    body: str,
    first_line: int,
    path: Path,
    kind: str,
    language: str,
    sources: tuple[str, ...],
    uses: FirstUses | None,
    problems: list[Problem],
) -> dict[str, tuple[Section, text.Rendered]]:
    pieces = _split(body, first_line) if kind in SECTIONS else [("body", first_line, body)]
    if kind in SECTIONS and tuple(key for key, _, _ in pieces) != SECTIONS[kind]:
        wrong = next((line - 1 for (key, line, _), due in zip(pieces, SECTIONS[kind], strict=False) if key != due), first_line)
        problems.append(Problem(path, wrong, f"a {kind} has these sections, in this order: {', '.join(SECTIONS[kind])}"))
    parts = {}
    for key, line, source in pieces:
        if not source.strip():
            problems.append(Problem(path, line, f"{key} is empty"))
        explained = None if key in UNEXPLAINED else uses
        section, rendered = (
            _words(key, line, source) if key == "words" else _section(key, line, source, language, sources, explained)
        )
        parts[key] = section, rendered
        problems.extend(Problem(path, at, message) for at, message in rendered.faults)
    return parts


def _split(body: str, first_line: int) -> list[tuple[str, int, str]]:
    """Return (key, line of the text after the heading, text) for each ``## key``; text before the first has the key ""."""
    pieces: list[tuple[str, int, list[str]]] = [("", first_line, [])]
    for number, line in enumerate(body.split("\n"), start=first_line):
        if line.startswith("## "):
            pieces.append((line.removeprefix("## ").strip(), number + 1, []))
        else:
            pieces[-1][2].append(line)
    return [(key, line, "\n".join(lines)) for key, line, lines in pieces if key or any(text.strip() for text in lines)]


def _section(
    key: str, line: int, source: str, language: str, sources: tuple[str, ...], uses: FirstUses | None
) -> tuple[Section, text.Rendered]:
    rendered = text.render(source, line, sources, uses=uses, language=language)
    if key in LISTS and not rendered.items:
        rendered.faults.append((line, f"{key} is one list, without paragraphs or a list inside"))
    return Section(key, line, rendered.html, rendered.items, tuple(rendered.headings), tuple(rendered.terms)), rendered


def _words(key: str, line: int, source: str) -> tuple[Section, text.Rendered]:
    """Read the list of lines to say: ``- Good night. | softer``."""
    lines: list[Line] = []
    whole = text.Rendered()
    for number, row in enumerate(source.split("\n"), start=line):
        if not row.strip():
            continue
        if not row.startswith(("- ", "* ")):
            whole.faults.append((number, "words are a list: one line to say an item, and after | a short label"))
            continue
        said, _, label = (part.strip() for part in row[2:].partition("|"))
        lines.append(Line(text.render_line(said), label))
        rendered = text.render(said, number, (), quoted=True)
        whole.faults += rendered.faults
        whole.blocks += rendered.blocks
    return Section(key, line, text.Html(), words=tuple(lines)), whole
