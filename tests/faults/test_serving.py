"""A worker is killed, the database locked, gone or restarted: nothing acknowledged is lost, and help is served all the while."""

import http.client
import json
import os
import signal
import sqlite3
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.faults.browser import serving, wait_until
from tests.faults.conftest import Site
from tests.tools import postgres

pytestmark = [pytest.mark.faults]
WRITES = 200
WORDS = "good night, the soup is on the stove"


@pytest.fixture
def site(make_site):
    return make_site("site")


@pytest.fixture
def family(site):
    return started(site)


def started(site):
    return json.loads(site.python("-m", "tests.faults.family", "start").strip().splitlines()[-1])


def form(family, **fields):
    return {"journal": family["journal"], "submission": str(uuid.uuid4()), "kind": "greet", "when": "now", "words": "", **fields}


def write_while(server, family, happens):
    """Many parents write at once, and press again until it is said that their words are saved; return what was."""
    answered = []
    enough = threading.Event()

    def write(number):
        fields = form(family, words=f"words {number}")
        while True:
            try:
                status, text = server.post("/en/notes/new/", **fields)
            except (OSError, http.client.HTTPException):
                continue
            if status == 303:
                break
            assert status == 503
            assert fields["words"] in text
        answered.append(fields["submission"])
        if len(answered) >= WRITES // 4:
            enough.set()

    with ThreadPoolExecutor(16) as parents:
        sent = [parents.submit(write, number) for number in range(WRITES)]
        assert enough.wait(60)
        happens()
        for one in sent:
            one.result(60)
    assert len(set(answered)) == WRITES
    return answered


def nothing_lost_and_nothing_twice(site, answered):
    found = json.loads(site.python("-m", "tests.faults.family", "count").strip().splitlines()[-1])
    assert found["saved"] == dict.fromkeys(answered, 1)
    assert sorted(found["words"].values()) == sorted(f"words {number}" for number in range(WRITES))


def test_a_killed_worker_loses_nothing_that_was_acknowledged_and_saves_nothing_twice(site, family, tmp_path):
    with serving(site.env(), tmp_path / "log") as server:
        server.sign_in(family)
        before = set(server.workers())
        answered = write_while(server, family, server.kill_worker)
        # Another one took its place, and whoever was signed in still is.
        wait_until(lambda: len(server.workers()) == 2, 10)
        assert set(server.workers()) != before
        assert server.get("/en/notes/timeline/")[0] == 200
        os.kill(server.process.pid, signal.SIGHUP)
        wait_until(lambda: not before & set(server.workers()) and server.workers(), 15)
        assert server.get("/en/notes/timeline/")[0] == 200
    nothing_lost_and_nothing_twice(site, answered)


@pytest.mark.skipif("sqlite" in connection.vendor, reason="SQLite has no server to restart")
def test_a_restart_of_postgresql_loses_nothing_that_was_acknowledged_and_needs_none_of_the_site(tmp_path):
    with postgres.throw_away(durable=True) as database:
        site = Site(database.url)
        family = started(site)
        with serving(site.env(), tmp_path / "log") as server:
            server.sign_in(family)
            before = server.workers()

            def restart():
                database.stop()
                for path in ("/en/steps/3/", "/ja/help/jp/", "/en/"):
                    assert server.get(path)[0] == 200
                assert server.get("/en/notes/")[0] == 503
                database.start()

            answered = write_while(server, family, restart)
            assert server.get("/en/notes/timeline/")[0] == 200
            assert server.workers() == before
        nothing_lost_and_nothing_twice(site, answered)


def test_while_the_database_is_locked_the_words_come_back_and_guidance_and_help_are_served(site, family, tmp_path):
    with serving(site.env(), tmp_path / "log") as server:
        server.sign_in(family)
        fields = form(family, words=WORDS)
        with locked(site):
            status, text = server.post("/en/notes/new/", **fields)
            assert status == 503
            assert WORDS in text
            for path in ("/en/steps/3/", "/en/help/jp/", "/ja/"):
                assert server.get(path)[0] == 200
        assert server.post("/en/notes/new/", **fields)[0] == 303
        assert server.post("/en/notes/new/", **fields)[0] == 303
    found = json.loads(site.python("-m", "tests.faults.family", "count").strip().splitlines()[-1])
    assert found["words"] == {fields["submission"]: WORDS}


def test_with_the_database_gone_the_words_come_back_and_guidance_and_help_are_served(site, tmp_path):
    nowhere = "sqlite:////nowhere/site.sqlite3" if connection.vendor == "sqlite" else "postgresql://nobody@127.0.0.1:1/nothing"
    family = {"cookie": "session", "session": "s" * 32, "journal": str(uuid.uuid4())}
    with serving({**site.env(), "DATABASE_URL": nowhere}, tmp_path / "log") as server:
        server.sign_in(family)
        for path in ("/en/steps/3/", "/ja/help/jp/", "/en/"):
            assert server.get(path)[0] == 200
        status, text = server.get("/en/notes/")
        assert status == 503
        assert "The journal cannot be reached at the moment." in text
        assert "/en/help/" in text
        status, text = server.post("/ja/notes/new/", **form(family, words=WORDS))
        assert status == 503
        assert WORDS in text
    assert WORDS not in (tmp_path / "log").read_text()


class locked:  # noqa: N801  (used as a block)
    """Another program holds the database, and does not let go."""

    def __init__(self, site):
        if connection.vendor == "sqlite":
            self.held = sqlite3.connect(site.url.removeprefix("sqlite:///"), autocommit=True)
            self.statement = "BEGIN IMMEDIATE"
        else:
            import psycopg

            self.held = psycopg.connect(site.url)
            self.statement = "LOCK TABLE journal_entry IN ACCESS EXCLUSIVE MODE"

    def __enter__(self):
        self.held.execute(self.statement)

    def __exit__(self, *failed):
        self.held.execute("ROLLBACK")
        self.held.close()
