"""The time of a test, where it is not now."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest import mock


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let Django's clock stand still at a moment."""
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield
