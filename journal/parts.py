"""The switches with which parents open a part of their journal to one counsellor."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from journal.models import Membership, Part, Share, SharedPart


@dataclass(frozen=True)
class Switch:
    """One part and one counsellor, as a parent's page shows it."""

    share: Share
    part: Part
    name: str
    is_open: bool
    # Of the count: this parent has said yes, and another not yet.
    waits: bool = False


def parts_of(membership: Membership, part: Part, shares: list[Share] | None = None) -> list[Switch]:
    """A switch for each counsellor who can read something now."""
    language = get_language() or "en"
    if shares is None:
        shares = list(Share.objects.of_member(membership.user, membership.journal).active().opening())
    opened: dict[Any, set[int]] = {}
    for row in SharedPart.objects.of_family(membership.user, membership.journal).filter(part=part, share__in=shares):
        opened.setdefault(row.share_id, set()).add(row.granted_by_id)
    parents = {membership.user_id}
    if part == Part.COUNT and shares:
        parents |= {other.user_id for other in Membership.objects.beside(membership.user, membership.journal)}
    found = []
    for share in shares:
        by = opened.get(share.pk, set())
        is_open = membership.user_id in by if part == Part.COUNT else bool(by)
        name = share.counsellor.name(language)
        found.append(Switch(share, part, name, is_open, waits=part == Part.COUNT and is_open and not parents <= by))
    return found
