"""What a page says about a visit plan: its state in one sentence, and the tasks in their order."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from journal import wording
from journal.models import Answer, VisitPlan


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to do before a visit: its words, how far it is, and whether it can be done now."""

    title: str
    status: str
    url: str
    done: bool = False
    blocked: bool = False
    # Whether it stays open while the steps rest: what others did or said can be noted on any day.
    always: bool = False


@dataclass(frozen=True, kw_only=True)
class Card:
    """A plan as a page shows it."""

    plan: VisitPlan
    when: str = ""
    state: str = ""
    tag: str = ""
    after_day: int = 0
    closed: bool = False

    @property
    def refused(self) -> bool:
        """Whether the answer was no, another way, or silence: then parents can meet the visitor alone."""
        return not self.plan.unreadable and self.plan.document.answer not in {"", Answer.YES}

    @property
    def confirmed_when(self) -> str:
        """The day the visitor confirmed."""
        return _day(self.plan, self.plan.briefing_confirmed_at)


def card_of(plan: VisitPlan) -> Card:
    """Return what a page says about this plan, today in the house."""
    if plan.unreadable:
        return Card(plan=plan, state=_("This plan cannot be opened. It has not been changed."), tag="warn")
    today = house_today(plan)
    state, tag = _state(plan, today)
    return Card(plan=plan, when=when(plan), state=state, tag=tag, after_day=plan.after_day(today), closed=plan.is_closed(today))


def when(plan: VisitPlan) -> str:
    """The day and time of the visit, by the clock of the house: "Thursday 4 December, 2 pm" / 「12月4日（木）午後2時」."""
    start = plan.document.start
    time = wording.clock(start)
    if start.minute == 0:
        time = time.replace(":00", "").replace("時0分", "時")
    return f"{wording.day(start.date())}{'' if get_language() == 'ja' else ', '}{time}"


def house_today(plan: VisitPlan) -> date:
    """The day it is in the house the visit is for."""
    return wording.today_in(plan.document.start.tzinfo)


def _state(plan: VisitPlan, today: date) -> tuple[str, str]:
    said = plan.document.answer
    if plan.state == VisitPlan.State.DONE:
        if plan.is_closed(today):
            return _("This plan is closed"), ""
        return _("The visit took place on %(date)s") % {"date": wording.day(date.fromisoformat(plan.document.day))}, "done"
    if plan.state == VisitPlan.State.OFF:
        return (answer_words(said) if said in {Answer.NO, Answer.NONE} else _("Called off")), ""
    if plan.state == VisitPlan.State.READY:
        return _("Ready for %(date)s") % {"date": when(plan)}, "done"
    if said and said != Answer.YES:
        return answer_words(said), ""
    if plan.has_begun:
        return answer_words(Answer.NONE) if not said else _("That day has passed. Nobody comes by this plan."), ""
    return _("Being prepared"), ""


def answer_words(answer: str) -> str:
    """What they answered, as a sentence."""
    return str(Answer(answer).label)


def tasks(plan: VisitPlan) -> list[Task]:
    """Return the tasks in their order; a task that cannot start yet says so, and leads nowhere."""
    said, comma = plan.document, pgettext("between the items of a list", ", ")
    rows = [
        ("visit_edit", _("Who comes, when, and what for"), f"{said.visitor}{comma}{when(plan)}", True, False),
        (
            "visit_sheet",
            _("What the visitor is told"),
            pgettext("visit", "Written") if said.sheet else _("Not written yet"),
            bool(said.sheet),
            False,
        ),
        ("visit_briefing", _("The visitor confirms"), *_briefing(plan)),
        ("visit_told", _("They are told"), *_told(plan)),
        ("visit_answer", _("Their answer"), *_answer(plan)),
    ]
    return [
        Task(
            title=title,
            status=status,
            url=reverse(f"journal:{name}", args=[plan.pk]),
            done=done,
            blocked=blocked,
            always=name in {"visit_briefing", "visit_answer"},
        )
        for name, title, status, done, blocked in rows
    ]


def _briefing(plan: VisitPlan) -> tuple[str, bool, bool]:
    if plan.briefing_confirmed_at:
        return _("The visitor confirmed on %(date)s") % {"date": _day(plan, plan.briefing_confirmed_at)}, True, False
    if not plan.document.sheet:
        return _("Something comes first"), False, True
    return _("Waiting for the visitor to confirm"), False, False


def _told(plan: VisitPlan) -> tuple[str, bool, bool]:
    if plan.told_at is None:
        return _("Not told yet"), False, False
    if plan.document.answer:
        return _("Told on %(date)s.") % {"date": _day(plan, plan.told_at)}, True, False
    return _("Told on %(date)s. Waiting for an answer") % {"date": _day(plan, plan.told_at)}, True, False


def _answer(plan: VisitPlan) -> tuple[str, bool, bool]:
    if plan.told_at is None:
        return _("Something comes first"), False, True
    if plan.document.answer:
        return answer_words(plan.document.answer), plan.document.answer == Answer.YES, False
    return _("Not answered yet"), False, False


def _day(plan: VisitPlan, at: Any) -> str:
    return wording.day(at.astimezone(plan.document.start.tzinfo).date()) if at else ""
