"""What somebody who is written about asks of the site: without an account, a name or a word about it to the parents."""

import calendar
import logging
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.retention import KEPT
from journal.models.accounts import User
from journal.models.bin import Conflict
from journal.models.log import Erased
from journal.models.notices import Outbox
from journal.models.privacy_contacts import PrivacyContact
from journal.models.sealed import Document
from journal.vault import Unreadable, fingerprint, vault

logger = logging.getLogger("hallway.requests")

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
# Calendar months in which European and British law want an answer, and in which one does that was told to take longer.
MONTHS, MONTHS_IF_TOLD = 1, 3


@dataclass(frozen=True, kw_only=True)
class RequestContent(Document):
    """What was asked, and what was answered."""

    v: int = 1
    text: str = ""
    answer: str = ""


class Outcome(models.TextChoices):
    """What became of it. "Later" is no end: whoever asked is told why it takes longer, and it stays on the list."""

    DONE = "done", _("What they asked for is done")
    PARTLY = "partly", _("Part of it is done; the answer says which, and why not the rest")
    NOT_DONE = "not_done", _("It is not done; the answer says why, and where they can complain")
    LATER = "later", _("It takes longer; the answer says why. Two more months")


class PersonRequestQuerySet(models.QuerySet["PersonRequest"]):
    """The ways in: a link that only whoever asked has; the list of who answers; and the command of whoever runs the site."""

    def by_link(self, token: str) -> "PersonRequest | None":
        """The request of this link; None where there is none any more."""
        return self.filter(token_hash=fingerprint(token)).first() if TOKEN.fullmatch(token) else None

    @transaction.atomic
    def send(self, token: str, text: str) -> None:
        """Keep what was asked; the same form sent twice is one request, and stays as it was first sent."""
        row = PersonRequest(token_hash=fingerprint(token))
        row.write(RequestContent(text=text))
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            return
        contacts = PrivacyContact.objects.active().values("user")
        Outbox.objects.enqueue(User.objects.filter(pk__in=contacts, notice_hour__isnull=False))

    def of_contact(self, user: Any) -> Self:
        """Every request that is kept, for who answers them; none for anybody else."""
        return self.filter(models.Exists(PrivacyContact.objects.answering(user)))

    def waiting(self) -> Self:
        """What has no last answer yet, the oldest first."""
        return self.exclude(state=PersonRequest.State.ANSWERED).order_by("asked_at", "pk")

    def unread(self) -> Self:
        """What nobody has opened."""
        return self.filter(state=PersonRequest.State.NEW)

    def answered(self) -> Self:
        """What was answered and is not erased yet, the newest answer first."""
        return self.filter(state=PersonRequest.State.ANSWERED).order_by("-answered_at", "pk")

    def over(self, now: datetime) -> Self:
        """Answered so long ago that it is erased, or asked so long ago and never answered."""
        unanswered = models.Q(answered_at=None, asked_at__lt=now - KEPT["unanswered"])
        return self.filter(models.Q(answered_at__lt=now - KEPT["messages"]) | unanswered)


class PersonRequest(models.Model):
    """One request. It names no journal: whoever asks may know none, and whoever answers can open none."""

    class State(models.TextChoices):
        NEW = "new", _("Nobody has read it")
        SEEN = "seen", _("Read, not answered")
        LATER = "later", _("They know that it takes longer")
        ANSWERED = "answered", _("Answered")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    # What became of it; empty where the operator answered without saying.
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True, default="", db_default="")
    # Grows with each answer: two people who answer at once see each other's words.
    version = models.PositiveIntegerField(default=1, db_default=1)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    # By the master key: there is no journal whose key it could be.
    sealed = models.BinaryField()

    objects = PersonRequestQuerySet.as_manager()

    def __str__(self) -> str:
        return f"request {self.pk}"

    @staticmethod
    def new_token() -> str:
        """What the address of one request ends with; the database keeps its SHA-256."""
        return secrets.token_urlsafe(32)

    @property
    def name(self) -> str:
        """What it is called on the list: the beginning of its id, and no word of it."""
        return str(self.pk)[:4]

    @property
    def due_on(self) -> date:
        """The last day for an answer by the law's month, or by its three where whoever asked was told why (UTC)."""
        return months_after(self.asked_at.date(), MONTHS_IF_TOLD if self.outcome == Outcome.LATER else MONTHS)

    @property
    def document(self) -> RequestContent:
        """What was asked and answered; raise Unreadable."""
        return RequestContent.load(vault().open_request(self.pk, bytes(self.sealed)))

    @property
    def content(self) -> RequestContent | None:
        """The same for a page; None where it cannot be opened."""
        try:
            return self.document
        except Unreadable:
            return None

    def write(self, document: RequestContent) -> None:
        """Put what was said into the row. Does not save."""
        self.sealed = vault().seal_request(self.pk, document.dump())

    @transaction.atomic
    def see(self, who: User | None = None) -> RequestContent:
        """Open it for who answers, or on the server, after a line that says so; raise Unreadable."""
        document = self.document
        self.note(RequestEvent.Verb.OPENED, who)
        if PersonRequest.objects.filter(pk=self.pk, state=self.State.NEW).update(state=self.State.SEEN):
            self.state = self.State.SEEN
        return document

    def note(self, verb: str, who: User | None) -> None:
        """Add one line to its log, and to the one of the machine, which outlives it: numbers alone."""
        RequestEvent.objects.create(request=self, who=who, verb=verb)
        logger.info("request %s %s by %s", self.pk, verb, f"account {who.pk}" if who else "the operator")

    @transaction.atomic
    def take_back(self) -> None:
        """Erase it, also from what a restored safety copy would bring back."""
        Erased.objects.get_or_create(kind="request", row_id=str(self.pk))
        self.delete()

    @transaction.atomic
    def answer(self, text: str, outcome: str = "", who: User | None = None, version: int | None = None) -> None:
        """Answer it, or put another answer in its place: whoever asked finds this behind their link.

        Raise Conflict where somebody else answered since ``version``, changing nothing.
        """
        row: Any = PersonRequest.objects.select_for_update().get(pk=self.pk)
        if version is not None and version != row.version:
            raise Conflict(row)
        row.write(RequestContent(text=row.document.text, answer=text))
        row.outcome, row.version = outcome, row.version + 1
        row.state = self.State.LATER if outcome == Outcome.LATER else self.State.ANSWERED
        row.answered_at = None if outcome == Outcome.LATER else timezone.now()
        row.save(update_fields=["sealed", "state", "outcome", "version", "answered_at"])
        row.note(RequestEvent.Verb.ANSWERED, who)


class RequestEvent(models.Model):
    """One line about one request: who opened or answered it, and when. Gone with it."""

    class Verb(models.TextChoices):
        OPENED = "opened", _("opened it")
        ANSWERED = "answered", _("answered it")

    request = models.ForeignKey(PersonRequest, on_delete=models.CASCADE, related_name="events")
    # Nobody: on the server, by whoever runs the site.
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    verb = models.CharField(max_length=8, choices=Verb)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"line {self.pk} of {self.request_id}"


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months on; the last day of a month that has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
