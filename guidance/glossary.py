"""The words this site explains: content/data/glossary.yaml.

Each is explained where a page first uses it, and once more on the page of all words. The reader of a page that is
read in danger, or the words of an urgent part, are never interrupted (documents.UNEXPLAINED).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from guidance import fields
from guidance.fields import LANGUAGES


@dataclass(frozen=True, slots=True)
class Term:
    """One word: how it is written and read, what it means, and the spellings that count as a use of it."""

    id: str
    name: Mapping[str, str]
    plain: str  # what the English name says, where it is the Japanese word in Roman letters
    reading: str
    match: Mapping[str, tuple[str, ...]]  # empty: on the page of all words alone
    explain: Mapping[str, str]


@dataclass(slots=True)
class FirstUses:
    """What one document has explained so far: nothing is explained twice on a page."""

    pattern: re.Pattern[str] | None
    ids: Mapping[str, str]
    done: set[str] = field(default_factory=set)

    def new(self, words: str) -> list[str]:
        """Return the ids of the terms that ``words`` is the first to use, in their order."""
        found = []
        for match in self.pattern.finditer(words) if self.pattern else ():
            term = self.ids[_key(match[0])]
            if term not in self.done:
                self.done.add(term)
                found.append(term)
        return found


@dataclass(frozen=True)
class Glossary:
    """All terms by their ids, in the order of the file."""

    terms: Mapping[str, Term]

    def first_uses(self, language: str) -> FirstUses:
        """Return an empty count of first uses, for one document in ``language``."""
        return FirstUses(*self._matchers[language])

    @cached_property
    def _matchers(self) -> dict[str, tuple[re.Pattern[str] | None, dict[str, str]]]:
        return {language: _matcher(self.terms.values(), language) for language in LANGUAGES}


def _matcher(terms: Iterable[Term], language: str) -> tuple[re.Pattern[str] | None, dict[str, str]]:
    """Return one pattern for all spellings, the longest first: a centre's name is not a use of the word inside it."""
    ids = {_key(spelling): term.id for term in terms for spelling in term.match[language]}
    if not ids:
        return None, ids
    spellings = "|".join(_either_case(spelling) for spelling in sorted(ids, key=len, reverse=True))
    return re.compile(spellings if language == "ja" else rf"(?<!\w)(?:{spellings})(?!\w)"), ids


def _key(spelling: str) -> str:
    return spelling[0].lower() + spelling[1:]


def _either_case(spelling: str) -> str:
    """Let a word begin a sentence."""
    first = spelling[0]
    return f"[{first}{first.upper()}]{re.escape(spelling[1:])}" if first != first.upper() else re.escape(spelling)


def read(path: Path) -> Glossary:
    """Return the glossary; raise ContentError with every fault of the file."""
    rows = fields.rows(path.read_text("utf-8"), path)
    terms: dict[str, Term] = {}
    for row in rows:
        spellings = row.mapping("match")
        term = Term(
            id=row.text("id"),
            name=row.both("name"),
            plain=row.text("plain", ""),
            reading=row.text("reading"),
            match={language: spellings.strings(language, ()) if spellings else () for language in LANGUAGES},
            explain=row.both("explain"),
        )
        if term.id in terms:
            row.wrong("id", f"{term.id} stands here twice")
        row.rest()
        terms[term.id] = term
    if rows:
        rows[0].finish()
    return Glossary(terms)
