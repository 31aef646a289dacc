"""Mails that say an account has changed and could not be handed over: kept, without text, until a mail server takes them."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from config.retention import KEPT
from journal.models.notices import CLAIM, LATEST_RETRY_MINUTES, RETRY_MINUTES

# So long it is tried. Later it would tell of a change that is long known, or be taken for a new one.
TRIED_FOR = KEPT["account-mails"]


class AccountMailQuerySet(models.QuerySet["AccountMail"]):
    """Mails about accounts that wait for a mail server."""

    def keep(self, user: Any, what: str, address: str, language: str) -> None:
        """Try this one again in a minute."""
        now = timezone.now()
        self.create(user=user, what=what, address=address, language=language, kept_at=now, due_at=now + _pause(0))

    def due(self, now: datetime) -> Self:
        """What is to be tried now, what has waited longest first."""
        return self.filter(due_at__lte=now, kept_at__gt=now - TRIED_FOR).select_related("user").order_by("due_at", "pk")

    def over(self, now: datetime) -> Self:
        """What nobody could be told within three days."""
        return self.filter(kept_at__lte=now - TRIED_FOR)


class AccountMail(models.Model):
    """One mail that waits: which of the fixed sentences, and where to. It goes once it is sent, or with the account."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The name of the sentence's templates.
    what = models.CharField(max_length=60)
    # An address that was taken from an account is told so, too.
    address = models.EmailField()
    language = models.CharField(max_length=2)
    kept_at = models.DateTimeField(db_index=True)
    due_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=1)

    objects = AccountMailQuerySet.as_manager()

    def __str__(self) -> str:
        return f"mail about an account {self.pk}"

    def claim(self, now: datetime) -> bool:
        """Take it for this run alone; False where another run was quicker. A run that dies lets go of it after an hour."""
        mine = AccountMail.objects.filter(pk=self.pk, due_at=self.due_at)
        return mine.update(due_at=now + CLAIM) == 1

    def postpone(self, now: datetime) -> None:
        """It could not be handed over this time either: later again, and each time a little later."""
        self.due_at, self.tries = now + _pause(self.tries), self.tries + 1
        self.save(update_fields=["due_at", "tries"])


def _pause(tries: int) -> timedelta:
    return timedelta(minutes=RETRY_MINUTES[tries] if tries < len(RETRY_MINUTES) else LATEST_RETRY_MINUTES)
