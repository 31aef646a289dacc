"""When a counsellor is away: the days, the one colleague who reads instead, and handing a family over for good."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from journal.models.accounts import CentreRole
from journal.models.entries import Entry
from journal.models.journals import Journal
from journal.models.notices import Notice
from journal.models.parts import Part, SharedPart
from journal.models.shared_entries import SharedEntry
from journal.models.sharing import Share

# A family is told at the latest on the day before, and not at night: whoever is named after six in the evening
# begins a day later. Our own rule.
TOLD_AHEAD = timedelta(hours=6)
# Longer than this is no holiday: the families are handed over, with their consent. Our own figure.
LONGEST_DAYS = 92
# A family that said no is not asked for the same colleague again within this time: our own figure.
ASKED_AGAIN = timedelta(days=28)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The moment this day begins at the centre."""
    return datetime.combine(day, time(0), tzinfo=zone)


def earliest_start(now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment at which a colleague named now may read, unless the family agrees to an earlier one."""
    return midnight((now.astimezone(zone) + TOLD_AHEAD).date() + timedelta(days=1), zone)


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Who is away, and who may say so."""

    def planned_by(self, user: Any) -> Self:
        """The absences this person plans: their own, and those of the centres they manage."""
        return self.filter(counsellor__in=CentreRole.objects.planned_by(user).values("pk")).select_related("counsellor__user")

    def coming(self, role: CentreRole) -> Self:
        """One counsellor's absences that are not over, the next first."""
        rows = self.filter(counsellor=role, last_day__gte=role.today)
        return rows.select_related("colleague", "counsellor__user").order_by("first_day")

    def of_counsellors(self, roles: list[Any], since: date) -> Self:
        """For the centre's page: the absences of these counsellors that were not over on this day."""
        return self.filter(counsellor__in=roles, last_day__gte=since).select_related("colleague").order_by("first_day")


class Absence(models.Model):
    """Days on which a counsellor does not read, and the colleague who reads instead for families that allow it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    counsellor = models.ForeignKey(CentreRole, on_delete=models.CASCADE, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    colleague = models.ForeignKey(CentreRole, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="an_absence_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"absence {self.pk}"

    @transaction.atomic
    def name_colleague(self, colleague: CentreRole | None) -> int:
        """Set who reads instead, and return for how many families. Whoever was named before stops reading at once."""
        self.colleague = colleague
        self.save(update_fields=["colleague"])
        self.covers.standing().exclude(counsellor=colleague).end()
        return len(self.cover_families())

    @transaction.atomic
    def cover_families(self) -> list["Cover"]:
        """Name the colleague to every family that allows it and was not told yet; return who is covered.

        Nobody reads as a colleague where they write as a parent.
        """
        if self.colleague is None:
            return []
        now, zone = timezone.now(), self.counsellor.user.zone
        starts_at = max(midnight(self.first_day, zone), earliest_start(now, zone))
        ends_at = midnight(self.last_day + timedelta(days=1), zone)
        told = self.covers.standing().values("share")
        families = Share.objects.active().filter(counsellor=self.counsellor, cover_allowed=True).exclude(pk__in=told)
        families = families.exclude(journal__memberships__user=self.colleague.user_id)
        if starts_at < ends_at:
            rows = [
                Cover(
                    absence=self,
                    share=share,
                    journal_id=share.journal_id,
                    counsellor=self.colleague,
                    told_at=now,
                    starts_at=starts_at,
                    ends_at=ends_at,
                )
                for share in families
            ]
            Cover.objects.bulk_create(rows, ignore_conflicts=True)
            Notice.objects.tell_parents([row.journal_id for row in rows], Notice.Kind.READERS)
        return list(self.covers.standing())

    @transaction.atomic
    def end(self) -> None:
        """Take it back: nobody reads instead from this moment. Days that are over stay: nobody missed them."""
        self.covers.standing().end()
        today = self.counsellor.today
        if self.first_day >= today:
            self.delete()
        else:
            self.last_day = today - timedelta(days=1)
            self.save(update_fields=["last_day"])


class CoverQuerySet(models.QuerySet["Cover"]):
    """Who reads instead of whom. What a colleague may read is said by ``Share.objects.of_counsellor``."""

    def standing(self) -> Self:
        """Covers that hold or are still to begin."""
        return self.filter(Cover.stands())

    def holding(self) -> Self:
        """Covers of this moment, of colleagues who work there."""
        return self.filter(Cover.holds())

    def held_by(self, user: Any) -> Self:
        """The covers through which this person reads now, where the family still allows it."""
        return self.filter(Cover.holds(), Cover.is_allowed(), counsellor__user=user)

    def held(self, shares: list[Any]) -> Self:
        """The covers through which somebody reads these shares now."""
        return self.allowed().holding().filter(share__in=shares)

    def allowed(self) -> Self:
        """Covers of families that still allow one."""
        return self.filter(Cover.is_allowed())

    def begun_since(self, moment: datetime) -> Self:
        """Covers of now that began after this moment, for telling the colleague once."""
        return self.allowed().holding().filter(starts_at__gt=moment).select_related("counsellor__user").order_by("starts_at")

    def named(self, role: CentreRole) -> Self:
        """Where this counsellor reads instead, or will: for a count on their own page."""
        shares = Share.objects.active().values("pk")
        rows = self.allowed().standing().filter(counsellor=role, share__in=shares)
        return rows.select_related("share__counsellor__user").order_by("starts_at", "ends_at")

    def of_member(self, user: Any, journal: Journal) -> Self:
        """Every cover there was in one of this parent's journals."""
        rows = self.filter(journal=journal, journal__memberships__user=user)
        return rows.select_related("counsellor__centre", "share__counsellor__user", "absence").order_by("starts_at")

    def named_to(self, user: Any, journal: Journal) -> Self:
        """What this parent is told: the colleagues who read, or will, through a share that holds and allows it."""
        shares = Share.objects.active().filter(cover_allowed=True)
        rows = self.standing().filter(CentreRole.reads(), share__in=shares.values("pk"))
        return rows.of_member(user, journal)

    def beginnable_by(self, user: Any) -> Self:
        """The covers this parent may let begin sooner: of the shares they began."""
        return self.standing().filter(share__in=Share.objects.active().kept_by(user).values("pk"))

    def of_counsellors(self, roles: list[Any]) -> dict[Any, int]:
        """For the centre's page: for how many families a colleague is named beside each of these counsellors."""
        rows = self.standing().filter(share__counsellor__in=roles, share__in=Share.objects.active().values("pk")).order_by()
        counted = rows.values("share__counsellor").annotate(families=models.Count("share", distinct=True))
        return {row["share__counsellor"]: row["families"] for row in counted}

    def end(self) -> None:
        """End these now, with the colleague's half-written answers."""
        from journal.models.drafts import Draft

        for cover in self.select_related("counsellor"):
            Draft.objects.drop(user=cover.counsellor.user_id, form=Draft.Form.REPLY, target=cover.share_id)
        self.update(ended_at=timezone.now())


class Cover(models.Model):
    """One colleague reads one share between two moments, if the family still allows it. It opens nothing the share does not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="covers")
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="+")
    counsellor = models.ForeignKey(CentreRole, on_delete=models.PROTECT, related_name="covers")
    absence = models.ForeignKey(Absence, on_delete=models.SET_NULL, null=True, related_name="covers")
    # From this moment on every page of the family names both.
    told_at = models.DateTimeField(default=timezone.now)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="a_cover_ends_after_it_begins"),
            models.CheckConstraint(
                condition=models.Q(starts_at__gte=models.F("told_at")), name="a_family_is_told_before_a_cover"
            ),
            models.UniqueConstraint(
                fields=["share", "absence"], condition=models.Q(ended_at=None), name="one_colleague_reads_instead"
            ),
        ]
        indexes = [models.Index(fields=["counsellor", "ends_at"], name="cover_by_counsellor")]

    def __str__(self) -> str:
        return f"cover {self.pk}"

    @staticmethod
    def stands() -> models.Q:
        """Whether one holds or is still to begin: a condition on its row."""
        return models.Q(ended_at=None, ends_at__gt=timezone.now())

    @staticmethod
    def holds() -> models.Q:
        """Whether one holds at this moment, and its colleague works there."""
        return models.Q(Cover.stands(), CentreRole.reads(), starts_at__lte=timezone.now())

    @staticmethod
    def is_allowed() -> models.Q:
        """Whether its family still allows one."""
        return models.Q(share__cover_allowed=True)

    @property
    def has_begun(self) -> bool:
        """Whether the colleague reads already."""
        return self.starts_at <= timezone.now()

    @property
    def until(self) -> date:
        """The last day, by the clock of the centre."""
        return (self.ends_at - timedelta(seconds=1)).astimezone(self.share.counsellor.user.zone).date()

    def begin_now(self, user: Any) -> None:
        """The family agrees that the colleague begins at once."""
        if not self.has_begun:
            self.starts_at, self.confirmed_by = timezone.now(), user
            self.save(update_fields=["starts_at", "confirmed_by"])


class HandoverQuerySet(models.QuerySet["Handover"]):
    """Proposals that another counsellor reads from now on."""

    def open(self) -> Self:
        """Proposals a family can still answer: the share runs, and who would take over works there."""
        return self.filter(Share.going_on("share__"), CentreRole.reads(), answered_at=None, withdrawn_at=None)

    def of_member(self, user: Any, journal: Journal) -> Self:
        """What was proposed to one of this parent's journals and waits for them."""
        rows = self.open().filter(journal=journal, journal__memberships__user=user)
        return rows.select_related("counsellor__centre", "share__counsellor__centre").order_by("proposed_at")

    def agreeable_by(self, user: Any) -> Self:
        """What this parent may agree to: the shares they began themselves."""
        return self.open().filter(share__in=Share.objects.kept_by(user).values("pk"))

    def of_counsellor(self, user: Any) -> Self:
        """What waits for the families this counsellor reads."""
        return self.open().filter(share__in=Share.objects.named(user).values("pk")).select_related("counsellor")

    def about(self, *shares: Share) -> Self:
        """What waits about shares that the parent or the counsellor who asks has looked up. Most often nothing does."""
        waiting = [*self.filter(share__in=shares, answered_at=None, withdrawn_at=None).values_list("pk", flat=True)]
        if not waiting:
            return self.none()
        return self.open().filter(pk__in=waiting).select_related("counsellor").order_by("proposed_at")

    def count_by_counsellor(self, roles: list[Any]) -> dict[Any, int]:
        """How many proposals wait beside each of these counsellors: a number, for the centre's page."""
        rows = self.open().filter(share__counsellor__in=roles).order_by().values("share__counsellor")
        return {row["share__counsellor"]: row["waiting"] for row in rows.annotate(waiting=models.Count("pk"))}

    @transaction.atomic
    def propose(self, *, share: Share, counsellor: CentreRole, by: Any) -> "Handover | None":
        """Ask the family; None where they said no to this colleague lately, or let them read already.

        A newer proposal takes the place of an older one: a family decides about one name at a time.
        """
        since = timezone.now() - ASKED_AGAIN
        declined = self.filter(share=share, counsellor=counsellor, agreed=False, answered_at__gt=since)
        if declined.exists() or Share.objects.active().filter(journal=share.journal_id, counsellor=counsellor).exists():
            return None
        waiting = self.filter(share=share, answered_at=None, withdrawn_at=None)
        if same := waiting.filter(counsellor=counsellor).first():
            return same
        waiting.update(withdrawn_at=timezone.now())
        Notice.objects.tell_parents([share.journal_id], Notice.Kind.READERS)
        return self.create(share=share, journal_id=share.journal_id, counsellor=counsellor, proposed_by=by)


class Handover(models.Model):
    """A proposal that another counsellor reads from now on. It opens nothing until the parent who began the share agrees."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="handovers")
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="+")
    counsellor = models.ForeignKey(CentreRole, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    agreed = models.BooleanField(default=False)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["share"], condition=models.Q(answered_at=None, withdrawn_at=None), name="one_handover_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(agreed=False) | models.Q(answered_at__isnull=False), name="who_agrees_has_answered"
            ),
        ]

    def __str__(self) -> str:
        return f"handover {self.pk}"

    def may_take_page(self, user: Any) -> bool:
        """Whether the family's page can go along: it stands open until now, and this parent lets something be read."""
        opened = SharedPart.objects.of_share(self.share).filter(part=Part.PAGE)
        return self.share.choice_of(user) != Share.Default.NOTHING and opened.exists()

    @transaction.atomic
    def agree(self, user: Any, *, with_entries: bool, with_page: bool = False) -> Share:
        """Begin a new share with this parent's own choice, and end the old one.

        What was readable before is opened only if this parent says so, and only what they wrote: nobody opens what the
        other parent chose for one person. Whether the new one has read it is not known yet; what was reviewed stays so.
        The page is all parents': it goes along where it stands open until now, and either closes it again.
        """
        Journal.lock(self.journal_id)
        old = self.share
        takes_page = with_page and self.may_take_page(user)
        share = Share.objects.active().filter(journal=self.journal_id, counsellor=self.counsellor).first() or Share.start(
            journal=self.journal, counsellor=self.counsellor, granted_by=user, default=old.choice_of(user)
        )
        if with_entries:
            mine = SharedEntry.objects.filter(
                share=old, entry__author=user, entry__audience=Entry.Audience.FAMILY, entry__deleted_at=None
            )
            copies = [
                SharedEntry(
                    share=share,
                    entry_id=row.entry_id,
                    journal_id=row.journal_id,
                    shared_at=row.shared_at,
                    reviewed_at=row.reviewed_at,
                )
                for row in mine
            ]
            SharedEntry.objects.bulk_create(copies, ignore_conflicts=True)
        old.revoke()
        if takes_page:
            SharedPart.objects.set_open(user, share, Part.PAGE, opened=True)
        self._answer(user, agreed=True)
        return share

    def decline(self, user: Any) -> None:
        """Change nothing: whoever reads, reads on."""
        self._answer(user, agreed=False)

    def withdraw(self) -> None:
        """Take the proposal back."""
        self.withdrawn_at = timezone.now()
        self.save(update_fields=["withdrawn_at"])

    def _answer(self, user: Any, *, agreed: bool) -> None:
        self.agreed, self.answered_by, self.answered_at = agreed, user, timezone.now()
        self.save(update_fields=["agreed", "answered_by", "answered_at"])


def leave(role: CentreRole) -> None:
    """Somebody left a centre: nothing is read instead of them or by them, and their half-written answers are gone.

    Their families are told, and those they read for a colleague.
    """
    from journal.models.drafts import Draft

    read = Share.objects.running().filter(
        models.Q(counsellor=role) | models.Q(covers__in=Cover.objects.named(role).order_by().values("pk"))
    )
    Notice.objects.tell_parents(set(read.values_list("journal", flat=True)), Notice.Kind.READERS)
    Cover.objects.standing().filter(models.Q(counsellor=role) | models.Q(share__counsellor=role)).end()
    Absence.objects.filter(colleague=role).update(colleague=None)
    Absence.objects.filter(counsellor=role, last_day__gte=role.today).delete()
    Handover.objects.open().filter(counsellor=role).update(withdrawn_at=timezone.now())
    targets = Share.objects.filter(models.Q(counsellor=role) | models.Q(covers__counsellor=role))
    Draft.objects.filter(user=role.user_id, form=Draft.Form.REPLY, target__in=targets.values("pk")).delete()
