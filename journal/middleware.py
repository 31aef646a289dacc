"""Rules of every private page: an unused session ends, who reads for others needs a second factor, every reading has a line."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import update_last_login
from django.db.models import Value
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from config.errors import unavailable, words_in_place, words_kept
from config.htmx import wants_fragment
from journal.models import CentreRole, LogUnavailable, PrivacyContact

logger = logging.getLogger("hallway.centre")

# With this an open page asks by itself whether it has to be covered.
ASKED = "journal:still"
# What a person without a second factor may open: setting one up, and what leads there and out again.
EXEMPT = ("mfa_", "account_logout", "account_reauthenticate", "journal:code_confirm", "account_email", ASKED, "journal:here")
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


# Seconds without a request the person caused, and since the sign-in. On a parent's own device the session stays (30 days),
# but after a pause nothing of it shows until they say who is there.
IDLE_SHARED, IDLE_COUNSELLOR, LONGEST_COUNSELLOR, PAUSE_OWN = 30 * 60, 15 * 60, 8 * 3600, 15 * 60
# The same of whoever answers what people who are written about ask.
IDLE_CONTACT, LONGEST_CONTACT = 10 * 60, 4 * 3600
# So long before an open page covers itself it says so, and can be kept open by one press.
WARNED = 60
# What answers that question, and what leads away.
AFTER_A_PAUSE = {
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "journal:code_confirm",
    "account_logout",
}
# Requests a page makes by itself, beside its drafts: they keep nobody signed in.
BY_ITSELF = {"journal:place", "journal:place_list", "journal:export_detail", ASKED}
# What a view answers with a page of its own, not with a redirect, a refusal or a fault.
WITH_A_PAGE = {200, 409, 422}


# allauth asks who is there before these too, but only of who has a password or a second check: for everybody else each
# would be a way in for good, open to whoever finds a device signed in.
WAYS_IN = {
    "account_email",
    "account_set_password",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
}


class IdleMiddleware:
    """End a session that nobody used, before the sign-in rule looks at it: on the server, so that a page left open ends too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Show nothing of a session that is covered where half-written words could not be kept and would bring their page."""
        response = self.get_response(request)
        if response.status_code == 405 and _is_opened(request):
            return HttpResponseRedirect(reverse("journal:home"))
        if response.status_code == 404 and _is_at_centre(request):
            logger.warning("refused to account %s of a centre", request.user.pk, extra={"request": request})
        if response.status_code not in WITH_A_PAGE or not _is_draft(request) or wants_fragment(request):
            return response
        return _ask_who(request) if is_covered(request) or is_over(request) else response

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> HttpResponse | None:
        """Sign out where the time is over, ask who is there after a pause; else note the moment, at most once a minute."""
        if not getattr(view_func, "login_required", True) or not request.user.is_authenticated:
            return None
        if "began" not in request.session:
            _begin(request)
        name, typing = _name(request), _is_draft(request) and "discard" not in request.POST
        # Whoever is still typing keeps the page they see and what they type, and opens nothing by it.
        stays = (typing or name == ASKED) and seconds_left(request) >= 0
        if is_over(request) and not stays:
            logout(request)
            return None
        if is_covered(request) and name not in AFTER_A_PAUSE and not stays:
            # Half-written words are still kept; those that were kept before are deleted by nobody who has not answered.
            return None if typing else _ask_who(request)
        if name in WAYS_IN and not answered_lately(request):
            return HttpResponseRedirect(_question(request, request.get_full_path()))
        if typing:
            _note(request, "typed")
        elif name not in BY_ITSELF | AFTER_A_PAUSE and not _is_draft(request) and _note(request, "seen"):
            _used_today(request.user)
        return None


def _note(request: HttpRequest, what: str) -> bool:
    """Note the moment in the session, at most once a minute; say whether it was."""
    now = int(time.time())
    if now - _moment(request, what) <= 60:
        return False
    request.session[what] = now
    return True


def _moment(request: HttpRequest, what: str, absent: float = 0) -> float:
    """A moment the session has noted, in seconds, or ``absent``."""
    return _believed(request.session.get(what, absent))


def _believed(moment: float) -> float:
    """A moment that lies ahead was noted by a clock that was wrong: with it a session would stay open until then."""
    return moment if moment <= time.time() + 60 else 0


def _name(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name if match is not None else ""


def _is_opened(request: HttpRequest) -> bool:
    """Whether somebody opens an address of the journal as a page: after a sign-in, say, that of a form that came back."""
    wanted = request.headers.get("Sec-Fetch-Dest") == "document"
    return wanted and request.method == "GET" and _name(request).startswith("journal:")


def _is_at_centre(request: HttpRequest) -> bool:
    """Whether this private page was asked for by somebody at a centre. Of parents no log says who came, or when."""
    match = request.resolver_match
    private = match is not None and getattr(match.func, "login_required", True)
    return private and request.user.is_authenticated and bool(request.session.get("at_centre"))


def _is_draft(request: HttpRequest) -> bool:
    """Whether a page sends half-written words, most often by itself: its rule for every address of a draft."""
    return _name(request).endswith("_draft")


def _used_today(user: Any) -> None:
    # A session on one's own device goes on for years: the day of the last sign-in alone would call its account unused.
    if user.last_login is None or timezone.now() - user.last_login > timedelta(days=1):
        update_last_login(type(user), user)


def is_over(request: HttpRequest) -> bool:
    """Whether a signed-in session has lasted too long unused. What a public page asks for has to ask this too."""
    now = int(time.time())
    idle = IDLE_SHARED if getattr(request.user, "shared_device", True) else None
    if request.session.get("at_centre"):
        idle, longest = _limits(request)
        if now - _moment(request, "began", now) > longest:
            return True
    return idle is not None and now - _moment(request, "seen", now) > idle


def _limits(request: HttpRequest) -> tuple[int, int]:
    """How long a session of somebody who does something here for others lasts unused, and in all."""
    contact = request.session.get("answers_requests")
    return (IDLE_CONTACT, LONGEST_CONTACT) if contact else (IDLE_COUNSELLOR, LONGEST_COUNSELLOR)


def is_covered(request: HttpRequest) -> bool:
    """Whether a parent on a device of their own has paused, and has not said since who is there."""
    if getattr(request.user, "shared_device", True) or request.session.get("at_centre"):
        return False
    return time.time() - max(_answered(request), _moment(request, "seen", time.time())) > PAUSE_OWN


def seconds_left(request: HttpRequest) -> int:
    """How long an open page stays as it is, from the last thing the person did: asked for something, or typed."""
    now = int(time.time())
    last = max(_moment(request, "seen", now), _moment(request, "typed"))
    if request.session.get("at_centre"):
        idle, longest = _limits(request)
        return int(min(last + idle, _moment(request, "began", now) + longest) - now)
    if getattr(request.user, "shared_device", True):
        return int(last + IDLE_SHARED - now)
    return int(max(last, _answered(request)) + PAUSE_OWN - now)


def next_question(request: HttpRequest) -> dict[str, Any]:
    """What an open page needs to ask in time: a minute before it covers itself, and then when it does."""
    left = seconds_left(request)
    soon = left <= WARNED
    return {"seconds": max(left, 0) + 1 if soon else left - WARNED, "soon": soon}


def answered_lately(request: HttpRequest) -> bool:
    """Whether somebody has said who they are within the last ten minutes: by signing in, or when asked once more."""
    # A session that has just begun was signed in to just now: with a password, a factor, or the code of signing up.
    last = max(_answered(request), _moment(request, "began"))
    return bool(last > time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def _answered(request: HttpRequest) -> float:
    return max((_believed(record["at"]) for record in get_authentication_records(request, request.user)), default=0.0)


def _question(request: HttpRequest, page: str) -> str:
    """The address where somebody says who they are, and goes on from to a page."""
    address = get_adapter().get_reauthentication_methods(request.user)[0]["url"]
    return f"{address}?{urlencode({'next': page})}"


def _ask_who(request: HttpRequest) -> HttpResponse:
    """Lead to the question; words that were sent meanwhile come back and are not lost."""
    fragment = wants_fragment(request)
    if request.method not in {"GET", "HEAD"}:
        return words_in_place(request, paused=True) if fragment else words_kept(request, status=401, paused=True)
    page = request.get_full_path()
    if fragment:
        page = getattr(request, "htmx").current_url_abs_path or "/"  # noqa: B009  (set by HtmxMiddleware)
    address = _question(request, page)
    return HttpResponseClientRedirect(address) if fragment else HttpResponseRedirect(address)


def tasks_of(user: Any) -> set[str]:
    """What this person does here for others, with one query: at a "centre", or with "requests"."""
    roles = CentreRole.objects.of_user(user).order_by().values_list(Value("centre"), flat=True)
    return set(roles.union(PrivacyContact.objects.of_user(user).values_list(Value("requests"), flat=True)))


def lacks_second_factor(user: Any, *, expected: bool = False) -> bool:
    """Whether what this person does here asks for a second factor that the account does not have.

    Where one is ``expected`` it is looked for first: whoever has one is asked for nothing more.
    """
    if not settings.SECOND_FACTOR_REQUIRED or (expected and is_mfa_enabled(user, FACTORS)):
        return False
    return bool(tasks_of(user)) and (expected or not is_mfa_enabled(user, FACTORS))


def _begin(request: HttpRequest) -> None:
    """The first request after a sign-in, however it was made: say how long this session lasts."""
    tasks = tasks_of(request.user)
    request.session["began"] = request.session["seen"] = int(time.time())
    request.session["at_centre"] = bool(tasks)
    if "requests" in tasks:
        request.session["answers_requests"] = True
    if tasks:
        where = "of a centre" if "centre" in tasks else "that answers requests"
        logger.info("account %s %s signed in", request.user.pk, where)
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
    """Send counsellors, managers and who answers requests to the second factor until they have one."""

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
        if not lacks_second_factor(request.user, expected=bool(request.session.get("at_centre"))):
            return None
        return HttpResponseRedirect(reverse("mfa_index"))
