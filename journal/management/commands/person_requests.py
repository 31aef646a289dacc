"""`manage.py person_requests`: what people who are written about have asked, for a site on which nobody is named to answer.

Run by the operator, on the server.
"""

import sys
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from journal.models import PersonRequest
from journal.models.person_requests import Outcome
from journal.vault import Unreadable

GONE = "There is no such request (any more)."


class Command(BaseCommand):
    """The worklist: it shows what whoever asked wrote, and nothing else; no journal opens here."""

    help = "list what waits; show ID; answer ID (the answer is read from standard input)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one of the three actions; the list without any."""
        actions = parser.add_subparsers(dest="action")
        actions.add_parser("list", help="what nobody has answered, the oldest first")
        for name, about in (("show", "what was asked; it counts as read then"), ("answer", "answer it: the text comes by stdin")):
            action = actions.add_parser(name, help=about)
            action.add_argument("id", type=UUID)
            if name == "answer":
                action.add_argument("--outcome", default="", choices=Outcome.values, help="what whoever asked reads beside it")

    def handle(self, *args: Any, action: str | None, **options: Any) -> None:
        """Do it; the list holds ids, days and states alone."""
        if action in {None, "list"}:
            for one in PersonRequest.objects.waiting():
                days = (timezone.now() - one.asked_at).days
                self.stdout.write(f"{one.pk}  {one.state:8}  {days} days, due by {one.due_on.isoformat()}")
            return
        row = PersonRequest.objects.filter(pk=options["id"]).first()
        if row is None:
            raise CommandError(GONE)
        try:
            if action == "show":
                self.stdout.write(row.see().text)
                return
            text = sys.stdin.read().strip()
            if not text:
                raise CommandError("An answer needs a text on standard input.")
            row.answer(text, options["outcome"])
        except PersonRequest.DoesNotExist as error:  # taken back while the answer was typed
            raise CommandError(GONE) from error
        except Unreadable as error:
            raise CommandError("It does not open: a master key is missing, or the row was changed.") from error
        self.stdout.write("Answered. Whoever asked finds it behind their link.")
