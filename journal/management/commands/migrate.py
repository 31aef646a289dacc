"""``manage.py migrate``: Django's own, which here does not keep the site waiting for it."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections

# A step that changes a table has to wait for whoever is using it, and everybody who comes later waits behind the step.
LONGEST_WAIT_MS = 1000
LOCK_NOT_AVAILABLE = "55P03"
IN_USE = (
    "A table that this step changes was in use, so the step was not done; the steps before it are. The site goes on as it "
    "was. Run it again at a quieter moment; if it happens each time, look for a transaction that was left open."
)


class Command(migrate.Command):
    """Give up a step after a second of waiting for others, with a sentence instead of a traceback."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate."""
        connection = connections[options["database"]]
        waits = connection.vendor == "postgresql"
        try:
            if waits:
                _say(connection, f"SET lock_timeout = {LONGEST_WAIT_MS}")
            super().handle(*args, **options)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                raise
            raise CommandError(IN_USE) from error
        finally:
            if waits:
                _say(connection, "RESET lock_timeout")


def _say(connection: Any, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
