"""How many connections to PostgreSQL a site holds, what each is set to, and that guidance opens none."""

import os
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from config import env
from tests.conftest import sign_in

ADDRESS = "postgresql://hallway:p%40ss@db.example/hallway?sslmode=verify-full"


def test_a_connection_gives_up_in_seconds_and_writes_to_no_standby():
    found = env.database(ADDRESS)
    assert found["OPTIONS"] == {
        "target_session_attrs": "read-write",
        "connect_timeout": "5",
        "options": "-c statement_timeout=5000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=10000",
        "sslmode": "verify-full",
    }
    assert found["CONN_HEALTH_CHECKS"] is True
    assert found["CONN_MAX_AGE"] is None


@pytest.mark.skipif("sqlite" in connection.vendor, reason="SQLite has no such limits; its busy timeout stands in config/env.py")
@pytest.mark.parametrize(
    ("name", "value"), [("statement_timeout", "5s"), ("lock_timeout", "3s"), ("idle_in_transaction_session_timeout", "10s")]
)
def test_the_limits_hold_in_the_database_itself(db, name, value):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        assert cursor.fetchone() == (value,)


def ask_in_threads(addresses, session):
    """One thread after the other, each as a worker's: with a connection of its own, if it asks for one."""
    opened = []

    def visit(address):
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session
        assert client.get(address).status_code == 200
        assert client.get(address).status_code == 200
        opened.append(connections["default"].connection is not None)
        connections.close_all()

    for address in addresses:
        thread = threading.Thread(target=visit, args=(address,))
        thread.start()
        thread.join()
    return opened


def test_a_thread_that_serves_guidance_opens_no_connection_even_with_a_session(transactional_db, world):
    session = sign_in(Client(), world.roles["owner"]).cookies[settings.SESSION_COOKIE_NAME].value
    pages = ["/en/", "/ja/steps/3/", "/en/help/jp/", "/ja/cards/", "/healthz"]
    assert ask_in_threads(pages, session) == [False] * len(pages)
    if connection.vendor == "postgresql":
        # The journal does, and keeps it for the next request of the thread.
        assert ask_in_threads(["/en/notes/"], session) == [True]


def test_a_worker_that_has_started_and_served_nobody_holds_no_connection():
    script = "import config.wsgi; from django.db import connection; print(connection.connection)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert said.stdout.strip() == "None", said.stderr
