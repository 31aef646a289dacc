"""What the pages about a journal's own rows have in common: whose row it is, and what happens when two change it."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from journal import wording
from journal.lines import lines_of
from journal.models import Conflict, Membership
from journal.requests import SignedInRequest
from journal.views.current import membership_in


def own_row(request: SignedInRequest, rows: Any, pk: UUID) -> tuple[Membership, Any]:
    """Return a row out of one of this parent's scopes, and the membership it belongs to; raise Http404."""
    row = get_object_or_404(rows, pk=pk)
    membership = membership_in(request, journal=row.journal_id)
    row.journal = membership.journal
    return membership, row


def page_of(membership: Membership, **context: Any) -> dict[str, Any]:
    """What every page of a journal needs beside its own."""
    return {"membership": membership, "country": membership.user.country, **context}


def unreadable(request: SignedInRequest, membership: Membership, back: str) -> HttpResponse:
    """409: the row cannot be opened, and nothing may be written over it."""
    return render(request, "journal/row_unreadable.html", page_of(membership, back=back), status=409)


def saved(request: SignedInRequest, membership: Membership, name: str) -> HttpResponse:
    """Say when it was saved, and go on to the list."""
    messages.success(request, wording.saved_at(timezone.now().astimezone(membership.user.zone)))
    return redirect(name)


def versions(current: Any, *, gone: bool = False) -> dict[str, Any]:
    """What a page shows beside a form whose row was changed meanwhile: the text that stands there now."""
    lines = [] if current.unreadable else lines_of(current.document)
    return {"saved_now": lines, "two_versions": True, "gone": gone or current.deleted_at is not None, "current": current}


def says_the_same(conflict: Conflict, form: Any) -> bool:
    """Whether the row already says what was sent: the same press twice is no conflict."""
    current: Any = conflict.current
    return current.deleted_at is None and not current.unreadable and bool(current.document == form.content())


def against(request: SignedInRequest, current: Any) -> Any:
    """The fields as they were sent, but for the version: saving again replaces what is shown, and nothing unseen."""
    data = request.POST.copy()
    data["version"] = str(current.version)
    if current.deleted_at is not None:
        data["submission"] = str(uuid4())  # saved as a row of its own
    return data
