"""What a parent did, in a copy: with the answers under it, and another author by name."""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from journal import wording
from journal.copies import shapes
from journal.copies.rows import twice
from journal.copies.sections import Row, Section, register
from journal.lines import Lines
from journal.models import Entry, EntryContent, Hard, Journal, JournalKey, Kind, Membership, Reply, Response, Strain, day_of
from journal.models.accounts import zone_named
from journal.models.entries import LONGEST_TEXT

CONTENT = [field.name for field in fields(EntryContent) if field.name != "v"]
QUOTE = shapes.record({"by": shapes.text(200), "on": shapes.day(), "text": shapes.text(LONGEST_TEXT)})
BATCH = 500


def _collect(user: Any, journal: Journal) -> tuple[list[Row], int]:
    entries = Entry.objects.of_family(user, journal).opened()[::-1]
    quotes = _quotes(user, journal, entries)
    rows = [_row(entry, user, quotes[entry.pk]) for entry in entries if not entry.unreadable]
    return rows, len(entries) - len(rows)


def collect_left(user: Any, journal: Journal) -> tuple[list[Row], int]:
    """What somebody wrote in a journal they have left: their own words alone, without the answers of others."""
    entries = own_words(user, journal)
    rows = [_row(entry, user, []) | {"quotes": []} for entry in entries if not entry.unreadable]
    return rows, len(entries) - len(rows)


def own_words(user: Any, journal: Journal) -> list[Entry]:
    """The entries of somebody who has left, opened, without those of another that they had brought in from a copy."""
    entries = Entry.objects.left_by(user, journal).opened()
    return [entry for entry in entries if entry.unreadable or not entry.document.written_by]


def _row(entry: Entry, user: Any, quotes: list[dict[str, str]]) -> Row:
    content = asdict(entry.document)
    del content["v"]
    if entry.author_id != user.pk and not content["written_by"]:
        content["written_by"] = entry.author.display_name or gettext("the other who writes here")
    return {
        "id": str(entry.pk),
        "day": entry.day.isoformat(),
        "happened_at": entry.happened_at.isoformat(),
        "zone": entry.zone,
        "readers": entry.audience,
        **content,
        "quotes": [*content["quotes"], *quotes],
    }


def _quotes(user: Any, journal: Journal, entries: list[Entry]) -> dict[Any, list[dict[str, str]]]:
    """The answers by entry; one to the family as a whole stands under the last entry before it."""
    found: dict[Any, list[dict[str, str]]] = defaultdict(list)
    readable = [entry for entry in entries if not entry.unreadable]
    known = {entry.pk for entry in readable}
    for reply in Reply.objects.of_family(user, journal).select_related("share__counsellor", "author").opened():
        entry_id = reply.entry_id
        if entry_id is None and readable:
            before = [entry.pk for entry in readable if entry.happened_at <= reply.created_at]
            entry_id = before[-1] if before else readable[0].pk
        if entry_id in known and not reply.unreadable:
            of_parent = reply.from_family or reply.counsellor is None
            name = reply.author.display_name if of_parent else reply.counsellor.name(get_language() or "en")
            on = day_of(reply.created_at, user.zone).isoformat()
            found[entry_id].append({"by": name, "on": on, "text": reply.document.text})
    return found


def _heading(row: Row) -> str:
    day = date.fromisoformat(row["day"])
    return f"{wording.day(day)} · {_clock(row)} · {_kind(row['kind'])}"


def _clock(row: Row) -> str:
    return wording.clock(shapes.moment(row["happened_at"]).astimezone(zone_named(row["zone"])))


def _kind(kind: str) -> str:
    return str(Kind(kind).label)


def _lines(row: Row) -> Lines:
    return [
        (gettext("Day"), row["day"]),
        (gettext("Time"), _clock(row)),
        (gettext("Written by"), row["written_by"]),
        (gettext("What I did"), _kind(row["kind"])),
        (gettext("What came back"), str(Response(row["response"]).label) if row["response"] else ""),
        (gettext("Was anyone afraid or hurt?"), str(Hard(row["hard"]).label) if row["hard"] else ""),
        (gettext("What I said or wrote"), row["words"]),
        *((label, row[name]) for name, label in _further().items() if isinstance(row.get(name), str)),
        (gettext("Answers"), "\n\n".join(f"{quote['by']}, {quote['on']}: {quote['text']}" for quote in row["quotes"])),
        (gettext("Who can read"), gettext("Only me") if row["readers"] == "author" else gettext("Everyone who writes here")),
    ]


def _further() -> dict[str, str]:
    # Every other text a document has, so that a new one is never left out of the readable file.
    labels = {
        "noticed": gettext("What I noticed"),
        "strain": gettext("How I was"),
        "next": gettext("What I would do again"),
    }
    shown = {"kind", "response", "hard", "words", "written_by"}
    plain = [field.name for field in fields(EntryContent) if field.type is str and field.name not in shown]
    return {name: labels.get(name, name) for name in plain}


def _agree(rows: list[Row]) -> Iterator[tuple[int, str]]:
    yield from twice(rows)
    for index, row in enumerate(rows):
        day = date.fromisoformat(row["day"])
        if abs(row["happened_at"].astimezone(zone_named(row["zone"])).date() - day) > timedelta(days=1):
            yield index, gettext("The day and the time of this row do not belong together.")


def _is_empty(user: Any, journal: Journal) -> bool:
    # Only what this parent may know of: what the other keeps to themselves must not show through, here neither.
    seen = Entry.objects.of_family(user, journal).exists()
    return not (seen or Entry.objects.in_bin_of(user).filter(journal=journal).exists())


def _write(membership: Membership, rows: list[Row]) -> None:
    key = JournalKey.objects.newest(membership.journal_id)
    entries = []
    for row in rows:
        entry = Entry(
            id=uuid.uuid4(),
            journal=membership.journal,
            author=membership.user,
            submission=uuid.uuid4(),
            happened_at=row["happened_at"],
            day=date.fromisoformat(row["day"]),
            zone=row["zone"],
            audience=row["readers"],
            created_at=row["happened_at"],
        )
        entry.seal(EntryContent(**{name: row[name] for name in CONTENT if name in row}), key)
        entries.append(entry)
    # No counsellor reads what is brought in, whatever new entries do: nothing is chosen for anybody here.
    Entry.objects.bulk_create(entries, batch_size=BATCH)
    _rest(membership, entries)


def _rest(membership: Membership, entries: list[Entry]) -> None:
    """A hard day that came with the file rests the steps as it would have here."""
    today = wording.today_of(membership.user)
    for entry in entries:
        membership.rest_after(entry, today)


_NEEDED, _MAY = shapes.of_document(
    EntryContent,
    LONGEST_TEXT,
    kind=shapes.choice(Kind.values),
    response=shapes.choice(Response.values, blank=True),
    hard=shapes.choice(Hard.values, blank=True),
    strain=shapes.choice(Strain.values, blank=True),
    step=shapes.whole(0, 9),
    written_by=shapes.text(200),
    quotes=shapes.many(QUOTE, 200),
)

ENTRIES = register(
    Section(
        name="entries",
        title=_("What was written"),
        collect=_collect,
        heading=_heading,
        lines=_lines,
        in_heading=frozenset({0, 1, 3}),
        check=shapes.record(
            {
                "id": shapes.identity,
                "day": shapes.day(),
                "happened_at": shapes.moment,
                "zone": shapes.zone,
                "readers": shapes.choice(Entry.Audience.values),
                **_NEEDED,
            },
            _MAY,
        ),
        agree=_agree,
        is_empty=_is_empty,
        write=_write,
    )
)
