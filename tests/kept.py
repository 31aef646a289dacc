"""What many tests begin with, made once: its rows are put down again from memory, its objects are new for each test."""

import pickle
from collections.abc import Callable
from datetime import date
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils import timezone

Rows = dict[str, list[tuple[Any, ...]]]
_kept: dict[str, tuple[Any, Rows, bytes]] = {}


def again[T](make: Callable[[], T]) -> T:
    """Return what ``make`` makes, with its rows in the database: made in the first test of a minute, put down in the others.

    No longer than a minute, so that what was written just now is never old, nor on the other side of midnight. A test
    with transactions of its own makes everything anew, because what is done when one is committed has to happen there.
    """
    if not connection.in_atomic_block:
        return make()
    minute = timezone.now().replace(second=0, microsecond=0)
    kept_at, rows, objects = _kept.get(make.__name__, (None, {}, b""))
    if kept_at != minute:
        before = _all_rows()
        made = make()
        rows = {table: [_as_sent(row) for row in now if row not in before[table]] for table, now in _all_rows().items()}
        _kept[make.__name__] = minute, rows, pickle.dumps(made)
        return made
    _put_down(rows)
    return pickle.loads(objects)  # noqa: S301  (made by the lines above)


def _all_rows() -> Rows:
    with connection.cursor() as cursor:
        rows = {}
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608  (our own table)
            rows[model._meta.db_table] = cursor.fetchall()
    return rows


def _as_sent(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row as SQLite stores it: a moment is written out as text once, not each time it is put down."""
    if connection.vendor != "sqlite":
        return row
    return tuple(str(value) if isinstance(value, date) else value for value in row)


def _put_down(rows: Rows) -> None:
    with connection.cursor() as cursor:
        for table, values in rows.items():
            if values:
                places = ", ".join(["%s"] * len(values[0]))
                cursor.executemany(f"INSERT INTO {connection.ops.quote_name(table)} VALUES ({places})", values)  # noqa: S608
