"""``manage.py notices``: how the mails are doing, as numbers. Nobody's name, address or news."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from journal.notices import counts


class Command(BaseCommand):
    """Count what waits, what is tried again, what was given up, and what was sent."""

    help = "How many mails wait, are tried again, were given up, and were sent in the last 24 hours. Numbers alone."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each."""
        for state, count in counts(timezone.now()).items():
            self.stdout.write(f"{state}: {count}")
