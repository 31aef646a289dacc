"""What a value in a copy may be. A check returns the value as the site keeps it, or raises Wrong with a sentence.

The values come from a file that anybody may have made: nothing is believed, and nothing is cut to fit.
"""

import re
import zoneinfo
from collections.abc import Callable, Iterable
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from journal.models.sealed import Document

Check = Callable[[Any], Any]
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
EARLIEST = date(1900, 1, 1)


class Wrong(Exception):
    """A value is not what it has to be; the argument is a sentence for the reader."""


def text(longest: int, *, needed: bool = False) -> Check:
    """Words, up to a length; no sign that the database or a page cannot keep."""

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise Wrong(_("There is something else where words belong."))
        if len(value) > longest:
            raise Wrong(_("This text is longer than can be kept here (%(n)s characters).") % {"n": longest})
        if "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise Wrong(_("There is a sign in these words that cannot be kept."))
        if needed and not value.strip():
            raise Wrong(_("A text is missing."))
        return value

    return check


def choice(values: Iterable[str], *, blank: bool = False) -> Check:
    """One of the fixed values."""
    known = {*values, ""} if blank else {*values}

    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in known:
            raise Wrong(_("There is a choice here that this site does not have."))
        return value

    return check


def whole(low: int, high: int) -> Check:
    """A whole number between two others; True is no number."""

    def check(value: Any) -> int:
        if type(value) is not int or not low <= value <= high:
            raise Wrong(_("There is a number here that cannot be."))
        return value

    return check


def flag(value: Any) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise Wrong(_("There is something else where yes or no belongs."))
    return value


def day(*, blank: bool = False, future: bool = False) -> Check:
    """A day as 2026-11-20, kept as it is written; one that has been, unless told otherwise."""

    def check(value: Any) -> str:
        if blank and value == "":
            return ""
        if not isinstance(value, str) or not ISO_DAY.fullmatch(value):
            raise Wrong(_("There is a day here that is not a day."))
        try:
            found = date.fromisoformat(value)
        except ValueError:
            raise Wrong(_("There is a day here that is not a day.")) from None
        # Somewhere on earth it may be tomorrow already.
        if found < EARLIEST or (not future and found > timezone.now().date() + timedelta(days=1)):
            raise Wrong(_("There is a day here that cannot be."))
        return value

    return check


def moment(value: Any) -> datetime:
    """A day and time with its distance from UTC; one that has been."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) and len(value) < 40 else None
        found = found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise Wrong(_("There is a time here that is not a time."))
    if found.date() < EARLIEST or found > timezone.now() + timedelta(minutes=5):
        raise Wrong(_("There is a time here that cannot be."))
    return found


def hour(value: Any) -> str:
    """A time of day as 14:00."""
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise Wrong(_("There is a time here that is not a time."))
    return value


def zone(value: Any) -> str:
    """The name of a time zone this machine knows."""
    if not isinstance(value, str) or value not in _zones():
        raise Wrong(_("There is a time zone here that this site does not know."))
    return value


@cache
def _zones() -> set[str]:
    return zoneinfo.available_timezones()


def identity(value: Any) -> str:
    """The id a row had where it came from: only to tell rows apart, never kept."""
    try:
        return str(UUID(value)) if isinstance(value, str) and len(value) == 36 else _refuse()
    except ValueError:
        return _refuse()


def _refuse() -> str:
    raise Wrong(_("There is a row here without a proper number of its own."))


def optional(check: Check) -> Check:
    """The same, or nothing."""
    return lambda value: None if value is None else check(value)


def many(check: Check, most: int) -> Check:
    """A list of them."""

    def checked(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise Wrong(_("There is something else where a list belongs."))
        if len(value) > most:
            raise Wrong(_("There is more here than can be kept."))
        return [check(item) for item in value]

    return checked


def record(needed: dict[str, Check], may: dict[str, Check] | None = None) -> Check:
    """A row with these fields and no others; those of ``may`` can be left out."""
    known = {**needed, **(may or {})}

    def check(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Wrong(_("There is something else where a row belongs."))
        if needed.keys() - value.keys():
            raise Wrong(_("A part of this row is missing."))
        if value.keys() - known.keys():
            raise Wrong(_("There is a part in this row that this site does not know."))
        return {name: known[name](item) for name, item in value.items()}

    return check


def of_document(document: type[Document], longest: int, **given: Check) -> tuple[dict[str, Check], dict[str, Check]]:
    """The fields of a sealed document: those it needs, and those with a default. A new field of it is in every copy at once.

    ``given`` are checks that say more than the field's type does.
    """
    plain: dict[Any, Check] = {str: text(longest), int: whole(0, 1_000_000), bool: flag}
    needed: dict[str, Check] = {}
    may: dict[str, Check] = {}
    for field in fields(document):
        if field.name == "v":
            continue
        check = given.get(field.name) or plain[field.type]
        without = field.default is MISSING and field.default_factory is MISSING
        (needed if without else may)[field.name] = check
    return needed, may
