"""Accounts nobody has used for two years: a mail says so, and two months later they are erased, with what is theirs alone.

Nobody loses anything without a mail that was handed over, and time to come back. Signing in is all it takes.
"""

import logging
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import models
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.utils import translation

from config.mail import ONE_ALONE
from config.retention import KEPT
from journal import wording
from journal.models import AtCentre, User, erase_account
from journal.tasks import job

logger = logging.getLogger("hallway.unused")

MOST = 100
TRIED_SECONDS = 24 * 60 * 60


def _unused(now: datetime) -> models.QuerySet[User]:
    """Open accounts of parents whose last day here is two years ago. People of a centre end through their centre."""
    last = Coalesce("last_login", "date_joined")
    accounts = User.objects.filter(is_active=True, centre_roles=None).annotate(last=last)
    return accounts.filter(last__lt=now - KEPT["unused"])


@job(atomic=False)
def warn_unused(now: datetime) -> int:
    """Tell who has not been here for two years; return how many were told."""
    told = 0
    due = _unused(now).filter(models.Q(warned_at=None) | models.Q(warned_at__lt=models.F("last")))
    for user in due.filter(pk__in=_not_tried(due)):
        try:
            _mail(user, now).send()
        except Exception as error:  # whatever it is: nobody counts as told
            cache.set(_tried(user.pk), True, TRIED_SECONDS)
            logger.warning("a warning could not be sent: %s", type(error).__name__)
            if isinstance(error, ONE_ALONE):
                continue
            break  # the server is away: it is not asked again for each of the others
        User.objects.filter(pk=user.pk).update(warned_at=now)
        told += 1
    return told


@job(atomic=False)
def erase_unused(now: datetime) -> int:
    """Erase who was told two months ago and has not come back; return how many."""
    due = _unused(now).filter(warned_at__gte=models.F("last"), warned_at__lt=now - KEPT["warning"])
    erased = 0
    for pk in sorted(due.values_list("pk", flat=True)[:MOST]):
        # Looked up again: whoever came back while the others were erased stays.
        user = due.filter(pk=pk).first()
        if user is None:
            continue
        try:
            erase_account(user)
        except AtCentre:  # they came to work at a centre just now
            continue
        erased += 1
    return erased


def _not_tried(due: models.QuerySet[User]) -> list[int]:
    """The next of those whose mail has not failed in the last day: an address that refuses keeps nobody waiting."""
    keys = {_tried(pk): pk for pk in due.order_by(models.F("last"), "pk").values_list("pk", flat=True)}
    tried = cache.get_many(keys)
    return [pk for key, pk in keys.items() if key not in tried][:MOST]


def _tried(pk: int) -> str:
    return f"unused-tried:{pk}"


def _mail(user: User, now: datetime) -> EmailMessage:
    """That something is kept, until when, and how it stays: nothing about what."""
    with translation.override(user.language):
        day = wording.full_day((now + KEPT["warning"]).astimezone(user.zone).date())
        context = {"link": f"{settings.SITE_URL}/{user.language}/account/sign-in/", "day": day}
        subject = render_to_string("journal/email/unused_subject.txt").strip()
        body = render_to_string("journal/email/unused_message.txt", context).strip()
    return EmailMessage(subject, f"{body}\n", to=[user.email])
