"""What a private view is asked: the request as the middleware lets it through, and the numbers and ids it says."""

from uuid import UUID

from django.http import HttpRequest

from journal.models import Membership, User


class SignedInRequest(HttpRequest):
    """A request that passed PrivateByDefaultMiddleware. ``journals`` is set where a page is about a journal."""

    user: User
    # All memberships of a parent, for the switch between journals.
    journals: list[Membership]


def number(said: str, digits: int = 9) -> int | None:
    """Return the whole number an address or a form says, or None for anything else, and for one longer than that."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= digits else None


def identity(said: str) -> UUID | None:
    """Return the id an address or a form says, or None for anything else."""
    try:
        return UUID(said)
    except ValueError:
        return None


def version_of(request: HttpRequest) -> int:
    """Return the version a form says its row had; 0, which no row has, where it says none."""
    return number(request.POST.get("version", "")) or 0
