"""The door of whoever is written about: no account, no session, an address that only they have."""

import time

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.retention import KEPT
from journal.forms.person_requests import PersonRequestForm
from journal.models import PersonRequest

# What one address may send in an hour: a household has one address, and nobody means to send more.
SENT, SENT_SECONDS = 5, 3600


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_request(request: HttpRequest) -> HttpResponse:
    """Ask what is kept, object, or have something erased."""
    form = PersonRequestForm(request.POST if request.method == "POST" else None, initial={"token": PersonRequest.new_token()})
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        if _may_send(request):
            return redirect("journal:person_answer", form.save())
        form.add_error(None, _("This cannot be sent just yet. Wait up to an hour, then press Send. Your words are still here."))
        status = 429
    return render(request, "journal/person_request.html", {"form": form}, status=status)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_answer(request: HttpRequest, token: str) -> HttpResponse:
    """What was asked, how far it is, and the answer; the button takes all of it back."""
    row = PersonRequest.objects.by_link(token)
    if row is None:
        raise Http404
    if request.method == "POST":
        row.take_back()
        return redirect("guidance:for_you")
    context = {"row": row, "said": row.content, "days": KEPT["messages"].days}
    return render(request, "journal/person_answer.html", context)


def _may_send(request: HttpRequest) -> bool:
    """Whether one more is taken from this address now. What is refused is not counted: trying again makes no wait longer."""
    key, now = f"requests-sent-at:{get_adapter().get_client_ip(request)}", time.time()
    sent = [moment for moment in cache.get(key, []) if moment > now - SENT_SECONDS]
    if len(sent) >= SENT:
        return False
    cache.set(key, [*sent, now], SENT_SECONDS)
    return True
