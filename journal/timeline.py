"""Entries as a reader meets them: content, who can read, what was answered, week by week."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from guidance.phrases import close_up
from journal import wording
from journal.addresses import row_url
from journal.cover import Readers
from journal.models import Entry, EntryContent, Journal, Reply, SharedEntry, User, day_of
from journal.models.entries import Hard
from journal.replies import Said, for_desk, for_family
from journal.search import PAGE


@dataclass
class Card:
    """One entry on a page. ``content`` is None where it cannot be opened."""

    entry: Entry
    content: EntryContent | None
    mine: bool
    author: str
    readers: str = ""
    states: list[str] = field(default_factory=list)
    replies: list[Said] = field(default_factory=list)
    can_widen: bool = False
    # Written by another parent since this one last looked.
    new: bool = False
    # The answer to the safety question, at the desk alone.
    hard: str = ""

    @cached_property
    def key(self) -> str:
        """The entry's id, which an entry's line names again and again."""
        return str(self.entry.pk)

    @property
    def anchor(self) -> str:
        """The id of its line in the list."""
        return f"entry-{self.key}"

    @property
    def url(self) -> str:
        """Where its author changes it."""
        return row_url(self.key, "journal:entry_detail")

    @property
    def readers_url(self) -> str:
        """Where its author says who can read it."""
        return row_url(self.key, "journal:entry_readers")

    @property
    def named(self) -> str:
        """Which entry a button belongs to, for who does not see where it stands."""
        return wording.entry_of(self.entry.day)

    @property
    def line(self) -> str:
        """When it was, what came back, and who wrote it."""
        response = wording.response(self.content.response) if self.content else ""
        return " · ".join(filter(None, (wording.entry_when(self.entry), response, self.hard, self.author)))

    @property
    def says_more(self) -> bool:
        """Whether anything stands beside its kind and its words."""
        said = self.content
        return said is not None and bool(said.noticed or said.next or said.strain or said.written_by or said.quotes)

    @property
    def readers_said(self) -> str:
        """Who can read it, and how far each of them is, as sentences in a row."""
        return close_up(" ".join([self.readers, *self.states]))

    @property
    def private(self) -> bool:
        """Whether only its author can read it."""
        return self.entry.audience == Entry.Audience.AUTHOR


def family_cards(entries: list[Entry], readers: Readers, answers: list[Reply] | None = None) -> list[Card]:
    """Return the cards of a parent's own page, with the same number of queries for one entry and for twenty-five.

    ``answers`` are what was answered to them, newest first, where the page has asked for it already.
    """
    keys = [entry.pk for entry in entries]
    shared: dict[Any, list[SharedEntry]] = defaultdict(list)
    for row in SharedEntry.objects.of_entries(keys, readers.shares):
        shared[row.entry_id].append(row)
    if answers is None:
        answers = Reply.objects.answering(readers.membership, entries)
    replies: dict[Any, list[Said]] = defaultdict(list)
    for said in for_family(reversed(answers), readers):
        replies[said.row.entry_id].append(said)
    return [_family_card(entry, readers, shared[entry.pk], replies[entry.pk]) for entry in entries]


def _family_card(entry: Entry, readers: Readers, shared: list[SharedEntry], replies: list[Said]) -> Card:
    user, instead = readers.user, readers.instead
    mine = entry.author_id == user.pk
    # The other parent reads an entry as "you and …" too: whoever wrote it is among the others.
    counsellors = [row.share.counsellor for row in shared]
    counsellors += [instead[row.share_id].counsellor for row in shared if row.share_id in instead]
    answered = {reply.row.share_id: reply.row.counsellor for reply in replies if not reply.row.from_family}
    return Card(
        entry=entry,
        content=None if entry.unreadable else entry.document,
        mine=mine,
        author="" if mine else wording.parent_name(readers.author_of(entry)),
        readers=wording.who_can_read(entry.audience, [other.user for other in readers.others if other.reads(entry)], counsellors),
        states=[
            wording.reading_state(row, user.zone, instead.get(row.share_id), answered=answered.get(row.share_id))
            for row in shared
        ],
        replies=replies,
        can_widen=mine and len(shared) < len(readers.shares),
    )


def desk_cards(entries: list[Entry], replies: list[Reply], user: User) -> list[Card]:
    """Return the cards of a counsellor's page; entries and replies come from that counsellor's scopes."""
    answered: dict[Any, list[Said]] = defaultdict(list)
    for said in for_desk(replies, user):
        answered[said.row.entry_id].append(said)
    return [_desk_card(entry, answered[entry.pk]) for entry in entries]


def _desk_card(entry: Entry, replies: list[Said]) -> Card:
    content = None if entry.unreadable else entry.document
    return Card(
        entry=entry,
        content=content,
        mine=False,
        author=wording.parent_name(entry.author) if entry.author.display_name else "",
        replies=replies,
        hard=wording.hard(content.hard) if content and content.hard != Hard.SKIP else "",
    )


@dataclass
class Week:
    """A week of entries, and of replies that belong to no single entry, newest first."""

    monday: date
    title: str
    items: list[tuple[Card | None, Said | None]]

    @property
    def anchor(self) -> str:
        """The id of the week's heading."""
        return f"week-{self.monday.isoformat()}"


def weeks(cards: list[Card], replies: list[Said], today: date, zone: ZoneInfo) -> list[Week]:
    """Group entries by the week their day lies in, and replies to the family by the week they were written in."""
    items: list[tuple[date, datetime, Card | None, Said | None]] = [
        (card.entry.day, card.entry.happened_at, card, None) for card in cards
    ]
    items += [(day_of(reply.created_at, zone), reply.created_at, None, reply) for reply in replies]
    items.sort(key=lambda item: item[:2], reverse=True)

    def monday(item: tuple[date, datetime, Card | None, Said | None]) -> date:
        return item[0] - timedelta(days=item[0].weekday())

    return [
        Week(start, wording.week_title(start, today), [(card, reply) for _day, _at, card, reply in group])
        for start, group in groupby(items, key=monday)
    ]


def page_of(rows: Any, before: Entry | None, journal: Journal, size: int = PAGE) -> tuple[list[Entry], Entry | None]:
    """Return one page of a newest-first scope and the row after which the next page begins (None at the end)."""
    if before is not None:
        rows = rows.before(before.day, before.happened_at, before.pk)
    found = rows[: size + 1].opened(journal)
    return found[:size], found[size - 1] if len(found) > size else None
