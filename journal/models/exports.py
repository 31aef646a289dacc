"""Files that leave and come in: sealed, one person's, gone after a day. Nothing unsealed is ever written to a disk."""

import uuid
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from config.retention import KEPT
from journal.models.journals import Journal, Membership
from journal.models.sealed import Document, SealedModel

# A copy takes as long as a journal is: five a day, and one at a time.
A_DAY = 5
# A copy that is not made by then was left by a worker that stopped: it may be asked for again.
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class FileContent(Document):
    """The bytes of a file, as text."""

    v: int = 1
    data: str = ""

    @classmethod
    def of(cls, content: bytes) -> "FileContent":
        """Wrap bytes."""
        return cls(data=b64encode(content).decode())

    @property
    def content(self) -> bytes:
        """The bytes again."""
        return b64decode(self.data)


class KeptFileQuerySet(models.QuerySet[Any]):
    """A file belongs to who asked for it, for one day."""

    def of_user(self, user: Any) -> Self:
        """This person's own files, in journals they still write in, until they expire."""
        mine = self.filter(requested_by=user, journal__in=Journal.objects.ids_of(user))
        return mine.filter(expires_at__gt=timezone.now()).order_by("-made_at", "-id")


class KeptFile(SealedModel):
    """A sealed file of one person."""

    DOCUMENT = FileContent

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    objects = KeptFileQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def start(cls, membership: Membership, content: bytes = b"") -> Any:
        """Keep a file, or the place for one, until this time tomorrow."""
        now = timezone.now()
        row = cls(journal=membership.journal, requested_by=membership.user, made_at=now, expires_at=now + KEPT["copies"])
        row.seal(FileContent.of(content))
        row.save(force_insert=True)
        return row


class Export(KeptFile):
    """A copy of a journal that a parent takes out."""

    LABEL = "export"
    PARTS = 4

    class State(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        FAILED = "failed"

    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    parts = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"export {self.pk}"

    @classmethod
    @transaction.atomic
    def ask(cls, membership: Membership) -> tuple["Export | None", bool]:
        """Begin a copy and say that it is new, or return the one that is being made; None after the day's last."""
        Journal.lock(membership.journal_id)
        mine = cls.objects.of_user(membership.user).filter(journal=membership.journal).defer("sealed")
        waiting = mine.filter(state=cls.State.WAITING)
        waiting.filter(made_at__lte=timezone.now() - LONGEST_WAIT).update(state=cls.State.FAILED)
        if begun := waiting.first():
            return begun, False
        if mine.exclude(state=cls.State.FAILED).count() >= A_DAY:
            return None, False
        return cls.start(membership), True

    @property
    def is_failed(self) -> bool:
        """Whether there will be no file: it could not be made, or whoever made it stopped."""
        late = self.state == self.State.WAITING and self.made_at <= timezone.now() - LONGEST_WAIT
        return late or self.state == self.State.FAILED

    def advance(self) -> None:
        """One more part is made: the page that waits says so."""
        self.parts += 1
        Export.objects.filter(pk=self.pk).update(parts=self.parts)

    def finish(self, content: bytes) -> None:
        """The file is there."""
        self.seal(FileContent.of(content))
        self.state, self.parts = self.State.READY, self.PARTS
        self.save(update_fields=["sealed", "state", "parts"])

    def fail(self) -> None:
        """It could not be made; whoever asked can ask again."""
        Export.objects.filter(pk=self.pk).update(state=self.State.FAILED)


class Import(KeptFile):
    """A file that a parent looks at before it is brought in."""

    LABEL = "import"

    def __str__(self) -> str:
        return f"import {self.pk}"

    @classmethod
    @transaction.atomic
    def hold(cls, membership: Membership, content: bytes) -> "Import":
        """Keep the file until it is confirmed; an earlier one that was only looked at goes."""
        cls.objects.of_user(membership.user).filter(journal=membership.journal).delete()
        return cls.start(membership, content)


def purge_exports(now: datetime | None = None) -> int:
    """Delete the files whose day is over; return how many. They were out of reach before. Run by ``manage.py tick``."""
    now = now or timezone.now()
    return sum(model.objects.filter(expires_at__lte=now).delete()[0] for model in (Export, Import))
