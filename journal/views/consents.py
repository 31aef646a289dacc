"""What a parent agreed to, when, and to which words; taking it back, and agreeing again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from journal import wording
from journal.consent import asked
from journal.models import Consent, Membership, withdraw
from journal.requests import SignedInRequest
from journal.views.current import confirmed_lately


@require_safe
def consent_detail(request: SignedInRequest) -> HttpResponse:
    """Each agreement with its day and its words, and what taking it back means, before the button."""
    memberships = list(Membership.objects.of_user(request.user))
    others = {other.user: None for one in memberships for other in Membership.objects.beside(request.user, one.journal)}
    context = {
        "given": Consent.objects.of_user(request.user),
        "writes": bool(memberships),
        "others": wording.together([wording.parent_name(other) for other in others]),
        "zone": request.user.zone,
        **asked(),
    }
    return render(request, "journal/consent_detail.html", context)


@require_POST
@confirmed_lately
def consent_withdraw(request: SignedInRequest) -> HttpResponse:
    """Take it back, after saying who is there: whoever finds the device may not end what a family reads together."""
    if request.user.consent_version:
        withdraw(request.user)
    messages.success(request, _("It is taken back. Nobody else can read what you wrote, and nothing new of yours is kept."))
    return redirect("journal:consent_detail")


@require_POST
def consent_give(request: SignedInRequest) -> HttpResponse:
    """Agree to the words of now, with one press. What was closed stays closed."""
    Consent.objects.give(request.user)
    messages.success(request, _("Thank you. You can write again."))
    return redirect("journal:home")
