"""Two habits of the interpreter that cost a run of thousands of tests a fifth of its time. Used by tests/conftest.py."""

import gc
from typing import Any

import pytest
from _pytest.runner import pytest_runtest_protocol as as_usual

# A chunk of the interpreter's stack holds 16 kB, and is given back and asked for again each time a call goes over its edge
# and returns: below pytest, the middleware and a template, thousands of times a second. A frame that says it needs more
# than 128 kB gets a chunk of 256 kB, and everything it calls stays within that.
SLOTS = 17_000


def _with_room(item: pytest.Item, nextitem: pytest.Item | None) -> Any:
    return as_usual(item, nextitem)


_with_room.__code__ = _with_room.__code__.replace(co_stacksize=SLOTS)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Any:
    """Run a test as pytest does, where there is room for all it calls."""
    return _with_room(item, nextitem)


def pytest_collection_finish() -> None:
    """Look for garbage among what tests make, seldom, and no more among the thousands of collected tests themselves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)
