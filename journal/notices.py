"""What is new to somebody, and the mail that says only that something is.

A mail is sent at least once, never lost: it is claimed, handed over, then marked. Where the machine dies between the last
two, the claim ends after an hour and the mail goes out again, under the same Message-ID.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone, translation

from config.mail import ONE_ALONE
from config.retention import KEPT
from journal.models import (
    AccountMail,
    Cover,
    MemberInvitation,
    Membership,
    Notice,
    Outbox,
    PersonRequest,
    Reply,
    Share,
    SharedEntry,
    User,
)
from journal.models.notices import MOST_TRIES
from journal.tasks import job

logger = logging.getLogger("hallway.notices")

# A cover that began in this time is told to the colleague, once.
BEGUN = timedelta(days=2)
# So long before a reading ends the family is told.
ENDING_DAYS = 7
MOST_MAILS = 200


@dataclass(frozen=True)
class News:
    """What waits for one person: yes or no, never what it says."""

    reply: bool = False
    visit: bool = False
    waiting: bool = False
    ending: bool = False
    readers: bool = False
    desk: bool = False
    asked: bool = False
    requests: bool = False

    @property
    def of_journal(self) -> bool:
        """Whether something waits in a journal of theirs."""
        return self.reply or self.visit or self.waiting or self.ending or self.readers

    @property
    def of_desk(self) -> bool:
        """Whether a family waits: an entry has not been marked as read, or (asked only where none is) a question."""
        return self.desk or self.asked

    def __bool__(self) -> bool:
        return self.of_journal or self.of_desk or self.requests


def news_of(user: Any) -> News:
    """What is new to this person: in their journals, on their desk, and of what was asked."""
    desk, memberships = news_at_desk(user), list(Membership.objects.of_user(user))
    # Who answers requests writes in no journal and reads no family: nobody else is asked about.
    requests = not memberships and not desk and PersonRequest.objects.of_contact(user).unread().exists()
    return replace(news_in(memberships), desk=desk.desk, asked=desk.asked, requests=requests)


def news_at_desk(user: Any) -> News:
    """What is new to a counsellor from the families they read, for the frame of the desk's pages."""
    shares = list(Share.objects.of_counsellor(user).values_list("pk", flat=True))
    if SharedEntry.objects.through(shares).filter(reviewed_at=None).exists():
        return News(desk=True)
    return News(asked=Reply.objects.waiting_for(shares).exists())


def news_in(memberships: list[Membership]) -> News:
    """What is new to one parent in all their journals: one query, for the frame of every page.

    Whether a reading that ends soon holds is asked only where one ends: most of a year none does.
    """
    if not memberships:
        return News()
    user, mine = memberships[0].user_id, [membership.journal_id for membership in memberships]
    waits: list[tuple[str, models.QuerySet[Any]]] = [
        ("ending", Share.objects.ending(timezone.now() + timedelta(days=ENDING_DAYS)).filter(journal__in=mine)),
        *(("reply", Reply.objects.unread_by(membership)) for membership in memberships),
    ]
    if any(membership.keeps for membership in memberships):
        waits.append(("waiting", MemberInvitation.objects.came_to(memberships)))
    # One kind a row, and each once: as conditions of one row they cost twice as much to build as to answer.
    notices = Notice.objects.filter(user=user, journal__in=mine).values_list("kind")
    found = {kind for (kind,) in notices.union(*(rows.order_by().values_list(models.Value(kind)) for kind, rows in waits))}
    if "ending" in found and not ending_soon(timezone.now()).filter(journal__in=mine).exists():
        found.remove("ending")
    return News(**dict.fromkeys(found, True))


def told_of_readers(membership: Membership, news: News) -> News:
    """What is new to this parent besides what the page they are looking at says about who reads."""
    if not news.readers:
        return news  # nothing is written for a page that tells nothing new
    Notice.objects.forget(membership.user, membership.journal, Notice.Kind.READERS)
    return replace(news, readers=False)


def ending_soon(now: datetime) -> models.QuerySet[Share]:
    """Readings that hold now and end within a week, unless the family goes on."""
    return Share.objects.active().ending(now + timedelta(days=ENDING_DAYS))


@job
def tell_endings(now: datetime) -> int:
    """Put a mail for each reading that ends soon into the outbox: once for each end."""
    shares = list(ending_soon(now).values_list("journal", "ends_at"))
    parents = Membership.objects.filter(journal__in={journal for journal, _ in shares}, user__notice_hour__isnull=False)
    for parent in parents.select_related("user"):
        for day in {at.date() for journal, at in shares if at and journal == parent.journal_id}:
            Outbox.objects.enqueue([parent.user], Outbox.Kind.ENDING, day)
    return len(shares)


@job
def tell_covers(now: datetime) -> int:
    """Put a mail for each colleague who has just begun to read instead into the outbox: once for each beginning."""
    covers = list(Cover.objects.begun_since(now - BEGUN))
    for cover in covers:
        colleague = cover.counsellor.user
        Outbox.objects.enqueue([colleague], Outbox.Kind.COVER, cover.starts_at.astimezone(colleague.zone).date())
    return len(covers)


@job
def delete_notices(now: datetime) -> int:
    """Delete what was sent two months ago."""
    return Outbox.objects.filter(sent_at__lt=now - KEPT["mails"]).delete()[0]


@job(atomic=False)
def send_notices(now: datetime) -> int:
    """Send what is due; return how many people were told. No transaction is open while a mail server is waited for."""
    told = 0
    due = Outbox.objects.due(now).order_by().values("user").annotate(first=models.Min("due_at")).order_by("first")
    for user_id in due.values_list("user", flat=True)[:MOST_MAILS]:
        rows = Outbox.objects.claim(user_id, now)
        if not rows:
            continue
        user = rows[0].user
        if not news_of(user):
            # They have looked meanwhile: a mail would say what is no longer so.
            Outbox.objects.filter(pk__in=[row.pk for row in rows]).delete()
            continue
        try:
            _mail(user, rows[0]).send()
        except Exception as error:  # whatever it is: the mail waits, and is not lost
            for row in rows:
                row.postpone(now)
            # Its class alone: what a mail server says names addresses.
            logger.warning("a notice could not be sent: %s", type(error).__name__)
            if isinstance(error, ONE_ALONE):
                continue
            break  # the server is away: it is not asked again for each of the others
        for row in rows:
            row.mark_sent(max(now, timezone.now()))
        told += 1
    return told


def _mail(user: User, row: Outbox) -> EmailMessage:
    """The same two sentences for everybody, and the address of the front page."""
    with translation.override(user.language):
        subject = render_to_string("journal/email/news_subject.txt").strip()
        body = render_to_string("journal/email/news_message.txt", {"link": f"{settings.SITE_URL}/{user.language}/"}).strip()
    host = settings.SITE_URL.split("//")[-1].split(":")[0]
    return EmailMessage(subject, f"{body}\n", to=[user.email], headers={"Message-ID": f"<notice-{row.pk}@{host}>"})


def counts(now: datetime) -> dict[str, int]:
    """How the mails are doing: numbers alone, for the operator."""
    unsent = Outbox.objects.unsent()
    return {
        "waiting": unsent.filter(tries=0).count(),
        "to be tried again": unsent.filter(tries__gt=0, tries__lt=MOST_TRIES).count(),
        "about accounts, to be tried again": AccountMail.objects.count(),
        "given up": unsent.filter(tries__gte=MOST_TRIES).count(),
        "sent in the last 24 hours": Outbox.objects.filter(sent_at__gt=now - timedelta(days=1)).count(),
    }
