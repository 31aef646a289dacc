"""Coming to write together: the link or the code, the yes, and the wait until it is confirmed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal import wording
from journal.forms.members import ComeForm, InvitationCodeForm
from journal.middleware import set_length
from journal.models import MemberInvitation
from journal.requests import SignedInRequest
from journal.vault import fingerprint

SESSION_KEY = "invitation"


@login_not_required
@require_safe
def invitation_open(request: HttpRequest, token: str) -> HttpResponse:
    """Keep the link's fingerprint in the session and go on under an address without it.

    Nothing is used up or looked up, and every link is answered alike: a mail scanner and a guess learn nothing.
    """
    request.session[SESSION_KEY] = fingerprint(token)
    response = redirect("journal:invitation_join" if request.user.is_authenticated else "journal:invitation_hello")
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_not_required
@require_safe
def invitation_hello(request: HttpRequest) -> HttpResponse:
    """Before a sign-in: neutral words, and no name."""
    return render(request, "journal/invitation_hello.html")


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_join(request: SignedInRequest) -> HttpResponse:
    """Who asks; or the six digits while it waits; or a field for the code. Nothing of the journal is here."""
    if request.method == "POST":
        return _code_typed(request)
    if waiting := MemberInvitation.objects.of_invited(request.user).first():
        name = wording.parent_name(waiting.inviter)
        return _page(request, waiting=waiting, name=name, number=wording.digits(waiting.number))
    invitation = _invitation(request)
    if invitation is None:
        return _page(request, form=InvitationCodeForm(user=request.user), gone=SESSION_KEY in request.session)
    return _ask(request, invitation, ComeForm(user=request.user, initial=_guess(request)))


@require_POST
def invitation_accept(request: SignedInRequest) -> HttpResponse:
    """Yes: from now on both see the same six digits, and nothing else."""
    invitation = _invitation(request)
    if invitation is None:
        return redirect("journal:invitation_join")
    form = ComeForm(request.POST, user=request.user)
    if not form.is_valid():
        return _ask(request, invitation, form)
    if form.save(invitation):
        del request.session[SESSION_KEY]
        set_length(request)
    return redirect("journal:invitation_join")


@require_POST
def invitation_cancel(request: SignedInRequest) -> HttpResponse:
    """Take the yes back, or say no: the way leads to a journal of one's own."""
    waiting = MemberInvitation.objects.of_invited(request.user).first()
    if waiting is None and SESSION_KEY not in request.session:
        raise Http404
    if waiting is not None:
        waiting.end()
    request.session.pop(SESSION_KEY, None)
    messages.success(request, _("It is called off. You can still be asked again."))
    return redirect("journal:home")


def comes_invited(request: SignedInRequest) -> bool:
    """Whether this person opened a link or waits to be confirmed: who signs up for that is not led to a new journal."""
    return SESSION_KEY in request.session or MemberInvitation.objects.of_invited(request.user).exists()


def _code_typed(request: SignedInRequest) -> HttpResponse:
    form = InvitationCodeForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, form=form)
    request.session[SESSION_KEY] = form.invitation.token_hash
    return redirect("journal:invitation_join")


def _invitation(request: SignedInRequest) -> MemberInvitation | None:
    return MemberInvitation.objects.by_link(request.session.get(SESSION_KEY, ""), request.user)


def _ask(request: SignedInRequest, invitation: MemberInvitation, form: ComeForm) -> HttpResponse:
    return _page(request, form=form, asked=True, name=wording.parent_name(invitation.inviter))


def _page(request: SignedInRequest, **context: Any) -> HttpResponse:
    form = context.get("form")
    return render(request, "journal/invitation_join.html", context, status=422 if form is not None and form.is_bound else 200)


def _guess(request: SignedInRequest) -> dict[str, str]:
    # As at the start of a journal: the zone is proposed from the language, a country never.
    return {"time_zone": "Asia/Tokyo" if request.LANGUAGE_CODE == "ja" else "Europe/London"}
