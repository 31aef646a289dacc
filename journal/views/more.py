"""The menu of what a journal holds beside its days."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from journal.requests import SignedInRequest
from journal.views.current import current_membership
from journal.views.rows import page_of


@require_safe
def more(request: SignedInRequest) -> HttpResponse:
    """Everything that is not written day by day."""
    return render(request, "journal/more.html", page_of(current_membership(request)))
