"""The entries chosen for a counsellor: who may read each, and when it was read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from django.db import models, transaction
from django.db.models.functions import RowNumber
from django.utils import timezone

from journal.models.accounts import CentreRole
from journal.models.entries import Entry, EntryContent, content_of
from journal.models.journals import Journal
from journal.models.keys import JournalKey
from journal.models.sealed import open_rows
from journal.models.sharing import Share
from journal.reading import Overdue, overdue

# What lets an entry that was chosen be seen: nobody kept it to themselves afterwards, or put it in the bin.
STANDS: dict[str, Any] = {"entry__audience": Entry.Audience.FAMILY, "entry__deleted_at": None}


@dataclass(frozen=True, slots=True)
class Opened:
    """What one shared entry says, as the queue looks at it; ``content`` is None where it cannot be opened."""

    share_id: UUID
    shared_at: datetime
    content: EntryContent | None


class SharedEntryQuerySet(models.QuerySet["SharedEntry"]):
    """The one thing that lets a counsellor see an entry."""

    def standing(self) -> Self:
        """Those whose entry nobody kept to themselves afterwards, or put in the bin."""
        return self.filter(**STANDS)

    def readable_by(self, user: Any) -> Self:
        """What this counsellor may read now."""
        return self.through(Share.objects.of_counsellor(user).values("pk"))

    def through(self, shares: Any) -> Self:
        """What these shares open, looked up by who reads through them: a page asks several times, and resolves them once."""
        return self.filter(**STANDS, share__in=shares)

    def waiting_in(self, shares: Any) -> Self:
        """What has not been reviewed in these shares, oldest first."""
        return self.filter(**STANDS, share__in=shares, reviewed_at=None).order_by("shared_at", "id")

    def opened(self, most: int, shares: Iterable[Share], beside: Iterable[Any] = ()) -> list[Opened]:
        """What these say that some shares open, with no model for each: hundreds stand behind one page.

        ``beside`` is opened with the same keys.
        """
        journal = {share.pk: share.journal_id for share in shares}
        rows = list(self.values_list("share", "shared_at", "entry", "entry__sealed")[:most])
        keys = JournalKey.objects.unwrapped({journal[share] for share, *_ in rows} | {row.key_journal for row in beside})
        open_rows(beside, keys=keys)
        return [Opened(share, at, content_of(keys, journal[share], pk, sealed)) for share, at, pk, sealed in rows]

    def count_waiting(self, shares: Any) -> dict[Any, int]:
        """How many entries wait in each of these shares, however many there are."""
        rows = self.through(shares).filter(reviewed_at=None).order_by().values("share").annotate(entries=models.Count("pk"))
        return {row["share"]: row["entries"] for row in rows}

    def with_newest(self, shares: models.QuerySet[Share]) -> models.QuerySet[Share]:
        """These shares, each with when something was last opened through it: one look into the index for each."""
        newest = self.standing().filter(share=models.OuterRef("pk")).order_by("-shared_at").values("shared_at")[:1]
        # Most have one counsellor, who is fetched once for all of them.
        rows = shares.select_related(None).select_related("journal").only("default", "counsellor", "journal__tree")
        return rows.fetch_mode(models.FETCH_PEERS).annotate(newest=models.Subquery(newest))

    def of_entries(self, entries: Iterable[Any], shares: Iterable[Share]) -> list["SharedEntry"]:
        """For a parent: through which of their shares these entries may be read, in the shares' order, and whether they were."""
        by_pk = {share.pk: share for share in shares}
        # Who read it is named where it was a colleague, and fetched there for all rows at once.
        rows = self.filter(entry__in=entries, share__in=list(by_pk)).fetch_mode(models.FETCH_PEERS) if by_pk else []
        found: dict[Any, list[SharedEntry]] = {pk: [] for pk in by_pk}
        for row in rows:
            row.share = by_pk[row.share_id]
            found[row.share_id].append(row)
        return [row for in_share in found.values() for row in in_share]

    def oldest_unread(self, roles: list[Any]) -> dict[Any, Any]:
        """When the oldest entry each of these counsellors has not opened was given to them: a moment, for the centre's page."""
        rows = self.given_to(roles).filter(read_at=None).order_by().values("share__counsellor")
        return {row["share__counsellor"]: row["oldest"] for row in rows.annotate(oldest=models.Min("shared_at"))}

    def given_to(self, roles: Iterable[Any]) -> Self:
        """What families let these counsellors read, read or not: for counts and ages alone."""
        return self.standing().filter(share__in=Share.objects.active().filter(counsellor__in=roles).values("pk"))

    def waited_for(self, roles: list[Any], since: Any) -> Any:
        """Counsellor, given, opened: what waited for these counsellors at some moment since then. Times, nothing else."""
        # Two looks into one index: an "or" would go through everything these counsellors were ever given.
        rows = self.given_to(roles).order_by().values_list("share__counsellor", "shared_at", "read_at")
        return rows.filter(read_at=None).union(rows.filter(read_at__gt=since), all=True)

    def count_by_share(self, shares: list[Any]) -> dict[Any, int]:
        """How many entries can be read through each of these shares."""
        rows = self.standing().filter(share__in=shares).order_by()
        return {row["share"]: row["entries"] for row in rows.values("share").annotate(entries=models.Count("pk"))}

    def read_lately(self, shares: Any, most: int = 20) -> dict[Any, list[tuple[datetime, datetime]]]:
        """When the newest entries of each of these shares were opened to it, and when they were read."""
        newest = models.Window(RowNumber(), partition_by=[models.F("share")], order_by=models.F("shared_at").desc())
        rows = self.filter(share__in=shares, read_at__isnull=False).annotate(place=newest).filter(place__lte=most)
        found: dict[Any, list[tuple[datetime, datetime]]] = {}
        for share, shared_at, read_at in rows.values_list("share", "shared_at", "read_at"):
            if read_at:
                found.setdefault(share, []).append((shared_at, read_at))
        return found

    @transaction.atomic
    def tell_missed(self, roles: Iterable[CentreRole], now: datetime) -> dict[Any, Overdue]:
        """What these counsellors did not read on the day it was promised for, as counts, for their manager's page.

        From here on the centre has been told, and the family's page says so.
        """
        by_pk = {role.pk: role for role in roles}
        models.prefetch_related_objects(list(by_pk.values()), "absences")
        waiting = self.given_to(by_pk).filter(read_at=None).values_list("pk", "share__counsellor", "shared_at")
        late: dict[Any, list[date]] = {}
        rows = []
        for pk, counsellor, shared_at in waiting:
            wait = by_pk[counsellor].wait(shared_at, now)
            if wait.missed:
                rows.append(pk)
                late.setdefault(counsellor, []).append(wait.missed)
        for start in range(0, len(rows), 500):
            self.filter(pk__in=rows[start : start + 500], told_at=None).update(told_at=now)
        return {pk: overdue(days, now.astimezone(by_pk[pk].user.zone).date()) for pk, days in late.items()}


class SharedEntry(models.Model):
    """An entry chosen for one counsellor. Deleted by "keep to myself"."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="entries")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="shared")
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="+")
    shared_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    # Who read it first, where that was not the share's own counsellor.
    read_by = models.ForeignKey(CentreRole, on_delete=models.SET_NULL, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    # When a manager was shown that it was not read on its day.
    told_at = models.DateTimeField(null=True, blank=True)

    objects = SharedEntryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "entry"], name="an_entry_is_shared_once")]
        indexes = [
            models.Index(fields=["share", "shared_at"], condition=models.Q(reviewed_at=None), name="shared_waiting"),
            models.Index(fields=["share", "-shared_at"], name="shared_newest"),
            models.Index(fields=["share", "read_at"], name="shared_read"),
        ]

    def __str__(self) -> str:
        return f"shared entry {self.pk}"
