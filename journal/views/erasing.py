"""Erasing a journal, or an account, for good."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from journal import wording
from journal.forms.erasing import EraseForm
from journal.models import AtCentre, CentreRole, Entry, Membership, NotAlone, Share, erase_account, erase_journal
from journal.requests import SignedInRequest
from journal.views.current import confirmed_lately, current_membership, page_context


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_lately
def journal_erase(request: SignedInRequest) -> HttpResponse:
    """What goes and what stays, a copy first, one word; then it is gone at once."""
    membership = current_membership(request)
    if not membership.keeps:
        raise Http404
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            erase_journal(membership)
        except NotAlone:
            return redirect("journal:journal_erase")  # the page says who writes here too, and what can be done
        messages.success(request, _("That journal is erased."))
        return redirect("journal:home")
    context = {"form": form, **_in_it(membership), **page_context(membership)}
    return render(request, "journal/journal_erase.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_lately
def account_erase(request: SignedInRequest) -> HttpResponse:
    """The account, what this person wrote, and the journals that are theirs alone."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            erase_account(request.user)
        except AtCentre:
            return redirect("journal:account_erase")  # the page says whom to ask
        logout(request)
        messages.success(request, _("Your account is erased."))
        return redirect("account_login")
    alone = [one for one in Membership.objects.of_user(request.user) if not Membership.objects.beside(request.user, one.journal)]
    together = Membership.objects.of_user(request.user).count() - len(alone)
    context = {"form": form, "alone": len(alone), "together": together, "at_centre": CentreRole.objects.of_user(request.user)}
    return render(request, "journal/account_erase.html", context, status=422 if form.is_bound else 200)


def _in_it(membership: Membership) -> dict[str, object]:
    user, journal = membership.user, membership.journal
    return {
        "others": wording.together([wording.parent_name(other.user) for other in Membership.objects.beside(user, journal)]),
        "entries": Entry.objects.visible_to(user).filter(journal=journal).count(),
        "readers": Share.objects.of_member(user, journal).active().count(),
    }
