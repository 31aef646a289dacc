"""What belongs to a journal rather than to one day: who a family can lean on, and the family's own page.

Everyone who writes in the journal reads and changes these rows; nobody else does. No name, state or day stands in clear.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from journal.models.accounts import User
from journal.models.bin import BIN_DAYS, BinnedModel, Conflict
from journal.models.journals import Journal, Membership
from journal.models.sealed import Document, SealedQuerySet


class FamilyRowQuerySet(SealedQuerySet):
    """Rows of a journal as a whole: both parents' alike."""

    def of_member(self, user: Any) -> Self:
        """Rows of the journals this person writes in, the bin's too."""
        return self.filter(journal__in=Journal.objects.ids_of(user))

    def editable_by(self, user: Any) -> Self:
        """What this person may read and change now."""
        return self.of_member(user).filter(deleted_at=None)

    def of_family(self, user: Any, journal: Journal) -> Self:
        """What stands in one of this parent's journals, in the order it was written."""
        return self.editable_by(user).filter(journal=journal).order_by("created_at", "id")

    def in_bin_of(self, user: Any) -> Self:
        """What was put in the bin and can still be put back, by either parent."""
        since = timezone.now() - timedelta(days=BIN_DAYS)
        return self.of_member(user).filter(deleted_at__gt=since).order_by("-deleted_at", "-id")

    @transaction.atomic
    def write(self, *, membership: Membership, submission: UUID, content: Document, **fields: Any) -> tuple[Any, bool]:
        """Save a new row once; return it and whether it is new.

        A second arrival of the same form returns the first row, and raises Conflict when its words differ.
        """
        row = self.model(id=uuid.uuid4(), journal=membership.journal, submission=submission, **fields)
        row.seal(content)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            first = self.get(journal=membership.journal, submission=submission)
            if first.unreadable or first.document != content:
                raise Conflict(first) from None
            return first, False
        return row, True


class FamilyRow(BinnedModel):
    """A sealed row of a journal: changed only from its newest version, and thirty days in the bin before it is gone."""

    KIND = "row"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="+")
    submission = models.UUIDField(default=uuid.uuid4)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    @transaction.atomic
    def rewrite(self, version: int, content: Document) -> None:
        """Replace the words if nobody else did since ``version``; raise Conflict otherwise, changing nothing."""
        self.reseal(version, content, changed_at=timezone.now())

    @transaction.atomic
    def erase(self) -> None:
        """Erase it for good; the ledger keeps a restored backup from bringing it back."""
        from journal.models.drafts import Draft
        from journal.models.log import Erased

        Draft.objects.filter(journal=self.journal_id, target=self.pk).delete()
        Erased.objects.get_or_create(kind=self.KIND, row_id=str(self.pk))
        self.delete()

    def bin_until(self, user: User) -> date:
        """The last day on which it can be put back, by this reader's clock."""
        return ((self.deleted_at or timezone.now()) + timedelta(days=BIN_DAYS)).astimezone(user.zone).date()


class Closeness(models.TextChoices):
    """What a person outside the house is to the family, now."""

    KNOWS = "knows", _("Knows")
    COULD = "could", _("Could help with one thing")
    NOT_NOW = "not_now", _("Not telling them for now")
    ASKED = "asked", _("Asked not to be told")


@dataclass(frozen=True, kw_only=True)
class PersonContent(Document):
    """Somebody outside the house. There is no field for what they were told."""

    v: int = 1
    name: str = ""
    state: str = Closeness.KNOWS.value
    next: str = ""


class AskedNotTo(Exception):
    """The person asked that somebody not be told, and only the person can take that back."""


class SupportPerson(FamilyRow):
    """Somebody to lean on, or not to tell."""

    LABEL = "support_person"
    DOCUMENT = PersonContent
    KIND = "person"

    objects = FamilyRowQuerySet.as_manager()

    class Meta(FamilyRow.Meta):
        verbose_name_plural = "support people"
        constraints = [models.UniqueConstraint(fields=["journal", "submission"], name="one_person_per_submission")]
        indexes = [models.Index(fields=["deleted_at"], condition=models.Q(deleted_at__isnull=False), name="person_bin")]

    def __str__(self) -> str:
        return f"support person {self.pk}"

    @property
    def is_asked(self) -> bool:
        """Whether the person asked that this one not be told."""
        return not self.unreadable and self.document.state == Closeness.ASKED

    @transaction.atomic
    def rewrite(self, version: int, content: Document, *, taken_back: bool = False) -> None:
        """As every row; but "asked not to be told" gives way to nothing except the person's own word."""
        assert isinstance(content, PersonContent)
        if self.is_asked and content.state != Closeness.ASKED and not taken_back:
            raise AskedNotTo
        super().rewrite(version, content)

    def put_in_bin(self) -> None:
        """As every row; the bin is no way around what the person asked."""
        if self.is_asked:
            raise AskedNotTo
        super().put_in_bin()


@dataclass(frozen=True, kw_only=True)
class PageContent(Document):
    """The family's own page. No line asks for a beginning, a cause or a diagnosis."""

    v: int = 1
    who: str = ""
    past: str = ""
    well: str = ""
    hard: str = ""
    not_wanted: str = ""
    reach: str = ""
    seen: str = ""

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The parts with words in them, each with its heading."""
        return [(str(PAGE_PARTS[name]), getattr(self, name)) for name in PAGE_PARTS if getattr(self, name)]


PAGE_PARTS = {
    "who": _("Who we are"),
    "past": _("How it has been, in short"),
    "well": _("What goes well"),
    "hard": _("What is hard"),
    "not_wanted": _("What we do not want"),
    "reach": _("How to reach us"),
}
PAGE_SEEN = [("yes", _("They have read this")), ("no", _("They have not read this"))]


# After half a year the page asks whether it still holds: a family is not what it was.
PAGE_STANDS = timedelta(days=182)


class FamilyPageQuerySet(FamilyRowQuerySet):
    """The page is the parents', and a counsellor's to read where they opened it."""

    def visible_to(self, user: Any) -> Self:
        """What a counsellor may read now: the pages that were opened to them."""
        from journal.models.parts import Part, SharedPart

        opened = SharedPart.objects.readable_by(user).filter(part=Part.PAGE)
        return self.filter(journal__in=opened.values("journal"), deleted_at=None)


class FamilyPage(FamilyRow):
    """One page about the family, so that they need not tell it all again. One in a journal."""

    LABEL = "family_page"
    DOCUMENT = PageContent
    KIND = "page"

    objects = FamilyPageQuerySet.as_manager()

    class Meta(FamilyRow.Meta):
        constraints = [models.UniqueConstraint(fields=["journal"], name="one_page_per_journal")]

    def __str__(self) -> str:
        return f"family page {self.pk}"

    @property
    def is_old(self) -> bool:
        """Whether nobody has looked at it for half a year."""
        return self.version > 0 and self.changed_at < timezone.now() - PAGE_STANDS

    @classmethod
    def of(cls, membership: Membership) -> "FamilyPage":
        """The journal's page; a new, unsaved one (version 0) where nothing has been written."""
        page: FamilyPage | None = cls.objects.of_family(membership.user, membership.journal).first()
        if page is None:
            page = cls(id=uuid.uuid4(), journal=membership.journal, version=0)
            page._document = PageContent()
        return page

    @transaction.atomic
    def rewrite(self, version: int, content: Document) -> None:
        """As every row; the first words make the row, and raise Conflict where the other parent's were quicker."""
        if self.version:
            return super().rewrite(version, content)
        self.version = 1
        self.seal(content)
        try:
            with transaction.atomic():
                self.save(force_insert=True)
        except IntegrityError:
            raise Conflict(FamilyPage.objects.get(journal=self.journal_id)) from None
        return None
