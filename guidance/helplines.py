"""Telephone numbers and who answers them: content/data/helplines.yaml, the one place where a number stands.

The rules (docs/hazards.md, H13): a number is shown with one true sentence about where it comes from; a line that
was never confirmed shows none; 180 days after it was last read or confirmed, only the link stays. Emergency
numbers always show. Age changes what a page shows, decided at each request, never whether the site starts.

HELPLINES_FILE names an overlay of the same form: its lines add to the shipped ones or replace them by their id, and
its `verified` list says who opened a provider's page, and when. `manage.py helplines verify` writes both files.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guidance import fields, hours
from guidance.fields import Fields
from guidance.hours import Hours

KEPT = timedelta(days=180)
WARNED = timedelta(days=30)  # how long before that `manage.py helplines` asks for another look
SEEN = ("confirmed", "reported", "unconfirmed")
LANGUAGES: dict[str, str | Promise] = {
    "en": _("English"),
    "es": _("Spanish"),
    "fr": _("French"),
    "it": _("Italian"),
    "ja": _("Japanese"),
    "ko": _("Korean"),
    "ne": _("Nepali"),
    "pt": _("Portuguese"),
    "th": _("Thai"),
    "tl": _("Filipino"),
    "vi": _("Vietnamese"),
    "yue": _("Cantonese"),
    "zh": _("Chinese"),
}
Both = Mapping[str, str]

# The tag of a line for people who were asked to sign or pay. "Before you act" names it by country.
CONSUMER = "consumer"
# Headings of a country's page, and the tags of the lines below them; the last takes whatever is left.
GROUPS: tuple[tuple[str | Promise, set[str]], ...] = (
    (_("To talk, also about dying"), {"anyone", "dying"}),
    (_("When there is violence, or danger on another day"), {"violence", "danger", "elder"}),
    (_("Contracts and payments"), {"contract"}),
    (_("Advice for families"), set()),
)


def now() -> datetime:
    """Return the moment by which a line is open or closed. Everything else takes it as an argument."""
    return timezone.now()


def today() -> date:
    """Return the day by which a number's age is judged. Everything else takes the day as an argument."""
    return timezone.localdate(now())


@dataclass(frozen=True, slots=True)
class Emergency:
    """A country's number for danger to life. Always shown."""

    id: str
    label: Both
    number: str
    source: Both
    source_year: str

    @property
    def href(self) -> str:
        """Return the address that a telephone opens."""
        return _tel(self.number)


@dataclass(frozen=True, slots=True)
class Directory:
    """A page of another service that lists lines for many countries. It is linked, never a number."""

    id: str
    name: Both
    what: Both
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone line or a service that answers."""

    id: str
    name: Both
    what: Both
    number: str
    tel: str
    url: str
    hours: Both
    open: Hours | None
    languages: tuple[str, ...]
    cost: Both
    tags: tuple[str, ...]
    seen: str
    source: Both
    source_year: str
    read_on: date | None
    verified_on: date | None
    verified_by: str

    @property
    def checked_on(self) -> date | None:
        """Return the later of the days on which the number was read in its source or confirmed by a person."""
        return max((day for day in (self.read_on, self.verified_on) if day), default=None)

    @property
    def href(self) -> str:
        """Return the address that a telephone opens; empty where a telephone cannot dial the number."""
        return _tel(self.tel) if self.tel else ""

    def shows_number(self, day: date) -> bool:
        """Say whether the number may be shown on ``day``: there is one, somebody saw it, and not too long ago."""
        if not self.number or self.seen == "unconfirmed" or self.checked_on is None:
            return False
        return day < self.checked_on + KEPT

    def lapses_on(self) -> date | None:
        """Return the first day on which the number is no longer shown; None where it never is."""
        shown = self.number and self.checked_on and self.shows_number(self.checked_on)
        return self.checked_on + KEPT if shown and self.checked_on else None


@dataclass(frozen=True, slots=True)
class Verified:
    """A row of an overlay: who has opened the provider's own page, and which number stood there."""

    id: str
    number: str
    on: date | None
    by: str


@dataclass(frozen=True, slots=True)
class Group:
    """Lines for one kind of call."""

    title: str | Promise
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Country:
    """A country's emergency numbers and lines. Hours are in its own time zone."""

    code: str
    name: Both
    time_zone: str
    emergency: tuple[Emergency, ...]
    lines: tuple[Line, ...]

    @property
    def has_hours(self) -> bool:
        """Say whether some line answers at certain hours only, so that the clock there matters."""
        return any(line.open is None or not line.open.always for line in self.lines)

    @property
    def consumer(self) -> tuple[Line, ...]:
        """Return the lines to ask before signing or paying, and after."""
        return tuple(line for line in self.lines if CONSUMER in line.tags)

    @property
    def groups(self) -> list[Group]:
        """Return the lines by what one calls them for, each under the first heading that fits."""
        groups, left = [], list(self.lines)
        for title, tags in GROUPS:
            fitting = tuple(line for line in left if not tags or tags & set(line.tags))
            left = [line for line in left if line not in fitting]
            if fitting:
                groups.append(Group(title, fitting))
        return groups


@dataclass(frozen=True, slots=True)
class Helplines:
    """The whole directory. A country is chosen by the reader, never guessed."""

    countries: Mapping[str, Country]
    everywhere: tuple[Directory, ...]

    def emergency(self, code: str | None) -> tuple[Emergency, ...]:
        """Return the emergency numbers of a country; none for an unknown or unnamed one."""
        country = self.countries.get(code or "")
        return country.emergency if country else ()

    def line(self, line_id: str) -> Line:
        """Return a line; raise KeyError for an unknown id."""
        return self.by_id[line_id]

    @property
    def by_id(self) -> dict[str, Line]:
        """Return every line by its id."""
        return {line.id: line for country in self.countries.values() for line in country.lines}

    @property
    def numbers(self) -> set[str]:
        """Return every number as it is written, for the check that no other file holds one."""
        emergency = {item.number for country in self.countries.values() for item in country.emergency}
        return emergency | {line.number for line in self.by_id.values() if line.number}


def read(path: Path, overlay: Path | None = None) -> Helplines:
    """Return the directory of ``path``; an ``overlay`` of the same form adds or replaces lines by their id.

    Raise ContentError with every fault of either file.
    """
    shipped, _ = _read(path)
    return _overlaid(shipped, *_read(overlay, overlay=True)) if overlay else shipped


def _read(path: Path, overlay: bool = False) -> tuple[Helplines, list[Verified]]:
    root = fields.mapping(path.read_text("utf-8"), path)
    countries: dict[str, Country] = {}
    verified = [_verified(row) for row in root.rows("verified", default=True)] if overlay else []
    if (not overlay or "countries" in root.keys) and (by_code := root.mapping("countries")):
        for code in by_code.keys:
            if not re.fullmatch(r"[a-z]{2}", code):
                by_code.wrong(code, "is not a country code of two small letters")
            elif row := by_code.mapping(code):
                countries[code] = _country(code, row)
    everywhere = tuple(_directory(row) for row in root.rows("everywhere", default=True))
    root.rest()
    ids = [line.id for country in countries.values() for line in country.lines]
    for twice in sorted({line_id for line_id in ids if ids.count(line_id) > 1}):
        root.wrong(twice, "is the id of two lines")
    root.finish()
    return Helplines(MappingProxyType(countries), everywhere), verified


def _country(code: str, row: Fields) -> Country:
    country = Country(
        code=code,
        name=row.both("name"),
        time_zone=row.text("time_zone"),
        emergency=tuple(_emergency(item) for item in row.rows("emergency")),
        lines=tuple(_line(item) for item in row.rows("lines", default=True)),
    )
    try:
        ZoneInfo(country.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        row.wrong("time_zone", f"{country.time_zone!r} is not a time zone")
    if not country.emergency:
        row.wrong("emergency", "has no number")
    row.rest()
    return country


def _emergency(row: Fields) -> Emergency:
    item = Emergency(
        id=row.text("id"),
        label=row.both("label"),
        number=row.text("number"),
        source=row.both("source"),
        source_year=row.text("source_year"),
    )
    row.rest()
    return item


def _directory(row: Fields) -> Directory:
    directory = Directory(id=row.text("id"), name=row.both("name"), what=row.both("what"), url=row.text("url"))
    row.rest()
    return directory


def _verified(row: Fields) -> Verified:
    verified = Verified(id=row.text("id"), number=row.text("number"), on=row.day("on"), by=row.text("by"))
    if not verified.on:
        row.wrong("on", "names no day")
    row.rest()
    return verified


def _hours(row: Fields) -> Hours | None:
    """Take `open`: the hours as data, where they are sure. `hours` says them in words."""
    if "open" not in row.keys:
        return None
    try:
        return hours.read(row.words("open"))
    except ValueError as error:
        row.wrong("open", f"is not a span of hours (guidance/hours.py): {error}")
        return None


def _line(row: Fields) -> Line:
    line = Line(
        id=row.text("id"),
        name=row.both("name"),
        what=row.both("what"),
        number=row.text("number", ""),
        tel=row.text("tel", ""),
        url=row.text("url", ""),
        hours=row.both("hours", ""),
        open=_hours(row),
        languages=row.strings("languages", ()),
        cost=row.both("cost", ""),
        tags=row.strings("tags", ()),
        seen=row.choice("seen", SEEN),
        source=row.both("source"),
        source_year=row.text("source_year"),
        read_on=row.day("read_on"),
        verified_on=row.day("verified_on"),
        verified_by=row.text("verified_by", ""),
    )
    for language in line.languages:
        if language not in LANGUAGES:
            row.wrong("languages", f"{language!r} has no name in guidance/helplines.py")
    if line.tel and _digits(line.tel)[-6:] != _digits(line.number)[-6:]:
        row.wrong("tel", f"{line.tel} is not the number {line.number}")
    if (line.verified_on is None) != (not line.verified_by):
        row.wrong("verified_by", "and verified_on go together: who opened the provider's own page, and when")
    row.rest()
    return line


def _overlaid(shipped: Helplines, overlay: Helplines, verified: list[Verified]) -> Helplines:
    countries = dict(shipped.countries)
    for code, country in overlay.countries.items():
        before = countries.get(code)
        lines = _merged(before.lines, country.lines) if before else country.lines
        countries[code] = replace(country, lines=lines)
    for code, country in countries.items():
        countries[code] = replace(country, lines=tuple(_confirmed(line, verified) for line in country.lines))
    return Helplines(MappingProxyType(countries), _merged(shipped.everywhere, overlay.everywhere))


def _confirmed(line: Line, verified: list[Verified]) -> Line:
    """Return the line with a person's confirmation, if it is of this very number: a changed number was confirmed by nobody."""
    for item in verified:
        if item.id == line.id and item.number == line.number and item.on and (not line.verified_on or line.verified_on < item.on):
            line = replace(line, verified_on=item.on, verified_by=item.by)
    return line


def _merged[Row: (Line, Directory)](before: tuple[Row, ...], after: tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(({row.id: row for row in before} | {row.id: row for row in after}).values())


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _tel(number: str) -> str:
    return f"tel:{quote(re.sub(r'[\s()-]', '', number), safe='+*')}"
