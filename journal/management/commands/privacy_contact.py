"""`manage.py privacy_contact add | list | end`: who answers what people who are written about ask. Run by the operator."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from journal.models import NotApart, PrivacyContact, User

LONGEST_NAME = 60


class Command(BaseCommand):
    """Names who answers, says who does, and ends it. Nobody who writes in a journal or works at a centre is taken."""

    help = "add EMAIL: they find the list at /desk/requests/. list: who answers now. end EMAIL: with the next request."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one of the three actions."""
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="let somebody answer; the account is made where there is none")
        add.add_argument("email")
        add.add_argument("--name", default="", help="how the others who answer see them in the log of a request")
        add.add_argument("--language", default="en", choices=["en", "ja"], help="in which mails are written, of a new account")
        actions.add_parser("list", help="who answers now")
        actions.add_parser("end", help="it ends with their next request").add_argument("email")

    @transaction.atomic
    def handle(self, *args: Any, action: str, **options: Any) -> None:
        """Do it; CommandError says in one line why not."""
        {"add": self._add, "list": self._list, "end": self._end}[action](options)

    def _add(self, options: dict[str, Any]) -> None:
        if len(options["name"]) > LONGEST_NAME:
            raise CommandError(f"--name has {len(options['name'])} characters; {LONGEST_NAME} fit.")
        user = _account(options["email"]) or _new_account(options["email"], options["language"])
        if not user.is_active:
            raise CommandError(f"The account {user.email} is closed.")
        if options["name"]:
            User.objects.filter(pk=user.pk).update(display_name=options["name"])
        try:
            PrivacyContact.objects.appoint(user)
        except NotApart as error:
            raise CommandError(
                f"{user.email} writes in a journal or works at a centre, and could tell a parent. Name somebody who does neither."
            ) from error
        self.stdout.write(f"{user.email} answers requests from now on, at /{user.language}/desk/requests/.")
        self.stdout.write("They sign in with a code that is mailed to them, and set up a second check before they see anything.")

    def _list(self, options: dict[str, Any]) -> None:
        holds = set(PrivacyContact.objects.active().values_list("pk", flat=True))
        rows = list(PrivacyContact.objects.filter(ended_at=None).select_related("user").order_by("named_at"))
        for row in rows:
            closed = "" if row.pk in holds else "  (sees nothing: writes in a journal, works at a centre, or is closed)"
            self.stdout.write(f"{row.user.email}  since {row.named_at:%Y-%m-%d}{closed}")
        if not holds:
            self.stdout.write("Nobody answers. Look every day: manage.py person_requests")

    def _end(self, options: dict[str, Any]) -> None:
        user = _account(options["email"])
        row = PrivacyContact.objects.of_user(user).first() if user else None
        if user is None or row is None:
            raise CommandError(f"{options['email']} is not named. `manage.py privacy_contact list` says who is.")
        row.end()
        self.stdout.write(f"{user.email} does not answer any more.")


def _account(email: str) -> User | None:
    return User.objects.filter(email__iexact=email.strip()).first()


def _new_account(email: str, language: str) -> User:
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise CommandError(f"{email!r} is not an e-mail address.") from error
    user = User.objects.create_user(email.strip(), language=language, shared_device=True)
    # The operator knows whose address it is; the code that is mailed there proves it each time.
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user
