"""``manage.py rotate_keys``: wrap every journal key by the active master key. It prints ids and numbers, and no key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal.rotation import look
from journal.vault import vault


class Command(BaseCommand):
    """Wrap anew, or only look."""

    help = "Wrap all keys by the first master key in HALLWAY_KEYS, with the site up. It can be stopped and run again at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only look, or do it."""
        parser.add_argument(
            "--check", action="store_true", help="open every key, change nothing, say which master keys are in use"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Print what each master key wraps and which can go; end with an error if a key does not open."""
        found = look(rewrap=not check)
        for fault in found.broken:
            self.stdout.write(f"does not open: {fault}")
        for number in sorted({*found.masters, *vault().numbers}):
            note = " (active)" if number == vault().active else ""
            self.stdout.write(f"master key {number}{note} wraps: {found.masters[number]}")
        if not check:
            self.stdout.write(f"wrapped anew: {found.changed}")
        if found.broken:
            raise CommandError(
                "Some keys do not open, and were left as they are. Take no master key away. See docs/operations.md."
            )
        for number in found.idle:
            self.stdout.write(
                f"Master key {number} can go from HALLWAY_KEYS now; destroy it when the last keys file made before today is gone."
            )
        if check and set(found.masters) - {vault().active}:
            self.stdout.write("Older master keys are still in use: run rotate_keys.")
