"""Rules of every private page: an unused session ends, a centre's people need a second factor, nothing is read without a line."""

import time
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from config.errors import unavailable
from journal.models import CentreRole, LogUnavailable

# What a person without a second factor may open: setting one up, and what leads there and out again.
EXEMPT = ("mfa_", "account_logout", "account_reauthenticate", "journal:code_confirm", "account_email")
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


# Seconds without a request the person caused, and since the sign-in. A parent's own device: no idle end here (30 days).
IDLE_SHARED, IDLE_COUNSELLOR, LONGEST_COUNSELLOR = 30 * 60, 15 * 60, 8 * 3600
# Requests a page makes by itself: they keep nobody signed in.
BY_ITSELF = {
    "journal:reply_draft",
    "journal:entry_draft",
    "journal:edit_draft",
    "journal:page_draft",
    "journal:agreement_new_draft",
    "journal:agreement_draft",
    "journal:person_new_draft",
    "journal:person_draft",
    "journal:visit_new_draft",
    "journal:visit_draft",
    "journal:place",
    "journal:place_list",
    "journal:export_detail",
}


class IdleMiddleware:
    """End a session that nobody used, before the sign-in rule looks at it: on the server, so that a page left open ends too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do before the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> None:
        """Sign out where the time is over; else note the moment, at most once a minute."""
        if not getattr(view_func, "login_required", True) or not request.user.is_authenticated:
            return
        now = int(time.time())
        if "began" not in request.session:
            _begin(request)
        if is_over(request):
            logout(request)
            return
        match = request.resolver_match
        by_itself = match is not None and match.view_name in BY_ITSELF
        if now - request.session.get("seen", now) > 60 and not by_itself:
            request.session["seen"] = now


def is_over(request: HttpRequest) -> bool:
    """Whether a signed-in session has lasted too long unused. What a public page asks for has to ask this too."""
    now = int(time.time())
    idle = IDLE_SHARED if getattr(request.user, "shared_device", True) else None
    if request.session.get("at_centre"):
        idle = IDLE_COUNSELLOR
        if now - request.session.get("began", now) > LONGEST_COUNSELLOR:
            return True
    return idle is not None and now - request.session.get("seen", now) > idle


def lacks_second_factor(user: Any) -> bool:
    """Whether this person's role asks for a second factor that the account does not have."""
    if not settings.SECOND_FACTOR_REQUIRED or not CentreRole.objects.of_user(user).exists():
        return False
    return not is_mfa_enabled(user, FACTORS)


def _begin(request: HttpRequest) -> None:
    """The first request after a sign-in, however it was made: say how long this session lasts."""
    at_centre = CentreRole.objects.of_user(request.user).exists()
    request.session["began"] = request.session["seen"] = int(time.time())
    request.session["at_centre"] = at_centre
    set_length(request)


def set_length(request: HttpRequest) -> None:
    """Let the session end with the browser, unless this is a parent on a device of their own."""
    shared = getattr(request.user, "shared_device", True)
    request.session.set_expiry(0 if shared or request.session.get("at_centre") else settings.SESSION_COOKIE_AGE)


class LogMiddleware:
    """Where the access log cannot be written, nothing is shown and nothing done: 503, with every word that was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do while all goes well."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer that one failure; every other goes its way."""
        return unavailable(request) if isinstance(exception, LogUnavailable) else None


class SecondFactorMiddleware:
    """Send counsellors and managers to the second factor until they have one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do before the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> HttpResponse | None:
        """Redirect where a role asks for a factor the account does not have."""
        if not getattr(view_func, "login_required", True):
            return None
        match = request.resolver_match
        if match is None or match.view_name.startswith(EXEMPT) or not request.user.is_authenticated:
            return None
        if not lacks_second_factor(request.user):
            return None
        return HttpResponseRedirect(reverse("mfa_index"))
