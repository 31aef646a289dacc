"""Reading a copy that is to be brought in. The file may be anything: what is wrong is named by line and reason.

Nothing is written here. ``Copy.write`` writes everything or nothing, in one transaction of its caller.
"""

import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from journal.copies import sections
from journal.copies.files import FORMAT, JSON_NAME, VERSION
from journal.copies.sections import Row
from journal.copies.shapes import Wrong
from journal.models import Journal, Membership

# What arrives, and what it may unfold to: five thousand long entries are a tenth of it.
LARGEST_FILE = 10 * 1024 * 1024
LARGEST_TEXT = 40 * 1024 * 1024
MOST_ROWS = 20_000
# How many brackets and how many commas: each value has one before it and takes some fifty bytes once it is read, so that
# a small file of nothing but brackets would fill the memory. Twenty thousand rows have a tenth of these.
MOST_BRACKETS, MOST_COMMAS = 400_000, 3_000_000
MOST_PROBLEMS = 20
HEAD = {"format", "version", "made_on", "note"}
# What JSON allows between two values (RFC 8259, section 2).
SPACE = re.compile(r"[ \t\n\r]*")
# How this site compresses, and how a program that packs the file again may store it. Any other is not unpacked: each
# further method is one more library that a made-up file could reach.
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 0x1


@dataclass(frozen=True)
class Problem:
    """What is wrong, and in which line; 0 where it is the file as a whole."""

    line: int
    reason: str


class Refused(Exception):
    """The file cannot be brought in."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__()
        self.problems = problems


@dataclass
class Copy:
    """A file that was read and found right: rows of each part, as the site keeps them."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How much of each part there is."""
        return [(str(section.title), len(self.rows.get(section.name, []))) for section in sections.each()]

    @property
    def period(self) -> tuple[str, str] | None:
        """The first and the last day that was written about."""
        days = sorted(row["day"] for rows in self.rows.values() for row in rows if isinstance(row.get("day"), str))
        return (days[0], days[-1]) if days else None

    def write(self, membership: Membership) -> None:
        """Write every part. Call it inside a transaction, when ``fits`` said yes."""
        for section in sections.each():
            section.write(membership, self.rows.get(section.name, []))


def fits(user: Any, journal: Journal) -> bool:
    """Whether this parent's journal is empty, as far as they may know."""
    return all(section.is_empty(user, journal) for section in sections.each())


def read(content: bytes) -> Copy:
    """Return what a file holds; raise Refused with what is wrong."""
    text = _text_of(content)
    if text.count("[") + text.count("{") > MOST_BRACKETS or text.count(",") > MOST_COMMAS:
        raise Refused(Problem(0, _("There is more here than can be kept.")))
    values = _walk(text)
    if values.get("format", (0, None))[1] != FORMAT:
        raise Refused(Problem(0, _("This file is not a copy of a journal made here.")))
    line, version = values.get("version", (0, None))
    if type(version) is not int or version < 1:
        raise Refused(Problem(line, _("This file does not say which kind of copy it is.")))
    if version > VERSION:
        raise Refused(Problem(line, _("This copy was made by a newer version of this site. Nothing was changed.")))
    problems = [
        Problem(line, _("There is a part in this file that this site does not know."))
        for name, (line, _value) in values.items()
        if name not in HEAD and name not in sections.REGISTRY
    ]
    copy = Copy()
    for section in sections.each():
        line, found = values.get(section.name, (0, []))
        copy.rows[section.name] = list(_checked(section, line, found, problems))
    if problems:
        raise Refused(*sorted(problems, key=lambda problem: problem.line)[:MOST_PROBLEMS])
    return copy


def _checked(section: sections.Section, line: int, found: Any, problems: list[Problem]) -> Iterator[Row]:
    if not isinstance(found, list):
        problems.append(Problem(line, _("There is something else where a list belongs.")))
        return
    rows, lines = [], []
    for row_line, value in found:
        try:
            rows.append(section.check(value))
            lines.append(row_line)
        except Wrong as wrong:
            problems.append(Problem(row_line, str(wrong)))
    if len(rows) == len(found):
        problems += [Problem(lines[index], reason) for index, reason in section.agree(rows)]
    yield from rows


def _text_of(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise Refused(Problem(0, _("This file is larger than can be read here (%(n)s MB).") % {"n": LARGEST_FILE // 2**20}))
    if content.startswith(b"PK"):
        content = _unzipped(content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(Problem(0, _("This file is not a copy of a journal made here."))) from None


def _unzipped(content: bytes) -> bytes:
    no_copy = Refused(Problem(0, _("This file is not a copy of a journal made here.")))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if JSON_NAME not in archive.namelist():
                raise no_copy
            member = archive.getinfo(JSON_NAME)
            if member.compress_type not in METHODS or member.flag_bits & ENCRYPTED:
                raise no_copy
            with archive.open(member) as unfolded:
                # Never more than this is unfolded, whatever the file says of itself.
                text = unfolded.read(LARGEST_TEXT + 1)
    # What zipfile raises for a torn file: its own error, a cut stream, and a seek to where nothing is; and for one that
    # says of itself that it needs what zipfile cannot do.
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        raise no_copy from None
    if len(text) > LARGEST_TEXT:
        raise Refused(Problem(0, _("This file unfolds to more than can be read here.")))
    return text


def _no_constant(name: str) -> Any:
    raise Wrong(_("There is a number here that cannot be."))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Wrong(_("There is a part twice in this row."))
    return found


DECODER = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_once)


def _walk(text: str) -> dict[str, tuple[int, Any]]:
    """The top of the file as name → (line, value); a list as [(line, value)], so that every row knows its line."""
    reader = _Reader(text)
    values: dict[str, tuple[int, Any]] = {}
    reader.expect("{")
    while not reader.comes("}"):
        if values:
            reader.expect(",")
        line, name = reader.line, reader.value()
        if not isinstance(name, str) or name in values:
            raise Refused(Problem(line, _("There is a part twice in this file.")))
        reader.expect(":")
        listed = name not in HEAD and reader.comes("[")
        values[name] = (line, list(reader.items()) if listed else reader.value())
    reader.end()
    return values


class _Reader:
    """A place in the text, its line, and the steps that lead on from it."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.line = text, 0, 1
        self._skip()

    def comes(self, sign: str) -> bool:
        """Whether this sign is next; it is passed over then."""
        if not self.text.startswith(sign, self.at):
            return False
        self._go(self.at + 1)
        return True

    def expect(self, sign: str) -> None:
        """Pass over this sign; refuse the file where it is not there."""
        if not self.comes(sign):
            self._refuse()

    def value(self) -> Any:
        """The next value, whole."""
        try:
            found, end = DECODER.raw_decode(self.text, self.at)
        except json.JSONDecodeError as error:
            self.line += self.text.count("\n", self.at, error.pos)
            self._refuse()
        except Wrong as wrong:
            raise Refused(Problem(self.line, str(wrong))) from None
        except (RecursionError, ValueError, OverflowError):
            self._refuse()
        self._go(end)
        return found

    def items(self) -> Iterator[tuple[int, Any]]:
        """The values of a list whose bracket was passed, each with its line."""
        count = 0
        while not self.comes("]"):
            if count:
                self.expect(",")
            if count == MOST_ROWS:
                raise Refused(Problem(self.line, _("There is more here than can be kept.")))
            line = self.line
            yield line, self.value()
            count += 1

    def end(self) -> None:
        """Nothing may follow."""
        if self.at != len(self.text):
            self._refuse()

    def _go(self, at: int) -> None:
        self.line += self.text.count("\n", self.at, at)
        self.at = at
        self._skip()

    def _skip(self) -> None:
        found = SPACE.match(self.text, self.at)
        end = found.end() if found else self.at
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def _refuse(self) -> Any:
        raise Refused(Problem(self.line, _("The file is torn or was changed here: it cannot be read on.")))
