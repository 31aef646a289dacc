"""The visit plan as its parents prepare it: one page a task, ready or off, and the days after."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import DatabaseError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal import wording
from journal.forms.visit_answers import AnswerForm, BriefingForm, ToldForm
from journal.forms.visits import AfterForm, PlanForm, ReadyForm, SheetForm, VisitAddForm, VisitEditForm
from journal.models import (
    AfterVisit,
    Membership,
    Notice,
    NotReady,
    PlanChanged,
    Share,
    VisitPlan,
)
from journal.models.visit_content import FOLLOW_DAYS, GRAVE
from journal.requests import SignedInRequest, version_of
from journal.vault import Unreadable
from journal.views.current import current_membership, membership_in
from journal.visits import card_of, house_today, tasks, when


@require_safe
def visit_list(request: SignedInRequest) -> HttpResponse:
    """The family's plans, newest first."""
    membership = current_membership(request)
    plans = VisitPlan.objects.of_family(request.user, membership.journal)[:50].opened()
    Notice.objects.forget(request.user, membership.journal, Notice.Kind.VISIT)
    return render(request, "journal/visit_list.html", {"cards": [card_of(plan) for plan in plans], **_page(membership)})


@require_safe
def visit_checklist(request: SignedInRequest) -> HttpResponse:
    """What to look at before, during and after a visit, to print."""
    return render(request, "journal/visit_checklist.html", _page(current_membership(request)))


@require_http_methods(["GET", "HEAD", "POST"])
def visit_add(request: SignedInRequest) -> HttpResponse:
    """Begin a plan: who comes, when, what for, and the days after."""
    membership = current_membership(request)
    form = VisitAddForm(request.POST if request.method == "POST" else None, membership=membership)
    if form.is_bound and form.is_valid():
        plan, new = form.save()
        if not (new or form.is_said_by(plan)):
            # Sent before, with other words: "Saved." would drop these.
            target = reverse("journal:visit_edit", args=[plan.pk])
            return _differs(request, membership, plan, VisitEditForm, "journal/visit_edit.html", target)
        messages.success(request, _("Saved."))
        return redirect("journal:visit_detail", plan.pk)
    return task_page(request, membership, form, "journal/visit_edit.html", 422 if form.is_bound else 200)


@require_safe
def visit_detail(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """The list of tasks: what is done, what waits, and what cannot start yet."""
    membership, plan = own_plan(request, visit_id)
    Notice.objects.forget(request.user, membership.journal, Notice.Kind.VISIT)
    return _detail(request, membership, plan)


def _detail(
    request: SignedInRequest, membership: Membership, plan: VisitPlan, form: ReadyForm | None = None, status: int = 200
) -> HttpResponse:
    if plan.unreadable:
        context = {"card": card_of(plan), **_page(membership)}
        return render(request, "journal/visit_unreadable.html", context, status=409 if request.method == "POST" else 200)
    context = {
        "card": card_of(plan),
        "said": plan.document,
        "tasks": tasks(plan),
        "form": form or ReadyForm(plan=plan, membership=membership),
        "after": _after_rows(plan),
    }
    return render(request, "journal/visit_detail.html", {**context, **_page(membership)}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def visit_edit(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """Task 1: who comes, when, and what for."""
    return _task(request, visit_id, VisitEditForm, "journal/visit_edit.html")


@require_http_methods(["GET", "HEAD", "POST"])
def visit_sheet(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """Task 2: what the visitor is told."""
    return _task(request, visit_id, SheetForm, "journal/visit_sheet.html")


@require_http_methods(["GET", "HEAD", "POST"])
def visit_briefing(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """Task 3: the visitor confirms; on the site as a counsellor who reads here, else on paper."""
    return _task(request, visit_id, BriefingForm, "journal/visit_briefing.html")


@require_http_methods(["GET", "HEAD", "POST"])
def visit_told(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """Task 4: how and when they were told, and how they can call it off."""
    return _task(request, visit_id, ToldForm, "journal/visit_told.html")


@require_http_methods(["GET", "HEAD", "POST"])
def visit_answer(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """Task 5: what they answered."""
    return _task(request, visit_id, AnswerForm, "journal/visit_answer.html")


@require_POST
def visit_sheet_readers(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """Let the visitor read the sheet on the site, or close it again."""
    membership, plan = own_plan(request, visit_id)
    shares = Share.objects.of_member(request.user, membership.journal).active().opening()
    try:
        if "close" in request.POST:
            plan.take_back_sheet()
            messages.success(request, _("The sheet is closed to the visitor."))
        elif plan.unreadable or not plan.document.share or not shares.filter(pk=plan.document.share).exists():
            raise NotReady
        else:
            plan.give_sheet(version_of(request))
            messages.success(request, _("%(c)s can now read this sheet. Nothing else was opened.") % {"c": plan.document.visitor})
    except (NotReady, PlanChanged):
        messages.error(request, _("This has changed meanwhile. Nothing was opened. Look once more."))
    return redirect("journal:visit_briefing", plan.pk)


@require_POST
def visit_link(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """Make the link by which they can answer. It is shown once, on this page, and kept nowhere."""
    membership, plan = own_plan(request, visit_id)
    try:
        token = plan.make_link(version_of(request))
    except (NotReady, PlanChanged):
        messages.error(request, _("This has changed meanwhile. No link was made. Look once more."))
        return redirect("journal:visit_detail", plan.pk)
    link = request.build_absolute_uri(reverse("journal:visit_public", args=[token]))
    context = {"form": AnswerForm(plan=plan, membership=membership), "link": link, "until": when(plan)}
    return render(request, "journal/visit_answer.html", {"card": card_of(plan), **context, **_page(membership)})


@require_POST
def visit_ready(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """Both conditions hold: the visit can take place."""
    membership, plan = own_plan(request, visit_id)
    form = ReadyForm(request.POST, plan=plan, membership=membership)
    if not form.is_valid():
        return _detail(request, membership, plan, form, 422)
    try:
        messages.success(request, form.save())
    except (NotReady, PlanChanged):
        messages.error(request, _("This has changed meanwhile. Look once more."))
    return redirect("journal:visit_detail", plan.pk)


@require_POST
def visit_off(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """Call it off: two taps from every page of the plan, at any time, without a reason."""
    _membership, plan = own_plan(request, visit_id)
    plan.call_off()
    messages.success(request, _("Called off. Nobody will come. Tell the visitor today."))
    return redirect("journal:visit_detail", plan.pk)


@require_POST
def visit_done(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """The visit took place: on three days we ask how it is at home."""
    _membership, plan = own_plan(request, visit_id)
    try:
        plan.mark_done(version_of(request))
        messages.success(request, _("Saved."))
    except (NotReady, PlanChanged):
        messages.error(request, _("This has changed meanwhile. Look once more."))
    return redirect("journal:visit_detail", plan.pk)


@require_POST
def visit_erase(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """Erase a plan for good, its link and its sheet with it."""
    _membership, plan = own_plan(request, visit_id)
    plan.erase()
    messages.success(request, _("It is erased."))
    return redirect("journal:visit_list")


@require_safe
def visit_note(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """The note with three boxes, to print and put where they find it."""
    membership, plan = own_plan(request, visit_id)
    if plan.unreadable:
        return _detail(request, membership, plan)
    return render(request, "journal/visit_note.html", {"card": card_of(plan), "said": plan.document, **_page(membership)})


@require_http_methods(["GET", "HEAD", "POST"])
def visit_after(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """How it is at home, on days 1, 2 and 3. Where somebody was afraid or hurt, help comes first, whatever saving does."""
    membership, plan = own_plan(request, visit_id)
    form = AfterForm(request.POST if request.method == "POST" else None)
    number = 0 if plan.unreadable else plan.after_day(house_today(plan))
    if not (form.is_bound and form.is_valid()):
        return _after_page(request, membership, plan, number, form, 422 if form.is_bound else 200)
    answer = form.cleaned_data["answer"]
    saved = _after_saved(membership, plan, number, answer)
    if answer == AfterVisit.DYING:
        return redirect("guidance:help_page", page="words")
    if saved:
        return redirect("journal:visit_after", plan.pk)
    return _after_page(request, membership, plan, number, form, 503 if answer in GRAVE else 409, not_saved=True)


def _after_saved(membership: Membership, plan: VisitPlan, number: int, answer: str) -> bool:
    # A grave answer rests the steps as a hard day does, also where no day waits for it.
    try:
        with transaction.atomic():
            if number:
                plan.follow_up(number, answer)
            if answer in GRAVE:
                membership.rest(wording.today_of(membership.user), for_all=True)
    except PlanChanged:
        return False
    except (DatabaseError, Unreadable):
        if answer not in GRAVE:
            raise
        return False
    return bool(number) or answer in GRAVE


def _after_page(
    request: SignedInRequest, membership: Membership, plan: VisitPlan, number: int, form: AfterForm, status: int, **more: Any
) -> HttpResponse:
    rows = [] if plan.unreadable else _after_rows(plan)
    given = [value for _day, value, _label in rows if value]
    answered = form.cleaned_data.get("answer", "") if form.is_bound and form.is_valid() else (given[-1] if given else "")
    context = {
        "card": card_of(plan),
        "form": form,
        "number": number,
        "after": rows,
        "grave": answered in GRAVE,
        "tense": answered == AfterVisit.TENSE,
    }
    return render(request, "journal/visit_after.html", {**context, **_page(membership), **more}, status=status)


def _after_rows(plan: VisitPlan) -> list[tuple[int, str, str]]:
    answers = zip(range(1, FOLLOW_DAYS + 1), plan.document.after, strict=True)
    return [(number, value, str(AfterVisit(value).label)) for number, value in answers if value]


def _task(request: SignedInRequest, visit_id: UUID, form_class: type[PlanForm], template: str) -> HttpResponse:
    """One task: its form, and where somebody else changed the plan meanwhile, both versions."""
    membership, plan = own_plan(request, visit_id)
    if plan.unreadable or (request.method != "POST" and not plan.is_open):
        return _detail(request, membership, plan)
    form: Any = form_class(request.POST if request.method == "POST" else None, plan=plan, membership=membership)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                said = form.save()
                form.drop_draft()
            messages.success(request, said)
            return redirect("journal:visit_detail", plan.pk)
        except NotReady:
            form.add_error(None, _("A visit is ready only when both are done."))
        except PlanChanged as changed:
            return _differs(request, membership, changed.current, form_class, template, request.path)
    return task_page(request, membership, form, template, status)


def task_page(request: SignedInRequest, membership: Membership, form: Any, template: str, status: int) -> HttpResponse:
    """The page of one task, or of a new plan."""
    context: dict[str, Any] = {
        "form": form,
        "target": reverse("journal:visit_add"),
        "draft_url": reverse("journal:visit_new_draft"),
    }
    if isinstance(form, PlanForm):
        target = reverse(f"journal:visit_{'edit' if form.TASK == 'who' else form.TASK}", args=[form.plan.pk])
        context |= {"card": card_of(form.plan), "said": form.plan.document, "target": target}
        context["draft_url"] = reverse("journal:visit_draft", args=[form.plan.pk, form.TASK]) if form.DRAFTED else ""
    return render(request, template, {**context, **_page(membership)}, status=status)


def _differs(
    request: SignedInRequest, membership: Membership, plan: VisitPlan, form_class: type[PlanForm], template: str, target: str
) -> HttpResponse:
    """409: what stands in the plan now, and what was typed, to be sent again by somebody who has seen both."""
    if plan.unreadable:
        return _detail(request, membership, plan)
    data = request.POST.copy()
    data["version"] = str(plan.version)
    form = form_class(data, plan=plan, membership=membership)
    context = {"card": card_of(plan), "said": plan.document, "form": form, "two": True, "target": target}
    return render(request, template, {**context, **_page(membership)}, status=409)


def own_plan(request: SignedInRequest, visit_id: UUID) -> tuple[Membership, VisitPlan]:
    """A plan of one of this parent's journals, and their place in it; raise Http404."""
    plan = get_object_or_404(VisitPlan.objects.editable_by(request.user), pk=visit_id)
    membership = membership_in(request, journal=plan.journal_id)
    return membership, plan


def _page(membership: Membership) -> dict[str, Any]:
    return {
        "membership": membership,
        "country": membership.user.country,
        "resting_until": membership.resting_until(wording.today_of(membership.user)),
    }
