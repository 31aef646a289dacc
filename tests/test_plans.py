"""Everything that is done every day finds its rows by an index: with ten families and with a hundred thousand."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from tests import factories
from tests.bench.hot import JOBS, Where, hot, work
from tests.bench.inside import ask, client_of
from tests.conftest import sign_in
from tests.tools.plans import start_anew, statements, way

# These do not grow with the years, and a database may read them as they lie: a row for each centre, each person who works
# there and each of their days away; and what is deleted after some days, or rarely asked.
SMALL = {"journal_centre", "journal_centrerole", "journal_absence", "journal_recovery", "journal_personrequest"}
SMALL |= {"journal_export", "journal_import", "journal_memberinvitation", "journal_formermember"}
# What has a reason to look at every row, by who asks for it.
MEANT = {
    # "A journal in which nobody writes" is no value an index could hold: each is looked at, in the indexes alone.
    "finish_erasing": {"journal_journal", "journal_membership"},
    # A manager's number of answers that hurt begins with all that hurt, which are few, and looks for each answer by its key.
    "a centre": {"journal_replyhurt", "journal_reply"},
}
if connection.vendor == "sqlite":
    # Without a count of the rows SQLite would rather go through the mails of each person in order than sort those that wait.
    MEANT["send_notices"] = {"journal_outbox"}


def session_of(user):
    return sign_in(Client(), user).cookies[settings.SESSION_COOKIE_NAME].value


def without_an_index(found, name):
    ways = [way(sql, params, forced=True) for sql, params in found.items()]
    meant = SMALL | MEANT.get(name, set())
    return {way.sql: way.whole - meant for way in ways if way.whole - meant}


@pytest.fixture(autouse=True)
def _anew(db):
    start_anew()


@pytest.fixture
def where(world):
    factories.make_reply(world.share, entry=world.entry)
    # What is saved is readable at once: whoever reads it is told.
    world.share.set_default("new")
    names = ("owner", "counsellor", "manager")
    parent, counsellor, manager = (session_of(world.roles[name]) for name in names)
    return Where(parent, counsellor, manager, str(world.journal.pk), str(world.share.pk), str(world.entry.pk))


def test_no_page_or_form_of_an_ordinary_day_goes_through_a_whole_table(where):
    for case in hot(where):
        with statements() as found:
            ask(client_of(case), case)
        assert found, case.name
        assert without_an_index(found, case.name) == {}, case.name


@pytest.mark.parametrize("job", JOBS)
def test_no_job_goes_through_a_whole_table(world, job):
    with statements() as found:
        work(job)
    assert found
    assert without_an_index(found, job) == {}
