"""Whether this process can do its work: which parts are not ready, by name and nothing else."""

from collections.abc import Callable
from functools import lru_cache

from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from guidance import library
from guidance.problems import ContentError
from journal.models.keys import check_keys


def failing() -> list[str]:
    """Return the names of the parts that are not ready. Where the database is away, what lives in it is not asked for."""
    away = not _answers()
    parts = {"content": _content} if away else PARTS
    return ["database"] * away + [name for name, ready in parts.items() if not ready()]


def _answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _migrations() -> bool:
    """Say whether the newest migrations this code knows are applied. A newer database is as good: an old version may go on."""
    try:
        return set(_newest()) <= set(MigrationRecorder(connection).applied_migrations())
    except Error:
        return False


@lru_cache(maxsize=1)
def _newest() -> list[tuple[str, str]]:
    return MigrationLoader(None).graph.leaf_nodes()


def _cache() -> bool:
    """The limits on guessing count there; `createcachetable` makes it, and is easily forgotten."""
    try:
        return "cache" in connection.introspection.table_names()
    except Error:
        return False


def _keys() -> bool:
    try:
        check_keys()
    except (ImproperlyConfigured, Error):
        return False
    return True


def _content() -> bool:
    try:
        return all(library.current().steps(language) for language in ("en", "ja"))
    except ContentError:
        return False


PARTS: dict[str, Callable[[], bool]] = {
    "migrations": _migrations,
    "cache": _cache,
    "keys": _keys,
    "content": _content,
}
