"""What a counsellor's page about one family shows, read in the counsellor's own scopes; as many queries for any family."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.translation import get_language

from journal import patterns, wording
from journal.models import Entry, Reply, Share, SharedEntry, SharedPart, User
from journal.patterns import Picture
from journal.replies import Said, for_desk
from journal.timeline import Card, desk_cards, page_of

EARLIER = 10
# More than this since the last review is read in portions: what was not shown stays on the queue.
MOST_NEW = 100
# The picture reads no more than this: one entry in the hour for four weeks.
MOST_DRAWN = 700


@dataclass
class FamilyShown:
    """One family, as its counsellor may see it now."""

    share: Share
    name: str
    relation: str
    # The day, where the reader is, from which the family has let this counsellor read.
    since: str
    seen: int
    private: int | None
    parts: set[str]
    new: list[tuple[Card | None, Said | None]] = field(default_factory=list)
    earlier: list[tuple[Card | None, Said | None]] = field(default_factory=list)
    last: Entry | None = None
    more_new: int = 0
    entries: list[Entry] = field(default_factory=list)
    messages: list[Reply] = field(default_factory=list)
    picture: Picture | None = None

    @property
    def picture_said(self) -> str:
        """What the picture shows, in sentences."""
        return wording.four_weeks_at_desk(self.picture) if self.picture else ""

    @property
    def chosen_only(self) -> bool:
        """Whether the family chooses each entry: then there is no picture and no number of what is kept."""
        return self.share.default == Share.Default.CHOSEN


def shown(share: Share, user: User, before: Entry | None) -> FamilyShown:
    """Read what stands on the page of this family, from ``before`` on backwards; nothing is marked as read by that."""
    waiting = Entry.objects.through(share, reviewed=False).order_by("day", "happened_at", "id")
    new = waiting.with_reading()[: MOST_NEW + 1].opened(share.journal)
    reviewed = Entry.objects.through(share, reviewed=True).order_by("-day", "-happened_at", "-id")
    earlier, last = page_of(reviewed.with_reading(), before, share.journal, EARLIER)
    parts = list(SharedPart.objects.opened_to(user, share))
    page = FamilyShown(
        share=share,
        name=share.journal.code_name(get_language() or "en"),
        relation="" if share.journal.unreadable else share.journal.document.relation,
        since=wording.day(share.starts_at.astimezone(user.zone).date()),
        seen=SharedEntry.objects.through([share]).count(),
        private=SharedPart.objects.kept_private(share, parts),
        parts={row.part for row in parts},
        last=last,
        more_new=waiting.count() - MOST_NEW if len(new) > MOST_NEW else 0,
        entries=[*new[:MOST_NEW], *earlier],
        picture=_picture(share, user),
    )
    _add_items(page, new[:MOST_NEW], earlier, before, user)
    return page


def _add_items(page: FamilyShown, new: list[Entry], earlier: list[Entry], before: Entry | None, user: User) -> None:
    """Put entries and messages together: what waits in the order it came, what was read newest first."""
    newest, oldest = before.happened_at if before else None, page.last.happened_at if page.last else None
    replies = [*reversed(Reply.objects.at_desk(user, page.share, page.entries, newest, oldest))]
    waiting = [reply for reply in replies if reply.from_family and reply.reviewed_at is None]
    page.messages = waiting[:MOST_NEW]
    # What waits beyond these is not shown at all: the log has no line for it, and it stays on the queue.
    said_before = [reply for reply in replies if reply not in waiting]
    cards = {card.entry.pk: card for card in desk_cards(page.entries, [row for row in said_before if row.entry_id], user)}
    items: list[tuple[Any, Card | None, Said | None]] = [(entry.happened_at, cards[entry.pk], None) for entry in new]
    for said in for_desk(page.messages, user):
        said.about = said.row.entry
        items.append((said.created_at, None, said))
    page.new = [item[1:] for item in sorted(items, key=lambda item: item[0])]
    items = [(entry.happened_at, cards[entry.pk], None) for entry in earlier]
    items += [(said.created_at, None, said) for said in for_desk([row for row in said_before if not row.entry_id], user)]
    page.earlier = [item[1:] for item in sorted(items, key=lambda item: item[0], reverse=True)]


def _picture(share: Share, user: User) -> Picture | None:
    """Four weeks of the entries this counsellor may read; none of single ones that were chosen, which would draw a gap."""
    if share.default != Share.Default.NEW:
        return None
    today = wording.today_of(user)
    # A day more on either side: the house may be in another zone than the desk. The journal is the share's own: said, it
    # lets a database look at these days alone, and not at everything that was ever opened.
    days = Entry.objects.through(share).filter(journal=share.journal_id, day__gte=patterns.first_day(today) - timedelta(days=1))
    rows = days.select_related(None).order_by("-day")
    written = [(day, content) for _pk, day, content in rows.contents(share.journal, MOST_DRAWN)]
    return patterns.four_weeks(written, today)
