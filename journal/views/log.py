"""The access log of one's own journal."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.htmx import page_or_fragment
from journal.log import page_of
from journal.requests import SignedInRequest, number
from journal.views.current import current_membership, page_context


@require_safe
def log_list(request: SignedInRequest) -> HttpResponse:
    """Who has read, when and what; and whether anybody changed the list."""
    membership = current_membership(request)
    typed = number(request.GET.get("before", ""), 10)
    before = None if typed is None else min(typed, 2**31 - 1)
    context = {"page": page_of(membership, before), "earlier": before is not None, **page_context(membership)}
    return render(request, page_or_fragment(request, "journal/log_list.html", "log", "log"), context)
