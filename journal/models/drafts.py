"""Half-written words: kept on the server, sealed, one draft a person and form; never in the browser."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from config.retention import KEPT
from journal.models.journals import Journal
from journal.models.sealed import Document, SealedModel, SealedQuerySet

DRAFT_DAYS = KEPT["drafts"].days
# The fields by which a form says what its words are about: one sending of something new, one version of what is there.
SAME = ("submission", "version")


@dataclass(frozen=True, kw_only=True)
class DraftContent(Document):
    """The words of an unfinished form: of one text area, or of a form with several fields by their names."""

    v: int = 1
    text: str = ""
    fields: dict[str, str] = field(default_factory=dict)


class DraftQuerySet(SealedQuerySet):
    """Half-written words belong to the one who writes them."""

    def of_user(self, user: Any) -> Self:
        """This person's drafts that have not expired; a counsellor's only while the share it answers lasts."""
        from journal.models.sharing import Share

        mine = models.Q(journal__in=Journal.objects.ids_of(user))
        shared = models.Q(journal__in=Share.objects.of_counsellor(user).values("journal"))
        return self.filter(mine | shared)._standing(user)

    def in_journal(self, user: Any, journal: UUID) -> Self:
        """The same in one journal, for whoever has looked up their membership or share in it."""
        return self._standing(user, journal=journal)

    def _standing(self, user: Any, **where: Any) -> Self:
        return self.filter(user=user, expires_at__gt=timezone.now(), **where)

    def expired(self, now: datetime) -> Self:
        """What is offered to nobody any more, for the job that deletes it."""
        return self.filter(expires_at__lte=now)

    def drop(self, *, user: Any, form: str, target: UUID) -> None:
        """Let go of a draft: its form was saved, or its writer does not want it."""
        self.filter(user=user, form=form, target=target).delete()

    @transaction.atomic
    def keep(
        self,
        *,
        user: Any,
        journal: Journal,
        form: str,
        target: UUID,
        sequence: int,
        text: str = "",
        fields: Mapping[str, str] | None = None,
    ) -> bool:
        """Keep the newest words of a form and say so; a late packet with an older sequence number changes nothing.

        An open page sends the number it was made with each time: of equal ones the last to arrive is the newest. What a
        form has no field for stays as it was kept: a page in two lengths empties nothing. That is so for one and the same
        thing only: of another form, an older version or what has expired nothing goes over.
        """
        draft = self.select_for_update().filter(user=user, form=form, target=target).first()
        new = draft is None
        if draft is None:
            draft = Draft(id=uuid.uuid4(), user=user, journal=journal, form=form, target=target, sequence=-1)
        if sequence < draft.sequence:
            return False
        fields = dict(fields or {})
        if not new and draft.goes_on_in(fields):
            fields = {**draft.document.fields, **fields}
        draft.sequence = sequence
        draft.kept_at = timezone.now()
        draft.expires_at = draft.kept_at + timedelta(days=DRAFT_DAYS)
        draft.seal(DraftContent(text=text, fields=fields))
        try:
            with transaction.atomic():
                draft.save(force_insert=new)
        except IntegrityError:
            # Another packet of the same form made the row in this moment: now there is one to change.
            return self.keep(user=user, journal=journal, form=form, target=target, sequence=sequence, text=text, fields=fields)
        return True


class Draft(SealedModel):
    """An unfinished form, kept on the server and never in the browser."""

    LABEL = "draft"
    DOCUMENT = DraftContent

    class Form(models.TextChoices):
        """Which form, and what its target is."""

        REPLY = "reply"  # a counsellor's answer; the share
        ENTRY = "entry"  # a new entry in one's own words; the journal
        EDIT = "edit"  # a change of an entry; the entry
        PAGE = "page"  # the family's own page; the journal
        PERSON = "person"  # somebody to lean on; themself, or the journal for somebody new
        VISIT = "visit"  # a task of a visit plan; the plan's place for it, or the journal's for a new plan
        QUESTION = "question"  # a family's question or answer; the reply it answers, or the journal
        AGREEMENT = "agreement"  # an agreement; itself, or the journal's place for a new one on its topic

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=10)
    target = models.UUIDField()
    sequence = models.BigIntegerField(default=0)
    kept_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "form", "target"], name="one_draft_per_form")]
        indexes = [models.Index(fields=["expires_at"], name="draft_end")]

    def __str__(self) -> str:
        return f"draft {self.pk}"

    def goes_on_in(self, fields: Mapping[str, str]) -> bool:
        """Whether these are later words about what this draft is about."""
        if self.expires_at <= timezone.now() or self.unreadable:
            return False
        return all(self.document.fields.get(name) == fields.get(name) for name in SAME)
