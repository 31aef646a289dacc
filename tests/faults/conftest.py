"""A site of its own for each test: its database, its keys, its processes; nothing but 127.0.0.1, nothing left behind."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from config.settings import BASE_DIR

KEYS = "2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=,1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="


@dataclass
class Site:
    """An address of a database, and programs that run with it."""

    url: str
    environment: dict[str, str] = field(default_factory=dict)

    def env(self) -> dict[str, str]:
        """The environment of its processes."""
        ours = {"DATABASE_URL": self.url, "HALLWAY_KEYS": KEYS, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        return {**os.environ, **ours, **self.environment}

    def python(self, *words: str, ok: bool = True) -> str:
        """Run Python in the project with this site's settings; return what it printed."""
        done = subprocess.run([sys.executable, *words], cwd=BASE_DIR, env=self.env(), capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == ok, done.stdout + done.stderr
        return done.stdout + done.stderr

    def manage(self, *words: str, ok: bool = True) -> str:
        """Run a command as an operator types it."""
        return self.python("manage.py", *words, ok=ok)


@pytest.fixture
def make_site(tmp_path: Path, django_db_blocker: Any) -> Iterator[Any]:
    """Make sites on the kind of database the tests run on."""
    made: list[str] = []

    def make(name: str, **environment: str) -> Site:
        if connection.vendor == "sqlite":
            return Site(f"sqlite:///{tmp_path / name}.sqlite3", environment)
        database = f"hl_faults_{os.getpid()}_{name}"
        _on_server(f'CREATE DATABASE "{database}"')
        made.append(database)
        head, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
        return Site(f"{head}/{database}", environment)

    yield make
    for database in made:
        _on_server(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def _on_server(statement: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(statement)
