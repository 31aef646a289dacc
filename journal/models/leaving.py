"""Writing together ends, or another keeps the journal: what goes at once, and what stays."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from config.retention import KEPT
from journal.models.drafts import Draft
from journal.models.entries import Entry, day_of
from journal.models.exports import Export, Import
from journal.models.invitations import MemberInvitation
from journal.models.journals import Journal, Membership
from journal.models.log import Erased
from journal.models.shared_entries import SharedEntry
from journal.models.sharing import Share


class Mine(models.TextChoices):
    """What becomes of what somebody wrote when they leave."""

    STAYS = "stays"
    CLOSED = "closed"
    ERASED = "erased"


# So long whoever left, or was removed, can take out what they wrote; then what only they could read is erased.
TAKE_OUT = KEPT["leaving"]


class FormerMemberQuerySet(models.QuerySet["FormerMember"]):
    """Who has left where. It opens no page of a journal: only a copy of one's own words."""

    def of_user(self, user: Any) -> Self:
        """The journals this person has left lately, the last one first."""
        rows = self.filter(user=user, left_at__gt=timezone.now() - TAKE_OUT).exclude(journal__memberships__user=user)
        return rows.order_by("-left_at").select_related("journal")

    def besides(self, user: Any, memberships: list[Membership]) -> Self:
        """The same for a person all of whose memberships are at hand."""
        back = models.Q(journal__in=[membership.journal_id for membership in memberships])
        rows = self.filter(~back, user=user, left_at__gt=timezone.now() - TAKE_OUT)
        return rows.order_by("-left_at").fetch_mode(models.FETCH_PEERS)

    def over(self, now: datetime) -> Self:
        """Those whose days for a copy are over."""
        return self.filter(left_at__lte=now - TAKE_OUT)


class FormerMember(models.Model):
    """Somebody wrote in a journal and does not any more: for thirty days they can take out what they wrote."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    left_at = models.DateTimeField(default=timezone.now)

    objects = FormerMemberQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["journal", "user"], name="one_leaving_per_person")]

    def __str__(self) -> str:
        return f"former member {self.pk}"

    @property
    def until(self) -> datetime:
        """The moment at which the days for a copy are over."""
        return self.left_at + TAKE_OUT

    @transaction.atomic
    def erase_private(self, most: int) -> int:
        """Erase what only this person could read, at most so much at once; return how much that was. The last go ends it.

        What the others can read stays with them. Of somebody who was asked back nothing goes.
        """
        Journal.lock(self.journal_id)
        back = Membership.objects.filter(journal=self.journal_id, user=self.user_id).exists()
        closed = Entry.objects.filter(journal=self.journal_id, author=self.user_id, audience=Entry.Audience.AUTHOR)
        entries = [] if back else list(closed[:most])
        for entry in entries:
            entry.erase()
        if len(entries) < most:
            self.delete()
        return len(entries)


class StillKeeps(Exception):
    """Whoever keeps a journal hands it over before they leave it."""


@transaction.atomic
def leave(membership: Membership, mine: str = Mine.STAYS) -> None:
    """This person writes here no longer: from their next request on the journal is not there for them.

    No counsellor reads on in what they wrote. What only they could read stays sealed: for thirty days they can take it out,
    or find it again if they are asked back; then it is erased.
    """
    Journal.lock(membership.journal_id)
    held = Membership.objects.filter(pk=membership.pk).select_related("journal", "user").first()
    if held is None:
        return  # left already: a second press, or the other's in the same moment
    if held.keeps:
        raise StillKeeps
    _hand_over_shares(held)
    written = Entry.objects.filter(journal=held.journal, author=held.user_id)
    SharedEntry.objects.filter(entry__in=written.values("pk")).delete()
    if mine == Mine.CLOSED:
        written.update(audience=Entry.Audience.AUTHOR, family_at=None, version=models.F("version") + 1)
    elif mine == Mine.ERASED:
        rows = [Erased(kind="entry", row_id=str(pk)) for pk in written.values_list("pk", flat=True)]
        Erased.objects.bulk_create(rows, ignore_conflicts=True)
        written.delete()
    for model, who in ((Draft, "user"), (Export, "requested_by"), (Import, "requested_by")):
        model.objects.filter(journal=held.journal, **{who: held.user_id}).delete()
    held.delete()
    if mine != Mine.ERASED:
        FormerMember.objects.create(journal=held.journal, user=held.user)
    if mine != Mine.STAYS:
        _lift_rest(held)


def _lift_rest(left: Membership) -> None:
    # A hard day that is closed now asks nobody else to rest; another one still does.
    keeper = Membership.objects.filter(journal=left.journal, role=Membership.Role.OWNER).select_related("journal", "user").first()
    if keeper:
        keeper.lift_rest(day_of(timezone.now(), keeper.user.zone))


def _hand_over_shares(leaving: Membership) -> None:
    # A share is the journal's and stays. "New entries" was this person's choice about their own: it ends with them.
    # Locked, as when an entry is written: one that is being saved in this moment is closed too.
    keeper = Membership.objects.filter(journal=leaving.journal, role=Membership.Role.OWNER).first()
    for share in Share.objects.select_for_update().filter(journal=leaving.journal, granted_by=leaving.user_id):
        share.granted_by_id = keeper.user_id if keeper else None
        share.default = Share.Default.CHOSEN if share.default == Share.Default.NEW else share.default
        share.save(update_fields=["granted_by", "default"])


@transaction.atomic
def offer(membership: Membership, *, asked: bool = True) -> None:
    """Ask another parent to keep the journal from now on, or take that back. Nothing changes before they say yes."""
    Journal.lock(membership.journal_id)
    others = Membership.objects.filter(journal=membership.journal_id)
    others.update(offered_at=None)
    if asked:
        others.filter(pk=membership.pk, role=Membership.Role.MEMBER).update(offered_at=timezone.now())


@transaction.atomic
def take_over(membership: Membership, *, keeps: bool) -> bool:
    """Say yes or no to keeping the journal; return whether it is this person's to keep now.

    Whoever kept it until now goes on writing as the others do. Invitations they made end: they were theirs to confirm.
    """
    Journal.lock(membership.journal_id)
    here = Membership.objects.filter(journal=membership.journal_id)
    asked = here.filter(pk=membership.pk, role=Membership.Role.MEMBER, offered_at__isnull=False).exists()
    if not asked:
        return False
    here.update(offered_at=None)
    if keeps:
        here.filter(role=Membership.Role.OWNER).update(role=Membership.Role.MEMBER)
        here.filter(pk=membership.pk).update(role=Membership.Role.OWNER)
        MemberInvitation.objects.open().filter(journal=membership.journal_id).update(ended_at=timezone.now())
    return keeps
