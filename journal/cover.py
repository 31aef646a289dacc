"""What a family is told about who reads: that a counsellor is away and who reads instead, that one has left, what is proposed."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import get_language, gettext, ngettext

from guidance.phrases import close_up
from journal import wording
from journal.models import Absence, CentreRole, Cover, Handover, Membership, Share, User
from journal.readers import ShareCard


class Readers:
    """Who reads one parent's journal, each asked once for a page and only where the page says it."""

    def __init__(self, membership: Membership) -> None:
        self.membership = membership
        self.user, self.journal = membership.user, membership.journal

    @cached_property
    def others(self) -> list[Membership]:
        """The others who write here."""
        return list(Membership.objects.with_member(self.membership))

    @cached_property
    def people(self) -> dict[int, User]:
        """Everybody who writes here, this parent too, by account."""
        return {self.user.pk: self.user, **{other.user_id: other.user for other in self.others}}

    @cached_property
    def lately(self) -> list[Any]:
        """The shares that run or ended by their date not long ago, with what says when each counsellor reads."""
        shares: list[Any] = list(Share.objects.for_member(self.membership).lately())
        for share in shares:
            share.journal = self.journal
        prefetch_related_objects([share for share in shares if share.holds], "counsellor__absences")
        return shares

    @property
    def shares(self) -> list[Share]:
        """Those that hold."""
        return [share for share in self.lately if share.holds]

    @property
    def running(self) -> list[Any]:
        """Those, and the ones whose counsellor has left."""
        return [share for share in self.lately if share.is_running]

    @cached_property
    def covers(self) -> list[Cover]:
        """The colleagues who read instead, or will."""
        if not any(share.cover_allowed for share in self.shares):
            return []
        return list(Cover.objects.named_to(self.user, self.journal))

    @cached_property
    def instead(self) -> dict[UUID, Cover]:
        """The colleagues who read now, by share: the sentence on every entry names them too."""
        return {cover.share_id: cover for cover in self.covers if cover.has_begun}

    @cached_property
    def colleagues(self) -> dict[tuple[UUID, int | None], CentreRole]:
        """Who ever read instead of somebody, by share and account."""
        covers = Cover.objects.of_member(self.user, self.journal)
        return {(cover.share_id, cover.counsellor.user_id): cover.counsellor for cover in covers}

    def author_of(self, row: Any) -> User:
        """Who wrote an entry or a reply: most often somebody who still writes here, and is known."""
        author: User = self.people.get(row.author_id) or row.author
        return author

    @cached_property
    def by_share(self) -> dict[UUID, Share]:
        """The shares that hold, by their ids."""
        return {share.pk: share for share in self.shares}


# Holidays are announced this long before they begin: our own figure.
ANNOUNCED = timedelta(days=14)


@dataclass(frozen=True)
class ReaderNotice:
    """One thing a family is told about one share, as sentences. ``cover`` and ``handover`` are what can be answered."""

    share: UUID
    said: list[str]
    cover: Cover | None = None
    handover: Handover | None = None

    @property
    def text(self) -> str:
        """The sentences in a row."""
        return close_up(" ".join(self.said))

    @property
    def cover_name(self) -> str:
        """Who reads instead, as families read the name."""
        return self.cover.counsellor.name(get_language() or "en") if self.cover else ""

    @property
    def can_begin(self) -> bool:
        """Whether a colleague is named who does not read yet."""
        return self.cover is not None and not self.cover.has_begun


def notices(readers: Readers) -> list[ReaderNotice]:
    """What this parent is told now, with the same number of queries for one counsellor and for five."""
    shares = readers.running
    if not shares:
        return []
    covers = {cover.share_id: cover for cover in reversed(readers.covers)}
    today = min(share.counsellor.today for share in shares)
    found = [_of_share(share, share.holds, covers.get(share.pk), today) for share in shares]
    by_pk = {share.pk: share for share in shares}
    found += [_proposal(handover, by_pk[handover.share_id]) for handover in Handover.objects.about(*shares)]
    return [notice for notice in found if notice]


def nobody_reads(readers: Readers) -> bool:
    """Whether a family that let somebody read, and did not end it, has nobody who reads now."""
    return bool(readers.running) and not readers.shares


def told_beside(cards: list[ShareCard], readers: Readers) -> list[ShareCard]:
    """Add to each card of a share what is said beside it, and whether this parent may widen it."""
    told = notices(readers)
    own = set(Share.objects.kept_by(readers.user).filter(journal=readers.journal).values_list("pk", flat=True))
    for card in cards:
        card.notices = [notice for notice in told if notice.share == card.share.pk]
        card.may_widen = card.share.pk in own
    return cards


def _of_share(share: Share, active: bool, cover: Cover | None, today: date) -> ReaderNotice | None:
    language = get_language() or "en"
    name = share.counsellor.name(language)
    if not active:
        return ReaderNotice(share.pk, [gettext("%(c)s can no longer read. The centre ended this, not you.") % {"c": name}])
    if cover:
        return ReaderNotice(share.pk, _cover_sentences(share, cover), cover=cover)
    if absence := _next_absence(share, today):
        said = {"c": name, "first": wording.day(absence.first_day), "date": wording.day(absence.last_day)}
        if absence.first_day <= share.counsellor.today:
            return ReaderNotice(share.pk, [gettext("%(c)s is away until %(date)s. Nobody reads until then.") % said])
        return ReaderNotice(share.pk, [gettext("%(c)s is away from %(first)s to %(date)s. Nobody reads in that time.") % said])
    return None


def _next_absence(share: Share, today: date) -> Absence | None:
    """The first absence that is not over and has been announced, among those that came with the share."""
    told = (one for one in share.counsellor.absences.all() if one.first_day - ANNOUNCED <= today <= one.last_day)
    return min(told, key=lambda absence: absence.first_day, default=None)


def _cover_sentences(share: Share, cover: Cover) -> list[str]:
    language = get_language() or "en"
    zone = share.counsellor.user.zone
    begins = cover.starts_at.astimezone(zone).date()
    first = cover.absence.first_day if cover.absence else begins
    names = {"c": share.counsellor.name(language), "d": cover.counsellor.name(language), "date": wording.day(cover.until)}
    if first <= share.counsellor.today:
        said = [wording.cover(share.counsellor, cover.counsellor, cover.until)]
    else:
        sentence = gettext("%(c)s is away from %(first)s to %(date)s. %(d)s reads instead.")
        said = [sentence % {**names, "first": wording.day(first)}]
    if not cover.has_begun:
        said.append(gettext("%(d)s begins on %(date)s. Until then nothing changes.") % {**names, "date": wording.day(begins)})
    return said


def _proposal(handover: Handover, share: Share) -> ReaderNotice:
    language = get_language() or "en"
    names = {"c": share.counsellor.name(language), "d": handover.counsellor.name(language)}
    sentence = gettext("%(d)s could take over from %(c)s. You decide. Until then nothing changes.")
    return ReaderNotice(handover.share_id, [sentence % names], handover=handover)


def at_own_page(role: CentreRole) -> list[str]:
    """Instead of whom a counsellor reads, or will, and for how many families: told to them by this page alone."""
    groups: dict[tuple[UUID | None, UUID], list[Cover]] = {}
    for cover in Cover.objects.named(role):
        groups.setdefault((cover.absence_id, cover.share.counsellor_id), []).append(cover)
    return [_reads_for(covers) for covers in groups.values()]


def _reads_for(covers: list[Cover]) -> str:
    first, away = covers[0], covers[0].share.counsellor
    said = {"n": len(covers), "c": away.name(get_language() or "en"), "date": wording.day(first.until)}
    if first.has_begun:
        sentence = ngettext(
            "You read instead of %(c)s until %(date)s, for %(n)s family.",
            "You read instead of %(c)s until %(date)s, for %(n)s families.",
            len(covers),
        )
        return sentence % said
    sentence = ngettext(
        "From %(first)s to %(date)s you read instead of %(c)s, for %(n)s family.",
        "From %(first)s to %(date)s you read instead of %(c)s, for %(n)s families.",
        len(covers),
    )
    return sentence % {**said, "first": wording.day(first.starts_at.astimezone(away.user.zone).date())}


def at_desk(user: Any, share: Share) -> dict[str, Any]:
    """What a counsellor's page of a family says about cover and handover."""
    if share.counsellor.user_id != user.pk:
        cover = share.covers.held_by(user).select_related("share__counsellor__user").first()
        return {"own": False, "cover": cover, "proposed": None}
    return {"own": True, "cover": None, "proposed": Handover.objects.about(share).first()}
