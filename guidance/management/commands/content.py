"""`manage.py content check`, `manage.py content align [SLUG…]` and `manage.py content law`."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guidance import check, helplines, law, library
from guidance.documents import Document
from guidance.fields import LANGUAGES
from guidance.problems import counted, report

LOOK = "After comparing one with its sources and the law of today: write the day into law_checked, in both languages."
HASH = re.compile(r"^source_hash:.*$", re.MULTILINE)


class Command(BaseCommand):
    """Checks the guidance, notes that its two languages were compared, or lists what it says of the law by age."""

    help = (
        "check: list every breach of docs/content.md by file, and fail. align: note that both languages were read and agree. "
        "law: list what is said of the law, by age."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ``check``, ``law``, or ``align`` with the slugs that were compared."""
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("check")
        actions.add_parser("law")
        actions.add_parser("align").add_argument("slugs", nargs="*", metavar="SLUG")

    def handle(self, *args: Any, action: str, slugs: tuple[str, ...] | list[str] = (), **options: Any) -> None:
        """Do it; CommandError lists the problems, or a slug that does not exist."""
        if action == "align":
            self._align(list(slugs))
        elif action == "law":
            self._law()
        else:
            self._check()

    def _law(self) -> None:
        """List the pages that say something of the law, the oldest first; time passing changes a page, never a build."""
        day = helplines.today()
        rows = [one for one in library.current().documents.values() if one.law_checked and one.language == LANGUAGES[0]]
        for one in sorted(rows, key=lambda one: (one.law_checked, one.kind, one.slug)):
            lapses = law.lapses_on(one)
            assert lapses is not None
            state = "says that it may be out of date" if day >= lapses else f"until {lapses}"
            soon = ", look again now" if lapses - law.WARNED <= day < lapses else ""
            self.stdout.write(f"{one.law_in:4} {one.kind:5} {one.slug:14} compared on {one.law_checked}, {state}{soon}")
        old = sum(law.is_old(one, day) for one in rows)
        self.stdout.write(f"{len(rows)} texts say something of the law; {old} may be out of date. {LOOK}")

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
