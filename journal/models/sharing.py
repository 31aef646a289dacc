"""Letting a counsellor read: shares, the entries chosen for each, and the codes that start one."""

import secrets
import uuid
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models, transaction
from django.utils import timezone

from journal.models.accounts import CentreRole
from journal.models.entries import Entry
from journal.models.journals import Journal
from journal.vault import fingerprint

SHARE_DAYS = 182  # six months; then the family is asked again
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
            .select_related("counsellor__centre", "granted_by")
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
        return self.active().filter(journal=journal, default=Share.Default.NEW, granted_by=author)


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
    def start(cls, *, journal: Journal, counsellor: CentreRole, granted_by: Any, default: str) -> "Share":
        """Begin a share, or set an open one anew, for six months. Nothing written before becomes readable by it."""
        now = timezone.now()
        share = cls.objects.filter(journal=journal, counsellor=counsellor, revoked_at=None).first()
        if share is None:
            share = cls(journal=journal, counsellor=counsellor)
        elif share.is_active and share.granted_by != granted_by:
            return share  # it holds already, as the other parent chose
        elif default == cls.Default.NOTHING or not share.is_active:
            # A share that ended by its date keeps its rows: they may not open again with the new one.
            share._close()
        share.granted_by, share.default = granted_by, default
        share.starts_at, share.ends_at = now, now + timedelta(days=SHARE_DAYS)
        share.save()
        return share

    @property
    def is_active(self) -> bool:
        """Whether it opens something at this moment; the rule is the queryset's."""
        return Share.objects.active().filter(pk=self.pk).exists()

    def would_widen(self, default: str) -> bool:
        """Whether this choice lets more be read than the present one."""
        order = [Share.Default.NOTHING, Share.Default.CHOSEN, Share.Default.NEW]
        return order.index(Share.Default(default)) > order.index(Share.Default(self.default))

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
        return self.filter(
            entry__in=entries, journal__memberships__user=user, share__in=Share.objects.active().values("pk")
        ).select_related("share__counsellor")


class SharedEntry(models.Model):
    """An entry chosen for one counsellor. Deleted by "keep to myself"."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="entries")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="shared")
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="+")
    shared_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)

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
