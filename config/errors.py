"""Answers for what went wrong. A page needs no database, no session and no user; words that were typed come back."""

import sys
from typing import Any

from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import get_language
from django.views.decorators.csrf import requires_csrf_token
from django_htmx.http import reselect, reswap, retarget

from config.htmx import wants_fragment
from config.public import comes_from_here

# Never written into a page again, whatever the form: whoever typed them types them once more. "discard" is no word but
# a button, and would delete what the page says is kept.
NOT_AGAIN = {"csrfmiddlewaretoken", "password", "code", "discard"}
# Fields of one line; everything else that was typed comes back in a text area of its own.
SHORT = 80


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what arrived could not be read as a form. A session that could not be kept is no fault of the form."""
    if isinstance(exception, SessionInterrupted):
        return unavailable(request, no_database=True)
    return _page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: only Django itself raises it; our own refusals are 404."""
    return _page(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not this reader's. The two answers are the same bytes."""
    return _page(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; the phone numbers still work, and what was typed comes back. 503 while the database cannot be used."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return unavailable(request, no_database=True)
    if request.method == "POST" and comes_from_here(request) and _is_journal(request) and not wants_fragment(request):
        return words_kept(request, status=500)
    return _page(request, "500.html", 500)


def unavailable(request: HttpRequest, *, no_database: bool = False) -> HttpResponse:
    """503: what has to be noted before it is shown or done cannot be noted now. What was typed comes back."""
    if request.method == "POST" and comes_from_here(request) and _is_journal(request) and not wants_fragment(request):
        response = words_kept(request, status=503)
    else:
        response = _page(request, "503.html", 503, no_database=no_database)
    response["Retry-After"] = "60"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a stale form: the same form again with a fresh token, unless another site sent it."""
    if comes_from_here(request) and _is_journal(request):
        if not wants_fragment(request):
            return words_kept(request, status=403)
        if _by_itself(request):
            # A draft that a page sends by itself waits until its form is pressed.
            return HttpResponse(status=204)
        return words_in_place(request)
    return _page(request, "403_csrf.html", 403)


@requires_csrf_token
def words_kept(request: HttpRequest, status: int, *, paused: bool = False) -> HttpResponse:
    """Show the form that was sent once more, every word in it, with a fresh token: nothing was saved, nothing is lost.

    Only forms of the journal come back: sign-in forms hold passwords, and nothing typed there is worth keeping.
    """
    # After a hard day the numbers come first, whatever else went wrong.
    answer = request.POST.get("hard", "")
    hard = _is_journal(request) and (bool(answer) or request.POST.get("kind") == "hard")
    why = {"paused": paused, "signed_out": status == 401, "our_fault": status >= 500}
    context = {"fields": typed(request), **why, "hard": hard, "answer": answer}
    return render(request, "words_kept.html", context, status=status)


def words_in_place(request: HttpRequest, *, paused: bool = False) -> HttpResponse:
    """The same for htmx, which puts 422 into the page: the form takes the place of everything, wherever an answer was meant."""
    kept = words_kept(request, status=422, paused=paused)
    return reswap(retarget(reselect(kept, "#main"), "#main"), "outerHTML")


def typed(request: HttpRequest) -> list[dict[str, Any]]:
    """What was sent to a form of the journal, field by field, to be sent once more."""
    if not _is_journal(request):
        return []
    return [
        {"name": name, "value": value, "long": len(value) > SHORT or " " in value or not value.isascii()}
        for name, values in request.POST.lists()
        if name not in NOT_AGAIN
        for value in values
    ]


def _page(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:
    # What is not here is not there in the other language either: the link leads to the front door.
    other = "ja" if get_language() == "en" else "en"
    return render(request, template, {"other_language_url": f"/{other}/", **context}, status=status)


def _by_itself(request: HttpRequest) -> bool:
    return _view_name(request).endswith("_draft")


def _is_journal(request: HttpRequest) -> bool:
    return _view_name(request).startswith("journal:")


def _view_name(request: HttpRequest) -> str:
    """The name of the address, empty where there is none: what failed may never have got as far as a view."""
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""
