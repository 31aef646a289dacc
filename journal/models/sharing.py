"""Letting a counsellor read: shares, and what each parent chose about one."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from journal.models.accounts import CentreRole
from journal.models.entries import Entry
from journal.models.journals import Journal, Membership

SHARE_DAYS = 182  # six months; then the family is asked again
LONGEST_SHARE_DAYS = 366  # no family is let read for longer without being asked
ASK_DAYS = 14  # so long before the end the question stands on the first page
LATER_DAYS = 3  # "ask me later" keeps it off that page for so long


class ShareQuerySet(models.QuerySet["Share"]):
    """Which shares hold, now: dates, revocation and an active counsellor must agree."""

    def active(self) -> Self:
        """Shares that open something at this moment. Nothing about it is cached beyond the request."""
        return self.filter(Share.holding())

    def opening(self) -> Self:
        """Through these something may be opened: the rule is ``Share.lets_open``."""
        return self.filter(Share.lets_open())

    def of_member(self, user: Any, journal: Journal) -> Self:
        """Every share of one of this parent's journals, ended ones too."""
        return (
            self.filter(journal=journal, journal__memberships__user=user)
            .select_related("counsellor__centre", "counsellor__user", "granted_by", "journal")
            .order_by("starts_at")
        )

    def for_member(self, membership: Membership) -> Self:
        """The same for a membership that is at hand, which is the shares' journal too.

        Who began it is said in few places: where it is, it comes for all rows at once.
        """
        rows = self.filter(journal=membership.journal_id).order_by("starts_at")
        return rows.select_related("counsellor__centre", "counsellor__user").fetch_mode(models.FETCH_PEERS)

    def of_counsellor(self, user: Any) -> Self:
        """The shares through which this person reads, now: their own, and those of a colleague they read instead of.

        A cover opens exactly what the share opens, between its dates, while the family allows it and both work there.
        """
        from journal.models.cover import Cover

        covered = models.Q(pk__in=Cover.objects.held_by(user).values("share"))
        own = models.Q(counsellor__user=user)
        return self.filter(Share.holding(), own | covered).select_related("journal", "counsellor__centre")

    def read_by(self, user: Any, pk: Any) -> "Share | None":
        """One of these. Most are a counsellor's own: whom they read instead of is asked where it is none."""
        return self.named(user).filter(pk=pk).first() or self.of_counsellor(user).filter(pk=pk).first()

    def named(self, user: Any) -> Self:
        """The shares families gave to this person by name: what no cover opens, such as the sheet of a visit."""
        return self.filter(Share.holding(), counsellor__user=user).select_related("journal", "counsellor__centre")

    def kept_by(self, user: Any) -> Self:
        """The shares this parent may widen: those they began, and those whose beginner no longer writes there."""
        began = Membership.objects.filter(journal=models.OuterRef("journal"), user=models.OuterRef("granted_by"))
        return self.filter(models.Q(granted_by=user) | ~models.Exists(began), journal__memberships__user=user)

    def running_of(self, role: CentreRole) -> Self:
        """Those of one counsellor: whom the manager of a centre asks, without seeing who they are."""
        return self.running().filter(counsellor=role)

    def running(self) -> Self:
        """Shares no family has ended and no date, whether or not their counsellor still works there."""
        return self.filter(Share.going_on())

    def ending(self, by: datetime) -> Self:
        """Those that go on now and end by this moment."""
        return self.filter(revoked_at=None, ends_at__gt=timezone.now(), ends_at__lte=by)

    def count_by_counsellor(self, roles: list[Any]) -> dict[Any, int]:
        """How many families each of these counsellors reads now: a number, for the centre's page."""
        rows = self.active().filter(counsellor__in=roles).order_by().values("counsellor").annotate(families=models.Count("pk"))
        return {row["counsellor"]: row["families"] for row in rows}

    def taking_new_entries(self, journal: Journal, author: Any) -> Self:
        """Active shares for which this author's new entries are readable unless they keep one.

        The choice is that of the parent who made it: nobody opens what another parent will write.
        """
        own = ShareChoice.objects.filter(user=author, default=Share.Default.NEW).values("share")
        new = models.Q(granted_by=author, default=Share.Default.NEW) | models.Q(pk__in=own)
        return self.filter(Share.holding(), Share.lets_open(), new, journal=journal)

    def open_to(self, user: Any) -> Self:
        """Active shares for which this parent can choose an entry of theirs: none they said "nothing" to."""
        closed = ShareChoice.objects.filter(user=user, default=Share.Default.NOTHING).values("share")
        return self.active().opening().exclude(pk__in=closed)

    def unless_later(self, user: Any, today: date) -> Self:
        """All but those this parent asked to be left alone about until a day that has not come."""
        return self.exclude(pk__in=ShareChoice.objects.filter(user=user, quiet_until__gt=today).values("share"))

    def lately(self) -> Self:
        """Shares that run, or ended by their date in the last two weeks; ``holds`` says which open something now."""
        since = timezone.now() - timedelta(days=ASK_DAYS)
        rows = self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=since), revoked_at=None)
        return rows.annotate(holds=Share.holding())


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
    # "If she is away, one named colleague may read": off until a parent ticks it.
    cover_allowed = models.BooleanField(default=False)
    # On the queue of a colleague who reads instead: the name of the counsellor whose family it is.
    covering_for: str = ""

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
        if not share.is_active:
            share.cover_allowed = False  # asked anew with each beginning
        share.granted_by, share.default = granted_by, default
        share.starts_at, share.ends_at = now, ends_at or now + timedelta(days=SHARE_DAYS)
        share.save()
        share.choices.filter(user=granted_by).delete()
        return share

    @staticmethod
    def holding() -> models.Q:
        """Whether a share opens something now: the rule of ``ShareQuerySet.active``, as a condition on its row."""
        return models.Q(Share.going_on(), CentreRole.reads(), starts_at__lte=timezone.now())

    @staticmethod
    def going_on(share: str = "") -> models.Q:
        """Neither a family nor its date has ended it. ``share`` is the way to it from another row, such as ``share__``."""
        goes_on = models.Q(**{f"{share}ends_at": None}) | models.Q(**{f"{share}ends_at__gt": timezone.now()})
        return models.Q(goes_on, **{f"{share}revoked_at": None})

    def opens_by_name(self, user: Any) -> bool:
        """Whether a share its reader has looked up is given to them by name and opens something: ``named`` and ``opening``."""
        return self.counsellor.user_id == user.pk and self.default != Share.Default.NOTHING

    @staticmethod
    def lets_open() -> models.Q:
        """All but those whose beginner said "nothing", which holds for everybody."""
        return ~models.Q(default=Share.Default.NOTHING)

    @property
    def is_active(self) -> bool:
        """Whether it opens something at this moment; the rule is the queryset's."""
        return Share.objects.active().filter(pk=self.pk).exists()

    def reader(self, user: Any) -> CentreRole:
        """The role in which this person reads through it: the counsellor's own, or a colleague's."""
        if self.counsellor.user_id == user.pk:
            return self.counsellor
        cover = self.covers.filter(counsellor__user=user).select_related("counsellor").order_by("-starts_at").first()
        return cover.counsellor if cover else self.counsellor

    @transaction.atomic
    def allow_cover(self, allowed: bool) -> None:
        """Let one named colleague read when the counsellor is away; without it whoever reads instead stops at once."""
        self.cover_allowed = allowed
        self.save(update_fields=["cover_allowed"])
        if allowed:
            for absence in self.counsellor.absences.coming(self.counsellor):
                absence.cover_families()
        else:
            self.covers.standing().end()

    @property
    def beginner_writes(self) -> bool:
        """Whether the parent who began it still writes in the journal, and can let it go on."""
        return self.journal.memberships.filter(user=self.granted_by_id).exists()

    @property
    def is_asking(self) -> bool:
        """Whether the end is so near that the family is asked whether to go on."""
        return self.ends_at is not None and self.ends_at <= timezone.now() + timedelta(days=ASK_DAYS)

    @property
    def is_running(self) -> bool:
        """Whether neither a family nor its date has ended it, as the queryset's ``running`` asks."""
        return self.revoked_at is None and (self.ends_at is None or self.ends_at > timezone.now())

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
            self.entries.filter(entry__author=user).delete()

    def open_nothing_new(self, user: Any) -> None:
        """What this parent will write opens to nobody by itself; what the others chose stands."""
        if self.granted_by_id == user.pk and self.default == Share.Default.NEW:
            self.set_default(Share.Default.CHOSEN)
        self.choices.filter(user=user, default=Share.Default.NEW).update(default=Share.Default.CHOSEN)

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
        from journal.models.shared_entries import SharedEntry

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
        """Close what was opened through it: entries, other parts, the sheet of a visit, and what a colleague reads instead."""
        from journal.models.visits import VisitPlan

        self.covers.standing().end()
        self.entries.all().delete()
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
