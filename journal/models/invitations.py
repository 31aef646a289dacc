"""Invitations: the code a counsellor gives a family, the link of somebody at a centre, and asking somebody to write together."""

import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models, transaction
from django.utils import timezone

from config.retention import KEPT
from journal.models.accounts import CentreRole
from journal.models.journals import Journal, Membership
from journal.models.notices import Outbox
from journal.vault import fingerprint

CODE_HOURS = int(KEPT["invitations"] / timedelta(hours=1))
CODE_LENGTH = 8
# Without letters and digits that are taken for another when read aloud or written by hand.
CODE_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
# Somebody who came and is not confirmed within a week has to be asked anew.
WAITING_DAYS = 7
A_DAY = 10
LONG_AGO = datetime.fromtimestamp(0, UTC)


def new_code() -> str:
    """Return a code to read aloud or write by hand."""
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


def fingerprint_of(code: str) -> str:
    """Return what is kept of a code somebody typed. Spaces, hyphens and small letters are forgiven."""
    return fingerprint("".join(sign for sign in code.upper() if sign in CODE_SIGNS))


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Codes and links: found by their fingerprint, while they hold."""

    def open(self, kind: str) -> Self:
        """Invitations of a kind that are neither used nor expired."""
        return self.filter(kind=kind, used_at=None, expires_at__gt=timezone.now())

    def by_code(self, code: str) -> "Invitation | None":
        """The open counsellor's code a parent typed, or None."""
        codes = self.open(Invitation.Kind.CODE).filter(CentreRole.reads(), token_hash=fingerprint_of(code))
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
        token = new_code() if kind == cls.Kind.CODE else secrets.token_urlsafe(32)
        expires_at = timezone.now() + timedelta(hours=CODE_HOURS)
        cls.objects.create(kind=kind, token_hash=fingerprint(token), counsellor=counsellor, expires_at=expires_at)
        return token

    def use(self) -> bool:
        """Use it up; return False when somebody else was quicker."""
        return bool(Invitation.objects.filter(pk=self.pk, used_at=None).update(used_at=timezone.now()))


class MemberInvitationQuerySet(models.QuerySet["MemberInvitation"]):
    """Invitations that still wait for something: for a person to come, or for the confirmation."""

    def open(self) -> Self:
        """Neither used up nor ended; nothing about it is cached beyond the request."""
        return self.filter(
            models.Q(accepted_by=None, expires_at__gt=timezone.now()) | self._came(), ended_at=None, confirmed_at=None
        )

    def _came(self) -> models.Q:
        return models.Q(accepted_by__isnull=False, accepted_at__gt=timezone.now() - timedelta(days=WAITING_DAYS))

    def over(self, now: datetime) -> Self:
        """What can open nothing any more, for the job that deletes it; a day later, so that the day's count holds."""
        return self.filter(created_at__lt=now - timedelta(hours=CODE_HOURS, days=WAITING_DAYS + 1))

    def of_keeper(self, user: Any) -> Self:
        """Open invitations to the journals this person keeps, and nobody else's."""
        kept = Membership.objects.filter(user=user, role=Membership.Role.OWNER).values("journal")
        return self.open().filter(journal__in=kept).select_related("accepted_by", "journal").order_by("created_at")

    def came_to(self, memberships: list[Membership]) -> Self:
        """Who said yes and waits to be confirmed, in those of a person's journals that they keep."""
        kept = [membership.journal_id for membership in memberships if membership.keeps]
        return self.filter(self._came(), ended_at=None, confirmed_at=None, journal__in=kept)

    def of_invited(self, user: Any) -> Self:
        """What this person said yes to, and waits to see confirmed."""
        return self.open().filter(accepted_by=user).select_related("inviter").order_by("-accepted_at")

    def by_link(self, token_hash: str, user: Any) -> "MemberInvitation | None":
        """The invitation behind a link this person opened, or None; nobody is asked to where they write already."""
        return self._unused(user).filter(token_hash=token_hash).first()

    def by_code(self, code: str, user: Any) -> "MemberInvitation | None":
        """The invitation behind a code this person typed, or None."""
        return self._unused(user).filter(code_hash=fingerprint_of(code)).first()

    def _unused(self, user: Any) -> Self:
        there = Membership.objects.filter(user=user).values("journal")
        return self.open().filter(accepted_by=None).exclude(journal__in=there).select_related("inviter")


class MemberInvitation(models.Model):
    """One asking: hashed, used once, gone after 72 hours. It opens nothing until whoever keeps the journal confirms."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="invitations")
    inviter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    # Six digits on both screens, compared by voice: whoever found the link cannot say them to the one who asked.
    number = models.CharField(max_length=6, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MemberInvitationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @classmethod
    @transaction.atomic
    def make(cls, membership: Membership) -> tuple["MemberInvitation", str, str] | None:
        """Return an invitation, its link's token and its code, which are shown once; None after the day's last."""
        Journal.lock(membership.journal_id)
        today = cls.objects.filter(journal=membership.journal, created_at__gt=timezone.now() - timedelta(days=1))
        if today.count() >= A_DAY:
            return None
        token, code = secrets.token_urlsafe(32), new_code()
        invitation = cls.objects.create(
            journal=membership.journal,
            inviter=membership.user,
            token_hash=fingerprint(token),
            code_hash=fingerprint(code),
            expires_at=timezone.now() + timedelta(hours=CODE_HOURS),
        )
        return invitation, token, code

    @transaction.atomic
    def accept(self, user: Any) -> bool:
        """Say yes; False when somebody else was quicker, or it was withdrawn in this moment. Nothing opens by it."""
        mine = MemberInvitation.objects.open().filter(pk=self.pk, accepted_by=None)
        number = f"{secrets.randbelow(10**6):06d}"
        accepted = bool(mine.update(accepted_by=user, accepted_at=timezone.now(), number=number))
        if accepted:
            Outbox.objects.tell_parents(self.journal_id)
        return accepted

    @transaction.atomic
    def confirm(self, keeper: Any, *, earlier: bool) -> Membership | None:
        """Let the person who came write here; None when it was ended meanwhile, or another keeps the journal now.

        Unless ``earlier``, what the others wrote until now stays closed to them for good.
        """
        Journal.lock(self.journal_id)
        held = MemberInvitation.objects.of_keeper(keeper).filter(pk=self.pk, accepted_by__isnull=False).first()
        if held is None or held.accepted_by is None:
            return None
        now, user = timezone.now(), held.accepted_by
        MemberInvitation.objects.filter(pk=self.pk).update(confirmed_at=now)
        if there := Membership.objects.filter(journal=held.journal, user=user).first():
            return there
        # Whoever writes in a journal of their own stays in it: what they write next may not land in this one unseen.
        used_at = LONG_AGO if Membership.objects.of_user(user).exists() else now
        role = Membership.Role.MEMBER
        return held.journal.add_member(user, role, reads_from=None if earlier else now, joined_at=now, used_at=used_at)

    def end(self) -> None:
        """Withdrawn, refused, or taken back: whoever opens the link meets what was never there."""
        MemberInvitation.objects.filter(pk=self.pk, confirmed_at=None).update(ended_at=timezone.now())
