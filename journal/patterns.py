"""Four weeks as marks: what was done, rests and hard days; what came back only where it is asked for.

Pure functions over opened entries; they know nothing of the database. No line, score, percentage or comparison: a mark
says one thing about one day, and a day without one says nothing at all. How somebody felt is never drawn.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from journal.models.entries import EntryContent, Kind, Response

WEEKS = 4
# With fewer entries a single day would look like more than it is: our own rule.
ENOUGH = 6
RESTS = {Kind.REST, Kind.PEACE}


class Mark(StrEnum):
    """What a day is marked with; a later one hides an earlier one of the same day."""

    REST = "rest"
    DID = "did"
    NOTHING = "nothing"
    CAME = "came"
    HARD = "hard"


# What the picture shows by itself, and with the switch on, in the order of the words under it.
PLAIN = (Mark.DID, Mark.REST, Mark.HARD)
WITH_CAME = (Mark.CAME, Mark.NOTHING, Mark.DID, Mark.REST, Mark.HARD)


@dataclass(frozen=True)
class Day:
    """One day of the picture; ``mark`` is None where nothing was written, ``ahead`` where it has not come yet."""

    day: date
    mark: Mark | None = None
    ahead: bool = False


@dataclass(frozen=True)
class Picture:
    """Four weeks from Monday to Sunday, the current one last."""

    weeks: tuple[tuple[Day, ...], ...]
    written: int
    unopened: int
    with_came: bool

    @property
    def enough(self) -> bool:
        """Whether there is enough for a picture."""
        return self.written >= ENOUGH

    @property
    def marked(self) -> list[Day]:
        """The days with a mark, oldest first: the table."""
        return [day for week in self.weeks for day in week if day.mark]

    @property
    def legend(self) -> tuple[Mark, ...]:
        """The marks that can occur."""
        return WITH_CAME if self.with_came else PLAIN

    def count(self, *marks: Mark) -> int:
        """How many days carry one of these marks."""
        return sum(day.mark in marks for day in self.marked)


def first_day(today: date) -> date:
    """The Monday the picture begins with."""
    return today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))


def mark_of(content: EntryContent, with_came: bool) -> Mark:
    """The mark of one entry. What came back is looked at only where it was asked for."""
    if content.is_hard:
        return Mark.HARD
    if content.kind in RESTS:
        return Mark.REST
    if with_came and content.came_back:
        return Mark.CAME
    if with_came and content.response == Response.NONE:
        return Mark.NOTHING
    return Mark.DID


def four_weeks(entries: Iterable[tuple[date, EntryContent | None]], today: date, *, with_came: bool = False) -> Picture:
    """Draw the entries a reader may read: a parent's own page, or the part of a journal a counsellor was given.

    An entry that could not be opened (None) leaves no mark and counts for nothing but that.
    """
    begins = first_day(today)
    ends = begins + timedelta(days=7 * WEEKS)
    inside = [(day, content) for day, content in entries if begins <= day < ends]
    marks: dict[date, list[Mark]] = defaultdict(list)
    for day, content in inside:
        if content is not None:
            marks[day].append(mark_of(content, with_came))
    order = list(Mark)
    days = [begins + timedelta(days=number) for number in range(7 * WEEKS)]
    drawn = [Day(day, max(marks[day], key=order.index) if day in marks else None, day > today) for day in days]
    return Picture(
        weeks=tuple(tuple(drawn[start : start + 7]) for start in range(0, 7 * WEEKS, 7)),
        written=sum(content is not None for _day, content in inside),
        unopened=sum(content is None for _day, content in inside),
        with_came=with_came,
    )
