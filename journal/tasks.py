"""What has to happen without anybody asking for it: a list of jobs, done by ``manage.py tick`` every few minutes.

A part of the site adds its jobs with ``@job``. A job may run twice, late, or never: what has expired is invisible all the same.
"""

import logging
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from typing import overload

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from journal.account_notices import send_kept, tell
from journal.models import Draft, Entry, FormerMember, MemberInvitation, PersonRequest, Recovery, erasing
from journal.models.agreements import purge_family_bin
from journal.models.exports import purge_exports

logger = logging.getLogger("hallway.tick")

# A job gets the moment it counts from and returns how many rows it dealt with.
Job = Callable[[datetime], int]
JOBS: dict[str, Job] = {}
# Jobs that wait for another machine: they open their own short transactions, so that nobody waits with them.
ALONE: set[str] = set()
# One run deals with no more than this, so that it never holds the database for long; the next one goes on.
MOST = 1000


@overload
def job(function: Job) -> Job: ...
@overload
def job(*, atomic: bool) -> Callable[[Job], Job]: ...
def job(function: Job | None = None, *, atomic: bool = True) -> Job | Callable[[Job], Job]:
    """Add a job under its function's name; it runs in one transaction unless it is not ``atomic``."""

    def add(function: Job) -> Job:
        JOBS[function.__name__] = function
        if not atomic:
            ALONE.add(function.__name__)
        return function

    return add(function) if function else add


def run(now: datetime | None = None) -> tuple[dict[str, int], list[str]]:
    """Do every job; return what each dealt with and the names of those that failed. One that fails stops no other."""
    now = now or timezone.now()
    done: dict[str, int] = {}
    failed = []
    for name, function in JOBS.items():
        try:
            with nullcontext() if name in ALONE else transaction.atomic():
                done[name] = function(now)
        except Exception:  # whatever it is: the others have to run, and the exit code says so
            logger.exception("job %s failed", name)
            failed.append(name)
    return done, failed


@job
def erase_bin(now: datetime) -> int:
    """Erase for good what lay in the bin for thirty days, with its replies; the ledger keeps a backup from bringing it back."""
    entries = list(Entry.objects.out_of_bin(now)[:MOST])
    for entry in entries:
        entry.erase()
    return len(entries)


@job
def erase_left(now: datetime) -> int:
    """Erase what only they could read of those who left a journal thirty days ago."""
    return sum(former.erase_private(MOST) for former in FormerMember.objects.over(now)[:20])


@job
def delete_drafts(now: datetime) -> int:
    """Delete half-written words nobody came back to for thirty days."""
    expired = list(Draft.objects.expired(now).values_list("pk", flat=True)[:MOST])
    return Draft.objects.filter(pk__in=expired).delete()[0]


@job
def erase_family_bin(now: datetime) -> int:
    """Erase people, agreements and versions that lay in the bin for thirty days."""
    return purge_family_bin(now)


@job
def delete_exports(now: datetime) -> int:
    """Delete copies and files held for import whose day is over."""
    return purge_exports(now)


@job
def delete_invitations(now: datetime) -> int:
    """Delete invitations to write together that lead nowhere any more."""
    over = list(MemberInvitation.objects.over(now).values_list("pk", flat=True)[:MOST])
    return MemberInvitation.objects.filter(pk__in=over).delete()[0]


@job
def finish_recoveries(now: datetime) -> int:
    """Take away second checks that were asked about three days ago and that nobody has stopped."""
    done = [recovery for recovery in Recovery.objects.due(now).select_related("user") if recovery.finish()]
    for recovery in done:
        tell(recovery.user, "account/email/second_check_removed")
    return len(done)


@job(atomic=False)
def send_account_mails(now: datetime) -> int:
    """Send what says that an account has changed, where a mail server was away; no transaction is open while it is waited for."""
    return send_kept(now, MOST)


@job
def delete_requests(now: datetime) -> int:
    """Erase what people who are written about asked, some time after it was answered, or where nobody answers."""
    over = list(PersonRequest.objects.over(now).values_list("pk", flat=True)[:MOST])
    PersonRequest.objects.filter(pk__in=over).delete()
    return len(over)


@job(atomic=False)
def finish_erasing(now: datetime) -> int:
    """Take away the remains of a journal or account whose erasing was cut short: its keys were gone before."""
    return erasing.finish()


@job
def delete_sessions(now: datetime) -> int:
    """Delete sessions that have ended."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]
