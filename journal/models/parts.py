"""What a family lets one counsellor read besides entries: their page, their agreements, and how much is kept private."""

from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from journal.models.entries import Entry
from journal.models.journals import Journal, Membership
from journal.models.shared_entries import SharedEntry
from journal.models.sharing import Share


class Part(models.TextChoices):
    """A part of a journal that is closed to every counsellor until a parent opens it for one of them."""

    PAGE = "page", _("Our page")
    AGREEMENTS = "agreements", _("House agreements")
    COUNT = "count", _("How many entries stay closed")


class SharedPartQuerySet(models.QuerySet["SharedPart"]):
    """Which parts are open. One opened by somebody who no longer writes in the journal is closed."""

    def holding(self) -> Self:
        """Parts opened by somebody who still writes there."""
        return self.filter(
            models.Exists(Membership.objects.filter(journal=models.OuterRef("journal"), user=models.OuterRef("granted_by")))
        )

    def of_family(self, user: Any, journal: Journal) -> Self:
        """What is open in one of this parent's journals, to counsellors who read now."""
        rows = self.holding().filter(journal=journal, journal__memberships__user=user)
        return rows.filter(share__in=Share.objects.active().values("pk"))

    def of_share(self, share: Share) -> Self:
        """What a family has opened through one share, whether or not its counsellor still works there."""
        return self.holding().filter(share=share)

    def readable_by(self, user: Any) -> Self:
        """What is open to this counsellor, now; nothing through a share that says "nothing for now".

        It was opened to one person by name: whoever reads instead of them meets the entries alone.
        """
        shares = Share.objects.named(user).opening()
        return self.holding().filter(share__in=shares.values("pk"))

    def opened_to(self, user: Any, share: Share) -> Self:
        """The same of one share its reader has looked up."""
        return self.of_share(share) if share.opens_by_name(user) else self.none()

    def kept_private(self, share: Share, opened: Iterable["SharedPart"]) -> int | None:
        """How many entries of this family the counsellor may not read; None where that is not theirs to know.

        ``opened`` is what is readable through the share.

        Only where every parent has allowed the number, and never beside single entries chosen for them: there it would
        tell on each visit whether something was written and held back.
        """
        if share.default != Share.Default.NEW:
            return None
        allowed = {row.granted_by_id for row in opened if row.part == Part.COUNT}
        if not allowed:
            return None
        if not set(Membership.objects.filter(journal=share.journal_id).values_list("user", flat=True)) <= allowed:
            return None
        readable = SharedEntry.objects.through([share]).values("entry")
        return Entry.objects.alive().filter(journal=share.journal_id).exclude(pk__in=readable).count()

    def set_open(self, user: Any, share: Share, part: str, *, opened: bool) -> bool:
        """Open or close a part, and say whether that changed anything.

        Page and agreements are both parents': one opens them, either closes them. The count needs each parent's own yes.
        """
        if opened:
            return self.get_or_create(share=share, part=part, granted_by=user, defaults={"journal_id": share.journal_id})[1]
        rows = self.filter(share=share, part=part)
        return bool((rows.filter(granted_by=user) if part == Part.COUNT else rows).delete()[0])


class SharedPart(models.Model):
    """A parent has opened one part of the journal to one counsellor. Gone with the share, and with "nothing for now"."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="parts")
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(max_length=10, choices=Part)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    shared_at = models.DateTimeField(default=timezone.now)

    objects = SharedPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "part", "granted_by"], name="a_part_is_opened_once_by_a_parent")]

    def __str__(self) -> str:
        return f"{self.part} of {self.share_id}"
