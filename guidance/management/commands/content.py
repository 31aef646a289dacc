"""`manage.py content check` and `manage.py content align [SLUG…]`."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guidance import check, library
from guidance.documents import Document
from guidance.problems import counted, report

HASH = re.compile(r"^source_hash:.*$", re.MULTILINE)


class Command(BaseCommand):
    """Checks the guidance, or notes that its two languages were compared."""

    help = "check: list every breach of docs/content.md by file, and fail. align: note that both languages were read and agree."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ``check``, or ``align`` with the slugs that were compared."""
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("check")
        actions.add_parser("align").add_argument("slugs", nargs="*", metavar="SLUG")

    def handle(self, *args: Any, action: str, slugs: tuple[str, ...] | list[str] = (), **options: Any) -> None:
        """Do it; CommandError lists the problems, or a slug that does not exist."""
        if action == "align":
            self._align(list(slugs))
        else:
            self._check()

    def _check(self) -> None:
        found = check.problems(library.current())
        texts = len(library.current().documents)
        if found:
            self.stdout.write(report(found))
            raise CommandError(f"The content check found {counted(found)}. {texts} texts were read.")
        self.stdout.write(f"The content check found no problems. {texts} texts were read.")

    def _align(self, slugs: list[str]) -> None:
        texts = library.current()
        known = {document.slug for document in texts.documents.values()}
        if unknown := sorted(set(slugs) - known):
            raise CommandError(f"No text is called {', '.join(unknown)}.")
        for document in texts.documents.values():
            other = texts.counterpart(document)
            if (not slugs or document.slug in slugs) and other:
                write_hash(document.path, other)
        self.stdout.write("Aligned. Only a reading of both makes that true.")


def write_hash(path: Path, other: Document) -> None:
    """Write into the front matter of ``path`` how its counterpart reads today."""
    text = path.read_text("utf-8")
    path.write_text(HASH.sub(f'source_hash: "{other.content_hash}"', text, count=1), "utf-8")
