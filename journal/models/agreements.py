"""House agreements: what a family has talked about, what holds now, and what held before."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, Self

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from journal.models.bin import BIN_DAYS, Conflict
from journal.models.circle import FamilyRow, FamilyRowQuerySet, SupportPerson
from journal.models.journals import Journal
from journal.models.sealed import Document


class Topic(models.TextChoices):
    """What an agreement is about."""

    HOUSE = "house", _("House agreement")
    MONEY = "money", _("Monthly money")
    SHEET = "sheet", _("Money sheet")
    CONTACT = "contact", _("If one of us is in hospital")


class Stage(models.TextChoices):
    """How far it has come. An earlier version is one that another follows; nobody sets that."""

    IDEA = "idea", _("Our idea. Not talked about with them")
    OPEN = "open", _("Being talked about")
    NOW = "now", pgettext_lazy("agreement", "In use")


@dataclass(frozen=True, kw_only=True)
class AgreementContent(Document):
    """What an agreement says. ``needed`` is the money sheet's second half; days are as in 2026-11-20."""

    v: int = 1
    topic: str = Topic.HOUSE.value
    state: str = Stage.IDEA.value
    text: str = ""
    needed: str = ""
    since: str = ""
    review: str = ""
    agreed: str = ""
    told: str = ""

    @property
    def since_day(self) -> date | None:
        """Since when it holds."""
        return date.fromisoformat(self.since) if self.since else None

    @property
    def review_day(self) -> date | None:
        """When the family looks at it again."""
        return date.fromisoformat(self.review) if self.review else None


class AgreementQuerySet(FamilyRowQuerySet):
    """Agreements and the versions before them."""

    def newest(self) -> Self:
        """Those that no later version follows."""
        return self.filter(followed_by=None)

    def of_family(self, user: Any, journal: Journal) -> Self:
        """What stands in one of this parent's journals: the newest version of each, in the order they were written."""
        return super().of_family(user, journal).newest()

    def visible_to(self, user: Any) -> Self:
        """What a counsellor may read now: the newest versions, where they were opened to them."""
        from journal.models.parts import Part, SharedPart

        opened = SharedPart.objects.readable_by(user).filter(part=Part.AGREEMENTS)
        return self.filter(journal__in=opened.values("journal"), deleted_at=None).newest().order_by("created_at", "id")

    def earlier_of(self, user: Any, journal: Journal) -> Self:
        """The versions that another follows, newest first, whatever became of their followers."""
        return self.of_member(user).filter(journal=journal, followed_by__isnull=False).order_by("-created_at", "-id")

    def editable_by(self, user: Any) -> Self:
        """What this person may change: an earlier version stays as it was."""
        return super().editable_by(user).newest()


class Agreement(FamilyRow):
    """One version of one agreement."""

    LABEL = "agreement"
    DOCUMENT = AgreementContent
    KIND = "agreement"

    # The version before this one. Each is followed by one: two parents who revise at once meet in a conflict.
    follows = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="followed_by")

    objects = AgreementQuerySet.as_manager()

    class Meta(FamilyRow.Meta):
        constraints = [models.UniqueConstraint(fields=["journal", "submission"], name="one_agreement_per_submission")]
        indexes = [models.Index(fields=["deleted_at"], condition=models.Q(deleted_at__isnull=False), name="agreement_bin")]

    def __str__(self) -> str:
        return f"agreement {self.pk}"

    @transaction.atomic
    def revise(self, version: int, content: AgreementContent, submission: Any) -> "Agreement":
        """Change it from ``version`` on; what was in use stays as an earlier version. Return the row that holds now.

        Raise Conflict where the other parent was quicker, changing nothing.
        """
        if self.document == content and self.version == version:
            return self
        if self.document.state != Stage.NOW:
            self.rewrite(version, content)
            return self
        # Counts as a change of this row: a form made before is out of date.
        if not Agreement.objects.filter(pk=self.pk, version=version, deleted_at=None).update(version=version + 1):
            raise Conflict(self.standing())
        new = Agreement(journal_id=self.journal_id, follows=self, submission=submission)
        new.seal(content)
        try:
            with transaction.atomic():
                new.save(force_insert=True)
        except IntegrityError:
            raise Conflict(self.standing()) from None
        return new

    def standing(self) -> "Agreement":
        """The newest version of this agreement: itself or one that follows it, in the bin or not."""
        row = Agreement.objects.get(pk=self.pk)
        while (later := Agreement.objects.filter(follows=row).first()) is not None:
            row = later
        return row

    @transaction.atomic
    def erase(self) -> None:
        """Erase it with every version before it, and what was half-written about any: none may stand there again."""
        from journal.models.drafts import Draft
        from journal.models.log import Erased

        versions = [self]
        while versions[-1].follows is not None:
            versions.append(versions[-1].follows)
        for version in versions:
            Erased.objects.get_or_create(kind=self.KIND, row_id=str(version.pk))
        Draft.objects.filter(form=Draft.Form.AGREEMENT, target__in=[version.pk for version in versions]).delete()
        versions[-1].delete()  # what follows goes with it


def histories(user: Any, journal: Journal) -> list[tuple[Agreement, list[Agreement]]]:
    """Each agreement of one of this parent's journals with its earlier versions, newest first; all of them opened."""
    newest = Agreement.objects.of_family(user, journal).opened()
    before = {row.pk: row for row in Agreement.objects.earlier_of(user, journal).opened()}
    found = []
    for agreement in newest:
        versions, row = [], agreement
        while row.follows_id in before:
            row = before[row.follows_id]
            versions.append(row)
        found.append((agreement, versions))
    return found


def binned_rows(user: Any, journal: Journal | None = None) -> list[Any]:
    """What this parent can put back: people and agreements, newest first, opened; of one journal where it is given."""
    scopes = [SupportPerson.objects.in_bin_of(user), Agreement.objects.in_bin_of(user).newest()]
    rows = chain(*(scope.filter(journal=journal) if journal else scope for scope in scopes))
    return sorted(rows, key=lambda row: row.deleted_at, reverse=True)


def purge_family_bin(now: datetime | None = None) -> int:
    """Erase what has been in the bin for more than thirty days; return how many rows. Run by ``manage.py tick``."""
    before = (now or timezone.now()) - timedelta(days=BIN_DAYS)
    rows: list[Any] = [*SupportPerson.objects.filter(deleted_at__lte=before)]
    rows += Agreement.objects.filter(deleted_at__lte=before).newest()
    for row in rows:
        row.erase()
    return len(rows)
