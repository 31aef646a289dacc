"""Replies: what a counsellor answers and a family writes back, and who has read it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self, cast

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from journal.models.accounts import CentreRole
from journal.models.bin import Conflict
from journal.models.drafts import Draft
from journal.models.entries import Entry
from journal.models.journals import Journal, Membership
from journal.models.notices import Outbox
from journal.models.sealed import Document, SealedModel, SealedQuerySet
from journal.models.shared_entries import SharedEntry
from journal.models.sharing import Share

# For one page of a list, and never reached: what lies beyond it would be shown on no page at all.
MOST_ON_PAGE = 1000
# So long a counsellor can change what was sent; then it stays as it is.
EDIT_MINUTES = 10


class ReplyKind(models.TextChoices):
    """What a reply is: something said, a question of the family's, or their answers to "before you act"."""

    MESSAGE = "message"
    QUESTION = "question"
    CHECK = "check"


@dataclass(frozen=True, kw_only=True)
class ReplyContent(Document):
    """What a reply says; ``answers`` are those of "before you act", by their question."""

    v: int = 1
    kind: str = ReplyKind.MESSAGE.value
    text: str = ""
    answers: dict[str, str] = field(default_factory=dict)


class TooLate(Exception):
    """The ten minutes are over: the reply stays as it was sent."""


class ReplyQuerySet(SealedQuerySet):
    """Who may read a reply."""

    def visible_to(self, user: Any) -> Self:
        """For a parent: replies to what they may read, or to the family. For a counsellor: those of an open share of theirs."""
        from journal.models.hurts import ReplyHurt

        entries = Entry.objects.visible_to(user)
        since = models.Q(models.Exists(Membership.objects.reading(user)))
        family = models.Q(journal__in=Journal.objects.ids_of(user)) & self._about(entries, since)
        desk = self._in_shares(Share.objects.of_counsellor(user).values("pk"))
        return self.filter(family | desk)._shown(ReplyHurt.objects.visible_to(user))

    def for_member(self, membership: Membership) -> Self:
        """What was answered in one journal, for a parent whose membership is at hand."""
        from journal.models.hurts import ReplyHurt

        return self._in_journal(membership)._shown(ReplyHurt.objects.said_by(membership.user_id))

    def _in_journal(self, membership: Membership) -> Self:
        # By a join: for one journal a subquery would be built and compiled for what is asked beside every page.
        to_all = membership.since("created_at") & models.Q(entry=None)
        return self.filter(to_all | Entry.read_by(membership, "entry__"), journal=membership.journal_id)

    def through(self, user: Any, shares: Any) -> Self:
        """What went through these shares, for the counsellor who has looked them up."""
        from journal.models.hurts import ReplyHurt

        return self.filter(self._in_shares(shares))._shown(ReplyHurt.objects.visible_to(user))

    def at_desk(self, user: Any, share: Share, entries: list[Entry], newest: Any, oldest: Any) -> list["Reply"]:
        """For the counsellor who has looked up a share and these entries in it, one page, opened, newest first.

        What was said about them, what was said to the family between two moments, and what the family wrote that waits.
        """
        from journal.models.hurts import ReplyHurt

        waits = models.Q(self._in_shares([share]), from_family=True, reviewed_at=None)
        asked = waits | models.Q(entry__in=entries) | self.between(newest, oldest)
        rows = self.filter(asked, share=share)._hurt(ReplyHurt.objects.visible_to(user)).select_related("author")
        found = rows.fetch_mode(models.FETCH_PEERS).newest(share.journal)
        known = {entry.pk: entry for entry in entries}
        for reply in found:
            reply.share = share
            if reply.entry_id in known:
                reply.entry = known[reply.entry_id]
        return found

    def unread_by(self, membership: Membership) -> Self:
        """What others wrote to this parent's journal and this parent has not read, oldest first."""
        return self._in_journal(membership).not_opened_by(membership.user_id).order_by("created_at", "id")

    def not_opened_by(self, user: Any) -> Self:
        """What others wrote and this person has not read, whether or not it is theirs to read."""
        # By a join of their own readings, one a reply: cheaper to build than a subquery, and asked on every page.
        rows = self.alias(opened=models.FilteredRelation("reads", condition=models.Q(reads__user=user)))
        return rows.filter(~models.Q(author=user), opened__isnull=True)

    def _about(self, entries: Any, since: models.Q) -> models.Q:
        """Replies about one of these entries, and those to the family since they are open."""
        about = models.Exists(entries.order_by().filter(pk=models.OuterRef("entry")))
        return (since & models.Q(entry=None)) | models.Q(about)

    def _in_shares(self, shares: Any) -> models.Q:
        """Replies of shares that are open to their reader: those to the family, and those about what the same share opens."""
        opened = SharedEntry.objects.standing().filter(share=models.OuterRef("share"), entry=models.OuterRef("entry"))
        return models.Q(share__in=shares) & (models.Q(entry=None) | models.Q(models.Exists(opened)))

    def _shown(self, hurts: Any) -> Self:
        """With who wrote, and whether it hurt: this parent, or, for its counsellor, anybody they are to know of."""
        return self._hurt(hurts).select_related("share__counsellor", "cover", "author").order_by("created_at", "id")

    def _hurt(self, hurts: Any) -> Self:
        return self.annotate(hurt=models.Exists(hurts.filter(reply=models.OuterRef("pk"))))

    def from_counsellors(self) -> Self:
        """What a counsellor wrote, not what a parent did."""
        return self.filter(from_family=False)

    def of_family(self, user: Any, journal: Journal) -> Self:
        """What was answered to this parent's journal."""
        return self.visible_to(user).filter(journal=journal, journal__memberships__user=user)

    def with_reads(self) -> Self:
        """With who has read each, in one query for all."""
        return self.prefetch_related("reads")

    def waiting_for(self, shares: Any) -> Self:
        """What families wrote through these shares of a counsellor's that has not been marked as read, oldest first."""
        return self.filter(self._in_shares(shares), from_family=True, reviewed_at=None).order_by("created_at", "id")

    def sent_by(self, user: Any, share: Share) -> Self:
        """What this counsellor wrote to a family they still read."""
        return self.through(user, [share]).filter(author=user, from_family=False)

    def answering(self, membership: Membership, entries: list[Entry]) -> list["Reply"]:
        """The answers to entries that this parent has looked up, opened, newest first: the rule of ``for_member``."""
        return self._of_page(membership, models.Q(entry__in=entries))

    def around(self, membership: Membership, entries: list[Entry], newest: Any, oldest: Any) -> list["Reply"]:
        """These, and those to the family between two moments: a page of the list asks once."""
        to_all = membership.since("created_at") & self.between(newest, oldest)
        return self._of_page(membership, models.Q(entry__in=entries) | to_all)

    def _of_page(self, membership: Membership, asked: models.Q) -> list["Reply"]:
        from journal.models.hurts import ReplyHurt

        rows = self.filter(asked, journal=membership.journal_id)._hurt(ReplyHurt.objects.said_by(membership.user_id))
        # The page knows the shares that hold and who writes here; whatever it does not comes for all rows at once.
        return rows.fetch_mode(models.FETCH_PEERS).newest(membership.journal)

    def newest(self, journal: Journal) -> list["Reply"]:
        """These for one page, opened, newest first, with who has read each."""
        rows = self.with_reads().order_by("-created_at", "-id")
        return cast(list[Reply], rows[:MOST_ON_PAGE].opened(journal))

    @staticmethod
    def between(newest: datetime | None, oldest: datetime | None) -> models.Q:
        """To the family, from one moment on until before another."""
        bounds = {"created_at__lt": newest, "created_at__gte": oldest}
        return models.Q(entry=None, **{bound: moment for bound, moment in bounds.items() if moment})

    @transaction.atomic
    def send(
        self,
        *,
        share: Share,
        author: Any,
        entry: Entry | None,
        submission: Any,
        text: str,
        kind: str = ReplyKind.MESSAGE,
        answers: dict[str, str] | None = None,
        from_family: bool = False,
    ) -> tuple["Reply", bool]:
        """Send a message once, and let go of a counsellor's draft; return it and whether it is new.

        Other words under the same submission (a second try after a lost answer) are a message of their own: the first
        one is fixed, and nothing that was typed is dropped.
        """
        content = ReplyContent(kind=str(kind), text=text, answers=answers or {})
        fields = {"share": share, "author": author, "entry": entry, "from_family": from_family}
        reply = Reply(id=uuid.uuid4(), journal_id=share.journal_id, submission=submission, **fields)
        reader = share.counsellor if from_family else share.reader(author)
        reply.cover = None if reader == share.counsellor else reader
        reply.seal(content)
        try:
            with transaction.atomic():
                reply.save(force_insert=True)
        except IntegrityError:
            first = Reply.objects.get(journal=share.journal_id, author=author, submission=submission)
            if first.share_id == share.pk and not first.unreadable and first.document == content:
                return first, False
            other = uuid.uuid5(submission, content.dump())
            return self.send(**fields, submission=other, text=text, kind=kind, answers=answers)
        if from_family:
            Outbox.objects.tell_readers([share])
        else:
            Draft.objects.filter(user=author, form="reply", target=share.pk).delete()
            Outbox.objects.tell_parents(share.journal_id, but=author)
        return reply, True

    def mark_read(self, user: Any, replies: Iterable["Reply"]) -> None:
        """Remember that this person has read these replies; one's own are no news."""
        news = [reply for reply in replies if reply.author_id != user.pk]
        models.prefetch_related_objects(news, "reads")
        unread = [reply for reply in news if user.pk not in {read.user_id for read in reply.reads.all()}]
        # A page that shows nothing new writes nothing: a write waits for the disk, and for everybody else's.
        if unread:
            rows = [ReplyRead(reply=reply, user=user) for reply in unread]
            ReplyRead.objects.bulk_create(rows, ignore_conflicts=True)


class Reply(SealedModel):
    """One message between a family and one counsellor; what a counsellor wrote can be changed for ten minutes."""

    LABEL = "reply"
    DOCUMENT = ReplyContent

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="replies")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, null=True, related_name="replies")
    # Null among parents; otherwise the share through which it went, whoever wrote it.
    share = models.ForeignKey(Share, on_delete=models.CASCADE, null=True, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="replies")
    # Who wrote it, where that was a colleague who read instead.
    cover = models.ForeignKey(CentreRole, on_delete=models.SET_NULL, null=True, related_name="+")
    from_family = models.BooleanField(default=False)
    submission = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True, blank=True)
    # What a family wrote is off the counsellor's queue from here on.
    reviewed_at = models.DateTimeField(null=True, blank=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "replies"
        constraints = [models.UniqueConstraint(fields=["journal", "author", "submission"], name="one_reply_per_submission")]
        indexes = [
            models.Index(fields=["journal", "created_at"], name="reply_by_time"),
            # Those to the family: by the foreign key alone they are looked for among every journal's.
            models.Index(fields=["journal", "created_at"], condition=models.Q(entry=None), name="reply_to_all"),
            models.Index(
                fields=["share", "created_at"], condition=models.Q(from_family=True, reviewed_at=None), name="reply_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"reply {self.pk}"

    @property
    def counsellor(self) -> CentreRole | None:
        """Who wrote it, as families know them: the share's own counsellor, or the colleague who read instead."""
        return self.cover or (self.share.counsellor if self.share else None)

    @property
    def editable_until(self) -> datetime:
        """Until when its writer can change it."""
        return self.created_at + timedelta(minutes=EDIT_MINUTES)

    @transaction.atomic
    def rewrite(self, version: int, text: str) -> bool:
        """Put other words in its place, and say whether they differ; whoever had read it meets it as new.

        Raise TooLate after ten minutes, and Conflict where another page changed it since ``version``: nothing changes.
        """
        now = Reply.objects.select_for_update().get(pk=self.pk)
        if timezone.now() >= now.editable_until:
            raise TooLate
        if now.document.text == text:
            return False
        if now.version != version:
            raise Conflict(now)
        self.seal(replace(now.document, text=text))
        self.version, self.changed_at = version + 1, timezone.now()
        self.save(update_fields=["sealed", "version", "changed_at"])
        ReplyRead.objects.filter(reply=self).delete()
        return True


class ReplyRead(models.Model):
    """That one person has read one reply: two parents read at different times."""

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="reads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reply", "user"], name="a_reply_is_read_once")]

    def __str__(self) -> str:
        return f"read of {self.reply_id}"


@transaction.atomic
def finish_review(share: Share, user: Any) -> None:
    """Take everything this counsellor has been shown off their queue; what came meanwhile stays on it."""
    now = timezone.now()
    SharedEntry.objects.filter(share=share, reviewed_at=None, read_at__isnull=False).update(reviewed_at=now)
    seen = ReplyRead.objects.filter(user=user, reply__share=share).values("reply")
    Reply.objects.filter(share=share, from_family=True, reviewed_at=None, pk__in=seen).update(reviewed_at=now)
