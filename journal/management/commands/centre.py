"""`manage.py centre add | set --name-en … --name-ja …`: a centre where counsellors work, and who hears complaints there."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from journal.models import Centre

LONGEST = 120  # what fits into the column


class Command(BaseCommand):
    """Adds a centre and prints its id, which `manage.py counsellor add` asks for; or gives one other names."""

    help = "add: store a centre, with the names families read in both languages, and print its id. set: give it other names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ``add`` or ``set`` with the two names."""
        actions = parser.add_subparsers(dest="action", required=True)
        change = actions.add_parser("set", help="give a centre other names")
        change.add_argument("id", metavar="ID", help="what `manage.py centre add` printed")
        add = actions.add_parser("add", help="store a centre and print its id")
        for action in (add, change):
            action.add_argument("--name-en", required=True, metavar="NAME")
            action.add_argument("--name-ja", required=True, metavar="NAME")
        for language in ("en", "ja"):
            add.add_argument(f"--complaints-{language}", metavar="TEXT", help="who hears complaints, where and how")

    def handle(self, *args: Any, action: str, name_en: str, name_ja: str, **options: Any) -> None:
        """Do one of the two; CommandError says in one line what is missing."""
        name_en, name_ja = name_en.strip(), name_ja.strip()
        if not all(0 < len(name) <= LONGEST for name in (name_en, name_ja)):
            raise CommandError(f"Both names are needed, of {LONGEST} characters at most.")
        if action == "set":
            self._set(options["id"], name_en, name_ja)
        else:
            self._add(name_en, name_ja, options)

    def _set(self, typed: str, name_en: str, name_ja: str) -> None:
        try:
            found = Centre.objects.filter(pk=UUID(typed)).update(name_en=name_en, name_ja=name_ja)
        except ValueError:
            found = 0
        if not found:
            raise CommandError(f"No centre has the id {typed}. `manage.py centre add` prints it.")
        self.stdout.write(f"Families now read {name_en} / {name_ja}.")

    def _add(self, name_en: str, name_ja: str, options: dict[str, Any]) -> None:
        """Print the id of the centre with these names, alone on its line: made now, or there before.

        Who hears complaints is set either way: a centre that is there learns it, or another name, by the same command.
        """
        centre, new = Centre.objects.get_or_create(name_en=name_en, name_ja=name_ja)
        said = {name: options[name].strip() for name in ("complaints_en", "complaints_ja") if options.get(name)}
        if said:
            Centre.objects.filter(pk=centre.pk).update(**said)
        self.stdout.write(str(centre.pk))
        if not new:
            self.stderr.write("A centre with these names was there before; nothing was added.")
