"""The operator's log: enough to find a fault, nothing that was written, asked for or typed."""

import json
import logging

import pytest
from django.urls import reverse

from config.logs import JsonFormatter
from tests.conftest import SECRET, sign_in


@pytest.fixture
def lines():
    """Collect what the console would show."""
    kept = []

    class Keep(logging.Handler):
        def emit(self, record):
            kept.append(JsonFormatter().format(record))

    handler = Keep()
    loggers = [logging.getLogger(name) for name in ("", "django", "hallway")]
    for logger in loggers:
        logger.addHandler(handler)
    yield kept
    for logger in loggers:
        logger.removeHandler(handler)


def test_a_fault_is_logged_by_its_kind_and_place_and_without_a_value(client, world, lines, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError(SECRET)

    monkeypatch.setattr("journal.views.entries.family_cards", broken)
    sign_in(client, world.roles["owner"])
    client.raise_request_exception = False
    response = client.get(reverse("journal:entry_detail", args=[world.entry.pk]))
    assert response.status_code == 500
    assert SECRET not in response.content.decode()
    (line,) = [json.loads(line) for line in lines if "RuntimeError" in line]
    assert line["route"] == "journal:entry_detail"
    assert line["where"].startswith("test_logs.py")
    assert not any(word in "".join(lines) for word in (SECRET, "ZEBRA", str(world.entry.pk), "/en/notes"))


def test_an_address_that_is_not_there_leaves_no_path(client, db, lines):
    client.get("/en/somebody@example.test/he-hit-me/")
    assert not any("he-hit-me" in line or "example.test" in line for line in lines)


def test_a_row_that_cannot_be_opened_is_reported_by_its_id(world, lines):
    type(world.entry).objects.filter(pk=world.entry.pk).update(sealed=b"x" * 80)
    assert type(world.entry).objects.get(pk=world.entry.pk).unreadable
    (line,) = [json.loads(line) for line in lines]
    assert str(world.entry.pk) in line["message"]


def test_one_event_is_one_line_whatever_it_holds():
    record = logging.LogRecord("hallway.seal", logging.ERROR, "x.py", 1, "a\r\nb %s", ("c\nd",), None)
    assert "\n" not in JsonFormatter().format(record)


def test_a_refused_host_is_not_repeated(client, db, lines):
    client.get("/en/", headers={"Host": "he-hit-me.example"})
    assert any("DisallowedHost" in line for line in lines)
    assert not any("he-hit-me" in line for line in lines)


def test_of_people_of_a_centre_it_is_logged_that_they_signed_in_and_what_was_refused_and_of_parents_nothing(client, world, lines):
    for role in ("counsellor", "owner"):
        sign_in(client, world.roles[role])
        client.get(reverse("journal:account_edit"))
        client.get(reverse("journal:centre_detail"))
    who = world.roles["counsellor"].pk
    said = [(line["message"], line.get("route")) for line in map(json.loads, lines) if line["logger"] == "hallway.centre"]
    assert said == [
        (f"account {who} of a centre signed in", None),
        (f"refused to account {who} of a centre", "journal:centre_detail"),
    ]


def test_that_a_limit_on_passwords_is_reached_is_logged_without_address_or_place(client, db, lines):
    for _ in range(6):
        client.post(reverse("account_login"), {"login": "somebody@example.test", "password": "guess"})
    said = [line["message"] for line in map(json.loads, lines) if line["logger"] == "hallway.account"]
    assert said == ["too many wrong passwords for one address, or from one place"]
