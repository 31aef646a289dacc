"""`manage.py demo`: invented families to look at, on this machine alone."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import env
from journal.demo import requests
from journal.demo.build import build
from journal.demo.story import Story, load
from journal.models import User


class Command(BaseCommand):
    """Adds the demo's families once, and says who can sign in."""

    help = "Add invented families, their counsellors and about four months of entries. Only where DEMO=1 is set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the port that is printed."""
        parser.add_argument("--port", type=int, help="the port of the printed address (PORT, or else 8000)")

    def handle(self, *args: Any, port: int | None = None, **options: Any) -> None:
        """Build everything in one transaction, or say that it is here; CommandError outside the demo."""
        if not settings.DEMO:
            raise CommandError("The demo's accounts have a printed password: they are made only where DEMO=1 is set.")
        story = load()
        here = User.objects.filter(email__in=list(story.emails())).count()
        if not here:
            build(story, timezone.now())
        elif here < len(list(story.emails())):
            raise CommandError("Some of the demo's addresses are already accounts here. Start with an empty database.")
        # A demo of before that person was part of it gets them, too.
        requests.ask(story.password, timezone.now())
        self.stdout.write(
            "The demo is here already. Nothing was added.\n" if here else "The demo is ready. All people in it are invented.\n"
        )
        self.stdout.write(_welcome(story, port or env.integer("PORT", 8000)))


def _welcome(story: Story, port: int) -> str:
    people = []
    # The two families that are written out; the others are there for the desk.
    for family in story.families[:2]:
        language = "in Japanese" if family.language == "ja" else "in English"
        for parent in family.members:
            who = "a parent" if parent == family.members[0] else "the other parent"
            people.append(f"  {parent.email:26} {who}, {language}")
    people += [f"  {worker.email:26} {worker.name_en}, {worker.role}" for worker in story.staff]
    contact = requests.load()["contact"]
    people.append(f"  {contact['email']:26} answers people who are written about, at /desk/requests/")
    return "\n".join(
        [
            "",
            f"Open    http://localhost:{port}/",
            "",
            f"Sign in with the password  {story.password}  as",
            *people,
            "",
            "Mails, such as sign-in codes, appear in the console of the server.",
            "Counsellors need no second factor here: that is switched off in the demo only.",
        ]
    )
