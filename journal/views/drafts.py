"""Drafts of a parent's forms: kept while they are typed, offered back when the form opens again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.htmx import shows_nothing, wants_fragment
from journal import wording
from journal.forms.entries import DraftedForm, EntryAddForm, EntryEditForm, is_saved
from journal.models import Draft, Membership
from journal.views.current import current_membership, own_entry
from journal.views.entries import detail_context
from journal.views.home import home_context


@require_POST
def entry_draft(request: HttpRequest) -> HttpResponse:
    """Keep the words of a new entry; they are not saved by that, and nobody but their writer meets them."""
    membership = current_membership(request)
    form = EntryAddForm(request.POST, membership=membership)
    if not is_saved(membership, request.POST.get("submission", "")) and _kept(request, form, membership, membership.journal_id):
        return _answer(request, redirect("journal:home"))
    if wants_fragment(request):
        return HttpResponse(status=204)
    return render(request, "journal/home.html", home_context(request, membership, form))


@require_POST
def edit_draft(request: HttpRequest, entry_id: UUID) -> HttpResponse:
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


def _kept(request: HttpRequest, form: DraftedForm, membership: Membership, target: UUID) -> bool:
    """Keep or drop the draft. False: a page opened later keeps other words, and nothing may be said to be kept."""
    if "discard" in request.POST:
        Draft.objects.of_user(request.user).drop(user=request.user, form=form.FORM, target=target)
        return True
    sequence = request.POST.get("sequence", "")
    return Draft.objects.keep(
        user=request.user,
        journal=membership.journal,
        form=form.FORM,
        target=target,
        sequence=int(sequence) if sequence.isascii() and sequence.isdecimal() and len(sequence) < 16 else 0,
        fields=form.typed(request.POST),
    )


def _answer(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    if "discard" in request.POST:
        messages.success(request, _("The draft is deleted."))
        return page
    said = _("Draft kept at %(time)s") % {"time": wording.clock(timezone.now().astimezone(request.user.zone))}  # type: ignore[union-attr]
    if wants_fragment(request):
        return render(request, "journal/_draft.html#state", {"said": said})
    if shows_nothing(request):
        return HttpResponse(status=204)
    messages.success(request, said)
    return page
