"""When something will be read, was not read, and usually is: pure functions over days and moments."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

# The first and last day of each absence.
Away = Sequence[tuple[date, date]]
LOOKS_AHEAD = 366
# Fewer readings say nothing about what is usual.
FEWEST = 3


@dataclass(frozen=True)
class Wait:
    """Where an unread entry stands. Both are None where no reading day is set."""

    missed: date | None = None
    next: date | None = None


@dataclass(frozen=True)
class Overdue:
    """What one counsellor did not read on its day: how many entries, and for how many days the oldest has waited since."""

    count: int
    oldest: int


def next_reading_day(weekdays: Collection[int], after: date, away: Away = ()) -> date | None:
    """The first reading day later than ``after`` on which nobody is away; None where there is none within a year."""
    for ahead in range(1, LOOKS_AHEAD + 1):
        day = after + timedelta(days=ahead)
        if day.weekday() in weekdays and not any(first <= day <= last for first, last in away):
            return day
    return None


def wait(weekdays: Collection[int], opened: date, today: date, away: Away = ()) -> Wait:
    """Say when an entry opened to a counsellor on a day, and still unread, is read.

    The day itself is no promise: who reads on Fridays may have read before it came. A reading day is missed when it is over.
    """
    promised = next_reading_day(weekdays, opened, away)
    if promised is None or promised >= today:
        return Wait(next=promised)
    return Wait(missed=promised, next=next_reading_day(weekdays, today - timedelta(days=1), away))


def overdue(missed: Sequence[date], today: date) -> Overdue:
    """Count what was missed; the age is in days since the day it was promised for."""
    return Overdue(count=len(missed), oldest=(today - min(missed)).days)


def usual_delay(readings: Sequence[tuple[datetime, datetime]]) -> int | None:
    """The days within which about half of these were read, rounded up; None where too few say anything."""
    if len(readings) < FEWEST:
        return None
    seconds = median((read - opened).total_seconds() for opened, read in readings)
    return max(1, -(-int(seconds) // 86_400))
