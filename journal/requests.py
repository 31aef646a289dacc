"""The request a private view gets, for annotations only: signed in, as the middleware lets it through."""

from django.http import HttpRequest

from journal.models import Membership, User


class SignedInRequest(HttpRequest):
    """A request that passed PrivateByDefaultMiddleware. ``journals`` is set where a page is about a journal."""

    user: User
    # All memberships of a parent, for the switch between journals.
    journals: list[Membership]
