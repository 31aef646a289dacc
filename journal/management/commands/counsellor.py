"""`manage.py counsellor add | approve | deactivate`: who works at a centre. Run by the operator, on the server."""

from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from journal.models import Centre, CentreRole, Invitation, User
from journal.models.invitations import CODE_HOURS

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# What fits into a role's columns.
LONGEST = {"name": 60, "licence": 80}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Command(BaseCommand):
    """Adds, approves and deactivates the roles of counsellors and managers."""

    help = "add: an account at a centre, with a one-time sign-up link. approve, deactivate: the roles of one person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one of the three actions."""
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="make the account and its role, and print the sign-up link")
        add.add_argument("--centre", required=True, metavar="ID", help="what `manage.py centre add` printed")
        add.add_argument("--email", required=True)
        add.add_argument("--name-en", required=True, metavar="NAME", help='as families see it, "Ms Ono"')
        add.add_argument("--name-ja", required=True, metavar="NAME", help="as families see it, 「小野さん」")
        add.add_argument("--licence-en", default="", metavar="TEXT")
        add.add_argument("--licence-ja", default="", metavar="TEXT")
        add.add_argument("--days", default="", help="reading days, as mon,tue,…")
        add.add_argument("--manager", action="store_true", help="a manager sees people and counts, never a journal")
        add.add_argument("--language", default="en", choices=["en", "ja"], help="in which the link opens and mails are written")
        add.add_argument("--site", default="", metavar="URL", help="what the link begins with, https://…")
        approve = actions.add_parser("approve", help="approve what is not approved yet")
        approve.add_argument("--by", default="", metavar="MANAGER_EMAIL")
        for action in (approve, actions.add_parser("deactivate", help="end it: every share ends with the next request")):
            action.add_argument("email")
            action.add_argument("--centre", default="", metavar="ID", help="only the roles at this centre")

    @transaction.atomic
    def handle(self, *args: Any, action: str, **options: Any) -> None:
        """Do it, all or nothing; CommandError says in one line what is missing."""
        {"add": self._add, "approve": self._approve, "deactivate": self._deactivate}[action](options)

    def _add(self, options: dict[str, Any]) -> None:
        # Everything is looked at before anything is made: the link below is printed once.
        site = _site(options["site"])
        kind = CentreRole.Role.MANAGER if options["manager"] else CentreRole.Role.COUNSELLOR
        details = _details(options)
        if kind == CentreRole.Role.COUNSELLOR and not all(details.values()):
            raise CommandError("A counsellor needs --days, --licence-en and --licence-ja: families see them before they share.")
        centre = _centre(options["centre"])
        user = _account(options["email"]) or _new_account(options["email"], options["language"], details)
        if not user.is_active:
            raise CommandError(f"The account {user.email} is closed.")
        role, new = CentreRole.objects.get_or_create(centre=centre, user=user, role=kind, defaults=details)
        if role.deactivated_at:
            raise CommandError(
                f"{user.email} was deactivated there on {role.deactivated_at:%Y-%m-%d}, "
                "and old shares may not come back to life. Use another e-mail address."
            )
        self.stdout.write(f"{user.email} {'is now' if new else 'was already'} {kind.value} at {centre.name_en}.")
        if not new:
            self.stdout.write("Name, licence and days stay as they were approved.")
        if user.has_usable_password():
            self.stdout.write("The account has a password and signs in as before.")
        elif user.memberships.exists():
            # A link would let whoever holds it read what this parent wrote.
            self.stdout.write("The account writes in a journal and signs in as before, by a mailed code.")
        else:
            # An older link may lie in somebody's mail: the new one is the only one.
            Invitation.objects.open(Invitation.Kind.SIGN_UP).filter(counsellor__user=user).update(used_at=timezone.now())
            token = Invitation.make(Invitation.Kind.SIGN_UP, role)
            self.stdout.write(f"Hand over this link in person. It works once, within {CODE_HOURS} hours:")
            with translation.override(user.language):
                self.stdout.write(site + reverse("journal:role_join", args=[token]))
        if not CentreRole.objects.active().filter(pk=role.pk).exists():
            self.stdout.write(f"Not approved yet: manage.py counsellor approve {user.email}")

    def _approve(self, options: dict[str, Any]) -> None:
        for role in _roles(options):
            by = _manager(options["by"], role) if options["by"] else None
            label = _label(role)
            if role.approved_at and (role.second_approved_at or not settings.SECOND_APPROVAL_REQUIRED):
                self.stdout.write(f"{label} was approved before.")
                continue
            try:
                role.approve(by)
            except ValueError as error:
                raise CommandError(f"{label}: {error}") from error
            if settings.SECOND_APPROVAL_REQUIRED and role.second_approved_at is None:
                self.stdout.write(f"{label}: first approval noted. A second one by another person is still needed, with --by.")
            else:
                self.stdout.write(f"{label} is approved.")

    def _deactivate(self, options: dict[str, Any]) -> None:
        for role in _roles(options, ended=True):
            if role.deactivated_at:
                self.stdout.write(f"{_label(role)} was deactivated before.")
            else:
                role.deactivate()
                self.stdout.write(f"{_label(role)} is deactivated. Whatever families let them read is closed now.")


def _label(role: CentreRole) -> str:
    return f"{role.user.email}, {role.role} at {role.centre.name_en}"


def _account(email: str) -> User | None:
    return User.objects.filter(email__iexact=email.strip()).first()


def _new_account(email: str, language: str, details: dict[str, str]) -> User:
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise CommandError(f"{email!r} is not an e-mail address.") from error
    return User.objects.create_user(email.strip(), language=language, display_name=details[f"name_{language}"])


def _details(options: dict[str, Any]) -> dict[str, str]:
    """What families see of a person; CommandError where it is empty or too long."""
    details = {name: options[name].strip() for name in ("name_en", "name_ja", "licence_en", "licence_ja")}
    for name, value in details.items():
        longest = LONGEST["licence" if name.startswith("licence") else "name"]
        if len(value) > longest:
            raise CommandError(f"--{name.replace('_', '-')} has {len(value)} characters; {longest} fit.")
    if not (details["name_en"] and details["name_ja"]):
        raise CommandError("Both names are needed: families read in English or Japanese.")
    typed = [day.strip().lower() for day in options["days"].split(",") if day.strip()]
    if unknown := [day for day in typed if day not in DAYS]:
        raise CommandError(f"--days takes {','.join(DAYS)}, not {','.join(unknown)}.")
    return details | {"reading_days": "".join(str(number) for number, day in enumerate(DAYS) if day in typed)}


def _centre(typed: str) -> Centre:
    try:
        return Centre.objects.get(pk=UUID(typed))
    except (ValueError, Centre.DoesNotExist) as error:
        raise CommandError(f"No centre has the id {typed}. `manage.py centre add` prints it.") from error


def _roles(options: dict[str, Any], ended: bool = False) -> list[CentreRole]:
    """The roles of one person, at one centre or at all; CommandError where there is none."""
    user = _account(options["email"])
    roles = CentreRole.objects.filter(user=user).select_related("user", "centre").order_by("centre__name_en", "role")
    if not ended:
        roles = roles.filter(deactivated_at=None)
    if options["centre"]:
        roles = roles.filter(centre=_centre(options["centre"]))
    found = list(roles) if user else []
    if not found:
        where = " there" if options["centre"] else ""
        raise CommandError(f"{options['email']} has no role{where}. `manage.py counsellor add` makes one.")
    return found


def _manager(email: str, role: CentreRole) -> User:
    """Who approves: a manager of the same centre, approved at least once, and not the person to be approved."""
    manager = _account(email)
    managers = CentreRole.objects.filter(centre=role.centre, role=CentreRole.Role.MANAGER, deactivated_at=None)
    if manager is None or not managers.filter(user=manager, approved_at__isnull=False).exists():
        raise CommandError(f"{email} is no approved manager at {role.centre.name_en}.")
    if manager == role.user:
        raise CommandError("Nobody approves their own role.")
    return manager


def _site(typed: str) -> str:
    """What the link begins with: ``--site``, the first public host, or this machine."""
    if not typed:
        hosts = [host for host in settings.ALLOWED_HOSTS if host.strip("[]") not in LOOPBACK and host[:1] not in {"*", "."}]
        return f"https://{hosts[0]}" if hosts else "http://localhost:8000"
    parts = urlsplit(typed)
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK)):
        raise CommandError(
            "--site is an address like https://example.org; without TLS only localhost, because the link lets a person in."
        )
    return f"{parts.scheme}://{parts.netloc}"
