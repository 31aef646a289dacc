"""Telling somebody that something is new: what they have not looked at yet, and the mails that wait to say so. No text."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from journal.models.accounts import User
from journal.models.journals import Journal, Membership

# A mail that could not be handed over is tried again after these minutes, then once a day.
RETRY_MINUTES = (1, 5, 30, 120, 360)
LATEST_RETRY_MINUTES = 24 * 60
# After this many tries (three weeks) an address is left alone; the row stays, and the operator sees it.
MOST_TRIES = 25
# So long a mail belongs to the run that took it: longer than any run lasts. A run that died lets go of it by this.
CLAIM = timedelta(hours=1)


def next_hour(hour: int, zone: ZoneInfo, now: datetime) -> tuple[date, datetime]:
    """The next moment at which it is this hour in this zone, and the day it is there then.

    An hour the clocks leave out comes when they have moved on; one they repeat counts once, the first time.
    """
    today = now.astimezone(zone).date()
    # Compared in UTC: two times of one zone would be compared by their clocks.
    days = (today + timedelta(days=ahead) for ahead in range(3))
    moments = ((day, datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)) for day in days)
    return next((day, at) for day, at in moments if at > now)


class NoticeQuerySet(models.QuerySet["Notice"]):
    """What somebody has not looked at yet, and cannot be seen from other rows."""

    def tell_parents(self, journals: Iterable[Any], kind: str) -> None:
        """Everybody who writes in these journals is to see that something of this kind is new; by mail, who wants that.

        The same number of queries for one family and for all of a counsellor's.
        """
        places = list(Membership.objects.filter(journal__in=list(journals)).select_related("user"))
        rows = [Notice(user=place.user, journal_id=place.journal_id, kind=kind) for place in places]
        Notice.objects.bulk_create(rows, ignore_conflicts=True)
        Outbox.objects.enqueue({place.user for place in places})

    def forget(self, user: Any, journal: Journal, kind: str) -> None:
        """This person has looked."""
        self.filter(user=user, journal=journal, kind=kind).delete()


class Notice(models.Model):
    """That something of a kind is new to one person, until they look."""

    class Kind(models.TextChoices):
        VISIT = "visit"
        # Who reads changes: a colleague is named, another is proposed, somebody has left.
        READERS = "readers"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "journal", "kind"], name="one_notice_of_a_kind")]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class OutboxQuerySet(models.QuerySet["Outbox"]):
    """Mails that wait: put here in the transaction of what is new, sent by `manage.py tick`."""

    def enqueue(self, users: Iterable[User], kind: str = "news", day: date | None = None) -> None:
        """Let those of these people who chose an hour be told at it: one row a person and day, however much is new.

        ``day`` names what is told once and never again, such as the end of a reading.
        """
        now = timezone.now()
        rows = []
        for user in users:
            if user.notice_hour is not None:
                due_day, due_at = next_hour(user.notice_hour, user.zone, now)
                rows.append(Outbox(user=user, kind=kind, day=day or due_day, due_at=due_at))
        if rows:
            Outbox.objects.bulk_create(rows, ignore_conflicts=True)

    def tell_parents(self, journal: UUID, but: Any = None) -> None:
        """Something is new in this journal for everybody who writes there, except for who did it."""
        users = User.objects.filter(memberships__journal=journal, notice_hour__isnull=False)
        self.enqueue(users.exclude(pk=but.pk) if but else users)

    def tell_readers(self, shares: Iterable[Any]) -> None:
        """Something was opened to the counsellors of these shares, and to the colleagues who read instead of them now."""
        from journal.models.cover import Cover

        shares = list(shares)
        if not shares:
            return
        # The shares most often come with their counsellors: then nobody is asked for.
        roles = [share.counsellor for share in shares]
        if allowed := [share.pk for share in shares if share.cover_allowed]:
            roles += [cover.counsellor for cover in Cover.objects.held(allowed).select_related("counsellor__user")]
        self.enqueue({role.user for role in roles})

    @transaction.atomic
    def choose(self, user: User, hour: int | None) -> None:
        """Set the hour at which this person is told, or None; what waited for another hour waits for this one."""
        user.notice_hour = hour
        user.save(update_fields=["notice_hour"])
        self.unsent().filter(user=user).delete()
        # Something may be new already. Where nothing is, nothing is sent.
        self.enqueue([user])

    # ---- sending

    def unsent(self) -> Self:
        """What has not been sent, given up or not."""
        return self.filter(sent_at=None)

    def due(self, now: datetime) -> Self:
        """What is to be sent, and in no other run's hands."""
        free = models.Q(claimed_at=None) | models.Q(claimed_at__lt=now - CLAIM)
        return self.unsent().filter(free, due_at__lte=now, tries__lt=MOST_TRIES)

    @transaction.atomic
    def claim(self, user_id: int, now: datetime) -> "list[Outbox]":
        """Take what one person is to be told now, for this run alone; an empty list where another run has it, or it can wait.

        The account is locked meanwhile: two runs at once send one mail.
        """
        user = User.objects.select_for_update().get(pk=user_id)
        rows = list(Outbox.objects.due(now).filter(user=user))
        others = self.unsent().filter(user=user, claimed_at__gte=now - CLAIM).exists()
        if not rows or others:
            return []
        mine = self.filter(pk__in=[row.pk for row in rows])
        if user.notice_hour is None or not user.is_active:
            mine.delete()
            return []
        if self._told_today(user, now):
            # At most one mail a day, also after one that came late.
            mine.update(due_at=next_hour(user.notice_hour, user.zone, now)[1])
            return []
        mine.update(claimed_at=now)
        for row in rows:
            row.user, row.claimed_at = user, now
        return rows

    def _told_today(self, user: User, now: datetime) -> bool:
        midnight = datetime.combine(now.astimezone(user.zone).date(), time(), tzinfo=user.zone)
        return self.filter(user=user, sent_at__gte=midnight).exists()


class Outbox(models.Model):
    """One mail that waits, or was sent: who, when, how often it was tried. What it says is the same for everybody."""

    class Kind(models.TextChoices):
        NEWS = "news"
        ENDING = "ending"
        COVER = "cover"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NEWS)
    day = models.DateField()
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "outbox"
        constraints = [models.UniqueConstraint(fields=["user", "kind", "day"], name="told_once_a_day")]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(sent_at=None), name="outbox_due"),
            models.Index(fields=["user", "sent_at"], name="outbox_told"),
            models.Index(fields=["sent_at"], condition=models.Q(sent_at__isnull=False), name="outbox_sent"),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk}"

    def mark_sent(self, at: datetime) -> None:
        """It was handed over to the mail server."""
        self.sent_at, self.claimed_at = at, None
        self.save(update_fields=["sent_at", "claimed_at"])

    def postpone(self, now: datetime) -> None:
        """It could not be handed over: later again, and each time a little later."""
        minutes = RETRY_MINUTES[self.tries] if self.tries < len(RETRY_MINUTES) else LATEST_RETRY_MINUTES
        self.tries, self.due_at, self.claimed_at = self.tries + 1, now + timedelta(minutes=minutes), None
        self.save(update_fields=["tries", "due_at", "claimed_at"])
