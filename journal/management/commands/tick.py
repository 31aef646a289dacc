"""``manage.py tick``: do what is due. Run it every few minutes; it says only names of jobs and numbers."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

import journal.unused  # noqa: F401  (adds its jobs to the list)
from journal import notices, tasks


class Command(BaseCommand):
    """Do every job of the list once."""

    help = "Do what is due: erase what has expired. Run it every few minutes, for example from cron or a systemd timer."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the jobs; end with an error if one of them failed."""
        done, failed = tasks.run()
        for name, count in done.items():
            self.stdout.write(f"{name}: {count}")
        for state, count in notices.counts(timezone.now()).items():
            self.stdout.write(f"mails {state}: {count}")
        if failed:
            raise CommandError(f"failed: {', '.join(failed)}")
