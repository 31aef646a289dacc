"""Replies: what a counsellor answers, and when a parent read it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, cast

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from journal.models.drafts import Draft
from journal.models.entries import Entry
from journal.models.journals import Journal
from journal.models.sealed import Document, SealedModel, SealedQuerySet
from journal.models.sharing import Share, SharedEntry


@dataclass(frozen=True, kw_only=True)
class ReplyContent(Document):
    """What a reply says."""

    v: int = 1
    kind: str = "message"
    text: str = ""


class ReplyQuerySet(SealedQuerySet):
    """Who may read a reply."""

    def visible_to(self, user: Any) -> Self:
        """For a parent: replies to what they may read, or to the family. For a counsellor: those of an open share of theirs."""
        from journal.models.hurts import ReplyHurt
        from journal.models.journals import Journal

        family = models.Q(journal__in=Journal.objects.of_member(user).order_by().values("pk")) & (
            models.Q(entry=None) | models.Q(entry__in=Entry.objects.visible_to(user).values("pk"))
        )
        share = models.Q(share__in=Share.objects.of_counsellor(user).values("pk")) & (
            models.Q(entry=None) | models.Q(entry__in=Entry.objects.visible_to(user).values("pk"))
        )
        # Whether it hurt this parent; for its counsellor, whether they are to know that it hurt somebody.
        hurt = models.Exists(ReplyHurt.objects.visible_to(user).filter(reply=models.OuterRef("pk")))
        rows = self.filter(family | share).annotate(hurt=hurt)
        return rows.select_related("share__counsellor").order_by("created_at", "id")

    def from_counsellors(self) -> Self:
        """What a counsellor wrote, not what a parent did."""
        return self.filter(author=models.F("share__counsellor__user"))

    def of_family(self, user: Any, journal: Journal) -> Self:
        """What was answered to this parent's journal."""
        return self.visible_to(user).filter(journal=journal, journal__memberships__user=user)

    def to_all(self, newest: datetime | None, oldest: datetime | None) -> list["Reply"]:
        """Replies to the family rather than to one entry, opened, that fall on a page between two moments."""
        replies = self.filter(entry=None)
        if newest:
            replies = replies.filter(created_at__lt=newest)
        if oldest:
            replies = replies.filter(created_at__gte=oldest)
        # A bound for one page only: what lies beyond it would be shown on no page at all.
        return cast(list[Reply], replies.order_by("-created_at")[:500].opened())

    @transaction.atomic
    def send(self, *, share: Share, author: Any, entry: Entry | None, submission: Any, text: str) -> tuple["Reply", bool]:
        """Send an answer once, and let go of its draft; return it and whether it is new.

        Other words under the same submission (a second try after a lost answer) are a message of their own: the first
        one is fixed, and nothing that was typed is dropped.
        """
        reply = Reply(
            id=uuid.uuid4(), journal_id=share.journal_id, share=share, author=author, entry=entry, submission=submission
        )
        reply.seal(ReplyContent(text=text))
        try:
            with transaction.atomic():
                reply.save(force_insert=True)
        except IntegrityError:
            first = Reply.objects.get(journal=share.journal_id, author=author, submission=submission)
            if first.share_id == share.pk and not first.unreadable and first.document.text == text:
                return first, False
            return self.send(share=share, author=author, entry=entry, submission=uuid.uuid5(submission, text), text=text)
        Draft.objects.filter(user=author, form="reply", target=share.pk).delete()
        return reply, True

    def mark_read(self, user: Any, replies: Iterable["Reply"]) -> None:
        """Remember that this parent has read these replies."""
        rows = [ReplyRead(reply=reply, user=user) for reply in replies]
        ReplyRead.objects.bulk_create(rows, ignore_conflicts=True)


class Reply(SealedModel):
    """One message, fixed when written."""

    LABEL = "reply"
    DOCUMENT = ReplyContent

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="replies")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, null=True, related_name="replies")
    # Null among parents; the share whose counsellor wrote it otherwise.
    share = models.ForeignKey(Share, on_delete=models.CASCADE, null=True, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="replies")
    submission = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "replies"
        constraints = [models.UniqueConstraint(fields=["journal", "author", "submission"], name="one_reply_per_submission")]
        indexes = [models.Index(fields=["journal", "created_at"], name="reply_by_time")]

    def __str__(self) -> str:
        return f"reply {self.pk}"


class ReplyRead(models.Model):
    """That one parent has read one reply: two parents read at different times."""

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="reads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reply", "user"], name="a_reply_is_read_once")]

    def __str__(self) -> str:
        return f"read of {self.reply_id}"


@transaction.atomic
def finish_review(share: Share) -> None:
    """Take everything this counsellor has been shown off their queue."""
    SharedEntry.objects.filter(share=share, reviewed_at=None, read_at__isnull=False).update(reviewed_at=timezone.now())
