"""The time of a test, where it is not now."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest import mock

from django.utils import timezone


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let Django's clock stand still at a moment."""
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield


@contextmanager
def moved(by: timedelta) -> Iterator[None]:
    """Let the machine's clock be wrong by this much, and go on."""
    now, seconds = timezone.now, time.time
    with (
        mock.patch("django.utils.timezone.now", side_effect=lambda: now() + by),
        mock.patch("time.time", side_effect=lambda: seconds() + by.total_seconds()),
    ):
        yield
