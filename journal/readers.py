"""Who can read, as a parent's pages say it: the sentence on a form, the choices of an entry, a share and its question."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from journal import wording
from journal.models import Entry, Journal, Membership, Share, SharedEntry, User
from journal.reading import next_reading_day, usual_delay


def open_shares(journal: Journal, user: User) -> list[Share]:
    """The shares for which this parent can choose an entry of theirs, in one order everywhere."""
    return list(Share.objects.of_member(user, journal).open_to(user))


def new_entry_readers(user: User, others: list[Membership], shares: list[Share]) -> str:
    """The sentence beside the form of a new entry: who can read it once it is saved, among these who read now."""
    counsellors = [share.counsellor for share in shares if share.choice_of(user) == Share.Default.NEW]
    return wording.who_can_read("family" if counsellors else "author", [other.user for other in others], counsellors)


def reader_choices(journal: Journal, user: User, shares: list[Share]) -> list[tuple[str, str]]:
    """The choices of "Who can read this?": with one writer the middle one is left out, without a counsellor the third.

    Where several counsellors read, each is a box of its own (``counsellor_choices``), so that any of them can be left out.
    """
    alone = not Membership.objects.beside(user, journal).exists()
    choices: list[tuple[str, str]] = [(Entry.Audience.AUTHOR.value, gettext("Only me"))]
    if len(shares) > 1:
        ticked = gettext("Me, and those ticked below") if alone else gettext("Everyone who writes here, and those ticked below")
        return [*choices, (Entry.Audience.FAMILY.value, ticked)]
    if not alone:
        choices.append((Entry.Audience.FAMILY.value, gettext("Everyone who writes here")))
    everyone = gettext("Everyone who writes here, and %(c)s")
    return [*choices, *((value, everyone % {"c": name}) for value, name in counsellor_choices(shares))]


def counsellor_choices(shares: list[Share]) -> list[tuple[str, str]]:
    """The counsellors of these shares by name."""
    return [(str(share.pk), share.counsellor.name(get_language() or "en")) for share in shares]


def readers_of(entry: Entry, shares: list[Share]) -> tuple[str, frozenset[str]]:
    """Who can read an entry now: its audience, and the shares among these it is open to."""
    if entry.audience == Entry.Audience.AUTHOR:
        return Entry.Audience.AUTHOR.value, frozenset()
    open_to = SharedEntry.objects.of_entries([entry.pk], shares)
    return Entry.Audience.FAMILY.value, frozenset(str(row.share_id) for row in open_to)


@dataclass
class ShareCard:
    """What the page says about one share to one parent."""

    share: Share
    membership: Membership
    active: bool
    entries: int = 0
    usual: int | None = None
    form: Any = None
    parts: Any = ()
    # What is said beside it about who is away, and whether this parent may let more be read (journal.cover).
    notices: Any = ()
    may_widen: bool = False

    @property
    def name(self) -> str:
        """The counsellor as families read the name."""
        return self.share.counsellor.name(get_language() or "en")

    @property
    def licence(self) -> str:
        """The counsellor's licence."""
        return self.share.counsellor.licence(get_language() or "en")

    @property
    def centre(self) -> str:
        """The counsellor's centre."""
        return self.share.counsellor.centre.name(get_language() or "en")

    @property
    def days(self) -> str:
        """The weekdays on which is read."""
        return wording.days(self.share.counsellor.weekdays)

    @property
    def next_day(self) -> str:
        """The next day on which is read, in words."""
        role = self.share.counsellor
        today = timezone.now().astimezone(role.user.zone).date()
        following = next_reading_day(role.weekdays, date.fromordinal(today.toordinal() - 1), role.away)
        return wording.day(following) if following else ""

    @property
    def usual_days(self) -> str:
        """How long reading usually took lately, in words; empty where too little was read."""
        if self.usual is None:
            return ""
        return ngettext(
            "Lately, about half was read within %(n)s day.", "Lately, about half was read within %(n)s days.", self.usual
        ) % {"n": self.usual}

    @property
    def since(self) -> str:
        """The day it began."""
        return wording.day(self.share.starts_at.astimezone(self.membership.user.zone).date())

    @property
    def last_day(self) -> str:
        """The last day on which it can be read."""
        day = self.share.last_day(self.membership.user.zone)
        return wording.day(day) if day else ""

    @property
    def mine(self) -> bool:
        """Whether this parent began it, and can therefore let it go on."""
        return self.share.granted_by_id == self.membership.user.pk

    @property
    def other(self) -> str:
        """Who else began it, where they still write here."""
        if self.mine or self.share.granted_by is None or not self.share.beginner_writes:
            return ""
        return wording.parent_name(self.share.granted_by)

    @property
    def asking(self) -> bool:
        """Whether the question stands: it holds, and ends within two weeks."""
        return self.active and self.share.is_asking

    @property
    def chooses(self) -> bool:
        """Whether this parent lets anything of theirs be read through it, so that reaching back can be offered."""
        return self.active and self.share.choice_of(self.membership.user) != Share.Default.NOTHING

    @property
    def ended(self) -> str:
        """The time at which it was stopped, or ended by its date; empty where it did not end by either."""
        moment = self._ended_at()
        return wording.clock(moment) if moment and self.share.revoked_at else ""

    @property
    def ended_day(self) -> str:
        """The last day of a share that ended."""
        if self.share.revoked_at:
            return wording.day(self.share.revoked_at.astimezone(self.membership.user.zone).date())
        return self.last_day if self._ended_at() else ""

    def _ended_at(self) -> datetime | None:
        ended = self.share.revoked_at or self.share.ends_at
        return ended.astimezone(self.membership.user.zone) if ended and ended <= timezone.now() else None


def share_cards(membership: Membership, shares: list[Share]) -> list[ShareCard]:
    """The cards of a parent's shares, with the same number of queries however much is read through them."""
    prefetch_related_objects(shares, "counsellor__absences")
    keys = [share.pk for share in shares]
    mine = Share.objects.of_member(membership.user, membership.journal)
    active = set(mine.active().filter(pk__in=keys).values_list("pk", flat=True))
    counts = SharedEntry.objects.count_by_share(keys)
    readings = SharedEntry.objects.read_lately(active)
    return [
        ShareCard(share, membership, share.pk in active, counts.get(share.pk, 0), usual_delay(readings.get(share.pk, [])))
        for share in shares
    ]


def endings(membership: Membership, lately: list[Any]) -> list[ShareCard]:
    """The shares the first page asks about, because they end soon, or tells of, because they ended: unless "later" holds."""
    cards = [ShareCard(share, membership, share.holds) for share in lately if share.is_asking]
    cards = [card for card in cards if card.asking or card.ended_day]
    if not cards:
        return []
    mine = Share.objects.of_member(membership.user, membership.journal)
    asked = set(mine.unless_later(membership.user, wording.today_of(membership.user)).values_list("pk", flat=True))
    return [card for card in cards if card.share.pk in asked]
