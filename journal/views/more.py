"""The menu of what a journal holds beside its days; and putting back or erasing what came from there into the bin."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from journal.models.agreements import binned_rows
from journal.requests import SignedInRequest
from journal.views.current import current_membership
from journal.views.rows import page_of


@require_safe
def more(request: SignedInRequest) -> HttpResponse:
    """Everything that is not written day by day."""
    return render(request, "journal/more.html", page_of(current_membership(request)))


@require_POST
def more_restore(request: SignedInRequest, row_id: UUID) -> HttpResponse:
    """Put a row back where it was."""
    _binned(request, row_id).put_back()
    messages.success(request, _("It is back."))
    return redirect("journal:entry_bin")


@require_POST
def more_erase(request: SignedInRequest, row_id: UUID) -> HttpResponse:
    """Erase a row in the bin for good."""
    _binned(request, row_id).erase()
    messages.success(request, _("It is erased."))
    return redirect("journal:entry_bin")


def _binned(request: SignedInRequest, row_id: UUID) -> Any:
    row = next((row for row in binned_rows(request.user) if row.pk == row_id), None)
    if row is None:
        raise Http404
    return row
