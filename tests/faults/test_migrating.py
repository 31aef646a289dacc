"""A step of a migration that has to wait for others gives up soon, says so, and lets the site go on writing."""

import time
from contextlib import contextmanager

import pytest
from django.db import connection

from journal.management.commands.migrate import IN_USE

pytestmark = [pytest.mark.faults]
POSTGRESQL = connection.vendor == "postgresql"


def connect(site):
    import psycopg

    return psycopg.connect(site.url, autocommit=True)


@contextmanager
def in_use(site):
    """Somebody has begun to look through the accounts, and does not end."""
    with connect(site) as held:
        held.execute("BEGIN; SELECT count(*) FROM journal_user")
        yield
        held.execute("ROLLBACK")


def columns(site):
    with connect(site) as db:
        return {column[0] for column in db.execute("SELECT * FROM journal_user").description}


@pytest.mark.skipif(not POSTGRESQL, reason="in SQLite nobody who reads is in the way of a step")
def test_a_step_that_meets_a_long_transaction_gives_up_with_a_sentence_and_goes_through_afterwards(make_site):
    site = make_site("busy")
    site.manage("migrate", "--verbosity", "0")
    with in_use(site):
        begun = time.monotonic()
        said = site.manage("migrate", "journal", "0013", "--verbosity", "0", ok=False)
        # With the start of Python and all of Django. A site's own statements give up after three seconds of waiting.
        assert time.monotonic() - begun < 30
        assert IN_USE in said.replace("\n", " ")
        assert "Traceback" not in said
        assert "warned_at" in columns(site)
        # Nobody stands in a queue behind the step: who writes to the very table gets through at once.
        with connect(site) as other:
            other.execute("SET lock_timeout = 500; UPDATE journal_user SET display_name = 'written meanwhile'")
    site.manage("migrate", "journal", "0013", "--verbosity", "0")
    assert "warned_at" not in columns(site)
    site.manage("migrate", "--verbosity", "0")
    assert "warned_at" in columns(site)


def test_indexes_are_made_while_others_write(make_site):
    site = make_site("beside")
    site.manage("migrate", "journal", "0015", "--verbosity", "0")
    # SQLite lets one write at a time, and there a step waits for its turn.
    assert site.python("-m", "tests.faults.beside").split() == (["made", "written"] if POSTGRESQL else ["made"])
