"""Drafts: the words of a form kept while they are typed, and offered back when it opens again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.htmx import shows_nothing, wants_fragment
from journal import wording
from journal.forms.agreements import AgreementForm
from journal.forms.circle import PageForm, PersonForm, RowForm
from journal.forms.entries import DraftedForm, EntryAddForm, EntryEditForm, is_saved
from journal.forms.replies import LONGEST_REPLY, QuestionForm, ReplyForm
from journal.forms.visit_answers import BriefingForm, ToldForm
from journal.forms.visits import PlanForm, SheetForm, TaskForm, VisitAddForm, VisitEditForm
from journal.models import Agreement, Draft, FamilyPage, Journal, Membership, SupportPerson, Topic
from journal.requests import SignedInRequest, number
from journal.views.current import current_membership, own_entry
from journal.views.desk import open_share
from journal.views.entries import detail_context
from journal.views.family import family_page
from journal.views.home import home_context
from journal.views.questions import answered_by, question_page
from journal.views.rows import own_row, page_of
from journal.views.visits import own_plan, task_page

# The tasks of a plan whose words are kept: the form, and the page it stands on.
TASKS: dict[str, tuple[type[PlanForm], str]] = {
    "who": (VisitEditForm, "visit_edit"),
    "sheet": (SheetForm, "visit_sheet"),
    "briefing": (BriefingForm, "visit_briefing"),
    "told": (ToldForm, "visit_told"),
}


@require_POST
def entry_draft(request: SignedInRequest) -> HttpResponse:
    """Keep the words of a new entry; they are not saved by that, and nobody but their writer meets them."""
    membership = current_membership(request)
    form = EntryAddForm(request.POST, membership=membership)
    if not is_saved(membership, request.POST.get("submission", "")) and _kept(request, form, membership, membership.journal_id):
        return _answer(request, redirect("journal:home"))
    if wants_fragment(request):
        return HttpResponse(status=204)
    return render(request, "journal/home.html", home_context(request, membership, form))


@require_POST
def edit_draft(request: SignedInRequest, entry_id: UUID) -> HttpResponse:
    """Keep the words of a change to an entry, with the version they change."""
    membership, entry = own_entry(request, entry_id)
    if entry.unreadable:
        return HttpResponse(status=204)
    form = EntryEditForm(request.POST, entry=entry, membership=membership)
    if _kept(request, form, membership, entry.pk):
        return _answer(request, redirect("journal:entry_detail", entry.pk))
    if wants_fragment(request):
        return HttpResponse(status=204)
    return render(request, "journal/entry_detail.html", detail_context(entry, form, membership, None))


@require_POST
def page_draft(request: SignedInRequest) -> HttpResponse:
    """Keep the words of the family's own page; nobody but their writer meets them until they are saved."""
    membership = current_membership(request)
    page = FamilyPage.of(membership)
    if page.unreadable:
        return HttpResponse(status=204)
    form = PageForm(request.POST, membership=membership, row=page)
    context = page_of(membership, form=form, page=page)
    return _of_row(request, form, "journal/family_page.html", context, redirect("journal:family_page"))


@require_POST
def agreement_new_draft(request: SignedInRequest, topic: str) -> HttpResponse:
    """Keep the words of a new agreement."""
    if topic not in Topic.values:
        raise Http404
    membership = current_membership(request)
    form = AgreementForm(request.POST, membership=membership, topic=topic)
    context = page_of(membership, form=form, topic=Topic(topic))
    return _of_row(request, form, "journal/agreement_edit.html", context, redirect("journal:agreement_add", topic))


@require_POST
def agreement_draft(request: SignedInRequest, agreement_id: UUID) -> HttpResponse:
    """Keep the words of a change to an agreement, with the version they change."""
    membership, agreement = own_row(request, Agreement.objects.editable_by(request.user), agreement_id)
    if agreement.unreadable:
        return HttpResponse(status=204)
    topic = Topic(agreement.document.topic)
    form = AgreementForm(request.POST, membership=membership, topic=topic, row=agreement)
    context = page_of(membership, form=form, topic=topic, agreement=agreement)
    return _of_row(request, form, "journal/agreement_edit.html", context, redirect("journal:agreement_edit", agreement.pk))


@require_POST
def person_new_draft(request: SignedInRequest) -> HttpResponse:
    """Keep the words about somebody new."""
    membership = current_membership(request)
    form = PersonForm(request.POST, membership=membership)
    context = page_of(membership, form=form)
    return _of_row(request, form, "journal/person_edit.html", context, redirect("journal:person_add"))


@require_POST
def person_draft(request: SignedInRequest, person_id: UUID) -> HttpResponse:
    """Keep the words of a change about somebody, with the version they change."""
    membership, person = own_row(request, SupportPerson.objects.editable_by(request.user), person_id)
    if person.unreadable:
        return HttpResponse(status=204)
    form = PersonForm(request.POST, membership=membership, row=person)
    context = page_of(membership, form=form, person=person)
    return _of_row(request, form, "journal/person_edit.html", context, redirect("journal:person_edit", person.pk))


@require_POST
def visit_new_draft(request: SignedInRequest) -> HttpResponse:
    """Keep the words of a new plan."""
    membership = current_membership(request)
    form = VisitAddForm(request.POST, membership=membership)
    return _of_task(request, form, "journal/visit_edit.html", redirect("journal:visit_add"))


@require_POST
def visit_draft(request: SignedInRequest, visit_id: UUID, task: str) -> HttpResponse:
    """Keep the words of one task of a plan, with the version they change."""
    if task not in TASKS:
        raise Http404
    membership, plan = own_plan(request, visit_id)
    if plan.unreadable:
        return HttpResponse(status=204)
    form_class, name = TASKS[task]
    form = form_class(request.POST, plan=plan, membership=membership)
    return _of_task(request, form, f"journal/{name}.html", redirect(f"journal:{name}", plan.pk))


def _of_task(request: SignedInRequest, form: TaskForm, template: str, page: HttpResponse) -> HttpResponse:
    if _kept(request, form, form.membership, form.target):
        return _answer(request, page)
    if wants_fragment(request):
        return HttpResponse(status=204)
    return task_page(request, form.membership, form, template, 200)


@require_POST
def reply_draft(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    """Keep the words of a counsellor's unsent answer."""
    share = open_share(request, share_id)
    text = request.POST.get("text", "").replace("\r\n", "\n").replace("\x00", "")[:LONGEST_REPLY]
    if _keep(request, Draft.Form.REPLY, share.journal, share.pk, text=text):
        return _answer(request, redirect("journal:desk_family", share.pk))
    # A page opened later keeps other words: nothing is said to be kept, and these stay in their form.
    if wants_fragment(request):
        return HttpResponse(status=204)
    return family_page(request, share, ReplyForm(request.POST, share=share, author=request.user), 422)


@require_POST
def question_draft(request: SignedInRequest) -> HttpResponse:
    """Keep the words of a question, or of an answer to one reply, that is not sent."""
    membership = current_membership(request)
    answered = answered_by(request, membership)
    form = QuestionForm(request.POST, membership=membership, answers_to=answered)
    page = redirect(reverse("journal:question_add", query={"reply": answered.pk} if answered else None))
    if not form.is_sent(request.POST.get("submission", "")) and _kept(request, form, membership, form.target):
        return _answer(request, page)
    return HttpResponse(status=204) if wants_fragment(request) else question_page(request, form, answered, 200)


def _of_row(request: SignedInRequest, form: RowForm, template: str, context: dict[str, Any], page: HttpResponse) -> HttpResponse:
    if _kept(request, form, form.membership, form.target):
        return _answer(request, page)
    return HttpResponse(status=204) if wants_fragment(request) else render(request, template, context)


def _kept(request: SignedInRequest, form: DraftedForm, membership: Membership, target: UUID) -> bool:
    return _keep(request, form.FORM, membership.journal, target, fields=form.typed(request.POST))


def _keep(request: SignedInRequest, form: Draft.Form, journal: Journal, target: UUID, **words: Any) -> bool:
    """Keep or drop the draft. False: a page opened later keeps other words, and nothing may be said to be kept."""
    if "discard" in request.POST:
        Draft.objects.of_user(request.user).drop(user=request.user, form=form, target=target)
        return True
    sequence = number(request.POST.get("sequence", ""), 15) or 0
    return Draft.objects.keep(user=request.user, journal=journal, form=form, target=target, sequence=sequence, **words)


def _answer(request: SignedInRequest, page: HttpResponse) -> HttpResponse:
    if "discard" in request.POST:
        messages.success(request, _("The draft is deleted."))
        return page
    said = _("Draft kept at %(time)s") % {"time": wording.clock(timezone.now().astimezone(request.user.zone))}
    if wants_fragment(request):
        return render(request, "journal/_draft.html#state", {"said": said})
    if shows_nothing(request):
        return HttpResponse(status=204)
    messages.success(request, said)
    return page
