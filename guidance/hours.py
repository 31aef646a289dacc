"""When a line answers, as data: `open` in helplines.yaml. Times are those of the service's own clock.

``open: always``, or a list of spans: ``["daily 09:00-24:00"]``, ``["mon-fri 18:30-22:30", "sat,sun 10:00-02:00"]``,
``["10th 08:00-08:00"]`` (that day of every month). A span that ends at or before its beginning runs into the next day.
Where hours are not sure there is no ``open``, and nothing is said about now.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ALWAYS = "always"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN = re.compile(r"(\S+) (\d\d:\d\d)-(\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Span:
    """Some hours on some days: days of the week from 0, or one day of every month."""

    weekdays: frozenset[int]
    month_day: int
    begins: time
    ends: time
    ends_next_day: bool

    def holds(self, there: datetime) -> bool:
        """Say whether a moment of the service's clock lies in the span, begun the same day or the day before."""
        return any(self._covers(there, there.date() - timedelta(days=back)) for back in (0, 1))

    def _covers(self, there: datetime, day: date) -> bool:
        if day.weekday() not in self.weekdays and day.day != self.month_day:
            return False
        begins = datetime.combine(day, self.begins)
        ends = datetime.combine(day + timedelta(days=self.ends_next_day), self.ends)
        return begins <= there < ends


@dataclass(frozen=True, slots=True)
class Hours:
    """The sure hours of a line."""

    always: bool
    spans: tuple[Span, ...]

    def open_at(self, moment: datetime, zone: str) -> bool:
        """Say whether the line answers at ``moment``, by the clock that people in ``zone`` read, also when it jumps."""
        there = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        return self.always or any(span.holds(there) for span in self.spans)


def read(written: str | tuple[str, ...]) -> Hours:
    """Return the hours that stand in the file; raise ValueError with the part that says nothing."""
    if isinstance(written, str):
        if written != ALWAYS:
            raise ValueError(written)
        return Hours(always=True, spans=())
    if not written:
        raise ValueError("[]")
    return Hours(always=False, spans=tuple(_span(part) for part in written))


def _span(part: str) -> Span:
    if not (found := SPAN.fullmatch(part)):
        raise ValueError(part)
    days, first, last = found.groups()
    try:
        begins = time.fromisoformat(first)
        ends = time.min if last == "24:00" else time.fromisoformat(last)
        weekdays, month_day = _days(days)
    except ValueError as error:
        raise ValueError(part) from error
    return Span(weekdays, month_day, begins, ends, ends_next_day=ends <= begins)


def _days(days: str) -> tuple[frozenset[int], int]:
    if days == "daily":
        return frozenset(range(7)), 0
    if found := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)", days):
        if not 1 <= int(found[1]) <= 28:
            raise ValueError(days)
        return frozenset(), int(found[1])
    weekdays: set[int] = set()
    for part in days.split(","):
        first, _, last = part.partition("-")
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        weekdays |= {(begin + step) % 7 for step in range((end - begin) % 7 + 1)}
    return frozenset(weekdays), 0
