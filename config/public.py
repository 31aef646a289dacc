"""Public views: no session, no user, no database; the same bytes for everybody with the same display cookie."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from config.context import frame
from config.rendered import Rendered, shelf

View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """Mark a GET view as public and let browsers keep it: five minutes for a visitor without a cookie."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _depends_on(request)
        page = shelf.find(key)
        if page is None:
            response = view(request, *args, **kwargs)
            if response.status_code != 200:
                return response
            page = Rendered.of(response)
            shelf.keep(key, page)
        return page.answer(request)

    return _public(require_http_methods(["GET", "HEAD"])(wrapper))


def public_form(view: View) -> View:
    """Mark a GET and POST view as public: nothing is stored, so no CSRF token, but no other site may post to it."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not comes_from_here(request):
            response = HttpResponse(status=403)
        else:
            response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return _public(csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(wrapper)))


def comes_from_here(request: HttpRequest) -> bool:
    """Say whether the browser calls this request our own: by Sec-Fetch-Site, else by Origin, else by silence."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}" or origin in settings.CSRF_TRUSTED_ORIGINS


def _depends_on(request: HttpRequest) -> tuple[Any, ...]:
    """Everything a public page depends on but the minute: the frame's choices, and the address in full."""
    choices = frame(request)
    return request.scheme, request.get_host(), request.path, choices["theme"], choices["text_size"], choices["language"]


def _public(view: View) -> View:
    view.is_public = True  # type: ignore[attr-defined]  # a mark, as Django sets its own login_required
    return login_not_required(view)
