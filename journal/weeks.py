"""What "Look back" and the week's suggestion show one parent: from what that parent may read, and no further back than needed."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial

from django.db import transaction

from journal import patterns, rhythm
from journal.models import Entry, JournalSettings, Membership, MembershipNotes
from journal.models.entries import Recent
from journal.patterns import Picture
from journal.rhythm import Suggestion, Way, Written

# After an answer to a suggestion there is none for a week; who takes a break is asked nothing for four.
QUIET_DAYS = 7
BREAK_DAYS = 28


@dataclass(frozen=True)
class Panel:
    """The suggestion as a page shows it: one thought, what was chosen, or that there is none."""

    suggestion: Suggestion | None
    chosen: Way | None
    quiet_until: date | None
    off: bool
    resting_until: date | None
    step: int


class Weeks:
    """One parent's last weeks, read once for the picture and the suggestion together."""

    def __init__(self, membership: Membership, today: date) -> None:
        self.membership = membership
        self.today = today
        # Where it cannot be opened, everything is shown as to somebody who has chosen nothing yet.
        self.notes = MembershipNotes() if membership.unreadable else membership.document

    @property
    def since(self) -> date:
        """The first day of these weeks."""
        return self.today - timedelta(days=rhythm.WINDOW_DAYS - 1)

    @cached_property
    def recent(self) -> list[Recent]:
        """The entries of the last four weeks this parent may read, newest first, and who wrote each."""
        return Entry.objects.for_member(self.membership).lately(self.membership.journal, self.since, rhythm.MOST_ENTRIES)

    @property
    def entries(self) -> list[Written]:
        """The same as the rules look at them; a missing one stands there as one that was not opened."""
        written: list[Written] = [(entry.day, entry.content) for entry in self.recent]
        return [*written, (self.today, None)] if len(written) == rhythm.MOST_ENTRIES else written

    def picture(self) -> Picture:
        """The four weeks, with what came back only where this parent has asked for it."""
        return patterns.four_weeks(self.entries, self.today, with_came=self.notes.shows_came)

    def suggestion(self) -> Suggestion | None:
        """The week's suggestion, whatever this parent has answered; None while the steps rest."""
        journal = self.membership.journal
        settings = JournalSettings() if journal.unreadable else journal.document
        suggest = partial(
            rhythm.suggest,
            self.entries,
            today=self.today,
            step=settings.step,
            went_on=date.fromisoformat(settings.went_on) if settings.went_on else None,
            resting=self.membership.resting_until(self.today) is not None,
        )
        found = suggest()
        if found and found.way is Way.GO_ON and self.membership.held_back(self.today):
            return suggest(held_back=True)
        return found

    def panel(self) -> Panel:
        """The suggestion as a page shows it. Nothing is read where none is shown."""
        resting = self.membership.resting_until(self.today)
        until = date.fromisoformat(self.notes.quiet_until) if self.notes.quiet_until else None
        quiet = until if until and until > self.today else None
        shown = not (resting or quiet or self.notes.no_suggestions)
        journal = self.membership.journal
        return Panel(
            suggestion=self.suggestion() if shown else None,
            chosen=Way(self.notes.chosen) if quiet and self.notes.chosen in set(Way) else None,
            quiet_until=quiet,
            off=self.notes.no_suggestions,
            resting_until=resting,
            step=0 if journal.unreadable else journal.document.step,
        )

    @transaction.atomic
    def choose(self, way: Way) -> bool:
        """Keep what this parent chose; False where it is not offered now, or the journal went on meanwhile."""
        if self.panel().chosen is way:
            return True  # the same form twice
        found = self.suggestion()
        if found is None or way not in found.offered:
            return False
        if way is Way.GO_ON and not self.membership.journal.go_on(found.next_step, self.today):
            return False
        self._be_quiet(BREAK_DAYS if way is Way.PAUSE else QUIET_DAYS, way.value)
        return True

    def not_now(self) -> None:
        """Ask nothing for a week."""
        self._be_quiet(QUIET_DAYS, "")

    def _be_quiet(self, days: int, chosen: str) -> None:
        self.membership.remember(chosen=chosen, quiet_until=(self.today + timedelta(days=days)).isoformat())
