"""The bin: taking back, putting back, erasing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from journal import wording
from journal.cover import Readers
from journal.lines import lines_of
from journal.models import Entry
from journal.models.agreements import binned_rows
from journal.models.bin import BIN_DAYS
from journal.requests import SignedInRequest
from journal.timeline import family_cards
from journal.views.current import current_membership, membership_in, own_entry, page_context


@require_POST
def entry_delete(request: SignedInRequest, entry_id: UUID) -> HttpResponse:
    """Take back what was just saved, or put an entry in the bin; the next page offers to undo it."""
    membership, entry = own_entry(request, entry_id)
    entry.put_in_bin()
    if not entry.unreadable and entry.document.is_hard:
        membership.lift_rest(wording.today_of(membership.user))
    say_removed(request, "entry", entry.pk)
    return redirect("journal:home" if "undo" in request.POST else "journal:entry_list")


def say_removed(request: SignedInRequest, what: str, pk: UUID) -> None:
    """Say it on the next page, with a button that puts it back; ``what`` is an entry, or a row of the journal."""
    said = _("Removed. It can be put back from the bin for %(n)s days.") % {"n": BIN_DAYS}
    messages.success(request, said, extra_tags=f"undo-{what}-{pk}")


@require_safe
def entry_bin(request: SignedInRequest) -> HttpResponse:
    """One bin for everything: this parent's entries, then the people and agreements either parent put there."""
    membership = current_membership(request)
    entries = list(Entry.objects.in_bin_of(request.user).filter(journal=membership.journal)[:100].opened())
    rows = [(card, wording.day(card.entry.bin_until)) for card in family_cards(entries, Readers(membership))]
    others = [
        {
            "row": row,
            "lines": [] if row.unreadable else lines_of(row.document),
            "until": wording.day(row.bin_until(membership.user)),
        }
        for row in binned_rows(request.user, membership.journal)
    ]
    return render(request, "journal/entry_bin.html", {"rows": rows, "others": others, **page_context(membership)})


@require_POST
def entry_restore(request: SignedInRequest, entry_id: UUID) -> HttpResponse:
    """Put an entry back where it was; a hard day asks for its rest again."""
    entry = get_object_or_404(Entry.objects.in_bin_of(request.user), pk=entry_id)
    membership = membership_in(request, journal=entry.journal_id)
    membership.put_back(entry, wording.today_of(request.user))
    messages.success(request, _("It is back."))
    return redirect("journal:entry_list")


@require_POST
def entry_erase(request: SignedInRequest, entry_id: UUID) -> HttpResponse:
    """Erase an entry in the bin for good."""
    entry = get_object_or_404(Entry.objects.in_bin_of(request.user), pk=entry_id)
    entry.erase()
    messages.success(request, _("It is erased."))
    return redirect("journal:entry_bin")


@require_POST
def row_restore(request: SignedInRequest, row_id: UUID) -> HttpResponse:
    """Put a person or an agreement back where it was."""
    row = _binned(request, row_id)
    row.put_back()
    messages.success(request, _("It is back."))
    return redirect(f"journal:{row.KIND}_list")


@require_POST
def row_erase(request: SignedInRequest, row_id: UUID) -> HttpResponse:
    """Erase a person or an agreement in the bin for good."""
    _binned(request, row_id).erase()
    messages.success(request, _("It is erased."))
    return redirect("journal:entry_bin")


def _binned(request: SignedInRequest, row_id: UUID) -> Any:
    row = next((row for row in binned_rows(request.user) if row.pk == row_id), None)
    if row is None:
        raise Http404
    return row
