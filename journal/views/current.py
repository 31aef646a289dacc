"""Which journal a request is about: the one used last, or the one a form says, looked up among one's own."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from journal.models import Entry, Membership
from journal.requests import SignedInRequest

View = Callable[..., HttpResponse]


def current_membership(request: SignedInRequest, memberships: list[Membership] | None = None) -> Membership:
    """Return the signed-in parent's membership; raise Http404 for who writes nowhere, or for another's journal.

    Every form carries its journal's id, so that a stale tab never writes into the other journal.
    """
    if memberships is None:
        memberships = list(Membership.objects.of_user(request.user))
    request.journals = memberships  # for the switch, which shows where there are two
    chosen = request.POST.get("journal")
    membership = next((one for one in memberships if not chosen or str(one.journal_id) == chosen.lower()), None)
    if membership is None:
        raise Http404
    if membership != memberships[0]:
        membership.use()  # the pages that follow are about the journal of this form, not about the other one
    membership.user = request.user
    return membership


def membership_in(request: SignedInRequest, **journal: Any) -> Membership:
    """Return this parent's place in the journal of a row, e.g. ``journal=entry.journal_id``; raise Http404 for another's."""
    membership: Membership = get_object_or_404(Membership.objects.of_user(request.user), **journal)
    membership.user = request.user
    return membership


def own_entry(request: SignedInRequest, entry_id: UUID) -> tuple[Membership, Entry]:
    """Return an entry this parent may change, with their place in its journal; raise Http404 for any other."""
    entry = get_object_or_404(Entry.objects.editable_by(request.user).select_related("author"), pk=entry_id)
    membership = membership_in(request, journal=entry.journal_id)
    entry.journal = membership.journal
    return membership, entry


def page_context(membership: Membership) -> dict[str, Any]:
    """What every page of a parent needs."""
    return {"membership": membership, "country": membership.user.country, "zone": membership.user.zone}


def confirmed_lately(view: View) -> View:
    """Ask who is there once more, unless that was answered within the last ten minutes (security: sharing, exports)."""

    @wraps(view)
    def wrapper(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        answered = [record["at"] for record in get_authentication_records(request, request.user)]
        # A session that has just begun was signed in to just now: with a password, a factor, or the code of signing up.
        if max([*answered, request.session.get("began", 0)]) <= since:
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return wrapper
