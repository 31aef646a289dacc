"""``manage.py sessions end ADDRESS | --all``: sign somebody out everywhere, or everybody. Run by the operator, on the server."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from journal.models import User


class Command(BaseCommand):
    """End the sessions of one account, or all there are."""

    help = "end ADDRESS: sign one person out everywhere, for a device that was lost. end --all: everybody, after a break-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one address, or all."""
        actions = parser.add_subparsers(dest="action", required=True)
        end = actions.add_parser("end", help="end sessions; passwords, passkeys and drafts stay")
        end.add_argument("address", nargs="?", default="")
        end.add_argument("--all", action="store_true", help="of every account")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; CommandError says what is missing. Nothing says how many sessions somebody had, or when."""
        address = options["address"].strip()
        if bool(address) == options["all"]:
            raise CommandError("Name one address, or --all.")
        if options["all"]:
            Session.objects.all().delete()
            self.stdout.write("Everybody is signed out. Half-written words that were kept are still there.")
            return
        confirmed = EmailAddress.objects.filter(email__iexact=address, verified=True)
        user = User.objects.filter(Q(email__iexact=address) | Q(pk__in=confirmed.values("user"))).first()
        if user is None:
            raise CommandError(f"No account has the address {address}.")
        user.end_sessions()
        self.stdout.write(f"{address} is signed out everywhere, with the next request of each device.")
        self.stdout.write("Whoever knows the password or reads the mails can sign in again: change what is known.")
