"""What somebody who is written about asks of the site: without an account, a name or a word about it to the parents."""

import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from config.retention import KEPT
from journal.models.log import Erased
from journal.models.sealed import Document
from journal.vault import Unreadable, fingerprint, vault

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, kw_only=True)
class RequestContent(Document):
    """What was asked, and what was answered."""

    v: int = 1
    text: str = ""
    answer: str = ""


class PersonRequestQuerySet(models.QuerySet["PersonRequest"]):
    """The way in: a link that only whoever asked has; and the list of whoever runs the site."""

    def by_link(self, token: str) -> "PersonRequest | None":
        """The request of this link; None where there is none any more."""
        return self.filter(token_hash=fingerprint(token)).first() if TOKEN.fullmatch(token) else None

    def send(self, token: str, text: str) -> None:
        """Keep what was asked; the same form sent twice is one request, and stays as it was first sent."""
        row = PersonRequest(token_hash=fingerprint(token))
        row.write(RequestContent(text=text))
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            return

    def waiting(self) -> Self:
        """What nobody has answered, the oldest first."""
        return self.exclude(state=PersonRequest.State.ANSWERED).order_by("asked_at", "pk")

    def over(self, now: datetime) -> Self:
        """Answered so long ago that it is erased, or asked so long ago and never answered."""
        unanswered = models.Q(answered_at=None, asked_at__lt=now - KEPT["unanswered"])
        return self.filter(models.Q(answered_at__lt=now - KEPT["messages"]) | unanswered)


class PersonRequest(models.Model):
    """One request. It names no journal: whoever asks may know none, and whoever answers can open none."""

    class State(models.TextChoices):
        NEW = "new"
        SEEN = "seen"
        ANSWERED = "answered"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
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

    def see(self) -> RequestContent:
        """Open it for whoever runs the site, and note that it was read."""
        document = self.document
        PersonRequest.objects.filter(pk=self.pk, state=self.State.NEW).update(state=self.State.SEEN)
        return document

    @transaction.atomic
    def take_back(self) -> None:
        """Erase it, also from what a restored safety copy would bring back."""
        Erased.objects.get_or_create(kind="request", row_id=str(self.pk))
        self.delete()

    @transaction.atomic
    def answer(self, text: str) -> None:
        """Answer it: whoever asked finds this behind their link."""
        row: Any = PersonRequest.objects.select_for_update().get(pk=self.pk)
        row.write(RequestContent(text=row.document.text, answer=text))
        row.state, row.answered_at = self.State.ANSWERED, timezone.now()
        row.save(update_fields=["sealed", "state", "answered_at"])
