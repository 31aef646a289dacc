"""`manage.py helplines` and `manage.py helplines verify ID --by NAME [--on DATE]`."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from guidance import helplines, library, verification
from guidance.helplines import Line

# What has to be done about a number, most pressing first.
HEADINGS = {
    "hidden": "Not shown any more: nobody has looked at these for 180 days.",
    "soon": "Will not be shown much longer: look again now.",
    "never": "Shown, but no person has opened the provider's own page yet.",
    "unseen": "Not shown: no reliable source was seen. Find the number and its hours on the provider's own page.",
    "done": "Confirmed by a person.",
}
HOW = """To confirm one: open the provider's own page, compare number, hours and languages with content/data/helplines.yaml,
correct what differs, then: manage.py helplines verify ID --by "Your name".
Emergency numbers are always shown: look at those of your countries as well."""


class Command(BaseCommand):
    """Lists which telephone numbers a person has to look at, and notes that somebody did."""

    help = "Without a word: list the numbers a person has to verify. verify: note that a person opened the provider's own page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take nothing, or ``verify`` with a line, a name and a day."""
        actions = parser.add_subparsers(dest="action")
        verify = actions.add_parser(
            "verify", help="note that you opened the provider's own page, and that the number stands there"
        )
        verify.add_argument("id", help="the line's id in helplines.yaml")
        verify.add_argument("--by", required=True, metavar="NAME", help="who looked")
        verify.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="when, as 2026-11-23; today if left out")

    def handle(self, *args: Any, action: str | None = None, **options: Any) -> None:
        """Do it; CommandError names what cannot be."""
        shipped, overlay = library.ROOT / "data" / "helplines.yaml", settings.HELPLINES_FILE
        if action == "verify":
            self._verify(options["id"], options["by"].strip(), options["on"], shipped, Path(overlay) if overlay else None)
        else:
            self._list()

    def _list(self) -> None:
        day = helplines.today()
        found: dict[str, list[str]] = {key: [] for key in HEADINGS}
        for code, line in _numbered():
            found[_state(line, day)].append(_told(code, line))
        for key, heading in HEADINGS.items():
            if found[key]:
                self.stdout.write(f"{heading}\n" + "".join(f"  {row}\n" for row in found[key]))
        waiting = sum(len(rows) for key, rows in found.items() if key != "done")
        self.stdout.write(HOW if waiting else "")
        self.stdout.write(
            f"{waiting} of {sum(map(len, found.values()))} numbers wait for a person; {len(found['hidden'])} are not shown."
        )

    def _verify(self, line_id: str, by: str, on: date | None, shipped: Path, overlay: Path | None) -> None:
        today = helplines.today()
        line = library.current().helplines.by_id.get(line_id)
        if line is None:
            raise CommandError(f"No line is called {line_id}. `manage.py helplines` lists their ids.")
        if not line.number:
            raise CommandError(f"{line_id} has no number to confirm. Write it into helplines.yaml first.")
        if line.seen == "unconfirmed":
            raise CommandError(f"{line_id} is marked unconfirmed: write number, hours and source into helplines.yaml first.")
        if not by:
            raise CommandError("Say who looked: --by NAME.")
        if on and on > today:
            raise CommandError(f"{on} is still to come.")
        try:
            path = verification.write(line, on or today, by, shipped, overlay)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{line_id} {line.number}: confirmed on {on or today} by {by}, in {path}. The next start of the server shows it."
        )


def _numbered() -> Iterator[tuple[str, Line]]:
    """Yield what a person can compare: every line but those that are a place and a link by design."""
    for code, country in library.current().helplines.countries.items():
        yield from ((code, line) for line in country.lines if line.number or line.seen == "unconfirmed")


def _state(line: Line, day: date) -> str:
    lapses = line.lapses_on()
    if lapses is None:
        return "unseen"
    if day >= lapses:
        return "hidden"
    if day >= lapses - helplines.WARNED:
        return "soon"
    return "done" if line.verified_on else "never"


def _told(code: str, line: Line) -> str:
    seen = (
        f"confirmed {line.verified_on} by {line.verified_by}"
        if line.verified_on
        else f"read {line.read_on} in {line.source['en']}"
    )
    until = f", shown until {line.lapses_on()}" if line.lapses_on() else ""
    return f"{code}  {line.id:24} {line.number or '–':16} {seen}{until}  {line.url}".rstrip()
