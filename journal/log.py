"""The access log as a family reads it: who, when and what in plain words, a day at a time, and whether the chain holds."""

import logging
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext

from journal import wording
from journal.models import AccessEvent, CentreRole, Membership, Share

logger = logging.getLogger("hallway.log")

LINES = 20


@dataclass(frozen=True)
class Line:
    """One line: at what time, who, what."""

    time: str
    who: str
    what: str


@dataclass(frozen=True)
class Day:
    """The lines of one day, newest first."""

    title: str
    lines: list[Line]


@dataclass(frozen=True)
class Page:
    """One page of the log. ``wrong`` is the number of the line where something does not fit, or None."""

    days: list[Day] = field(default_factory=list)
    next: int | None = None
    wrong: int | None = None


def page_of(membership: Membership, before: int | None) -> Page:
    """Return the newest lines, or those before a number: the same number of queries for ten lines and for ten thousand."""
    events = AccessEvent.objects.of_family(membership.user, membership.journal)
    if before is not None:
        events = events.before(before)
    rows = list(events[: LINES + 1])
    shown = rows[:LINES]
    fault = AccessEvent.objects.page_fault(membership.journal_id, shown)
    if fault is not None:
        # For the operator: which journal and line, and not a word of it.
        logger.error("the access log of journal %s does not fit at line %s: %s", membership.journal_id, fault.number, fault.wrong)
    return Page(
        days=_by_day(membership, shown),
        next=shown[-1].number if len(rows) > LINES else None,
        wrong=fault.number if fault else None,
    )


def _by_day(membership: Membership, events: list[AccessEvent]) -> list[Day]:
    zone, today = membership.user.zone, wording.today_of(membership.user)
    names = _Names(membership, events)
    local = [(event.at.astimezone(zone), event) for event in events]
    days = []
    for day, rows in groupby(local, key=lambda row: row[0].date()):
        lines = [
            Line(wording.clock(at), names.who(event), wording.log_line(event.verb, len(event.shown), names.counsellor_of(event)))
            for at, event in rows
        ]
        days.append(Day(_title(day, today), lines))
    return days


def _title(day: date, today: date) -> str:
    title = wording.plain_day(day, today)
    return title[:1].upper() + title[1:]


class _Names:
    """Who the ids in the lines are, looked up at once for all of them."""

    def __init__(self, membership: Membership, events: list[AccessEvent]) -> None:
        self.reader = membership.user_id
        self.language = get_language() or "en"
        shares = Share.objects.filter(pk__in={event.share for event in events if event.share}).select_related("counsellor")
        self.by_share: dict[UUID, CentreRole] = {share.pk: share.counsellor for share in shares}
        people = {event.who for event in events if event.role == "counsellor"}
        roles = CentreRole.objects.filter(user__in=people, role=CentreRole.Role.COUNSELLOR)
        self.by_user: dict[int, CentreRole] = {role.user_id: role for role in roles}
        others = Membership.objects.beside(membership.user, membership.journal)
        self.parents: dict[int, Any] = {other.user_id: other.user for other in others}

    def who(self, event: AccessEvent) -> str:
        """The name of whoever did it: "You", a name, or that they have left."""
        if event.role == "counsellor":
            named = self.by_share.get(event.share) if event.share else None
            role = named if named and named.user_id == event.who else self.by_user.get(event.who)
            return role.name(self.language) if role else gettext("Someone who has left")
        if event.who == self.reader:
            return gettext("You")
        other = self.parents.get(event.who)
        if other is None:
            return gettext("Someone who has left")
        name = wording.parent_name(other)
        return name[:1].upper() + name[1:]

    def counsellor_of(self, event: AccessEvent) -> str:
        """The counsellor whose reading the line is about."""
        role = self.by_share.get(event.share) if event.share else None
        return role.name(self.language) if role else ""
