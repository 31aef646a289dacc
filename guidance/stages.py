"""The nine steps stand in three stages, and each has a short label for places with little room."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of the way, from one step to another."""

    title: str | Promise
    first: int
    last: int

    def holds(self, number: int) -> bool:
        """Say whether the step belongs to it."""
        return self.first <= number <= self.last


STAGES = (
    Stage(_("At home first"), 1, 2),
    Stage(_("Small words"), 3, 6),
    Stage(_("Towards others"), 7, 9),
)
