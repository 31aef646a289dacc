"""House agreements in a copy, with the versions before them."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from journal import wording
from journal.copies import shapes
from journal.copies.rows import bring_in, content_of, rows_of, twice
from journal.copies.sections import Row, Section, register
from journal.lines import Lines, agreement_lines
from journal.models import Agreement, AgreementContent, Journal, Membership, Stage, Topic
from journal.models.agreements import histories
from journal.models.entries import LONGEST_TEXT


def _collect(user: Any, journal: Journal) -> tuple[list[Row], int]:
    found = [row for newest, earlier in histories(user, journal) for row in [*reversed(earlier), newest]]
    shut = {row.pk for row in found if row.unreadable}
    return rows_of(
        found,
        # One that cannot be opened is not in the copy: nothing there may point to it.
        follows=lambda row: str(row.follows_id) if row.follows_id and row.follows_id not in shut else None,
        written_at=lambda row: row.created_at.isoformat(),
    )


def _heading(row: Row) -> str:
    return f"{Topic(row['topic']).label} · {wording.full_day(shapes.moment(row['written_at']).date())}"


def _lines(row: Row) -> Lines:
    content = content_of(AgreementContent, row)
    lines = agreement_lines(content)
    # The main text has another name in each topic; a table needs one column for it.
    lines[1] = (gettext("What it says"), content.text)
    return lines


def _agree(rows: list[Row]) -> Iterator[tuple[int, str]]:
    yield from twice(rows)
    before: set[str] = set()
    followed: set[str] = set()
    for index, row in enumerate(rows):
        if row["follows"] is not None:
            # An earlier version stands before the one that follows it, as we write them: so there is no circle.
            if row["follows"] not in before or row["follows"] in followed:
                yield index, gettext("This version follows one that is not there, or that another follows.")
            followed.add(row["follows"])
        before.add(row["id"])
        if row.get("state") == Stage.NOW and not (row.get("since") and row.get("review")):
            yield index, gettext("What is in use needs the day it began and a day to look at it again.")


def _is_empty(user: Any, journal: Journal) -> bool:
    return not Agreement.objects.of_member(user).filter(journal=journal).exists()


def _write(membership: Membership, rows: list[Row]) -> None:
    new = {row["id"]: uuid.uuid4() for row in rows}
    fields = [
        {
            "id": new[row["id"]],
            "follows_id": new[row["follows"]] if row["follows"] else None,
            "created_at": row["written_at"],
            "changed_at": row["written_at"],
        }
        for row in rows
    ]
    Agreement.objects.bulk_create(bring_in(membership, Agreement, rows, fields))


_NEEDED, _MAY = shapes.of_document(
    AgreementContent,
    LONGEST_TEXT,
    topic=shapes.choice(Topic.values),
    state=shapes.choice(Stage.values),
    since=shapes.day(blank=True, future=True),
    review=shapes.day(blank=True, future=True),
)

AGREEMENTS = register(
    Section(
        name="agreements",
        title=_("House agreements"),
        collect=_collect,
        heading=_heading,
        lines=_lines,
        in_heading=frozenset({0}),
        check=shapes.record(
            {
                "id": shapes.identity,
                "follows": shapes.optional(shapes.identity),
                "written_at": shapes.moment,
                **_NEEDED,
                "topic": shapes.choice(Topic.values),
            },
            {name: check for name, check in _MAY.items() if name != "topic"},
        ),
        agree=_agree,
        is_empty=_is_empty,
        write=_write,
    )
)
