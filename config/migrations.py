"""Steps of a migration that keep nobody waiting who writes meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations import AddIndex, RunSQL

ONLY = "postgresql"


@contextmanager
def _taking_its_time(schema_editor: Any) -> Iterator[None]:
    """What blocks nobody may take as long as it needs: the limits of a site's connection are lifted for it."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        [statement] = cursor.fetchone()
        cursor.execute("SHOW lock_timeout")
        [lock] = cursor.fetchone()
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        try:
            yield
        finally:
            for name, value in (("statement_timeout", statement), ("lock_timeout", lock)):
                cursor.execute("SELECT set_config(%s, %s, false)", [name, value])


class AddIndexBeside(AddIndex):
    """Makes an index while rows are written: on PostgreSQL CONCURRENTLY, elsewhere as ever. Its migration is not atomic.

    Broken off, it leaves an index that is not valid; done again, it takes that away first.
    """

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make the index."""
        if schema_editor.connection.vendor != ONLY:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        name = schema_editor.quote_name(self.index.name)
        with _taking_its_time(schema_editor):
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            schema_editor.add_index(model, self.index, concurrently=True)


class RunPostgreSQL(RunSQL):
    """Statements that only PostgreSQL has a use for."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Run them there, and nothing elsewhere."""
        if schema_editor.connection.vendor == ONLY:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Take them back there, and nothing elsewhere."""
        if schema_editor.connection.vendor == ONLY:
            super().database_backwards(app_label, schema_editor, from_state, to_state)
