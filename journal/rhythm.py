"""One thought for the week: stay, pause, make it smaller, or read the next step.

Pure functions over opened entries; they know nothing of the database. Staying is the answer to every doubt. The page
`journal/suggestion_rules.html` says the same in plain words, with the numbers from here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from journal.models.entries import STEP_OF, EntryContent, Hard, Kind, Response
from journal.models.journals import GO_ON_DAYS

# All five are our own rule (docs/hazards.md, H03).
WINDOW_DAYS = 28
BACK_DAYS = 4
GAP_DAYS = 14
CAME_DAYS = 7
RED_DAYS = 2

# What one request opens for it; beyond that something is missing, and missing means stay.
MOST_ENTRIES = 2000

LAST_STEP = 9
# Whether it is time for these is up to the other, not to a count: they are offered to be read, and no more is said.
READ_ONLY_FROM = 6

KINDS_OF = {step: {kind for kind, of in STEP_OF.items() if of == step} for step in range(1, LAST_STEP + 1)}

# A day, and what was written about it; None where it could not be opened.
Written = tuple[date, EntryContent | None]


class Way(StrEnum):
    """What can be suggested, in the order it always stands in."""

    STAY = "stay"
    PAUSE = "pause"
    SMALLER = "smaller"
    GO_ON = "go_on"


class Reason(StrEnum):
    """Why. The reasons to stay are shown to nobody: an ordinary "stay" looks the same whatever lies behind it."""

    DANGER = "danger"
    RED_DAYS = "red_days"
    UNOPENED = "unopened"
    NO_STEP = "no_step"
    RED = "red"
    FEW_BACK = "few_back"
    GAP = "gap"
    CAME = "came"
    WENT_ON = "went_on"
    HELD_BACK = "held_back"
    EARNED = "earned"


@dataclass(frozen=True)
class Suggestion:
    """One way, why, and the step that could be read next (0 where none is offered)."""

    way: Way
    reasons: tuple[Reason, ...]
    next_step: int = 0

    @property
    def offered(self) -> tuple[Way, ...]:
        """What can be chosen: the first three always, reading on only where it is the suggestion itself."""
        ways = tuple(Way)
        return ways if self.way is Way.GO_ON else ways[:-1]

    @property
    def read_only(self) -> bool:
        """Whether the next step is one of those that are only ever offered to be read."""
        return self.next_step >= READ_ONLY_FROM


def suggest(
    entries: Iterable[Written],
    *,
    today: date,
    step: int,
    went_on: date | None = None,
    resting: bool = False,
    held_back: bool = False,
) -> Suggestion | None:
    """Return the week's suggestion for one reader, or None while the steps rest.

    ``entries`` are those this reader may read, ``step`` the one read last (0: none), ``went_on`` the day the journal
    last went on, ``held_back`` whether what somebody else keeps to themself asks for waiting.
    """
    if resting:
        return None
    recent = [(day, content) for day, content in entries if day > today - timedelta(days=WINDOW_DAYS)]
    opened = [(day, content) for day, content in recent if content is not None]
    red = {day for day, content in opened if content.is_hard}
    if any(content.hard in {Hard.AFRAID, Hard.HURT, Hard.DYING} for _day, content in opened):
        return Suggestion(Way.PAUSE, (Reason.DANGER,))
    if len(red) >= RED_DAYS:
        return Suggestion(Way.SMALLER, (Reason.RED_DAYS,))
    doubts = [
        *([Reason.UNOPENED] if len(opened) < len(recent) else []),
        *([Reason.NO_STEP] if not 1 <= step < LAST_STEP else []),
        *([Reason.RED] if red else []),
        *_doubts_about(opened, KINDS_OF.get(step, set()), today),
        *([Reason.WENT_ON] if went_on is not None and (today - went_on).days < GO_ON_DAYS else []),
        *([Reason.HELD_BACK] if held_back else []),
    ]
    if doubts:
        return Suggestion(Way.STAY, tuple(doubts))
    return Suggestion(Way.GO_ON, (Reason.EARNED,), step + 1)


def _doubts_about(opened: list[tuple[date, EntryContent]], kinds: set[Kind], today: date) -> list[Reason]:
    tried = [(day, content) for day, content in opened if content.kind in kinds]
    # Counted by day: four answers in one evening are one good evening.
    back = {day for day, content in tried if content.came_back}
    doubts = [Reason.FEW_BACK] if len(back) < BACK_DAYS else []
    # Nothing is known of what lies before the window or after the last entry: silence counts as a gap there too.
    days = [today - timedelta(days=WINDOW_DAYS), *sorted({day for day, _content in tried}), today]
    if any((later - earlier).days >= GAP_DAYS for earlier, later in zip(days, days[1:], strict=False)):
        doubts.append(Reason.GAP)
    if any(came_lately(day, content, today) for day, content in opened):
        doubts.append(Reason.CAME)
    return doubts


def came_lately(day: date, content: EntryContent, today: date) -> bool:
    """Whether this entry says that they came by themselves within the last week: no next step then."""
    return content.response == Response.CAME and day > today - timedelta(days=CAME_DAYS)


def asks_for_waiting(day: date, content: EntryContent | None, today: date) -> bool:
    """Whether an entry, though somebody keeps it to themself, still keeps "go on" away from the others who write here."""
    return content is None or content.is_hard or came_lately(day, content, today)
