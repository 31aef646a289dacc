"""Screens of visit plans: the parents' tasks, the visitor's sheet, and the page of the person."""

import uuid
from datetime import timedelta
from typing import Any
from unittest import mock

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from journal.models import VisitPlan
from tests import factories, plans
from tests.screens.stage import Stage, page, screen

SHEET = "She likes cats and old games.\nPlease do not ask about work. Nobody enters her room."


def visit(stage: Stage, **fields: Any) -> VisitPlan:
    """A plan with its sheet written, and told."""
    return plans.a_plan(stage.world, **{"sheet": SHEET, **fields})


def ready(stage: Stage, **fields: Any) -> VisitPlan:
    """A plan with both conditions."""
    return plans.ready(stage.world, **{"sheet": SHEET, **fields})


def done(stage: Stage, days: int = 1) -> VisitPlan:
    """A visit that took place some days ago."""
    return plans.took_place(stage.world, days, sheet=SHEET)


page("journal:visit_list", "owner")
page("journal:visit_add", "owner")
page("journal:visit_checklist", "owner")


@screen("journal:visit_list without a plan", "stranger")
def _list_empty(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_list")


@screen("journal:visit_list with every state", "owner")
def _list(stage: Stage) -> HttpResponse:
    ready(stage)
    done(stage)
    done(stage, days=9)
    visit(stage).call_off()
    answered = visit(stage)
    answered.answer_at_home(answered.version, "none", timezone.now())
    VisitPlan.objects.filter(pk=visit(stage).pk).update(sealed=b"\x01" * 80)
    return stage.get("journal:visit_list")


@screen("journal:visit_add with errors", "owner", status=422)
def _add_errors(stage: Stage) -> HttpResponse:
    data = {"journal": stage.world.journal.pk, "submission": uuid.uuid4(), "share": "other", "day": "2020-01-01", "at": ""}
    return stage.post("journal:visit_add", data)


@screen("journal:visit_detail at the start", "owner")
def _detail_start(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_detail", visit_id=factories.make_visit(stage.world.journal).pk)


@screen("journal:visit_detail that waits", "owner")
def _detail(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_detail", visit_id=visit(stage).pk)


@screen("journal:visit_detail with both conditions", "owner")
def _detail_both(stage: Stage) -> HttpResponse:
    plan = visit(stage)
    plan.confirm_briefing(plan.version, timezone.now(), "By telephone")
    plan.answer_at_home(plan.version, "yes", timezone.now())
    return stage.get("journal:visit_detail", visit_id=plan.pk)


@screen("journal:visit_detail ready", "owner")
def _detail_ready(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_detail", visit_id=ready(stage).pk)


@screen("journal:visit_detail on the day", "owner")
def _detail_day(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_detail", visit_id=plans.begun(stage.world, sheet=SHEET).pk)


@screen("journal:visit_detail after a no", "owner")
def _detail_no(stage: Stage) -> HttpResponse:
    plan = ready(stage)
    plan.answer_at_home(plan.version, "no", timezone.now())
    return stage.get("journal:visit_detail", visit_id=plan.pk)


@screen("journal:visit_detail for another day", "owner")
def _detail_other(stage: Stage) -> HttpResponse:
    plan = visit(stage)
    plan.make_link(plan.version)
    plan.answer_by_link(plan.version, "other")
    return stage.get("journal:visit_detail", visit_id=plan.pk)


@screen("journal:visit_detail while the steps rest", "owner")
def _detail_rest(stage: Stage) -> HttpResponse:
    hard = factories.make_entry(stage.world.journal, stage.user, kind="hard")
    stage.post("journal:entry_hard", {"hard": "skip"}, entry_id=hard.pk)
    return stage.get("journal:visit_detail", visit_id=visit(stage).pk)


@screen("journal:visit_told while the steps rest", "owner")
def _told_rest(stage: Stage) -> HttpResponse:
    hard = factories.make_entry(stage.world.journal, stage.user, kind="hard")
    stage.post("journal:entry_hard", {"hard": "skip"}, entry_id=hard.pk)
    return stage.get("journal:visit_told", visit_id=visit(stage).pk)


@screen("journal:visit_detail that took place", "owner")
def _detail_done(stage: Stage) -> HttpResponse:
    plan = done(stage, days=2)
    plan.follow_up(1, "usual")
    return stage.get("journal:visit_detail", visit_id=plan.pk)


@screen("journal:visit_detail that cannot be opened", "owner")
def _unreadable(stage: Stage) -> HttpResponse:
    plan = visit(stage)
    VisitPlan.objects.filter(pk=plan.pk).update(sealed=b"\x01" * 80)
    return stage.get("journal:visit_detail", visit_id=plan.pk)


@screen("journal:visit_ready too early", "owner", status=422)
def _ready_early(stage: Stage) -> HttpResponse:
    plan = visit(stage)
    return stage.post("journal:visit_ready", {"version": plan.version}, visit_id=plan.pk)


@screen("journal:visit_edit", "owner")
def _edit(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_edit", visit_id=visit(stage, share=str(stage.world.share.pk)).pk)


@screen("journal:visit_edit in two versions", "owner", status=409)
def _edit_two(stage: Stage) -> HttpResponse:
    plan = visit(stage)
    day = (timezone.now() + timedelta(days=9)).date().isoformat()
    data = {
        "share": "other",
        "visitor": "Mr Sato",
        "day": day,
        "at": "10:00",
        "length": "20 minutes",
        "purpose": "Tea.",
        "aftercare": "Us",
    }
    return stage.post("journal:visit_edit", data | {"version": plan.version - 1}, visit_id=plan.pk)


@screen("journal:visit_sheet", "owner")
def _sheet(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_sheet", visit_id=visit(stage).pk)


@screen("journal:visit_sheet with errors", "owner", status=422)
def _sheet_errors(stage: Stage) -> HttpResponse:
    plan = visit(stage)
    return stage.post("journal:visit_sheet", {"version": plan.version, "sheet": " "}, visit_id=plan.pk)


@screen("journal:visit_briefing before the sheet", "owner")
def _briefing_early(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_briefing", visit_id=factories.make_visit(stage.world.journal).pk)


@screen("journal:visit_briefing for a counsellor", "owner")
def _briefing(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_briefing", visit_id=visit(stage, share=str(stage.world.share.pk)).pk)


@screen("journal:visit_briefing given", "owner")
def _briefing_given(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_briefing", visit_id=stage.world.visit.pk)


@screen("journal:visit_briefing with errors", "owner", status=422)
def _briefing_errors(stage: Stage) -> HttpResponse:
    plan = visit(stage)
    return stage.post("journal:visit_briefing", {"version": plan.version, "day": "2999-01-01"}, visit_id=plan.pk)


@screen("journal:visit_told", "owner")
def _told(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_told", visit_id=factories.make_visit(stage.world.journal).pk)


@screen("journal:visit_told with errors", "owner", status=422)
def _told_errors(stage: Stage) -> HttpResponse:
    plan = visit(stage)
    return stage.post("journal:visit_told", {"version": plan.version}, visit_id=plan.pk)


@screen("journal:visit_answer", "owner")
def _answer(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_answer", visit_id=visit(stage).pk)


@screen("journal:visit_answer too early", "owner")
def _answer_early(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_answer", visit_id=factories.make_visit(stage.world.journal).pk)


@screen("journal:visit_answer with errors", "owner", status=422)
def _answer_errors(stage: Stage) -> HttpResponse:
    plan = visit(stage)
    return stage.post("journal:visit_answer", {"version": plan.version, "answer": "yes", "day": "2020-01-01"}, visit_id=plan.pk)


@screen("journal:visit_link made", "owner")
def _link(stage: Stage) -> HttpResponse:
    plan = visit(stage)
    return stage.post("journal:visit_link", {"version": plan.version}, visit_id=plan.pk)


@screen("journal:visit_note", "owner")
def _note(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_note", visit_id=visit(stage, show_sheet=True).pk)


@screen("journal:visit_after", "owner")
def _after(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_after", visit_id=done(stage).pk)


@screen("journal:visit_after with errors", "owner", status=422)
def _after_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:visit_after", {}, visit_id=done(stage).pk)


@screen("journal:visit_after when somebody was hurt", "owner")
def _after_hurt(stage: Stage) -> HttpResponse:
    plan = done(stage)
    stage.post("journal:visit_after", {"answer": "hurt"}, visit_id=plan.pk)
    return stage.get("journal:visit_after", visit_id=plan.pk)


@screen("journal:visit_after that could not be saved", "owner", status=503)
def _after_not_saved(stage: Stage) -> HttpResponse:
    from django.db import DatabaseError

    plan = done(stage)
    with mock.patch.object(VisitPlan, "follow_up", side_effect=DatabaseError):
        return stage.post("journal:visit_after", {"answer": "hurt"}, visit_id=plan.pk)


# ---- the visitor


@screen("journal:desk_visit", "counsellor")
def _desk(stage: Stage) -> HttpResponse:
    return stage.get("journal:desk_visit", share_id=stage.world.share.pk, visit_id=stage.world.visit.pk)


@screen("journal:desk_visit confirmed", "counsellor")
def _desk_confirmed(stage: Stage) -> HttpResponse:
    plan = stage.world.visit
    plan.refresh_from_db()
    address = {"share_id": stage.world.share.pk, "visit_id": plan.pk}
    stage.post("journal:desk_visit", {"version": plan.version}, **address)
    return stage.get("journal:desk_visit", **address)


@screen("journal:desk_visit called off", "counsellor")
def _desk_off(stage: Stage) -> HttpResponse:
    stage.world.visit.call_off()
    return stage.get("journal:desk_visit", share_id=stage.world.share.pk, visit_id=stage.world.visit.pk)


@screen("journal:desk_visit changed meanwhile", "counsellor", status=409)
def _desk_changed(stage: Stage) -> HttpResponse:
    return stage.post("journal:desk_visit", {"version": 1}, share_id=stage.world.share.pk, visit_id=stage.world.visit.pk)


# ---- the person


def link(stage: Stage, **fields: Any) -> tuple[VisitPlan, dict[str, str]]:
    """A plan and the address its link has."""
    plan = visit(stage, **fields)
    return plan, {"token": plan.make_link(plan.version)}


@screen("journal:visit_public")
def _public(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_public", **link(stage)[1])


@screen("journal:visit_public with the sheet, answered", role="anonymous")
def _public_answered(stage: Stage) -> HttpResponse:
    plan, address = link(stage, show_sheet=True)
    stage.post("journal:visit_public", {"answer": "no", "version": plan.version}, **address)
    return stage.get("journal:visit_public", **address)


@screen("journal:visit_public said yes to", role="anonymous")
def _public_yes(stage: Stage) -> HttpResponse:
    plan, address = link(stage)
    stage.post("journal:visit_public", {"answer": "yes", "version": plan.version}, **address)
    return stage.get("journal:visit_public", **address)


@screen("journal:visit_public with errors", status=422)
def _public_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:visit_public", {"answer": "perhaps"}, **link(stage)[1])


@screen("journal:visit_public answered just before", status=409)
def _public_two(stage: Stage) -> HttpResponse:
    plan, address = link(stage)
    Client().post(stage.url("journal:visit_public", **address), {"answer": "no", "version": plan.version})
    return stage.post("journal:visit_public", {"answer": "yes", "version": plan.version}, **address)


@screen("journal:visit_public with an old link", status=404)
def _public_gone(stage: Stage) -> HttpResponse:
    return stage.get("journal:visit_public", token="an-old-link")
