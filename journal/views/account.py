"""A person's own account, the mailed code that asks who is there, and a counsellor's first sign-in."""

import hmac
import secrets
import time

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.htmx import wants_fragment
from journal.account_notices import tell
from journal.forms.accounts import AccountForm, JoinForm, MailedCodeForm
from journal.holdings import of_account
from journal.middleware import next_question, set_length
from journal.models import Invitation
from journal.requests import SignedInRequest
from journal.vault import fingerprint
from journal.views.current import confirmed_lately

CODE_SECONDS = 600
CODE_TRIES = 5
CODES_SENT = 3
CODE_RATE = {"code": f"{CODE_TRIES * CODES_SENT}/{CODE_SECONDS}s/key"}
SESSION_KEY = "mailed_code"


@require_http_methods(["GET", "HEAD", "POST"])
def account_edit(request: SignedInRequest) -> HttpResponse:
    """Name, country, time zone and device."""
    form = AccountForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_bound and form.is_valid():
        form.save()
        set_length(request)
        messages.success(request, _("Saved."))
        return redirect("journal:account_edit")
    return render(request, "journal/account_edit.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@confirmed_lately
def account_data(request: SignedInRequest) -> HttpResponse:
    """Everything held about this account, as a file that people and programs can read."""
    response = JsonResponse(of_account(request.user), json_dumps_params={"ensure_ascii": False, "indent": 1})
    day = timezone.now().astimezone(request.user.zone).date()
    response["Content-Disposition"] = f'attachment; filename="account-{day.isoformat()}.json"'
    return response


@require_POST
def sessions_end(request: SignedInRequest) -> HttpResponse:
    """Sign out everywhere but here: a phone that was lost, a computer somebody else sits at."""
    request.user.end_sessions()
    update_session_auth_hash(request, request.user)
    messages.success(request, _("You are signed out on every other device."))
    return redirect("journal:account_edit")


@require_safe
def still(request: SignedInRequest) -> HttpResponse:
    """What an open page asks by itself, or by a press that counts as use: how long it stays as it is.

    Where its time is over, IdleMiddleware has answered already: with who is there, or with the sign-in.
    """
    if not wants_fragment(request):
        return redirect("journal:home")
    pressed = request.resolver_match is not None and request.resolver_match.view_name == "journal:here"
    return render(request, "journal/_still.html", next_question(request) | {"kept": pressed})


@require_http_methods(["GET", "HEAD", "POST"])
def code_confirm(request: SignedInRequest) -> HttpResponse:
    """For who has no password: a mailed code says who is there, valid ten minutes, five tries."""
    first = get_adapter().get_reauthentication_methods(request.user)[0]
    if first["id"] != "code":
        # Who reads somebody's mail may not walk around their password or second factor.
        return redirect(first["url"])
    form = MailedCodeForm(request.POST if "code" in request.POST else None)
    if request.method == "POST" and "code" not in request.POST and not _send_code(request):
        messages.error(request, get_adapter().error_messages["rate_limited"])
    if form.is_bound and form.is_valid():
        if _code_matches(request, form.cleaned_data["code"]):
            record_authentication(request, request.user, method="code", reauthenticated=True)
            return resume_request(request) or redirect("journal:home")
        form.add_error("code", _("That code does not match, or is older than ten minutes. You can have a new one sent."))
    context = {"form": form, "sent": SESSION_KEY in request.session}
    return render(request, "journal/code_confirm.html", context, status=422 if form.errors else 200)


def _send_code(request: SignedInRequest) -> bool:
    # Each code brings five new tries: without a limit, all six digits could be tried by asking again and again.
    key = f"codes-sent:{request.user.pk}"
    sent = cache.get(key, 0)
    if sent >= CODES_SENT:
        return False
    cache.set(key, sent + 1, CODE_SECONDS)
    code = f"{secrets.randbelow(10**6):06d}"
    request.session[SESSION_KEY] = {"hash": fingerprint(code), "at": time.time(), "tries": 0}
    get_adapter().send_mail("account/email/login_code", request.user.email, {"code": code, "request": request})
    return True


def _code_matches(request: SignedInRequest, typed: str) -> bool:
    kept = request.session.get(SESSION_KEY)
    if not kept or kept["tries"] >= CODE_TRIES or time.time() - kept["at"] > CODE_SECONDS:
        return False
    # Requests that come at once all read the same number of tries in their session: this counts each of them.
    if not ratelimit.consume(request, app="hallway", action="code", config=CODE_RATE, key=str(request.user.pk)):
        return False
    digits = "".join(sign for sign in typed if sign.isdecimal() and sign.isascii())
    if hmac.compare_digest(kept["hash"], fingerprint(digits)):
        del request.session[SESSION_KEY]
        return True
    request.session[SESSION_KEY] = {**kept, "tries": kept["tries"] + 1}
    return False


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def role_join(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link of somebody at a centre: opening it changes nothing, sending the password uses it up."""
    invitation = Invitation.objects.by_link(token)
    form = None
    if invitation is not None:
        form = JoinForm(request.POST if request.method == "POST" else None, user=invitation.counsellor.user)
        if form.is_bound and form.is_valid():
            if _join(invitation, form.cleaned_data["password"]):
                messages.success(request, _("Your password is kept. Sign in now; then a second step is set up."))
                return redirect("account_login")
            form = None  # somebody else was quicker
    response = render(
        request, "journal/role_join.html", {"form": form}, status=422 if form is not None and form.is_bound else 200
    )
    response["Referrer-Policy"] = "no-referrer"
    return response


@transaction.atomic
def _join(invitation: Invitation, password: str) -> bool:
    if not invitation.use():
        return False
    user = invitation.counsellor.user
    user.set_password(password)
    user.save(update_fields=["password"])
    # The operator handed the link over in person: that is the proof a mailed code would be.
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    tell(user, "account/email/password_set")
    return True
