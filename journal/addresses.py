"""The addresses of rows: a list asks for one, or two, for each of its rows."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language

# No row has this id: a row's own stands in its place.
NO_ROW = UUID(int=0)


def row_url(key: Any, name: str) -> str:
    """The address of a row, the same as ``reverse(name, args=[key])``, which is asked once for each language."""
    return _row_url(name, get_language(), get_script_prefix()).replace(str(NO_ROW), str(key))


@lru_cache(maxsize=64)
def _row_url(name: str, _language: str | None, _prefix: str) -> str:
    return reverse(name, args=[NO_ROW])
