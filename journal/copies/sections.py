"""One part of a journal in a copy: how its rows are collected, shown, checked and written. Each part registers one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from journal.copies.shapes import Check
from journal.lines import Lines
from journal.models import Journal, Membership

Row = dict[str, Any]


def _nothing(rows: list[Row]) -> Iterator[tuple[int, str]]:
    yield from ()


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the copy. Rows are plain values, as they stand in ``notes.json``."""

    name: str
    title: Any
    # What this parent may read, oldest first, and how many rows could not be opened.
    collect: Callable[[Any, Journal], tuple[list[Row], int]]
    # A row's heading, and every one of its lines, the empty ones too: they are the columns of the table.
    heading: Callable[[Row], str]
    lines: Callable[[Row], Lines]
    # Which of the lines the heading says already, where the page is read.
    in_heading: frozenset[int] = frozenset()
    # One row of the file, and what the rows say together: (index, reason) of each that contradicts another.
    check: Check
    agree: Callable[[list[Row]], Iterator[tuple[int, str]]] = _nothing
    # Whether this parent sees nothing there yet; and rows that were checked, written under new ids, sealed anew.
    is_empty: Callable[[Any, Journal], bool]
    write: Callable[[Membership, list[Row]], None]


REGISTRY: dict[str, Section] = {}


def register(section: Section) -> Section:
    """Add a part to every copy."""
    REGISTRY[section.name] = section
    return section


def each() -> list[Section]:
    """Every part, in the order of the file."""
    return list(REGISTRY.values())
