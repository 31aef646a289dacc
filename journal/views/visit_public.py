"""The page of the person a visit is planned for: behind the link of the plan, without a sign-in."""

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from config.public import comes_from_here
from journal.forms.visit_public import LinkAnswerForm
from journal.models import Answer, PlanChanged, VisitPlan
from journal.requests import version_of
from journal.visits import when

# Wrong links one address may open in an hour before it has to wait. A token has 256 bits: this spares the server.
MISSES, MISSES_SECONDS = 20, 3600


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def visit_public(request: HttpRequest, token: str) -> HttpResponse:
    """The person's own page: no sign-in, no cookie, no session. They can say no, and nothing else of the family shows.

    Why no CSRF token: it would need a cookie, and a cookie is a trace on a device others may use. A forged form gains
    nothing here: whoever can address it holds the token, and could press the button themselves. What another site sends
    is refused all the same.
    """
    response = _person_page(request, token)
    # The address is the key: it may not travel on with a link of this page.
    response["Referrer-Policy"] = "no-referrer"
    return response


def _person_page(request: HttpRequest, token: str) -> HttpResponse:
    plan = VisitPlan.objects.by_link(token)
    if plan is None:
        # A link that holds always opens, whoever guesses beside it behind the same address: a no can be said at any time.
        misses = f"visit-misses:{get_adapter().get_client_ip(request)}"
        if cache.get(misses, 0) >= MISSES:
            return render(request, "429.html", status=429)
        cache.set(misses, cache.get(misses, 0) + 1, MISSES_SECONDS)
        # What is not here is not there in the other language either: the link leads to the front door.
        other = "ja" if get_language() == "en" else "en"
        return render(request, "journal/visit_gone.html", {"other_language_url": f"/{other}/"}, status=404)
    if request.method != "POST":
        return _person_answer(request, plan, 200)
    if not comes_from_here(request) and not _unnamed(request):
        return HttpResponse(status=403)
    form = LinkAnswerForm(request.POST)
    if not form.is_valid():
        return _person_answer(request, plan, 422, form)
    try:
        # A page that does not say its version can say no, never yes.
        plan.answer_by_link(version_of(request), form.cleaned_data["answer"])
    except PlanChanged as changed:
        return _person_answer(request, changed.current, 409)
    return redirect("journal:visit_public", token)


def _unnamed(request: HttpRequest) -> bool:
    # With no-referrer a browser writes "Origin: null" on this page's own form. An older one says nothing else about
    # itself, and whoever has only that one can still say no.
    return "Sec-Fetch-Site" not in request.headers and request.headers.get("Origin") == "null"


def _person_answer(request: HttpRequest, plan: VisitPlan, status: int, form: LinkAnswerForm | None = None) -> HttpResponse:
    said = plan.document
    context = {
        "visitor": said.visitor,
        "date": when(plan),
        "sheet": said.sheet if said.show_sheet else "",
        "version": plan.version,
        "answer": said.answer if said.by_link else "",
        "coming": said.answer == Answer.YES,
        "form": form,
        "two": status == 409,
    }
    return render(request, "journal/visit_public.html", context, status=status)
