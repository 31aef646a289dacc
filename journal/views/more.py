"""The menu of what a journal holds beside its days, and the bin of those pages."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from journal import wording
from journal.lines import lines_of
from journal.models.agreements import binned_rows
from journal.views.current import current_membership
from journal.views.rows import page_of


@require_safe
def more(request: HttpRequest) -> HttpResponse:
    """Everything that is not written day by day."""
    return render(request, "journal/more.html", page_of(current_membership(request)))


@require_safe
def more_bin(request: HttpRequest) -> HttpResponse:
    """People and agreements that can still be put back."""
    membership = current_membership(request)
    rows = [
        {
            "row": row,
            "lines": [] if row.unreadable else lines_of(row.document),
            "until": wording.day(row.bin_until(membership.user)),
        }
        for row in binned_rows(request.user, membership.journal)
    ]
    return render(request, "journal/more_bin.html", page_of(membership, rows=rows))


@require_POST
def more_restore(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """Put a row back where it was."""
    _binned(request, row_id).put_back()
    messages.success(request, _("It is back."))
    return redirect("journal:more_bin")


@require_POST
def more_erase(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """Erase a row in the bin for good."""
    _binned(request, row_id).erase()
    messages.success(request, _("It is erased."))
    return redirect("journal:more_bin")


def _binned(request: HttpRequest, row_id: UUID) -> Any:
    row = next((row for row in binned_rows(request.user) if row.pk == row_id), None)
    if row is None:
        raise Http404
    return row
