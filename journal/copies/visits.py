"""Visit plans in a copy: who may come, the sheet, what was told and answered. Never a link, nor who was let in to read."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from journal import wording
from journal.copies import shapes
from journal.copies.rows import bring_in, content_of, rows_of, twice
from journal.copies.sections import Row, Section, register
from journal.lines import Lines
from journal.models import Answer, Journal, Membership, VisitContent, VisitPlan
from journal.models.entries import LONGEST_TEXT
from journal.models.visit_content import FOLLOW_DAYS, AfterVisit, Told

# Which counsellor is the visitor, and who was given the sheet, are shares: they are in no copy.
SHARES = {"share": "", "sheet_to": ""}
TIMES = ("briefing_confirmed_at", "told_at", "agreed_at")


def _collect(user: Any, journal: Journal) -> tuple[list[Row], int]:
    plans = VisitPlan.objects.of_family(user, journal).opened()[::-1]
    rows, shut = rows_of(
        plans,
        state=lambda plan: plan.state,
        written_at=lambda plan: plan.created_at.isoformat(),
        **{name: _time(name) for name in TIMES},
    )
    for row in rows:
        for name in SHARES:
            del row[name]
    return rows, shut


def _time(name: str) -> Any:
    return lambda plan: getattr(plan, name).isoformat() if getattr(plan, name) else None


def _heading(row: Row) -> str:
    start = content_of(VisitContent, row).start
    return f"{wording.full_day(start.date())} · {wording.clock(start)} · {row['visitor']}"


def _lines(row: Row) -> Lines:
    content = content_of(VisitContent, row)
    return [
        (gettext("Who comes?"), content.visitor),
        (gettext("How it stands"), _state(row)),
        (gettext("About how long?"), content.length),
        (gettext("What is it for? Who asked for it?"), content.purpose),
        (gettext("What the visitor is told"), content.sheet),
        (gettext("How did they confirm?"), _with_day(content.confirmed_how, row["briefing_confirmed_at"])),
        (gettext("How were they told?"), _with_day(_label(Told, content.told_how), row["told_at"])),
        (gettext("How can they call it off?"), content.off_way),
        (gettext("What did they answer?"), _with_day(_label(Answer, content.answer), row["agreed_at"])),
        (gettext("The three days after: who is at home, and whom can you ring?"), content.aftercare),
        (
            gettext("How have things been at home since?"),
            "\n".join(f"{number}: {_label(AfterVisit, said)}" for number, said in enumerate(content.after, start=1) if said),
        ),
    ]


def _state(row: Row) -> str:
    day = wording.full_day(content_of(VisitContent, row).start.date())
    return {
        VisitPlan.State.DRAFT: gettext("Being prepared"),
        VisitPlan.State.READY: gettext("Ready for %(date)s") % {"date": day},
        VisitPlan.State.OFF: gettext("Called off"),
        VisitPlan.State.DONE: gettext("The visit took place on %(date)s") % {"date": day},
    }[VisitPlan.State(row["state"])]


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value else ""


def _with_day(said: str, at: str | None) -> str:
    return f"{said} ({wording.full_day(shapes.moment(at).date())})" if at else said


def _agree(rows: list[Row]) -> Iterator[tuple[int, str]]:
    yield from twice(rows)
    for index, row in enumerate(rows):
        # The same rule as in the forms, the model and the database: no visit without both conditions.
        confirmed, told, agreed = (row[name] for name in TIMES)
        if agreed and not (told and agreed >= told):
            yield index, gettext("Nobody can say yes before they were told.")
        elif row["state"] in {VisitPlan.State.READY, VisitPlan.State.DONE} and not (
            confirmed and row.get("sheet") and agreed and row.get("answer") == Answer.YES
        ):
            yield index, gettext("A visit is ready only when both are done.")


def _is_empty(user: Any, journal: Journal) -> bool:
    return not VisitPlan.objects.of_family(user, journal).exists()


def _write(membership: Membership, rows: list[Row]) -> None:
    fields = [
        {
            "id": uuid.uuid4(),
            "submission": uuid.uuid4(),
            "state": row["state"],
            "created_at": row["written_at"],
            **{name: row[name] for name in TIMES},
        }
        for row in rows
    ]
    VisitPlan.objects.bulk_create(bring_in(membership, VisitPlan, rows, fields))


_AFTER = shapes.many(shapes.choice(AfterVisit.values, blank=True), FOLLOW_DAYS)


def _after(value: Any) -> list[str]:
    said: list[str] = _AFTER(value)
    return said + [""] * (FOLLOW_DAYS - len(said))


_NEEDED, _MAY = shapes.of_document(
    VisitContent,
    LONGEST_TEXT,
    told_how=shapes.choice(Told.values, blank=True),
    answer=shapes.choice(Answer.values, blank=True),
    after=_after,
)
# A plan has a day, an hour and a place on the clock: without them no page could show it.
_ALWAYS = {"day": shapes.day(future=True), "at": shapes.hour, "zone": shapes.zone}
_LEFT_OUT = SHARES.keys() | _ALWAYS.keys()

VISITS = register(
    Section(
        name="visits",
        title=_("Visit plan"),
        collect=_collect,
        heading=_heading,
        lines=_lines,
        in_heading=frozenset({0}),
        check=shapes.record(
            {
                "id": shapes.identity,
                "state": shapes.choice(VisitPlan.State.values),
                "written_at": shapes.moment,
                **{name: shapes.optional(shapes.moment) for name in TIMES},
                **_ALWAYS,
                **_NEEDED,
            },
            {name: check for name, check in _MAY.items() if name not in _LEFT_OUT},
        ),
        agree=_agree,
        is_empty=_is_empty,
        write=_write,
    )
)
