"""``manage.py backup``: two sealed files in a folder, taken while the site is up. It prints names of files and numbers."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import env
from config.retention import KEPT
from journal import backups

CONTENT, KEYS = KEPT["safety-content"].days, KEPT["safety-keys"].days


class Command(BaseCommand):
    """Write a safety copy, or the pair of keys it needs."""

    help = "Write a safety copy of everything into a folder, sealed to HALLWAY_BACKUP_KEY. The site stays up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a folder, or the file for a new private key."""
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument("--to", type=Path, metavar="FOLDER", help="where both files are written")
        choice.add_argument("--new-key", type=Path, metavar="FILE", help="write a new private key here and print its public half")

        parser.add_argument(
            "--prune",
            action="store_true",
            help=f"after a copy was made, delete older ones: content after {CONTENT} days, keys after {KEYS}",
        )

    def handle(self, *args: Any, to: Path | None, new_key: Path | None, prune: bool, **options: Any) -> None:
        """Write, read back, and say what was written."""
        if new_key is not None:
            self._make_key(new_key)
            return
        assert to is not None  # the parser asks for one of the two
        key = backups.public_key(env.secret("HALLWAY_BACKUP_KEY"))
        try:
            content, keys, tables = backups.write(to, key)
        except (backups.BadCopy, OSError) as error:
            raise CommandError(f"No safety copy was made. {error}") from error
        self.stdout.write(
            f"content: {content} ({content.stat().st_size} bytes, {len(tables)} tables, {sum(tables.values())} rows)"
        )
        self.stdout.write(f"keys: {keys} ({keys.stat().st_size} bytes)")
        self.stdout.write(
            f"Both were read back as they were written. Keep content {CONTENT} days, keys {KEYS} days, in two places."
        )

        if prune:
            # Never before a new one is there: a site whose copies fail keeps the last that worked.
            self.stdout.write(f"deleted, past their days: {len(backups.prune(to, timezone.now()))}")

    def _make_key(self, path: Path) -> None:
        private, public = backups.new_key_pair()
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{path} cannot be made: {error.strerror}.") from error
        with os.fdopen(descriptor, "w") as file:
            file.write(private)
        self.stdout.write(f"HALLWAY_BACKUP_KEY={public}")
        self.stdout.write(f"Take {path} off this machine, to two places: without it no safety copy can be opened.")
