"""The addresses without a language: the door, leaving, and what a machine asks about this process."""

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_http_methods

from config.readiness import failing


@login_not_required
@require_http_methods(["GET", "HEAD"])
def root(request: HttpRequest) -> HttpResponse:
    """Send a visitor to their language: the one chosen before, else the browser's. Never guesses a country."""
    response = HttpResponseRedirect(f"/{get_language_from_request(request)}/")
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


@login_not_required
@require_http_methods(["GET", "HEAD"])
def leave(request: HttpRequest) -> HttpResponse:
    """Leave quickly: end the session and go to a weather page.

    A GET, because a form could not leave the site under our ``form-action``. So that a picture or a frame on
    another site cannot sign people out, only a navigation ends the session.
    """
    if request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate" and settings.SESSION_COOKIE_NAME in request.COOKIES:
        logout(request)
    response = HttpResponse(status=303)
    response["Location"] = settings.LEAVE_URL[get_language_from_request(request)]
    response["Clear-Site-Data"] = '"storage"'
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_not_required
@require_http_methods(["GET", "HEAD"])
def health(request: HttpRequest) -> HttpResponse:
    """Say only that the process answers."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@login_not_required
@require_http_methods(["GET", "HEAD"])
def ready(request: HttpRequest) -> HttpResponse:
    """Say whether everything a journal needs is there: 200, or 503 with the names of the parts that are not."""
    names = failing()
    return HttpResponse("\n".join(names) or "ok", status=503 if names else 200, content_type="text/plain; charset=utf-8")
