"""Letting a counsellor read: shares, the entries chosen for each, and the codes that start one."""

import secrets
import uuid
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models, transaction
from django.db.models.functions import RowNumber
from django.utils import timezone

from journal.models.accounts import CentreRole
from journal.models.entries import Entry
from journal.models.journals import Journal
from journal.reading import Overdue, overdue
from journal.vault import fingerprint

SHARE_DAYS = 182  # six months; then the family is asked again
LONGEST_SHARE_DAYS = 366  # no family is let read for longer without being asked
ASK_DAYS = 14  # so long before the end the question stands on the first page
LATER_DAYS = 3  # "ask me later" keeps it off that page for so long
CODE_HOURS = 72
CODE_LENGTH = 8
# Without letters and digits that are taken for another when read aloud or written by hand.
CODE_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class ShareQuerySet(models.QuerySet["Share"]):
    """Which shares hold, now: dates, revocation and an active counsellor must agree."""

    def active(self) -> Self:
        """Shares that open something at this moment. Nothing about it is cached beyond the request."""
        now = timezone.now()
        return self.filter(
            models.Q(ends_at=None) | models.Q(ends_at__gt=now),
            revoked_at=None,
            starts_at__lte=now,
            counsellor__in=CentreRole.objects.active().filter(role=CentreRole.Role.COUNSELLOR).values("pk"),
        )

    def of_member(self, user: Any, journal: Journal) -> Self:
        """Every share of one of this parent's journals, ended ones too."""
        return (
            self.filter(journal=journal, journal__memberships__user=user)
            .select_related("counsellor__centre", "counsellor__user", "granted_by", "journal")
            .order_by("starts_at")
        )

    def of_counsellor(self, user: Any) -> Self:
        """The shares through which this person reads, now."""
        return (
            self.active()
            .filter(counsellor__user=user, counsellor__user__is_active=True)
            .select_related("journal", "counsellor__centre")
        )

    def count_by_counsellor(self, roles: list[Any]) -> dict[Any, int]:
        """How many families each of these counsellors reads now: a number, for the centre's page."""
        rows = self.active().filter(counsellor__in=roles).order_by().values("counsellor").annotate(families=models.Count("pk"))
        return {row["counsellor"]: row["families"] for row in rows}

    def taking_new_entries(self, journal: Journal, author: Any) -> Self:
        """Active shares for which this author's new entries are readable unless they keep one.

        The choice is that of the parent who made it: nobody opens what another parent will write.
        """
        own = ShareChoice.objects.filter(user=author, default=Share.Default.NEW).values("share")
        shares = self.active().filter(journal=journal).exclude(default=Share.Default.NOTHING)
        return shares.filter(models.Q(granted_by=author, default=Share.Default.NEW) | models.Q(pk__in=own))

    def open_to(self, user: Any) -> Self:
        """Active shares for which this parent can choose an entry of theirs: none they said "nothing" to."""
        closed = ShareChoice.objects.filter(user=user, default=Share.Default.NOTHING).values("share")
        return self.active().exclude(default=Share.Default.NOTHING).exclude(pk__in=closed)

    def unless_later(self, user: Any, today: date) -> Self:
        """All but those this parent asked to be left alone about until a day that has not come."""
        return self.exclude(pk__in=ShareChoice.objects.filter(user=user, quiet_until__gt=today).values("share"))

    def ending(self, now: datetime) -> Self:
        """Shares that end within two weeks, or ended in the last two: the family is asked, or told."""
        return self.filter(
            revoked_at=None, ends_at__lte=now + timedelta(days=ASK_DAYS), ends_at__gt=now - timedelta(days=ASK_DAYS)
        )


class Share(models.Model):
    """A family lets one counsellor read. The default says what a *new* entry does; by itself it makes nothing visible."""

    class Default(models.TextChoices):
        NEW = "new"
        CHOSEN = "chosen"
        NOTHING = "nothing"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="shares")
    counsellor = models.ForeignKey(CentreRole, on_delete=models.PROTECT, related_name="shares")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    default = models.CharField(max_length=7, choices=Default, default=Default.CHOSEN)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["journal", "counsellor"], condition=models.Q(revoked_at=None), name="one_open_share_per_counsellor"
            ),
        ]

    def __str__(self) -> str:
        return f"share {self.pk}"

    @classmethod
    @transaction.atomic
    def start(
        cls, *, journal: Journal, counsellor: CentreRole, granted_by: Any, default: str, ends_at: datetime | None = None
    ) -> "Share":
        """Begin a share, or set an open one anew, for six months or until ``ends_at``. By itself it opens nothing written before.

        Where the other parent began it and it holds, the choice is this parent's own, about what they write.
        """
        now = timezone.now()
        share = cls.objects.filter(journal=journal, counsellor=counsellor, revoked_at=None).first()
        if share is None:
            share = cls(journal=journal, counsellor=counsellor)
        elif share.is_active and share.granted_by != granted_by and share.beginner_writes:
            share.choose(granted_by, default)  # it holds already, as long as the other parent chose
            return share
        elif default == cls.Default.NOTHING or not share.is_active:
            # A share that ended by its date keeps its rows: they may not open again with the new one.
            share._close()
        share.granted_by, share.default = granted_by, default
        share.starts_at, share.ends_at = now, ends_at or now + timedelta(days=SHARE_DAYS)
        share.save()
        share.choices.filter(user=granted_by).delete()
        return share

    @property
    def is_active(self) -> bool:
        """Whether it opens something at this moment; the rule is the queryset's."""
        return Share.objects.active().filter(pk=self.pk).exists()

    @property
    def beginner_writes(self) -> bool:
        """Whether the parent who began it still writes in the journal, and can let it go on."""
        return self.journal.memberships.filter(user=self.granted_by_id).exists()

    @property
    def is_asking(self) -> bool:
        """Whether the end is so near that the family is asked whether to go on."""
        return self.ends_at is not None and self.ends_at <= timezone.now() + timedelta(days=ASK_DAYS)

    def last_day(self, zone: ZoneInfo) -> date | None:
        """The last day on which it can be read, where the parent lives."""
        return (self.ends_at - timedelta(microseconds=1)).astimezone(zone).date() if self.ends_at else None

    def choice_of(self, user: Any) -> str:
        """What this parent's entries do: their own choice; "nothing" of the one who began it holds for all."""
        if self.default == Share.Default.NOTHING or self.granted_by_id == user.pk:
            return self.default
        own = self.choices.filter(user=user).first()
        return own.default if own else Share.Default.CHOSEN.value

    def would_widen(self, user: Any, default: str) -> bool:
        """Whether this choice lets more be read than this parent's present one."""
        order = [Share.Default.NOTHING, Share.Default.CHOSEN, Share.Default.NEW]
        return order.index(Share.Default(default)) > order.index(Share.Default(self.choice_of(user)))

    @transaction.atomic
    def choose(self, user: Any, default: str) -> None:
        """Set what this parent's entries do. "Nothing" closes theirs; said by the one who began it, everybody's."""
        Share.objects.select_for_update().get(pk=self.pk)
        if self.granted_by_id == user.pk:
            self.set_default(default)
            return
        ShareChoice.objects.update_or_create(share=self, user=user, defaults={"default": default})
        if default == Share.Default.NOTHING:
            SharedEntry.objects.filter(share=self, entry__author=user).delete()

    def end_on(self, day: date, zone: ZoneInfo) -> None:
        """Let it end when this day is over where the parent lives."""
        self.ends_at = end_of(day, zone)
        self.save(update_fields=["ends_at"])

    def go_on(self) -> None:
        """The answer to the question: six months more from now."""
        self.ends_at = timezone.now() + timedelta(days=SHARE_DAYS)
        self.save(update_fields=["ends_at"])

    def ask_later(self, user: Any, today: date) -> None:
        """Keep the question off this parent's first page for some days; the share ends on its day all the same.

        That it ended is said once: whoever has seen it need not see it again.
        """
        ended = self.ends_at is not None and self.ends_at <= timezone.now()
        quiet_until = today + timedelta(days=ASK_DAYS + 1 if ended else LATER_DAYS)
        ShareChoice.objects.update_or_create(share=self, user=user, defaults={"quiet_until": quiet_until})

    @transaction.atomic
    def reach_back(self, author: Any, since: date, *, private: bool = False) -> int:
        """Open what this parent wrote since a day, and return how much that was; see ``opens_behind``."""
        Share.objects.select_for_update().get(pk=self.pk)
        if not Share.objects.filter(pk=self.pk).open_to(author).exists():
            return 0
        now = timezone.now()
        behind = Entry.objects.behind(author, self.journal, since, share=self)
        ids = list(behind.opens_behind(author, self.journal, private=private).values_list("pk", flat=True))
        for start in range(0, len(ids), 500):
            # A change like one by one: forms made before are out of date, and close nothing unseen.
            rows = Entry.objects.filter(pk__in=ids[start : start + 500])
            rows.filter(family_at=None).update(family_at=now)
            rows.update(audience=Entry.Audience.FAMILY, version=models.F("version") + 1)
        opened = [SharedEntry(share=self, entry_id=pk, journal_id=self.journal_id, shared_at=now) for pk in ids]
        SharedEntry.objects.bulk_create(opened, ignore_conflicts=True)
        return len(ids)

    def set_default(self, default: str) -> None:
        """Set what a new entry does. With ``nothing`` what was chosen before is closed too."""
        with transaction.atomic():
            self.default = default
            self.save(update_fields=["default"])
            if default == Share.Default.NOTHING:
                self._close()

    @transaction.atomic
    def revoke(self) -> None:
        """End it: from the next request on the counsellor meets what was never there. Drafts about it go too."""
        from journal.models.drafts import Draft

        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])
        self._close()
        Draft.objects.filter(form="reply", target=self.pk).delete()

    def _close(self) -> None:
        """Close what was opened through this share: entries, the other parts of the journal, and the sheet of a visit."""
        from journal.models.visits import VisitPlan

        SharedEntry.objects.filter(share=self).delete()
        self.parts.all().delete()
        VisitPlan.objects.close_sheets(self)
        # What is closed for all begins small for all: no parent's earlier "new entries" opens again by another's act.
        self.choices.filter(default=Share.Default.NEW).update(default=Share.Default.CHOSEN)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The moment a day is over in a zone."""
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone)


class ShareChoice(models.Model):
    """What one parent chose about a share: what their own entries do, where another parent began it, and "ask me later"."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="choices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    default = models.CharField(max_length=7, choices=Share.Default, default=Share.Default.CHOSEN)
    quiet_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "user"], name="one_choice_a_parent_and_share")]

    def __str__(self) -> str:
        return f"choice about {self.share_id}"


class SharedEntryQuerySet(models.QuerySet["SharedEntry"]):
    """The one thing that lets a counsellor see an entry."""

    def readable_by(self, user: Any) -> Self:
        """What this counsellor may read now: entries nobody kept to themselves or put in the bin."""
        return self.filter(
            share__in=Share.objects.of_counsellor(user).values("pk"),
            entry__audience=Entry.Audience.FAMILY,
            entry__deleted_at=None,
        )

    def count_waiting(self, user: Any) -> dict[Any, int]:
        """How many entries wait in each of this counsellor's shares, however many there are."""
        rows = self.readable_by(user).filter(reviewed_at=None).order_by().values("share").annotate(entries=models.Count("pk"))
        return {row["share"]: row["entries"] for row in rows}

    def newest_of(self, user: Any) -> dict[Any, Any]:
        """When each of this counsellor's families last let them read something: one look into the index for each."""
        newest = self.readable_by(user).filter(share=models.OuterRef("pk")).order_by("-shared_at").values("shared_at")[:1]
        shares = Share.objects.of_counsellor(user).select_related(None).annotate(newest=models.Subquery(newest))
        return dict(shares.values_list("pk", "newest"))

    def waiting_for(self, user: Any) -> Self:
        """What this counsellor has not reviewed yet, oldest first, with the entries."""
        return self.readable_by(user).filter(reviewed_at=None).select_related("entry", "share").order_by("shared_at", "id")

    def of_entries(self, user: Any, entries: Any) -> Self:
        """For a parent: who may read these entries, and whether they have."""
        return (
            self.filter(entry__in=entries, journal__memberships__user=user, share__in=Share.objects.active().values("pk"))
            .select_related("share__counsellor__user", "share__counsellor__centre")
            .order_by("share__starts_at", "id")
        )

    def count_by_share(self, shares: list[Any]) -> dict[Any, int]:
        """How many entries can be read through each of these shares."""
        rows = self.filter(share__in=shares, entry__audience=Entry.Audience.FAMILY, entry__deleted_at=None).order_by()
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
        waiting = self.filter(
            share__in=Share.objects.active().filter(counsellor__in=by_pk).values("pk"),
            read_at=None,
            entry__audience=Entry.Audience.FAMILY,
            entry__deleted_at=None,
        ).values_list("pk", "share__counsellor", "shared_at")
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
    reviewed_at = models.DateTimeField(null=True, blank=True)
    # When a manager was shown that it was not read on its day.
    told_at = models.DateTimeField(null=True, blank=True)

    objects = SharedEntryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "entry"], name="an_entry_is_shared_once")]
        indexes = [
            models.Index(fields=["share", "shared_at"], condition=models.Q(reviewed_at=None), name="shared_waiting"),
            models.Index(fields=["share", "-shared_at"], name="shared_newest"),
        ]

    def __str__(self) -> str:
        return f"shared entry {self.pk}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Codes and links: found by their fingerprint, while they hold."""

    def open(self, kind: str) -> Self:
        """Invitations of a kind that are neither used nor expired."""
        return self.filter(kind=kind, used_at=None, expires_at__gt=timezone.now())

    def by_code(self, code: str) -> "Invitation | None":
        """The open counsellor's code a parent typed, or None. Spaces, hyphens and small letters are forgiven."""
        typed = "".join(sign for sign in code.upper() if sign in CODE_SIGNS)
        active = CentreRole.objects.active().filter(role=CentreRole.Role.COUNSELLOR)
        codes = self.open(Invitation.Kind.CODE).filter(token_hash=fingerprint(typed), counsellor__in=active.values("pk"))
        return codes.select_related("counsellor__centre").first()

    def by_link(self, token: str) -> "Invitation | None":
        """The open sign-up link of somebody at a centre, or None; void where the account has a password or a journal."""
        links = self.open(Invitation.Kind.SIGN_UP).filter(token_hash=fingerprint(token), counsellor__deactivated_at=None)
        # Whoever holds the link sets the password: it may not become the key to what a parent wrote.
        links = links.filter(
            counsellor__user__password__startswith=UNUSABLE_PASSWORD_PREFIX, counsellor__user__memberships__isnull=True
        )
        return links.select_related("counsellor__user", "counsellor__centre").first()


class Invitation(models.Model):
    """A code or link: hashed, used once, gone after 72 hours. It opens nothing by itself."""

    class Kind(models.TextChoices):
        CODE = "code"
        SIGN_UP = "sign_up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    token_hash = models.CharField(max_length=64, unique=True)
    counsellor = models.ForeignKey(CentreRole, on_delete=models.CASCADE, related_name="invitations")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @classmethod
    def make(cls, kind: str, counsellor: CentreRole) -> str:
        """Store an invitation and return its code or token, which is shown once and kept nowhere."""
        if kind == cls.Kind.CODE:
            token = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
        else:
            token = secrets.token_urlsafe(32)
        expires_at = timezone.now() + timedelta(hours=CODE_HOURS)
        cls.objects.create(kind=kind, token_hash=fingerprint(token), counsellor=counsellor, expires_at=expires_at)
        return token

    def use(self) -> bool:
        """Use it up; return False when somebody else was quicker."""
        return bool(Invitation.objects.filter(pk=self.pk, used_at=None).update(used_at=timezone.now()))
