"""The file a parent takes out: one zip with a page to read, tables, and the copy that can be brought in again.

Everything is made in memory; nothing of it touches a disk before it is sealed.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext

from journal import wording
from journal.copies import sections
from journal.copies.entries import ENTRIES, collect_left
from journal.copies.sections import Row, Section
from journal.lines import Lines
from journal.models import Export, Journal
from journal.wording import today_of

FORMAT, VERSION = "hallway-light-journal", 1
JSON_NAME = "notes.json"
BOM = "\ufeff"
# The readable file stands alone in a folder, where no stylesheet of the site can be had: it carries its own.
STYLE = mark_safe(
    "<style>body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #2a2520; background: #fff; } "
    "body { font: 1.125rem/1.7 system-ui, 'Hiragino Sans', Meiryo, sans-serif; overflow-wrap: anywhere; } "
    "h1, h2, h3, h4 { line-height: 1.35; } h1 { font-size: 1.4rem; margin-top: 0; } h4 { margin: .5rem 0; } "
    "article { border-top: 1px solid #ddd1bf; padding: .5rem 0; break-inside: avoid; } "
    ".note { border: 2px solid #827665; padding: 1rem 1.25rem; } "
    "dt { font-weight: 650; } dd { margin: 0 0 .5rem; white-space: pre-wrap; } "
    "@media print { body { margin: 0; font-size: 11pt; } }</style>"
)
# What a spreadsheet takes for a formula, behind spaces and separators too, and in full width.
FORMULA = re.compile(r"^[\s;,|\"']*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]|^[\t\r\n]")


def note() -> list[str]:
    """What stands at the front of every copy, for the person it may be about."""
    return [
        gettext("These are one parent's notes about their own words and deeds. They are not a report about anyone."),
        gettext("A parent can keep a journal here about what they themselves said and did."),
        gettext("There are no fields for your illness, sleep, phone or browsing, no photos and no place."),
        gettext("A counsellor reads it only if the parent chose that."),
        gettext("It may still feel bad to be written about. That is understandable."),
    ]


def file_name(day: date) -> str:
    """A name that says nothing to whoever sees a folder of downloads."""
    return f"notes-{day.isoformat()}.zip"


def make(export: Export) -> bytes:
    """Return the whole file, with what its owner may read at this moment and nothing else."""
    user, journal = export.requested_by, export.journal
    collected = [(section, *section.collect(user, journal)) for section in sections.each()]
    parts = [(section, rows) for section, rows, _shut in collected]
    return pack(parts, user, sum(missing for _section, _rows, missing in collected), export.advance)


def make_left(user: Any, journal: Journal) -> bytes:
    """Return the file for somebody who has left the journal: the entries they wrote, and no other part."""
    rows, shut = collect_left(user, journal)
    return pack([(section, rows if section is ENTRIES else []) for section in sections.each()], user, shut)


def pack(parts: list[tuple[Section, list[Row]]], user: Any, shut: int, advance: Callable[[], None] = lambda: None) -> bytes:
    """The page, the tables and the copy as one zip; ``advance`` is told as each part is done."""
    today = today_of(user)
    advance()
    page = readable(parts, user, today, shut)
    advance()
    tables = {f"{section.name}.csv": table(section, rows) for section, rows in parts if rows}
    advance()
    files: dict[str, str | bytes] = {"notes.html": page, JSON_NAME: as_json(parts, today), **tables}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def readable(parts: list[tuple[Section, list[Row]]], user: Any, today: date, shut: int) -> str:
    """A page to read and to print, in the language of who asked for it."""
    shown = [
        {"title": str(section.title), "name": section.name, "months": _months(section, rows)} for section, rows in parts if rows
    ]
    context = {
        "note": note(),
        "parts": shown,
        "day": wording.full_day(today),
        "country": user.country,
        "language": get_language(),
        "shut": shut,
        "style": STYLE,
    }
    return render_to_string("journal/copy.html", context)


def _months(section: Section, rows: list[Row]) -> list[dict[str, Any]]:
    # What has days is read by month; the rest in one piece.
    def month(row: Row) -> str:
        return str(row.get("day", ""))[:7]

    return [
        {
            "title": _month_title(name),
            "rows": [(section.heading(row), _spoken(section, row)) for row in group],
        }
        for name, group in groupby(rows, key=month)
    ]


def _spoken(section: Section, row: Row) -> Lines:
    lines = enumerate(section.lines(row))
    return [(label, text) for index, (label, text) in lines if text and index not in section.in_heading]


def _month_title(name: str) -> str:
    if not name:
        return ""
    return wording.month(date.fromisoformat(f"{name}-01"))


def table(section: Section, rows: list[Row]) -> bytes:
    """A table for a spreadsheet: UTF-8 with its mark, so that Excel reads Japanese, and no cell that it would calculate."""
    held = io.StringIO(newline="")
    writer = csv.writer(held, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([label for label, _text in section.lines(rows[0])])
    for row in rows:
        writer.writerow([harmless(text) for _label, text in section.lines(row)])
    return (BOM + held.getvalue()).encode()


def harmless(text: str) -> str:
    """Mark as text what a spreadsheet would take for a formula."""
    return f"'{text}" if FORMULA.search(text) else text


def as_json(parts: list[tuple[Section, list[Row]]], today: date) -> bytes:
    """The copy that can be brought in again. One row a line, so that a fault can be named by its line."""
    head = {"format": FORMAT, "version": VERSION, "made_on": today.isoformat(), "note": note()}
    blocks = [f"{_json(name)}: {_json(value)}" for name, value in head.items()]
    for section, rows in parts:
        lines = ",\n".join(_json(row) for row in rows)
        blocks.append(f"{_json(section.name)}: [\n{lines}\n]" if rows else f"{_json(section.name)}: []")
    return ("{\n" + ",\n".join(blocks) + "\n}\n").encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()
