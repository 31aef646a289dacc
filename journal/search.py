"""Looking through opened entries: pure rules, no query. What is looked for is sealed, so each look back is bounded."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from guidance.search import comparable
from journal.models.entries import EntryContent

PAGE = 25
# How many entries one request opens before it says how far back it looked.
MOST_FILTERED = 2000
MOST_SEARCHED = 5000


@dataclass(frozen=True, kw_only=True)
class Search:
    """What an entry has to say to be found. What is left empty asks for nothing."""

    kind: str = ""
    response: str = ""
    step: int = 0
    words: str = ""

    @property
    def most(self) -> int:
        """How many entries a request may open."""
        return MOST_SEARCHED if self.words else MOST_FILTERED

    def finds(self, content: EntryContent | None) -> bool:
        """Say whether an entry is meant; one that cannot be opened is only when nothing of its words is asked for."""
        if content is None:
            return self == Search()
        if self.kind and self.kind != content.kind:
            return False
        if self.response and self.response != content.response:
            return False
        if self.step and self.step != content.step:
            return False
        if not self.words:
            return True
        said = comparable(f"{content.words} {content.noticed} {content.next}")
        return all(word in said for word in self._wanted)

    @cached_property
    def _wanted(self) -> list[str]:
        return comparable(self.words).split()


@dataclass
class Found:
    """One page of a look back: which entries, after which one the next page begins, and how far it looked if it had to stop."""

    pks: list[UUID] = field(default_factory=list)
    last: UUID | None = None
    looked_to: date | None = None


def look_back(rows: Iterable[tuple[UUID, date, EntryContent | None]], search: Search, size: int = PAGE) -> Found:
    """Go through rows from the newest on until a page is full, the rows end, or ``search.most`` of them were opened."""
    found = Found()
    before: tuple[UUID, date] | None = None
    for number, (pk, day, content) in enumerate(rows):
        if number == search.most and before is not None:
            found.last, found.looked_to = before
            break
        if search.finds(content):
            if len(found.pks) == size:
                found.last = found.pks[-1]
                break
            found.pks.append(pk)
        before = pk, day
    return found
