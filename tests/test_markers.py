"""Planted words, looked for after a whole run wherever they may not be: logs, addresses, error pages, cache, sessions, files."""

import json
import logging
import re
import tempfile
from unittest import mock
from urllib.parse import unquote

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import OperationalError, connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from config.logs import JsonFormatter
from tests.conftest import MEMBER_PRIVATE, OTHER_FAMILY, PRIVATE, SECRET, make_world, sign_in
from tests.screens import SCREENS, complete, form_of_entry
from tests.test_access import ROWS, URLS

MARKERS = [word for marker in (SECRET, PRIVATE, MEMBER_PRIVATE, OTHER_FAMILY) for word in marker.split()]
FOUND = re.compile("|".join(map(re.escape, [*MARKERS, *(json.dumps(word)[1:-1] for word in MARKERS)])))


class Lines(logging.Handler):
    """What the operator's log would hold, as the site formats it and as anything else would."""

    def __init__(self):
        super().__init__()
        self.kept = []

    def emit(self, record):
        self.kept += [JsonFormatter().format(record), record.getMessage()]


@pytest.fixture
def lines():
    handler = Lines()
    loggers = [logging.getLogger(name) for name in ("", "django", "hallway", "asyncio", "py.warnings")]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler.kept
    for logger in loggers:
        logger.removeHandler(handler)


def outside(response):
    """What leaves a page beside its text: addresses, headers, the title, file names."""
    body = response.content.decode(errors="replace")
    yield from re.findall(r"<title>.*?</title>", body, re.S)
    yield from (unquote(address) for address in re.findall(r'(?:href|action|src|formaction|hx-[a-z-]+)="([^"]*)"', body))
    yield from (unquote(f"{name}: {value}") for name, value in response.headers.items())
    yield from (morsel.value for morsel in response.cookies.values())


def cached():
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM cache")
        return [str(row) for row in cursor.fetchall()]


def test_after_a_whole_run_no_planted_word_is_where_it_may_not_be(db, lines, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen, shown, leaks = set(), 0, []
    with override_settings(SECOND_FACTOR_REQUIRED=False):
        world = complete(make_world())
        for screen in SCREENS:
            if screen.url_name in seen:
                continue
            seen.add(screen.url_name)
            with transaction.atomic():
                response, _client = screen.show(world, "en")
                shown += bool(FOUND.search(response.content.decode(errors="replace")))
                leaks += [f"{screen.name}: {text[:80]}" for text in outside(response) if FOUND.search(text)]
                for place, texts in {
                    "the cache": cached(),
                    "a session": [str(session.get_decoded()) for session in Session.objects.all()],
                    "a mail": [f"{message.subject} {message.body}" for message in mail.outbox],
                }.items():
                    leaks += [f"{screen.name}: in {place}: {text[:80]}" for text in texts if FOUND.search(text)]
                transaction.set_rollback(True)
    leaks += [f"the log: {line[:120]}" for line in lines if FOUND.search(line)]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    leaks += [f"a file: {path.name}" for path in files if FOUND.search(path.read_text(errors="replace"))]
    assert shown > 10, "where the words are on no page, this proves nothing"
    assert not leaks, "\n" + "\n".join(leaks)


def test_whatever_breaks_no_planted_word_is_on_the_error_page_or_in_the_log(world, lines):
    client = sign_in(Client(raise_request_exception=False), world.roles["owner"])
    broken = mock.patch("journal.views.current.Membership.objects.of_user", side_effect=ZeroDivisionError(SECRET))
    gone = mock.patch("django.db.backends.utils.CursorWrapper.execute", side_effect=OperationalError(SECRET))
    statuses = set()
    for fault, rows in ((broken, ROWS), (gone, [row for row in ROWS if "entry" in row[1]])):
        for method, name, _row in rows:
            if method == "GET" and name.startswith("journal:") and not set(URLS[name]) & {"role_id", "absence_id"}:
                arguments = {key: value or world.entry.pk for key, value in world.url_arguments(URLS[name], name).items()}
                with fault:
                    answer = client.get(reverse(name, kwargs=arguments))
                statuses.add(answer.status_code)
                if answer.status_code >= 500:
                    assert not FOUND.search(answer.content.decode()), name
        with fault:
            # One's own words do come back, and stand nowhere else.
            answer = client.post(reverse("journal:entry_add"), form_of_entry(world, words=SECRET))
        assert answer.status_code >= 500
        assert SECRET in answer.content.decode()
    assert {500, 503} <= statuses
    assert any("ZeroDivisionError" in line for line in lines)
    assert not [line for line in lines if FOUND.search(line)]
