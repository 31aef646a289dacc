"""People to lean on and the family's own page, in a copy."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from journal.copies import shapes
from journal.copies.entries import twice
from journal.copies.sections import Row, Section, register
from journal.lines import Lines, page_lines, person_lines
from journal.models import Closeness, FamilyPage, Journal, JournalKey, Membership, PageContent, PersonContent, SupportPerson
from journal.models.circle import PAGE_SEEN
from journal.models.entries import LONGEST_TEXT


def rows_of(rows: list[Any], **more: Any) -> tuple[list[Row], int]:
    """The plain values of opened rows, and how many could not be opened; ``more`` are further fields, from the row."""
    open_rows = [row for row in rows if not row.unreadable]
    made = [{"id": str(row.pk), **{name: value(row) for name, value in more.items()}, **_said(row)} for row in open_rows]
    return made, len(rows) - len(made)


def _said(row: Any) -> Row:
    content = asdict(row.document)
    del content["v"]
    return content


def _people(user: Any, journal: Journal) -> tuple[list[Row], int]:
    return rows_of(SupportPerson.objects.of_family(user, journal).opened())


def _page(user: Any, journal: Journal) -> tuple[list[Row], int]:
    return rows_of(FamilyPage.objects.of_family(user, journal).opened())


def bring_in(membership: Membership, model: type[Any], rows: list[Row], fields: list[dict[str, Any]] | None = None) -> list[Any]:
    """Write checked rows of a sealed model under new ids, sealed with this journal's key."""
    key = JournalKey.objects.newest(membership.journal_id)
    made = []
    for row, more in zip(rows, fields or [{}] * len(rows), strict=True):
        new = model(journal=membership.journal, **more)
        names = model.DOCUMENT.__dataclass_fields__.keys()
        new.seal(model.DOCUMENT(**{name: value for name, value in row.items() if name in names}), key)
        made.append(new)
    return made


def _write_people(membership: Membership, rows: list[Row]) -> None:
    SupportPerson.objects.bulk_create(bring_in(membership, SupportPerson, rows))


def _write_page(membership: Membership, rows: list[Row]) -> None:
    FamilyPage.objects.bulk_create(bring_in(membership, FamilyPage, rows))


def _person(row: Row) -> PersonContent:
    return PersonContent(**{name: value for name, value in row.items() if name != "id"})


def _only_one(rows: list[Row]) -> Iterator[tuple[int, str]]:
    if len(rows) > 1:
        yield 1, gettext("There is one such page in a journal, and this is a second one.")


def _page_lines(row: Row) -> Lines:
    return page_lines(PageContent(**{name: value for name, value in row.items() if name != "id"}))


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
        lines=lambda row: person_lines(_person(row)),
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
        lines=_page_lines,
        check=shapes.record({"id": shapes.identity, **_PAGE[0]}, _PAGE[1]),
        agree=_only_one,
        is_empty=no_page,
        write=_write_page,
    )
)
