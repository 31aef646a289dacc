"""The door of whoever is written about: no account, no session, an address that only they have."""

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
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
    if form.is_bound and form.is_valid():
        if not _may_send(request):
            return render(request, "429.html", status=429)
        return redirect("journal:person_answer", form.save())
    return render(request, "journal/person_request.html", {"form": form}, status=422 if form.is_bound else 200)


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
    key = f"requests-sent:{get_adapter().get_client_ip(request)}"
    sent = cache.get(key, 0)
    cache.set(key, sent + 1, SENT_SECONDS)
    return bool(sent < SENT)
