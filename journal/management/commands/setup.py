"""``manage.py setup``: from an empty machine to a site with a centre and its first people. Run again, it adds what is missing."""

import os
import sys
from argparse import ArgumentParser
from io import StringIO
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from guidance import library
from journal.models import Centre, CentreRole
from journal.models.keys import check_keys
from journal.vault import vault

# What is asked for each person; families read all of it before they let somebody read.
PERSON = {"name_en": "Name as families read it in English", "name_ja": "Name as families read it in Japanese"}
LICENCE = {
    "licence_en": "Licence, in English",
    "licence_ja": "Licence, in Japanese",
    "days": "Reading days, as mon,tue,fri",
}
BACKUP_KEY = "HALLWAY_BACKUP_KEY"


class Command(BaseCommand):
    """Goes through everything a new site needs, says what it found or did, and names what a person still has to do."""

    help = "First installation: check keys, bring the database up, add a centre and its people, send a test mail. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take every answer as an option too; what is left out is asked for, or left out with ``--no-input``."""
        parser.add_argument("--site", default="", metavar="URL", help="what sign-up links begin with, https://…")
        for language in ("en", "ja"):
            parser.add_argument(f"--centre-{language}", default="", metavar="NAME", help="the centre, as families read it")
        for who, also in (("manager", {}), ("counsellor", LICENCE)):
            parser.add_argument(f"--{who}", default="", metavar="EMAIL")
            for name in {**PERSON, **also}:
                parser.add_argument(f"--{who}-{name.replace('_', '-')}", default="", metavar="TEXT")
        parser.add_argument("--language", default="en", choices=["en", "ja"], help="of the people's links and mails")
        parser.add_argument(
            "--approve", action="store_true", help="you have seen who they are, and their licence: note your approval"
        )
        parser.add_argument("--mail-to", default="", metavar="EMAIL", help="send a test mail there")
        parser.add_argument("--no-input", action="store_true", help="ask nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through it in order; what cannot go on without ends with one line."""
        if settings.DEMO:
            raise CommandError("DEMO=1 is set: `make run` makes everything the demo needs. Take it away for a real site.")
        self.asks = not options["no_input"] and sys.stdin.isatty()
        self.failed: list[str] = []
        self._keys_and_database()
        self._content()
        centre = self._centre(options)
        if centre:
            self._person("manager", centre, options)
            self._person("counsellor", centre, options)
        self._mail(options)
        self._what_is_left()
        if self.failed:
            raise CommandError(f"Not done: {', '.join(self.failed)}. Everything else is; run this again when it is put right.")

    def _keys_and_database(self) -> None:
        active = vault().active  # a malformed key ends here
        try:
            call_command("migrate", verbosity=0)
            call_command("createcachetable", verbosity=0)
        except Error as error:
            raise CommandError(f"The database cannot be used: {str(error).strip().splitlines()[0]}") from error
        check_keys()
        self._say(f"Keys: master key {active} is in use and opens what is there.")
        self._say("Database: every table is there.")

    def _content(self) -> None:
        steps = len(library.current().steps("en"))
        self._say(f"Content: {steps} steps in each language, read and checked.")

    def _centre(self, options: dict[str, Any]) -> Centre | None:
        names = {name: options[f"centre_{name}"] for name in ("en", "ja")}
        there = list(Centre.objects.order_by("name_en")[:2])
        if not any(names.values()):
            if len(there) == 1:
                self._say(f"Centre: {there[0].name_en} / {there[0].name_ja} is there.")
                return there[0]
            names = {
                "en": self._ask("Name of the centre in English"),
                "ja": self._ask("Name of the centre in Japanese"),
            }
        if not any(names.values()):
            said = "several are there; name one with --centre-en and --centre-ja" if there else "none yet"
            self._say(f"Centre: {said}.")
            return None
        printed = StringIO()
        words = [f"--name-{language}={name}" for language, name in names.items()]
        call_command("centre", "add", *words, stdout=printed, stderr=StringIO())
        centre = Centre.objects.get(pk=UUID(printed.getvalue().strip()))
        self._say(f"Centre: {centre.name_en} / {centre.name_ja}, id {centre.pk}.")
        return centre

    def _person(self, who: str, centre: Centre, options: dict[str, Any]) -> None:
        """Add somebody with a sign-up link. Whoever is there stays as they are: their link is printed once."""
        email = options[who] or self._ask(f"E-mail of the {who} (empty: nobody now)")
        if not email:
            return
        roles = CentreRole.objects.filter(centre=centre, role=who, deactivated_at=None)
        if roles.filter(user__email__iexact=email.strip()).exists():
            self._say(f"{who.capitalize()}: {email} is there. `manage.py counsellor add` with the same words makes a new link.")
            return
        asked = PERSON if who == "manager" else {**PERSON, **LICENCE}
        told = {name: options[f"{who}_{name}"] or self._ask(label) for name, label in asked.items()}
        approve = options["approve"] or self._ask(f"Have you seen who {email} is? yes/no").lower() in {"yes", "y"}
        self._say(f"{who.capitalize()}:")
        words = [f"--centre={centre.pk}", f"--email={email}", f"--site={options['site']}", f"--language={options['language']}"]
        words += [f"--{name.replace('_', '-')}={value}" for name, value in told.items()]
        words += ["--manager"] * (who == "manager")
        call_command("counsellor", "add", *words, stdout=self.stdout)
        if approve:
            call_command("counsellor", "approve", email, f"--centre={centre.pk}", stdout=self.stdout)

    def _mail(self, options: dict[str, Any]) -> None:
        to = options["mail_to"] or self._ask("Send a test mail to (empty: none now)")
        if not to:
            self._say("Mail: not tried. Sign-in codes are mailed: try it with --mail-to.")
            return
        try:
            send_mail("Hallway Light", "This is a test mail. Mails from this site arrive here.", None, [to])
        except OSError as error:  # smtplib's errors are OSError too
            self._say(f"Mail: not sent ({type(error).__name__}: {error}). Look at MAIL_HOST and its neighbours.")
            self.failed.append("the test mail")
        else:
            self._say(f"Mail: handed over for {to}. Look whether it arrives, and not among the unwanted ones.")

    def _what_is_left(self) -> None:
        left = []
        for role in CentreRole.objects.filter(deactivated_at=None).select_related("user").order_by("user__email"):
            if role.approved_at is None:
                left.append(f"approve {role.user.email}: manage.py counsellor approve {role.user.email}")
            elif settings.SECOND_APPROVAL_REQUIRED and role.second_approved_at is None:
                left.append(
                    f"a second approval of {role.user.email}: manage.py counsellor approve {role.user.email} --by MANAGER_EMAIL"
                )
        if not any(os.environ.get(name) for name in (BACKUP_KEY, f"{BACKUP_KEY}_FILE")):
            left.append("safety copies: manage.py backup --new-key FILE on another machine, then set HALLWAY_BACKUP_KEY")
        left.append("two copies of the master keys off this machine, with two people")
        left.append(
            "the timers: tick every five minutes, backup every hour, verify_log every night (deploy/systemd, deploy/compose.yaml)"
        )
        self._say("Still to do by a person:")
        for line in left:
            self._say(f"  - {line}")

    def _ask(self, label: str) -> str:
        return input(f"{label}: ").strip() if self.asks else ""

    def _say(self, line: str) -> None:
        self.stdout.write(line)
