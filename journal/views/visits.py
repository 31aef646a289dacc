"""The visit plan: its tasks for the parents, the sheet for the visitor, and the page on which the person answers."""

import uuid
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.public import comes_from_here
from journal import wording
from journal.forms.visits import (
    AfterForm,
    AnswerForm,
    BriefingForm,
    LinkAnswerForm,
    PlanForm,
    ReadyForm,
    SheetForm,
    ToldForm,
    VisitAddForm,
    VisitEditForm,
)
from journal.models import (
    AccessEvent,
    AfterVisit,
    Answer,
    Membership,
    Notice,
    NotReady,
    PlanChanged,
    Share,
    Verb,
    VisitPlan,
)
from journal.models.visit_content import FOLLOW_DAYS, GRAVE
from journal.requests import SignedInRequest
from journal.vault import Unreadable
from journal.views.current import current_membership, membership_in
from journal.views.desk import open_share
from journal.visits import card_of, house_today, tasks, when

# Wrong links one address may open in an hour before it has to wait. A token has 256 bits: this spares the server.
MISSES, MISSES_SECONDS = 20, 3600


# ---- the parents' pages


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
    initial = {"journal": membership.journal_id, "submission": uuid.uuid4()}
    form = VisitAddForm(request.POST if request.method == "POST" else None, membership=membership, initial=initial)
    if form.is_bound and form.is_valid():
        plan, new = form.save()
        if not (new or form.is_said_by(plan)):
            # Sent before, with other words: "Saved." would drop these.
            target = reverse("journal:visit_edit", args=[plan.pk])
            return _differs(request, membership, plan, VisitEditForm, "journal/visit_edit.html", target)
        messages.success(request, _("Saved."))
        return redirect("journal:visit_detail", plan.pk)
    context = {"form": form, "target": request.path, **_page(membership)}
    return render(request, "journal/visit_edit.html", context, status=422 if form.is_bound else 200)


@require_safe
def visit_detail(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """The list of tasks: what is done, what waits, and what cannot start yet."""
    membership, plan = _own_plan(request, visit_id)
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
    membership, plan = _own_plan(request, visit_id)
    shares = Share.objects.of_member(request.user, membership.journal).active().exclude(default=Share.Default.NOTHING)
    try:
        if "close" in request.POST:
            plan.take_back_sheet()
            messages.success(request, _("The sheet is closed to the visitor."))
        elif plan.unreadable or not plan.document.share or not shares.filter(pk=plan.document.share).exists():
            raise NotReady
        else:
            plan.give_sheet(_number(request.POST.get("version")))
            messages.success(request, _("%(c)s can now read this sheet. Nothing else was opened.") % {"c": plan.document.visitor})
    except (NotReady, PlanChanged):
        messages.error(request, _("This has changed meanwhile. Nothing was opened. Look once more."))
    return redirect("journal:visit_briefing", plan.pk)


@require_POST
def visit_link(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """Make the link by which they can answer. It is shown once, on this page, and kept nowhere."""
    membership, plan = _own_plan(request, visit_id)
    try:
        token = plan.make_link(_number(request.POST.get("version")))
    except (NotReady, PlanChanged):
        messages.error(request, _("This has changed meanwhile. No link was made. Look once more."))
        return redirect("journal:visit_detail", plan.pk)
    link = request.build_absolute_uri(reverse("journal:visit_public", args=[token]))
    context = {"form": AnswerForm(plan=plan, membership=membership), "link": link, "until": when(plan)}
    return render(request, "journal/visit_answer.html", {"card": card_of(plan), **context, **_page(membership)})


@require_POST
def visit_ready(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """Both conditions hold: the visit can take place."""
    membership, plan = _own_plan(request, visit_id)
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
    _membership, plan = _own_plan(request, visit_id)
    plan.call_off()
    messages.success(request, _("Called off. Nobody will come. Tell the visitor today."))
    return redirect("journal:visit_detail", plan.pk)


@require_POST
def visit_done(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """The visit took place: on three days we ask how it is at home."""
    _membership, plan = _own_plan(request, visit_id)
    try:
        plan.mark_done(_number(request.POST.get("version")))
        messages.success(request, _("Saved."))
    except (NotReady, PlanChanged):
        messages.error(request, _("This has changed meanwhile. Look once more."))
    return redirect("journal:visit_detail", plan.pk)


@require_POST
def visit_erase(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """Erase a plan for good, its link and its sheet with it."""
    _membership, plan = _own_plan(request, visit_id)
    plan.erase()
    messages.success(request, _("It is erased."))
    return redirect("journal:visit_list")


@require_safe
def visit_note(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """The note with three boxes, to print and put where they find it."""
    membership, plan = _own_plan(request, visit_id)
    if plan.unreadable:
        return _detail(request, membership, plan)
    return render(request, "journal/visit_note.html", {"card": card_of(plan), "said": plan.document, **_page(membership)})


@require_http_methods(["GET", "HEAD", "POST"])
def visit_after(request: SignedInRequest, visit_id: UUID) -> HttpResponse:
    """How it is at home, on days 1, 2 and 3. Where somebody was afraid or hurt, help comes first, whatever saving does."""
    membership, plan = _own_plan(request, visit_id)
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
    except (DatabaseError, PlanChanged, Unreadable):
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
    membership, plan = _own_plan(request, visit_id)
    if plan.unreadable or (request.method != "POST" and not plan.is_open):
        return _detail(request, membership, plan)
    form: Any = form_class(request.POST if request.method == "POST" else None, plan=plan, membership=membership)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, form.save())
            return redirect("journal:visit_detail", plan.pk)
        except NotReady:
            form.add_error(None, _("A visit is ready only when both are done."))
        except PlanChanged as changed:
            return _differs(request, membership, changed.current, form_class, template, request.path)
    context = {"card": card_of(plan), "said": plan.document, "form": form, "target": request.path}
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


def _own_plan(request: SignedInRequest, visit_id: UUID) -> tuple[Membership, VisitPlan]:
    plan = get_object_or_404(VisitPlan.objects.editable_by(request.user), pk=visit_id)
    membership = membership_in(request, journal=plan.journal_id)
    return membership, plan


def _page(membership: Membership) -> dict[str, Any]:
    return {
        "membership": membership,
        "country": membership.user.country,
        "resting_until": membership.resting_until(wording.today_of(membership.user)),
    }


def _number(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 10 else 0


# ---- the visitor's page


@require_http_methods(["GET", "HEAD", "POST"])
def desk_visit(request: SignedInRequest, share_id: UUID, visit_id: UUID) -> HttpResponse:
    """The sheet, for the counsellor it was given to; the family sees that it was read, and when it was confirmed."""
    share = open_share(request, share_id)
    plan = get_object_or_404(VisitPlan.objects.of_visitor(request.user), pk=visit_id, journal=share.journal_id)
    status = 200
    if request.method == "POST":
        try:
            with transaction.atomic():
                plan.confirm_briefing(_number(request.POST.get("version")), timezone.now())
                _log(request, share, plan, Verb.CONFIRMED)
            messages.success(request, _("Confirmed. The family can see it."))
            return redirect("journal:desk_visit", share.pk, plan.pk)
        except (NotReady, PlanChanged):
            plan, status = get_object_or_404(VisitPlan.objects.of_visitor(request.user), pk=visit_id), 409
    # Before anything renders: nothing is shown that the family cannot see was read.
    _log(request, share, plan, Verb.BRIEFED)
    name = share.journal.code_name(get_language() or "en")
    context = {"share": share, "name": name, "card": card_of(plan), "said": plan.document, "two": status == 409}
    return render(request, "journal/desk_visit.html", context, status=status)


def _log(request: SignedInRequest, share: Share, plan: VisitPlan, verb: Verb) -> None:
    AccessEvent.objects.record(
        journal=share.journal_id, who=request.user, role="counsellor", verb=verb, share=share.pk, shown=[plan.pk]
    )


# ---- the page of the person


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def visit_public(request: HttpRequest, token: str) -> HttpResponse:
    """The person's own page: no sign-in, no cookie, no session. They can say no, and nothing else of the family shows.

    Why no CSRF token: it would need a cookie, and a cookie is a trace on a device others may use. A forged form gains
    nothing here: whoever can address it holds the token, and could press the button themselves. What another site sends
    is refused all the same.
    """
    response = _person_page(request, token)
    # The address is the key: it may not travel on with a link of this page.
    response["Referrer-Policy"] = "no-referrer"
    return response


def _person_page(request: HttpRequest, token: str) -> HttpResponse:
    plan = VisitPlan.objects.by_link(token)
    if plan is None:
        # A link that holds always opens, whoever guesses beside it behind the same address: a no can be said at any time.
        misses = f"visit-misses:{get_adapter().get_client_ip(request)}"
        if cache.get(misses, 0) >= MISSES:
            return render(request, "429.html", status=429)
        cache.set(misses, cache.get(misses, 0) + 1, MISSES_SECONDS)
        # What is not here is not there in the other language either: the link leads to the front door.
        other = "ja" if get_language() == "en" else "en"
        return render(request, "journal/visit_gone.html", {"other_language_url": f"/{other}/"}, status=404)
    if request.method != "POST":
        return _person_answer(request, plan, 200)
    if not comes_from_here(request) and not _unnamed(request):
        return HttpResponse(status=403)
    form = LinkAnswerForm(request.POST)
    if not form.is_valid():
        return _person_answer(request, plan, 422, form)
    try:
        # A page that does not say its version can say no, never yes.
        plan.answer_by_link(_number(request.POST.get("version")), form.cleaned_data["answer"])
    except PlanChanged as changed:
        return _person_answer(request, changed.current, 409)
    return redirect("journal:visit_public", token)


def _unnamed(request: HttpRequest) -> bool:
    # With no-referrer a browser writes "Origin: null" on this page's own form. An older one says nothing else about
    # itself, and whoever has only that one can still say no.
    return "Sec-Fetch-Site" not in request.headers and request.headers.get("Origin") == "null"


def _person_answer(request: HttpRequest, plan: VisitPlan, status: int, form: LinkAnswerForm | None = None) -> HttpResponse:
    said = plan.document
    context = {
        "visitor": said.visitor,
        "date": when(plan),
        "sheet": said.sheet if said.show_sheet else "",
        "version": plan.version,
        "answer": said.answer if said.by_link else "",
        "coming": said.answer == Answer.YES,
        "form": form,
        "two": status == 409,
    }
    return render(request, "journal/visit_public.html", context, status=status)
