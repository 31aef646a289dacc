"""``manage.py verify_log``: follow the chain of every access log. It names journals and lines, and no word of anybody."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from journal.models import AccessEvent, Journal


class Command(BaseCommand):
    """Check every line against the one before it, and the newest against the head."""

    help = (
        "Check that no line of an access log was changed, removed or moved. Run it every night; it ends with an error if one was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one journal, or all of them."""
        parser.add_argument("--journal", type=UUID, metavar="ID", help="this one alone")

    def handle(self, *args: Any, journal: UUID | None, **options: Any) -> None:
        """Print each fault; end with an error if there is one, or where the journal is not there."""
        journals = Journal.objects.order_by("created_at", "id")
        if journal:
            journals = journals.filter(pk=journal)
        checked, faulty = 0, 0
        for pk in journals.values_list("pk", flat=True):
            checked += 1
            faults = AccessEvent.objects.faults(pk)
            faulty += bool(faults)
            for fault in faults:
                self.stdout.write(f"journal {pk}: line {fault.number} {fault.wrong.label}")
        if journal and not checked:
            raise CommandError("There is no journal with this id.")
        self.stdout.write(f"logs checked: {checked}, with a fault: {faulty}")
        if faulty:
            raise CommandError("An access log was changed outside of the site, or a backup does not fit. See docs/operations.md.")
