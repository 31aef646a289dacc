"""The order in which a counsellor meets waiting families: a printed rule over opened rows, no query."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from journal.addresses import row_url
from journal.models.replies import ReplyKind

QUIET_DAYS = 21
# Opening more than this in one request would slow everyone; families beyond it come first, and the page says so.
MOST_OPENED = 5000


@dataclass
class Family:
    """One family on the queue: never a word of an entry, only marks, counts and days."""

    share: UUID
    name: str
    covering_for: str = ""
    new: int = 0
    hard: bool = False
    plan: bool = False
    question: bool = False
    unreadable: bool = False
    # Whether some of what waits was not opened, so that nobody knows what it says.
    beyond: bool = False
    waiting_since: datetime | None = None
    quiet_since: date | None = None

    @cached_property
    def url(self) -> str:
        """Where it is read."""
        return row_url(self.share, "journal:desk_family")

    @property
    def waits(self) -> bool:
        """Whether something has not been read, or waits to be looked at."""
        return self.new > 0 or self.plan

    @property
    def place(self) -> tuple[Any, ...]:
        """Where it stands: by the printed rule, then by the longest wait."""
        groups = [self.beyond, self.hard or self.unreadable, self.plan, self.question, self.waits, self.quiet_since is not None]
        since = self.waiting_since or self.quiet_since
        return groups.index(True) if True in groups else len(groups), since.isoformat() if since else "", self.name


@dataclass(frozen=True)
class Waiting:
    """What has not been read by one counsellor.

    ``rows`` are opened shared entries, at most MOST_OPENED; where there may be more, ``counts`` says how many there are in
    each share. ``replies`` is what families wrote, opened; ``plans`` holds the shares through which
    a visit plan waits.
    """

    rows: Iterable[Any] = ()
    counts: Mapping[UUID, int] | None = None
    replies: Iterable[Any] = ()
    plans: Container[UUID] = ()


def families(shares: Iterable[Any], waiting: Waiting, now: datetime, language: str) -> list[Family]:
    """Return the families in reading order: hard days, plans to look at, questions, the longest wait, quiet families.

    A share that is read for a colleague says whose in ``covering_for``. ``newest`` is when its family last let anything be read.
    ``now`` is in the zone of who reads: its days are theirs.
    """
    rows, replies = defaultdict(list), defaultdict(list)
    for row in waiting.rows:
        rows[row.share_id].append(row)
    for reply in waiting.replies:
        replies[reply.share_id].append(reply)
    found = []
    for share in shares:
        family = Family(share=share.pk, name=share.journal.code_name(language))
        family.covering_for = getattr(share, "covering_for", "")
        _look(family, rows[share.pk], replies[share.pk])
        entries = (waiting.counts or {}).get(share.pk, len(rows[share.pk]))
        family.beyond = entries > len(rows[share.pk])
        family.new = entries + len(replies[share.pk])
        family.plan = family.plan or share.pk in waiting.plans
        newest = getattr(share, "newest", None)
        if not family.waits and newest and (now - newest).days >= QUIET_DAYS:
            family.quiet_since = newest.astimezone(now.tzinfo).date()
        found.append(family)
    return sorted(found, key=lambda family: family.place)


def _look(family: Family, rows: list[Any], replies: list[Any]) -> None:
    """Take from opened rows what the queue may say about them."""
    kinds = {reply.document.kind for reply in replies if not reply.unreadable}
    family.hard = any(row.content is not None and row.content.is_hard for row in rows)
    family.unreadable = any(row.content is None for row in rows) or any(reply.unreadable for reply in replies)
    family.plan = ReplyKind.CHECK in kinds
    family.question = ReplyKind.QUESTION in kinds
    family.waiting_since = min([*(row.shared_at for row in rows), *(reply.created_at for reply in replies)], default=None)
