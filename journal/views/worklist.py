"""What people who are written about have asked, for who answers it: a list without a word, one opened at a time, its answer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.retention import KEPT
from journal.forms.person_requests import AnswerForm
from journal.models import Conflict, PersonRequest, PrivacyContact
from journal.models.person_requests import RequestContent
from journal.requests import SignedInRequest
from journal.vault import Unreadable


@require_safe
def request_list(request: SignedInRequest) -> HttpResponse:
    """What waits, the oldest first, with what the law's month leaves; what was answered stands below until it is erased."""
    if not PrivacyContact.objects.answering(request.user).exists():
        raise Http404
    rows = PersonRequest.objects.of_contact(request.user)
    context = {"waiting": rows.waiting(), "answered": rows.answered(), "zone": request.user.zone, "days": KEPT["messages"].days}
    return render(request, "journal/request_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def request_detail(request: SignedInRequest, request_id: UUID) -> HttpResponse:
    """One request, after a line that says who opened it; and its answer."""
    row = get_object_or_404(PersonRequest.objects.of_contact(request.user), pk=request_id)
    form = AnswerForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            form.save(row, request.user)
        except Conflict as conflict:
            return _page(request, conflict.current, form, status=409)
        except Unreadable:
            return _page(request, row, form, status=409)
        messages.success(request, _("Answered. Whoever asked finds it behind their link."))
        return redirect("journal:request_list")
    return _page(request, row, form, status=200 if form is None else 422)


def _page(request: SignedInRequest, row: PersonRequest, form: AnswerForm | None, status: int) -> HttpResponse:
    said: RequestContent | None = None
    try:
        said = row.see(request.user)
    except Unreadable:
        status = 409
    if form is not None and status == 409:
        # Whoever has read both texts and sends again replaces what stands there now.
        sent = request.POST.copy()
        sent["version"] = str(row.version)
        form = AnswerForm(sent)
    context: dict[str, Any] = {
        "row": row,
        "said": said,
        "form": form or AnswerForm(initial=_initial(row, said)),
        "differs": status == 409,
    }
    context |= {"events": row.events.select_related("who"), "zone": request.user.zone, "days": KEPT["messages"].days}
    return render(request, "journal/request_detail.html", context, status=status)


def _initial(row: PersonRequest, said: RequestContent | None) -> dict[str, object]:
    return {"version": row.version, "text": said.answer if said else "", "outcome": row.outcome}
