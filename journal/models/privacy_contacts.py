"""Who answers what people who are written about ask: named by the operator, and nobody who could tell a parent."""

from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from journal.models.accounts import CentreRole, User

# Somebody has to look within the law's month: a new contact is told by mail at this hour until they choose another, or none.
TOLD_AT = 9


class NotApart(Exception):
    """They write in a journal, or work at a centre: somebody there could tell a parent that a request came."""


class PrivacyContactQuerySet(models.QuerySet["PrivacyContact"]):
    """Who may answer, now."""

    def of_user(self, user: Any) -> Self:
        """This person's task until it is ended, whether or not it holds: whoever has it needs a second check."""
        return self.filter(user=user, ended_at=None)

    def active(self) -> Self:
        """The tasks that hold: not ended, and of nobody who writes in a journal or works at a centre meanwhile."""
        at_centre = CentreRole.objects.filter(deactivated_at=None).values("user")
        return self.filter(ended_at=None, user__is_active=True, user__memberships=None).exclude(user__in=at_centre)

    def answering(self, user: Any) -> Self:
        """This person's task, where it holds."""
        return self.active().filter(user=user)

    @transaction.atomic
    def appoint(self, user: User) -> "PrivacyContact":
        """Let this person answer; raise NotApart. They sign in anew: from then on the rules of the task hold for them."""
        User.objects.select_for_update().get(pk=user.pk)
        self.of_user(user).update(ended_at=timezone.now())
        contact = self.create(user=user)
        if not self.answering(user).exists():
            raise NotApart
        if user.notice_hour is None:
            User.objects.filter(pk=user.pk).update(notice_hour=TOLD_AT)
        user.end_sessions()
        return contact


class PrivacyContact(models.Model):
    """One person answers requests, in no centre's name. It opens what was asked, one at a time, and nothing else."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="privacy_contacts")
    named_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PrivacyContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=models.Q(ended_at=None), name="one_open_task_per_contact"),
        ]

    def __str__(self) -> str:
        return f"privacy contact {self.pk}"

    def end(self) -> None:
        """With the next request the list is not there for them."""
        self.ended_at = timezone.now()
        self.save(update_fields=["ended_at"])
