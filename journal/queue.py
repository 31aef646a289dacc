"""The order in which a counsellor meets waiting families: a printed rule over opened entries, no query."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

QUIET_DAYS = 21
# Opening more than this in one request would slow everyone; families beyond it come first, and the page says so.
MOST_OPENED = 5000


@dataclass
class Family:
    """One family on the queue: never a word of an entry, only counts and days."""

    share: UUID
    name: str
    new: int = 0
    hard: bool = False
    plan: bool = False
    unreadable: bool = False
    waiting_since: datetime | None = None
    quiet_since: date | None = None
    tags: list[tuple[str, str]] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Whether something has not been read."""
        return self.new > 0


def families(
    shares: Iterable[Any],
    waiting: Iterable[Any],
    last_shared: dict[UUID, datetime],
    now: datetime,
    language: str,
    plans: Collection[UUID] = (),
) -> list[Family]:
    """Return the families in reading order: hard days, plans to look at, the longest wait, those quiet for three weeks.

    ``waiting`` are shared entries with opened ``entry`` documents; ``last_shared`` is the newest shared entry of each share;
    ``plans`` are the shares through which the sheet of a visit waits to be confirmed.
    """
    rows = defaultdict(list)
    for row in waiting:
        rows[row.share_id].append(row)
    found = []
    for share in shares:
        mine = rows[share.pk]
        family = Family(share=share.pk, name=share.journal.code_name(language), new=len(mine))
        family.hard = any(not row.entry.unreadable and row.entry.document.is_hard for row in mine)
        family.plan = share.pk in plans
        family.unreadable = any(row.entry.unreadable for row in mine)
        family.waiting_since = min((row.shared_at for row in mine), default=None)
        newest = last_shared.get(share.pk)
        if not mine and newest and (now - newest).days >= QUIET_DAYS:
            family.quiet_since = newest.date()
        found.append(family)
    return sorted(found, key=_order)


def _order(family: Family) -> tuple[Any, ...]:
    groups = [family.hard or family.unreadable, family.plan, family.waits, family.quiet_since, True]
    group = next(number for number, holds in enumerate(groups) if holds)
    since = (
        family.waiting_since.isoformat() if family.waiting_since else family.quiet_since.isoformat() if family.quiet_since else ""
    )
    return group, since, family.name
