"""People to lean on and the family's own page, in a copy."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from journal.copies import shapes
from journal.copies.rows import bring_in, content_of, rows_of, twice
from journal.copies.sections import Row, Section, register
from journal.lines import page_lines, person_lines
from journal.models import Closeness, FamilyPage, Journal, Membership, PageContent, PersonContent, SupportPerson
from journal.models.circle import PAGE_SEEN
from journal.models.entries import LONGEST_TEXT


def _people(user: Any, journal: Journal) -> tuple[list[Row], int]:
    return rows_of(SupportPerson.objects.of_family(user, journal).opened())


def _page(user: Any, journal: Journal) -> tuple[list[Row], int]:
    return rows_of(FamilyPage.objects.of_family(user, journal).opened())


def _write_people(membership: Membership, rows: list[Row]) -> None:
    SupportPerson.objects.bulk_create(bring_in(membership, SupportPerson, rows))


def _write_page(membership: Membership, rows: list[Row]) -> None:
    FamilyPage.objects.bulk_create(bring_in(membership, FamilyPage, rows))


def _only_one(rows: list[Row]) -> Iterator[tuple[int, str]]:
    if len(rows) > 1:
        yield 1, gettext("There is one such page in a journal, and this is a second one.")


def no_people(user: Any, journal: Journal) -> bool:
    """Whether nobody stands there, nor in the bin."""
    return not SupportPerson.objects.of_member(user).filter(journal=journal).exists()


def no_page(user: Any, journal: Journal) -> bool:
    """Whether the page is unwritten."""
    return not FamilyPage.objects.of_member(user).filter(journal=journal).exists()


_PERSON = shapes.of_document(
    PersonContent, LONGEST_TEXT, name=shapes.text(60, needed=True), state=shapes.choice(Closeness.values)
)
_PAGE = shapes.of_document(PageContent, LONGEST_TEXT, seen=shapes.choice(dict(PAGE_SEEN), blank=True))

PEOPLE = register(
    Section(
        name="people",
        title=_("People to lean on"),
        collect=_people,
        heading=lambda row: str(row["name"]),
        lines=lambda row: person_lines(content_of(PersonContent, row)),
        in_heading=frozenset({0}),
        check=shapes.record({"id": shapes.identity, **_PERSON[0], **{"name": _PERSON[1].pop("name")}}, _PERSON[1]),
        agree=twice,
        is_empty=no_people,
        write=_write_people,
    )
)

PAGE = register(
    Section(
        name="page",
        title=_("Our page"),
        collect=_page,
        heading=lambda row: gettext("Our page"),
        lines=lambda row: page_lines(content_of(PageContent, row)),
        check=shapes.record({"id": shapes.identity, **_PAGE[0]}, _PAGE[1]),
        agree=_only_one,
        is_empty=no_page,
        write=_write_page,
    )
)
