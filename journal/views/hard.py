"""After a hard day: help first."""

from datetime import date
from uuid import UUID

from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from config.errors import typed
from journal import wording
from journal.cover import Readers
from journal.forms.hard import HardForm
from journal.models import Conflict, Entry, Membership, Share, SharedEntry
from journal.readers import open_shares
from journal.requests import SignedInRequest
from journal.timeline import family_cards
from journal.vault import Unreadable
from journal.views.current import own_entry, page_context


@require_http_methods(["GET", "HEAD", "POST"])
def entry_hard(request: SignedInRequest, entry_id: UUID) -> HttpResponse:
    """After a hard day: help first, then that it is saved, then one question that need not be answered."""
    membership, entry = own_entry(request, entry_id)
    form = HardForm(request.POST if request.method == "POST" else None)
    today = wording.today_of(membership.user)
    if form.is_bound and form.is_valid():
        saved = _answer_saved(form, entry, membership, today)
        if form.cleaned_data["hard"] == "dying":
            return redirect("guidance:help_page", page="words")
        return redirect("journal:entry_hard", entry.pk) if saved else hard_not_saved(request, membership)
    context = {"form": form, "card": family_cards([entry], Readers(membership))[0], **page_context(membership)}
    context["saved_at"] = wording.saved_at(entry.created_at.astimezone(membership.user.zone))
    context["resting_until"] = membership.resting_until(today)
    context["could_read"] = _could_read(entry, membership)
    return render(request, "journal/entry_hard.html", context, status=422 if form.is_bound else 200)


def _answer_saved(form: HardForm, entry: Entry, membership: Membership, today: date) -> bool:
    # Help does not wait for the database: whatever fails here, the page with the numbers follows.
    try:
        form.save(entry, membership, today)
    except (Conflict, DatabaseError, Unreadable):
        return False
    return True


def hard_not_saved(request: SignedInRequest, membership: Membership) -> HttpResponse:
    """503: the page with the numbers, and the form with every word once more, without a row of the database."""
    context = {"country": membership.user.country, "not_saved": True, "fields": typed(request)}
    return render(request, "journal/entry_hard.html", context, status=503)


def _could_read(entry: Entry, membership: Membership) -> list[Share]:
    """The counsellors who could be let read this one entry, and cannot yet."""
    shares = open_shares(membership.journal, membership.user)
    shared = {row.share_id for row in SharedEntry.objects.of_entries([entry.pk], shares)}
    return [share for share in shares if share.pk not in shared]
