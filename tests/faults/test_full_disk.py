"""A full disk, and a mail server that is away: what was typed comes back, and nothing half-written stays."""

import uuid
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from journal import tasks
from journal.models import Entry, Outbox
from tests import factories
from tests.conftest import sign_in

pytestmark = [pytest.mark.faults]


def form(journal, words):
    return {"journal": journal.pk, "submission": uuid.uuid4(), "kind": "greet", "when": "now", "words": words}


@contextmanager
def full():
    """No room for another page. PostgreSQL has no such limit: a trigger says there what the server says then."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        after = ["PRAGMA max_page_count = 1073741823"]
    else:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$"
                " BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
            )
            cursor.execute("CREATE TRIGGER no_room BEFORE INSERT ON journal_entry EXECUTE FUNCTION no_room()")
        after = ["DROP TRIGGER no_room ON journal_entry", "DROP FUNCTION no_room"]
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for statement in after:
                cursor.execute(statement)


# SQLite ends the whole transaction when it is full, the one around a test too.
@pytest.mark.django_db(transaction=connection.vendor == "sqlite")
def test_with_a_full_database_the_words_come_back_and_are_saved_when_there_is_room(client):
    parent = factories.make_user()
    journal = factories.make_journal(parent)
    factories.make_entry(journal, parent, "before")
    sign_in(client, parent)
    client.raise_request_exception = False
    words = "a long evening " * 600
    with full():
        response = client.post(reverse("journal:entry_add"), form(journal, words))
        assert response.status_code == 503
        assert response["Retry-After"]
        assert words.strip() in response.content.decode()
        assert client.get("/en/steps/3/").status_code == client.get("/en/help/jp/").status_code == 200
        assert client.get(reverse("journal:entry_list")).status_code == 200
    assert client.post(reverse("journal:entry_add"), form(journal, words)).status_code == 303
    opened = [entry.document.words for entry in Entry.objects.filter(journal=journal).opened()]
    assert sorted(opened) == sorted(["before", words.strip()])


def test_with_the_mail_server_away_an_entry_is_saved_and_the_mail_waits(client, world, settings):
    away = {"host": "127.0.0.1", "port": 1, "timeout": 1}
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": away,
        }
    }
    world.roles["counsellor"].notice_hour = 9
    world.roles["counsellor"].save()
    sign_in(client, world.roles["owner"])
    world.share.default = "new"
    world.share.granted_by = world.roles["owner"]
    world.share.save()
    fields = {**form(world.journal, "a quiet line"), "readers": ["family", str(world.share.pk)]}
    assert client.post(reverse("journal:entry_add"), fields).status_code == 303
    entry = Entry.objects.get(submission=fields["submission"])
    assert next(iter(Entry.objects.filter(pk=entry.pk).opened())).document.words == "a quiet line"
    tasks.run(timezone.now() + timedelta(days=2))
    assert Outbox.objects.filter(user=world.roles["counsellor"], sent_at=None, tries__gt=0).exists()
