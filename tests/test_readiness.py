"""`/readyz`: whoever puts a new version into service learns which part is missing, and nothing else."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from config import readiness
from guidance import library
from guidance.problems import ContentError
from tests import factories


@pytest.fixture
def ready(client, db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS cache (cache_key varchar(255))")
    return lambda: client.get("/readyz")


def test_a_site_that_has_everything_is_ready(ready):
    response = ready()
    assert (response.status_code, response.text) == (200, "ok")
    assert "no-store" in response["Cache-Control"]


def test_a_database_that_does_not_answer_is_named_and_nothing_is_asked_of_it(client, monkeypatch):
    def away():
        raise OperationalError("connection to 10.1.2.3 refused")

    monkeypatch.setattr(connection, "cursor", away)
    response = client.get("/readyz")
    assert (response.status_code, response.text) == (503, "database")


def test_a_migration_that_was_not_applied_is_not_ready_and_one_that_is_newer_is(ready):
    recorder = MigrationRecorder(connection)
    recorder.record_applied("journal", "9999_of_the_next_version")
    assert ready().status_code == 200
    recorder.record_unapplied(*next(leaf for leaf in readiness._newest() if leaf[0] == "journal"))
    assert (ready().status_code, ready().text) == (503, "migrations")


def test_a_master_key_that_opens_nothing_is_not_ready_and_no_key_is_named(ready, monkeypatch, settings):
    factories.make_journal(factories.make_user("parent"))

    def wrong():
        raise ImproperlyConfigured("master key 2 does not open this key")

    monkeypatch.setattr(readiness, "check_keys", wrong)
    assert (ready().status_code, ready().text) == (503, "keys")


def test_the_table_that_limits_guessing_is_asked_for(ready):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE cache")
    assert (ready().status_code, ready().text) == (503, "cache")


def test_content_that_does_not_load_is_not_ready(ready, monkeypatch):
    def broken():
        raise ContentError([])

    monkeypatch.setattr(library, "current", broken)
    assert readiness._content() is False


def test_a_load_balancer_asks_in_the_open_and_is_not_sent_to_another_address(client, db, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code in {200, 503}
    assert client.get("/en/").status_code == 301
