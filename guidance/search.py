"""Search over everything public, in both languages and in every script people type: words, kana, kanji, romaji.

The index is made at the start and lives in memory; a query is answered from it and kept nowhere. What worried people
really type ("he hit me", 「殴られた」, "okane ga nai") is mapped to the page that answers first by a short reviewed list,
``content/data/search.yaml``; everything else is found by the words of the pages themselves.
"""

import difflib
import re
import sqlite3
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext

from guidance import addresses, fields
from guidance.documents import HELP, Document
from guidance.fields import LANGUAGES
from guidance.library import Library
from guidance.library import current as current_library

LONGEST = 200
MOST = 8
# Pages that fit less than this well beside the best one are left out: a short list is read, a long one is not.
FAR = 0.35
# What a query may speak of that asks for a telephone before a page.
ALARMS = ("danger", "dying", "hurt")
# Title, summary, text: a word in the title says more than one in the text.
WEIGHTS = (8.0, 4.0, 1.0)
# English words that stand in every question and find nothing.
_STOP = """
a about all am an and any are as at be been but by can cannot did do does doing for from get had has have he her him his how
i if in is it its just me my no not of on or our out she so some than that the their them then there they this to too up us
very was we were what when where which who why will with would you your
"""
STOP = frozenset(_STOP.split())
# Kanji, kana and the signs between them are written without spaces: they are looked up by pairs.
RUN = re.compile(r"[\u3005-\u3007\u3041-\u309f\u30fc\u3400-\u9fff]+|[0-9a-z']+")
KATAKANA = re.compile("[ァ-ヶ]+")
HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


@dataclass(frozen=True, slots=True)
class Group:
    """Ways of saying one thing, and the pages that answer it, the best one first."""

    id: str
    words: tuple[str, ...]
    pages: tuple[str, ...]
    alarm: str

    def speaks_in(self, query: str) -> bool:
        """Say whether the query, already plain, holds one of these ways of saying it."""
        return any(_holds(query, word) for word in self.words)


@dataclass(frozen=True, slots=True)
class Hit:
    """One page that answers, in the reader's language."""

    title: str
    summary: str
    address: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found. ``alarm`` is empty, or what it speaks of that asks for a telephone first."""

    hits: tuple[Hit, ...]
    alarm: str


class Index:
    """All pages of the library by their words. Made once; every thread may ask."""

    def __init__(self, library: Library, groups: tuple[Group, ...]) -> None:
        self.groups = groups
        self._words: set[str] = set()
        self._library = library
        self._lock = threading.Lock()
        self._store = sqlite3.connect(":memory:", check_same_thread=False)
        self._store.execute(
            "CREATE VIRTUAL TABLE page USING fts5(language UNINDEXED, target UNINDEXED, title, summary, body, "
            "tokenize='porter unicode61')"
        )
        rows = [_row(document) for document in library.documents.values()]
        self._store.executemany("INSERT INTO page VALUES (?, ?, ?, ?, ?)", rows)
        self._words.update(word for _, _, *texts in rows for text in texts for word in text.split() if word.isascii())

    def answer(self, query: str, language: str) -> Answer:
        """Return the pages for a query, best first, and whether help comes before them."""
        said = plain(query[:LONGEST])
        groups = [group for group in self.groups if group.speaks_in(said)]
        targets = [target for group in groups for target in group.pages]
        targets += self._by_words(said, language)
        hits = filter(None, (self._hit(target, language) for target in dict.fromkeys(targets)))
        alarm = next((alarm for alarm in ALARMS if any(group.alarm == alarm for group in groups)), "")
        return Answer(tuple(islice(hits, MOST)), alarm)

    def _by_words(self, said: str, language: str) -> Iterator[str]:
        """Yield pages by the words in them: first those of the reader's language, then what the other one finds."""
        asked = [self._known(word) if word.isascii() else word for word in _tokens(said) if word not in STOP]
        if not asked:
            return
        # A sign alone, such as 金, is the beginning of a pair.
        terms = " OR ".join(f'"{word}"*' if len(word) == 1 and not word.isascii() else f'"{word}"' for word in asked)
        # bm25 is below zero, and the further the better.
        statement = (
            "SELECT language, target, bm25(page, 0, 0, ?, ?, ?) AS score FROM page WHERE page MATCH ? ORDER BY score LIMIT ?"
        )
        with self._lock:
            rows = self._store.execute(statement, (*WEIGHTS, terms, 4 * MOST)).fetchall()
        for table in sorted(LANGUAGES, key=lambda one: one != language):
            scored = [(target, score) for spoken, target, score in rows if spoken == table]
            yield from (target for target, score in scored if score <= scored[0][1] * FAR)

    def _known(self, word: str) -> str:
        """Return the word, or the one on the pages that it was most likely meant to be."""
        if word in self._words or len(word) < 4:
            return word
        return next(iter(difflib.get_close_matches(word, self._words, n=1, cutoff=0.8)), word)

    def _hit(self, target: str, language: str) -> Hit | None:
        """Return a page in the reader's language; None for what stands in the other one alone."""
        kind, _, name = target.partition(":")
        if kind == "check":
            title = gettext("Before you act: five questions")
            summary = gettext("One question a page. You can skip any of them, and go back.")
            return Hit(title, summary, addresses.of(kind, name))
        if (document := self._library.linked(kind, language, name)) is None:
            return None
        return Hit(document.title, document.summary, addresses.of(kind, name))


def comparable(text: str) -> str:
    """Make text comparable: half and full width, small and capital letters, hiragana and katakana are the same."""
    if text.isascii():
        return text.lower()
    # ``translate`` looks at each sign of a text, so it is given the katakana alone: thousands of texts are looked through.
    return KATAKANA.sub(lambda run: run[0].translate(HIRAGANA), unicodedata.normalize("NFKC", text).casefold())


def plain(text: str) -> str:
    """Return a text as the index compares it: comparable words with single spaces between them."""
    return " ".join(RUN.findall(comparable(text).replace("’", "'")))


def read(path: Path, library: Library) -> tuple[Group, ...]:
    """Return the reviewed list; raise ContentError with every fault of the file and every dead page."""
    rows = fields.rows(path.read_text("utf-8"), path)
    groups = []
    for row in rows:
        group = Group(
            id=row.text("id"),
            words=tuple(plain(word.removesuffix("*")) + "*" * word.endswith("*") for word in row.strings("words")),
            pages=row.strings("pages"),
            alarm=row.text("alarm", ""),
        )
        if group.alarm and group.alarm not in ALARMS:
            row.wrong("alarm", f"must be one of {', '.join(ALARMS)}, not {group.alarm!r}")
        for target in group.pages:
            kind, _, name = target.partition(":")
            if kind != "check" and any(library.linked(kind, language, name) is None for language in LANGUAGES):
                row.wrong("pages", f"names {target}, which is not a page in both languages")
        row.rest()
        groups.append(group)
    if rows:
        rows[0].finish()
    return tuple(groups)


@cache
def index() -> Index:
    """Return the index of the library the site serves, made on the first call: GuidanceConfig.ready() makes it."""
    library = current_library()
    return Index(library, read(Path(__file__).parent / "content" / "data" / "search.yaml", library))


def _target(document: Document) -> str:
    if document.kind == "step":
        return f"step:{document.order}"
    if document.kind == "page" and document.slug.startswith(HELP):
        return f"help:{document.slug.removeprefix(HELP)}"
    return f"{document.kind}:{document.slug}"


def _row(document: Document) -> tuple[str, str, str, str, str]:
    body = " ".join(block.words for block in document.blocks)
    lines = " ".join(line.label for section in document.sections.values() for line in section.words)
    texts = (document.title, document.summary, f"{body} {lines}")
    title, summary, body = (" ".join(_tokens(plain(text))) for text in texts)
    return document.language, _target(document), title, summary, body


def _tokens(said: str) -> list[str]:
    """Return the words of a plain text; a run of Japanese as its overlapping pairs of signs."""
    words: list[str] = []
    for run in said.split(" "):
        if run.isascii():
            words += run.replace("'", "").split()
        else:
            words += [run[at : at + 2] for at in range(max(len(run) - 1, 1))]
    return words


def _holds(query: str, word: str) -> bool:
    """Say whether a plain query holds a way of saying something: whole words in Latin script, any part in Japanese."""
    stem = word.removesuffix("*")
    # Eight hundred ways of saying something are looked for in each query: a pattern is made for the few that are there.
    if stem not in query or not stem.isascii():
        return stem in query
    end = "" if word.endswith("*") else r"(?![0-9a-z'])"
    return re.search(rf"(?<![0-9a-z']){re.escape(stem)}{end}", query) is not None
