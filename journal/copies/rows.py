"""The rows of a copy: from sealed models and back, and what no two of them may say."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext

from journal.copies.sections import Row
from journal.models import JournalKey, Membership
from journal.models.sealed import Document


def rows_of(rows: list[Any], **more: Any) -> tuple[list[Row], int]:
    """The plain values of opened rows, and how many could not be opened; ``more`` are further fields, from the row."""
    open_rows = [row for row in rows if not row.unreadable]
    made = [{"id": str(row.pk), **{name: value(row) for name, value in more.items()}, **_said(row)} for row in open_rows]
    return made, len(rows) - len(made)


def _said(row: Any) -> Row:
    content = asdict(row.document)
    del content["v"]
    return content


def content_of[D: Document](document: type[D], row: Row) -> D:
    """What a row says, as the document it is sealed in; what else stands in the row is not of it."""
    return document(**{name: row[name] for name in document.__dataclass_fields__ if name in row})


def bring_in(membership: Membership, model: type[Any], rows: list[Row], fields: list[dict[str, Any]] | None = None) -> list[Any]:
    """Write checked rows of a sealed model under new ids, sealed with this journal's key."""
    key = JournalKey.objects.newest(membership.journal_id)
    made = []
    for row, more in zip(rows, fields or [{}] * len(rows), strict=True):
        new = model(journal=membership.journal, **more)
        new.seal(content_of(model.DOCUMENT, row), key)
        made.append(new)
    return made


def twice(rows: list[Row]) -> Iterator[tuple[int, str]]:
    """Rows with the number of a row before them."""
    seen: set[str] = set()
    for index, row in enumerate(rows):
        if row["id"] in seen:
            yield index, gettext("This row has the same number as another.")
        seen.add(row["id"])
