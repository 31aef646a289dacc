"""Writing and changing an entry."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, reselect, retarget

from config.htmx import wants_part
from journal import wording
from journal.cover import Readers
from journal.forms.entries import EntryAddForm, EntryEditForm, ReadersForm
from journal.models import Conflict, Draft, Entry, Kind, Membership
from journal.requests import SignedInRequest
from journal.timeline import family_cards
from journal.vault import Unreadable
from journal.views.current import current_membership, own_entry, page_context
from journal.views.hard import hard_not_saved
from journal.views.home import home_context

# How long after writing the page still says "Saved at" and offers to undo.
FRESH_SECONDS = 600


@require_POST
def entry_add(request: SignedInRequest) -> HttpResponse:
    """One tap saves. After a hard day the help text comes first, and stands even where saving fails."""
    membership = current_membership(request)
    form = EntryAddForm(request.POST, membership=membership)
    if not form.is_valid():
        return render(request, "journal/home.html", home_context(request, membership, form), status=422)
    try:
        entry, _new = form.save()
    except Conflict as conflict:
        return words_differ(request, conflict.current, form.cleaned_data)
    except (DatabaseError, Unreadable):
        if form.cleaned_data["kind"] != Kind.HARD:
            raise
        return hard_not_saved(request, membership)
    if entry.deleted_at is not None:
        # The same form once more after "Undo": its page is not there any more.
        return words_differ(request, entry, form.cleaned_data)
    name = "journal:entry_hard" if entry.document.kind == Kind.HARD else "journal:entry_detail"
    return redirect(name, entry.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_detail(request: SignedInRequest, entry_id: UUID) -> HttpResponse:
    """The saved page: what came back, words, who can read; and the edit page of an older entry."""
    binned = Entry.objects.in_bin_of(request.user).filter(pk=entry_id).first() if request.method == "POST" else None
    if binned is not None:
        # Put in the bin in another window: "not found" would drop the words.
        return words_differ(request, binned, request.POST)
    membership, entry = own_entry(request, entry_id)
    if entry.unreadable:
        return render(request, "journal/entry_unreadable.html", {"entry": entry, **page_context(membership)}, status=409)
    draft = Draft.objects.in_journal(request.user, entry.journal_id).filter(form=Draft.Form.EDIT, target=entry.pk).first()
    form = EntryEditForm(request.POST if request.method == "POST" else None, entry=entry, membership=membership, draft=draft)
    if form.is_bound and form.is_valid():
        try:
            form.save()
        except Conflict as conflict:
            form.keep_closed(conflict.current)
            return words_differ(request, conflict.current, form.cleaned_data)
        return _after_saving(request, entry, membership)
    status = 422 if form.is_bound else 200
    return render(request, _edit_template(request, entry), detail_context(entry, form, membership, draft), status=status)


def _after_saving(request: SignedInRequest, entry: Entry, membership: Membership) -> HttpResponse:
    if entry.document.response == "upset" and not entry.document.hard:
        if _in_timeline(request, entry):
            return HttpResponseClientRedirect(reverse("journal:entry_hard", args=[entry.pk]))
        return redirect("journal:entry_hard", entry.pk)
    if _in_timeline(request, entry):
        return _one_card(request, entry, membership, wording.saved_at(timezone.now().astimezone(membership.user.zone)))
    messages.success(request, wording.saved_at(timezone.now().astimezone(membership.user.zone)))
    return redirect("journal:entry_list")


def detail_context(entry: Entry, form: EntryEditForm, membership: Membership, draft: Draft | None) -> dict[str, Any]:
    """What the page of one entry needs; a draft is offered back in its form."""
    now = timezone.now()
    fresh = (now - entry.created_at).total_seconds() < FRESH_SECONDS and entry.version == 1
    form.initial["sequence"] = int(now.timestamp() * 1000)
    return {
        "card": family_cards([entry], Readers(membership))[0],
        "form": form,
        "draft": draft,
        "fresh": fresh,
        "saved_at": wording.saved_at(entry.created_at.astimezone(membership.user.zone)),
        "enough": wording.enough(now.astimezone(membership.user.zone)),
        "today": wording.today_of(membership.user),
        **page_context(membership),
    }


@require_POST
def entry_readers(request: SignedInRequest, entry_id: UUID) -> HttpResponse:
    """Keep an entry to oneself, or let others read it; it holds from the next request on."""
    membership, entry = own_entry(request, entry_id)
    form = ReadersForm(request.POST, entry=entry, membership=membership)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect("journal:entry_detail", entry.pk)
    form.save_readers()
    done = (
        _("Only you can read this now.")
        if entry.audience == Entry.Audience.AUTHOR
        else family_cards([entry], Readers(membership))[0].readers
    )
    if _in_timeline(request, entry):
        return _one_card(request, entry, membership, done)
    messages.success(request, done)
    # From the page after a hard day one goes back there: the numbers stay in sight.
    return redirect("journal:entry_hard", entry.pk) if "hard" in request.POST else redirect("journal:entry_list")


def words_differ(request: SignedInRequest, current: Entry, typed: Any) -> HttpResponse:
    """409: the row was changed meanwhile. Both texts are shown, and saving again replaces nothing unseen."""
    content = None if current.unreadable else current.document
    texts = [
        (name, EntryEditForm.base_fields[name].label, getattr(content, name, ""), typed.get(name) or "")
        for name in EntryEditForm.TEXTS
        if name == "words" or name in request.POST
    ]
    # What was chosen beside the words comes back with them.
    names = ("kind", "response", "strain", "step", "day", "readers")
    chosen = [(name, request.POST[name]) for name in names if request.POST.get(name)]
    chosen += [("counsellors", value) for value in request.POST.getlist("counsellors")]
    context = {"entry": current, "content": content, "texts": texts, "chosen": chosen, "gone": current.deleted_at is not None}
    response = render(request, "journal/entry_conflict.html", context, status=409)
    if _in_timeline(request, current):
        # The list has no place for two texts: they take the page's.
        response = retarget(reselect(response, "#main"), "#main")
        response["HX-Reswap"] = "outerHTML show:window:top"
    return response


def _in_timeline(request: SignedInRequest, entry: Entry) -> bool:
    # Layout only: the same answer, as one line of the list instead of a page.
    return wants_part(request, f"entry-{entry.pk}")


def _edit_template(request: SignedInRequest, entry: Entry) -> str:
    return "journal/entry_detail.html#edit" if _in_timeline(request, entry) else "journal/entry_detail.html"


def _one_card(request: SignedInRequest, entry: Entry, membership: Membership, said: str) -> HttpResponse:
    card = family_cards([entry], Readers(membership))[0]
    return render(request, "journal/entry_list.html#entry", {"lines": [(card, None)], "said": said, **page_context(membership)})
