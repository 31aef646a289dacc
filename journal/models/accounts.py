"""Who signs in: one account a person, and what that person is at a centre."""

import secrets
import uuid
import zoneinfo
from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from journal.reading import Wait, wait

WEEKDAYS = range(7)
# Django's own, so that an account that never used the button keeps its sessions.
SESSION_SALT = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"


def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """The time zone of this name; UTC where this machine does not know it: an old name may not close a page."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


class UserManager(BaseUserManager["User"]):
    """Accounts by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a saved account; without a password it signs in by a mailed code."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. No real name is asked for; no field opens anything by itself."""

    email = models.EmailField(_("E-mail"), max_length=254, unique=True)
    display_name = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=2, choices=[("en", "English"), ("ja", "日本語")], default="en")
    country = models.CharField(max_length=2, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    # "Can someone else use this device or read your mail?" Yes or unsure is the default.
    shared_device = models.BooleanField(default=True)
    # The hour at which a mail may say that something is new, by the person's own clock; none unless they choose one.
    notice_hour = models.PositiveSmallIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    # Part of what every session is compared with: a new one ends them all, with the next request.
    session_salt = models.CharField(max_length=32, blank=True, default="", db_default="")
    # When a mail said that this account is erased because nobody uses it (journal/unused.py).
    warned_at = models.DateTimeField(null=True, blank=True)
    # While somebody has asked that this account's second check be taken away (Recovery): every page says so without a query.
    recovery_due_at = models.DateTimeField(null=True, blank=True)
    # Which words of the consent this person agreed to last (Consent); empty where they took it back, since then.
    consent_version = models.CharField(max_length=20, blank=True, default="", db_default="")
    consent_ended_at = models.DateTimeField(null=True, blank=True)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email")]
        indexes = [
            # Who has not been here for long, and whose erasing was cut short: asked every few minutes.
            models.Index(Coalesce("last_login", "date_joined"), name="account_last_here"),
            models.Index(fields=["id"], condition=models.Q(is_active=False), name="account_closed"),
        ]

    def __str__(self) -> str:
        return f"account {self.pk}"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        salted: str = salted_hmac(SESSION_SALT, self.password + self.session_salt, secret=secret, algorithm="sha256").hexdigest()
        return salted

    def end_sessions(self) -> None:
        """Sign this person out everywhere. The session that asks has to be told its new hash to stay."""
        self.session_salt = secrets.token_hex(16)
        self.save(update_fields=["session_salt"])

    @property
    def may_write(self) -> bool:
        """Whether what this person writes may be kept: they agreed to the words of now, and did not take it back."""
        from journal.models import consents

        return self.consent_version == consents.VERSION

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The person's time zone; UTC where the stored name is not known to this machine."""
        return zone_named(self.time_zone)


class Centre(models.Model):
    """A public centre where counsellors work."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name_en = models.CharField(max_length=120)
    name_ja = models.CharField(max_length=120)
    # Who hears a complaint there, where and how, as a family reads it.
    complaints_en = models.TextField(blank=True)
    complaints_ja = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name_en

    def name(self, language: str) -> str:
        """The centre's name as families read it in this language."""
        return self.name_ja if language == "ja" else self.name_en

    def complaints(self, language: str) -> str:
        """How to reach who hears complaints, in this language; empty where the centre has not said."""
        return self.complaints_ja if language == "ja" else self.complaints_en


class CentreRoleQuerySet(models.QuerySet["CentreRole"]):
    """Who works where, and may."""

    def active(self) -> Self:
        """Those who work there and may: the rule is ``CentreRole.works``."""
        return self.filter(CentreRole.works())

    def of_user(self, user: Any) -> Self:
        """The roles of one person, active or not: whoever has one needs a second factor."""
        return self.filter(user=user, deactivated_at=None)

    def counsellor_of(self, user: Any) -> Self:
        """This person's active counsellor roles."""
        return self.active().filter(user=user, role=CentreRole.Role.COUNSELLOR).select_related("centre")

    def of_manager(self, user: Any) -> Self:
        """Everyone at the centres this person manages."""
        managed = CentreRole.objects.active().filter(user=user, role=CentreRole.Role.MANAGER)
        return self.filter(centre__in=managed.values("centre"))

    def recoverable_by(self, user: Any) -> Self:
        """Whose second check this manager may ask to be taken away: of those who still work there, never their own."""
        return self.of_manager(user).filter(deactivated_at=None).exclude(user=user.pk)

    def planned_by(self, user: Any) -> Self:
        """Counsellors whose holidays this person plans: their own role, and those of the centres they manage."""
        own = models.Q(pk__in=CentreRole.objects.counsellor_of(user).values("pk"))
        managed = models.Q(pk__in=CentreRole.objects.of_manager(user).values("pk"))
        roles = self.active().filter(own | managed, role=CentreRole.Role.COUNSELLOR)
        return roles.select_related("centre", "user")

    def colleagues_of(self, role: "CentreRole") -> Self:
        """The other counsellors of the same centre who may read."""
        roles = self.active().filter(centre=role.centre_id, role=CentreRole.Role.COUNSELLOR)
        return roles.exclude(user=role.user_id).select_related("centre", "user").order_by("name_en", "pk")


class CentreRole(models.Model):
    """What a person is at a centre. A manager sees counts and people, never a word of a journal."""

    class Role(models.TextChoices):
        COUNSELLOR = "counsellor"
        MANAGER = "manager"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="roles")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="centre_roles")
    role = models.CharField(max_length=10, choices=Role)
    # The name as families see it ("Ms Ono", 「小野さん」), typed by the person once per language.
    name_en = models.CharField(max_length=60)
    name_ja = models.CharField(max_length=60)
    licence_en = models.CharField(max_length=80, blank=True)
    licence_ja = models.CharField(max_length=80, blank=True)
    # Weekdays as digits, Monday 0: "4" reads on Fridays.
    reading_days = models.CharField(max_length=7, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    second_approved_at = models.DateTimeField(null=True, blank=True)
    second_approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    deactivated_at = models.DateTimeField(null=True, blank=True)

    objects = CentreRoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "user", "role"], name="one_role_of_a_kind_per_centre"),
            models.CheckConstraint(
                condition=models.Q(second_approved_at=None) | models.Q(approved_at__isnull=False),
                name="second_approval_follows_the_first",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"

    def name(self, language: str) -> str:
        """The name as families read it in this language."""
        return self.name_ja if language == "ja" else self.name_en

    def licence(self, language: str) -> str:
        """The licence as families read it in this language."""
        return self.licence_ja if language == "ja" else self.licence_en

    @staticmethod
    def works(role: str = "") -> models.Q:
        """Approved (by two people where the setting asks for two), not deactivated, and with an account that is open.

        ``role`` is the way to the role from another row, such as ``counsellor__``.
        """
        approved = ["approved_at", "second_approved_at"] if settings.SECOND_APPROVAL_REQUIRED else ["approved_at"]
        rule = {"deactivated_at": None, "user__is_active": True, **{f"{name}__isnull": False for name in approved}}
        return models.Q(**{f"{role}{name}": value for name, value in rule.items()})

    @staticmethod
    def reads(role: str = "counsellor__") -> models.Q:
        """The same of a counsellor: a condition on the row that names one, by a join instead of a subquery."""
        return CentreRole.works(role) & models.Q(**{f"{role}role": CentreRole.Role.COUNSELLOR})

    @property
    def weekdays(self) -> list[int]:
        """The reading days as weekday numbers, Monday 0."""
        return [int(digit) for digit in self.reading_days if digit.isdecimal()]

    @property
    def today(self) -> date:
        """The day it is where this person works."""
        return timezone.now().astimezone(self.user.zone).date()

    def may_be_approved_by(self, user: Any) -> bool:
        """Whether an approval by this person would count: nobody approves themself, or twice."""
        if self.deactivated_at or user.pk in {self.user_id, self.approved_by_id}:
            return False
        return self.approved_at is None or self.second_approved_at is None

    def wait(self, shared_at: datetime, now: datetime) -> Wait:
        """Where an unread entry stands: the day it was not read on, and the day it will be; by this person's own calendar.

        Days away promise nothing and are not missed.
        """
        zone = self.user.zone
        return wait(self.weekdays, shared_at.astimezone(zone).date(), now.astimezone(zone).date(), self.away)

    @property
    def away(self) -> list[tuple[date, date]]:
        """The first and last day of each absence; prefetch ``absences`` where many are asked."""
        return [(absence.first_day, absence.last_day) for absence in self.absences.all()]

    def approve(self, by: User | None) -> None:
        """Record an approval: the first, or a second by another person. Raise ValueError when the same one approves twice."""
        now = timezone.now()
        if self.approved_at is None:
            self.approved_at, self.approved_by = now, by
        elif self.second_approved_at is None:
            if by is None or by == self.approved_by:
                raise ValueError("The second approval is by another person, named with --by.")
            self.second_approved_at, self.second_approved_by = now, by
        self.save(update_fields=["approved_at", "approved_by", "second_approved_at", "second_approved_by"])

    @transaction.atomic
    def deactivate(self) -> None:
        """End this role: every share with it ends with the next request, with covers, proposals and half-written answers."""
        from journal.models.cover import leave
        from journal.models.recoveries import Recovery

        self.deactivated_at = timezone.now()
        self.save(update_fields=["deactivated_at"])
        Recovery.objects.end_without_role(self.user)
        leave(self)
