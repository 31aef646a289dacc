"""A lost second check: the head of a centre asks that it be set up anew, and for three days whose account it is can say no."""

import logging
import uuid
from datetime import datetime, timedelta
from typing import Self

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from journal.models.accounts import CentreRole, User

logger = logging.getLogger("hallway.recovery")

WAIT = timedelta(hours=72)
# Whoever said no is not asked again within this time: our own figure.
REST = timedelta(days=28)


class StoppedLately(Exception):
    """Whose account it is said no; ``until`` is when it may be asked for again."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    """What runs, and what is due."""

    def running(self) -> Self:
        """Begun, not stopped, not done."""
        return self.filter(stopped_at=None, done_at=None)

    def due(self, now: datetime) -> Self:
        """Those whose three days are over."""
        return self.running().filter(due_at__lte=now)

    @transaction.atomic
    def begin(self, role: CentreRole, by: User) -> tuple["Recovery", bool]:
        """Begin one and say that it is new, or return the one that runs; raise StoppedLately where they said no."""
        User.objects.select_for_update().get(pk=role.user_id)
        if running := self.running().filter(user=role.user_id).first():
            return running, False
        stopped = self.filter(user=role.user_id, stopped_at__gt=timezone.now() - REST).order_by("stopped_at").last()
        if stopped and stopped.stopped_at:
            raise StoppedLately(stopped.stopped_at + REST)
        begun = self.create(user=role.user, begun_by=by, due_at=timezone.now() + WAIT)
        User.objects.filter(pk=role.user_id).update(recovery_due_at=begun.due_at)
        logger.warning("recovery of account %s begun by account %s", role.user_id, by.pk)
        return begun, True

    @transaction.atomic
    def stop(self, user: User) -> None:
        """Whose account it is says no."""
        User.objects.filter(pk=user.pk).update(recovery_due_at=None)
        if self.running().filter(user=user).update(stopped_at=timezone.now()):
            logger.warning("recovery of account %s stopped by itself", user.pk)

    def end_without_role(self, user: User) -> None:
        """A role of this person ended: withdraw what was begun for them, or by them, and stands on no role any more."""
        for recovery in self.running().filter(models.Q(user=user) | models.Q(begun_by=user)):
            if not recovery.has_role:
                recovery.withdraw("the role ended")


class Recovery(models.Model):
    """One request that somebody's second check be taken away. Their password stays, and is asked for first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recoveries")
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "recoveries"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(stopped_at=None, done_at=None), name="one_running_recovery"
            ),
        ]

    def __str__(self) -> str:
        return f"recovery {self.pk}"

    @property
    def has_role(self) -> bool:
        """Whether whose account it is still works at a centre that whoever began it still manages."""
        return bool(self.begun_by) and CentreRole.objects.recoverable_by(self.begun_by).filter(user=self.user_id).exists()

    @transaction.atomic
    def finish(self) -> bool:
        """Take the second check away and end every session; return whether it was still wanted."""
        if not self.has_role:
            self.withdraw("the role ended")
            return False
        if not Recovery.objects.running().filter(pk=self.pk).update(done_at=timezone.now()):
            return False
        Authenticator.objects.filter(user=self.user_id).delete()
        User.objects.filter(pk=self.user_id).update(recovery_due_at=None)
        self.user.end_sessions()
        logger.warning("recovery of account %s done", self.user_id)
        return True

    @transaction.atomic
    def withdraw(self, why: str) -> None:
        """Undo the beginning of one that still runs: as if it had never been asked for, but for the log."""
        if Recovery.objects.running().filter(pk=self.pk).delete()[0]:
            User.objects.filter(pk=self.user_id).update(recovery_due_at=None)
            logger.warning("recovery of account %s withdrawn: %s", self.user_id, why)
