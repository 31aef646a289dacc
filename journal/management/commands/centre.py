"""`manage.py centre add --name-en … --name-ja …`: a public centre where counsellors work, and who hears complaints there."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal.models import Centre

LONGEST = 120  # what fits into the column


class Command(BaseCommand):
    """Adds a centre and prints its id, which `manage.py counsellor add` asks for."""

    help = "add: store a centre, with the names families read in both languages, and print its id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ``add`` with the two names."""
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add")
        add.add_argument("--name-en", required=True, metavar="NAME")
        add.add_argument("--name-ja", required=True, metavar="NAME")
        for language in ("en", "ja"):
            add.add_argument(f"--complaints-{language}", metavar="TEXT", help="who hears complaints, where and how")

    def handle(self, *args: Any, name_en: str, name_ja: str, **options: Any) -> None:
        """Print the id of the centre with these names, alone on its line: made now, or there before.

        Who hears complaints is set either way: a centre that is there learns it, or another name, by the same command.
        """
        name_en, name_ja = name_en.strip(), name_ja.strip()
        if not all(0 < len(name) <= LONGEST for name in (name_en, name_ja)):
            raise CommandError(f"Both names are needed, of {LONGEST} characters at most.")
        centre, new = Centre.objects.get_or_create(name_en=name_en, name_ja=name_ja)
        said = {name: options[name].strip() for name in ("complaints_en", "complaints_ja") if options.get(name)}
        if said:
            Centre.objects.filter(pk=centre.pk).update(**said)
        self.stdout.write(str(centre.pk))
        if not new:
            self.stderr.write("A centre with these names was there before; nothing was added.")
