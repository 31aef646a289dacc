"""Every page is private unless its view says otherwise."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from config.errors import forbidden, words_kept
from config.htmx import wants_fragment
from config.public import comes_from_here


class HeadersMiddleware:
    """Headers that every answer carries, errors included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add them; and forbid every cache to keep what a view did not mark as public."""
        response = self.get_response(request)
        if response.status_code == 302 and request.method == "POST":
            response.status_code = 303  # "see other": the answer to a form is always fetched by GET
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not getattr(request, "is_public", False) or response.status_code >= 400:
            add_never_cache_headers(response)
            response.headers["Cache-Control"] = "no-store, private"
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
            patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response


class PrivateByDefaultMiddleware(LoginRequiredMiddleware):
    """Ask for a sign-in at every view that is not ``login_not_required``; touch nobody's session at a public one."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Look at the view before the user, so that a public page needs no session and no database."""
        request.is_public = getattr(view_func, "is_public", False)  # type: ignore[attr-defined]  # read where the answer gets its cache rule
        if not getattr(view_func, "login_required", True):
            return None
        if request.user.is_authenticated:
            return None
        return self.handle_no_permission(request, view_func)

    def handle_no_permission(  # type: ignore[override]  # not always a redirect: a POST keeps its words
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponse:
        """Answer a signed-out request without ever swapping a sign-in page into a form, or losing a word."""
        if request.method not in {"GET", "HEAD"}:
            if wants_fragment(request):
                return HttpResponse(status=401)
            if not comes_from_here(request):
                # Only where there is no token to ask for: what another site sends is not shown back.
                return forbidden(request)
            return words_kept(request, status=401)
        if wants_fragment(request):
            # A redirect would put the sign-in page inside the fragment's place.
            page = getattr(request, "htmx").current_url_abs_path or "/"  # noqa: B009  (set by HtmxMiddleware)
            return HttpResponseClientRedirect(redirect_to_login(page).url)
        return super().handle_no_permission(request, view_func)
