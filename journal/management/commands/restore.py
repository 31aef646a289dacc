"""``manage.py restore``: from the two files of a safety copy to a site that can open, on an empty database."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from config import env
from journal import backups
from journal.models import (
    AccountMail,
    Erased,
    Invitation,
    Journal,
    JournalKey,
    MemberInvitation,
    Outbox,
    Share,
    VisitPlan,
    erasing,
)
from journal.rotation import look


class Command(BaseCommand):
    """Put everything back but what was erased since."""

    help = "Restore a safety copy into an empty database; what was erased since stays erased. Run it before the site is opened."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the two files."""
        parser.add_argument("content", type=Path, help="the file that ends in -content.sealed")
        parser.add_argument("keys", type=Path, help="the newest file that ends in -keys.sealed")

    def handle(self, *args: Any, content: Path, keys: Path, **options: Any) -> None:
        """Check both files before anything is written; end with an error where something does not fit."""
        key = backups.private_key(env.secret("HALLWAY_BACKUP_PRIVATE_KEY"))
        if connection.introspection.table_names():
            raise CommandError("This database is not empty. Nothing was changed: restore into a new one.")
        try:
            head = self._fitting(content, keys, key)
            body = backups.read_keys(keys, key)
            self._put_in(content, key)
        except (backups.BadCopy, OSError) as error:
            raise CommandError(f"Nothing was restored. {error}") from error
        wrong = {name for name, rows in backups.count_rows(head["tables"]).items() if rows != head["tables"][name]}
        wrong -= set(backups.WITHOUT_ROWS)
        self.stdout.write(f"{len(head['tables'])} tables, {sum(head['tables'].values())} rows, {len(wrong)} differences")
        if wrong:
            raise CommandError(f"Rows are missing in: {', '.join(sorted(wrong))}. Do not open the site.")
        self._finish(body)

    def _fitting(self, content: Path, keys: Path, key: Any) -> dict[str, Any]:
        head, of_keys = backups.read_head(content, key, "content"), backups.read_head(keys, key, "keys")
        if head["engine"] != connection.vendor:
            raise backups.BadCopy(f"The copy is of a {head['engine']} database; DATABASE_URL names a {connection.vendor} one.")
        if of_keys["made_at"] < head["made_at"]:
            raise backups.BadCopy(
                "The keys file is older than the content: newer journals would stay closed. Take its own, or a newer one."
            )
        self.stdout.write(f"content of {head['made_at']}, keys of {of_keys['made_at']}")
        return head

    def _put_in(self, content: Path, key: Any) -> None:
        # The whole file is opened before the database is touched: a copy that is cut off restores nothing.
        with tempfile.NamedTemporaryFile(prefix="hallway-") as file:
            backups.read_content(content, key, file.file)
            backups.put_in(Path(file.name))

    def _finish(self, body: dict[str, Any]) -> None:
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        Erased.objects.bulk_create(backups.erased_rows(body), ignore_conflicts=True)
        again = erasing.replay()
        with transaction.atomic():
            # Last of all: until here nothing can be opened.
            there = {str(pk) for pk in Journal.objects.values_list("pk", flat=True)}
            JournalKey.objects.bulk_create(backups.key_rows(body, there))
            ended = self._end_what_waits()
        found = look(rewrap=False)
        for fault in found.broken:
            self.stdout.write(f"does not open: {fault}")
        closed = len(there - {str(pk) for pk in JournalKey.objects.values_list("journal", flat=True)})
        self.stdout.write(f"erased again: {again}, keys that open: {sum(found.masters.values()) - len(found.broken)}")
        self.stdout.write(f"journals without a key: {closed}, ended (invitations, mails, visits to be asked again): {ended}")
        self.stdout.write(
            f"Counsellors read through {Share.objects.active().count()} shares as they stood then: tell the families."
        )
        if found.broken or closed:
            raise CommandError("Some journals cannot be opened. Is HALLWAY_KEYS complete? Do not open the site yet.")

    def _end_what_waits(self) -> int:
        """What may have been used, withdrawn or refused since: nobody comes in, and nobody visits, on an old yes."""
        now = timezone.now()
        ended = MemberInvitation.objects.open().update(ended_at=now)
        ended += Invitation.objects.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
        ended += Outbox.objects.filter(sent_at=None).delete()[0]
        ended += AccountMail.objects.all().delete()[0]
        return ended + VisitPlan.objects.filter(state=VisitPlan.State.READY).update(state=VisitPlan.State.DRAFT)
