"""The door for whoever is written about: asked without an account, answered behind a link, seen by no parent."""

import io
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal import tasks
from journal.models import Erased, PersonRequest, erasing
from journal.vault import Unreadable
from tests import factories
from tests.conftest import sign_in

WORDS = "ZEBRA-1 しまうま: please erase what is kept."
ONE, TWO = "1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", "2:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="


def send(client, text=WORDS, **fields):
    return client.post(reverse("journal:person_request"), {"token": PersonRequest.new_token(), "text": text, **fields})


def waiting():
    return PersonRequest.objects.waiting().get()


def test_somebody_without_an_account_asks_and_finds_the_answer_behind_their_link(client, db, monkeypatch, capsys):
    page = send(client)["Location"]
    assert "Nobody has read it yet." in client.get(page).content.decode()
    assert "session" not in client.cookies
    call_command("person_requests")
    listed = capsys.readouterr().out
    assert str(waiting().pk) in listed
    assert "ZEBRA" not in listed
    call_command("person_requests", "show", str(waiting().pk))
    assert WORDS in capsys.readouterr().out
    assert "Somebody has read it." in client.get(page).content.decode()
    monkeypatch.setattr("sys.stdin", io.StringIO("Nothing is kept under that address.\n"))
    call_command("person_requests", "answer", str(waiting().pk))
    shown = Client().get(page).content.decode()
    assert "Nothing is kept under that address." in shown
    assert WORDS in shown
    capsys.readouterr()
    call_command("person_requests", "list")
    assert not capsys.readouterr().out


def test_what_was_asked_is_sealed_to_its_row_and_its_link_is_kept_hashed(client, db):
    page = send(client)["Location"]
    row = waiting()
    assert b"ZEBRA" not in bytes(row.sealed)
    assert row.token_hash not in page
    factories.make_request("Another one.")
    other = PersonRequest.objects.exclude(pk=row.pk).get()
    PersonRequest.objects.filter(pk=other.pk).update(sealed=bytes(row.sealed))
    other.refresh_from_db()
    assert other.content is None
    with pytest.raises(Unreadable):
        other.see()


def test_no_page_of_a_parent_or_of_a_centre_shows_that_somebody_asked(client, world):
    send(Client())
    for role in ("owner", "counsellor", "manager"):
        sign_in(client, world.roles[role])
        for name in ("home", "entry_list", "share_list", "log_list", "desk_queue", "centre_detail", "account_edit"):
            assert "please erase what is kept" not in client.get(reverse(f"journal:{name}")).content.decode()


def test_sent_twice_it_is_one_request_and_stays_as_it_was(client, db):
    token = PersonRequest.new_token()
    pages = [send(client, text, token=token)["Location"] for text in (WORDS, "Something else.")]
    assert pages[0] == pages[1]
    assert waiting().document.text == WORDS


def test_taken_back_it_is_gone_also_from_an_older_safety_copy(client, db):
    page = send(client)["Location"]
    row = waiting()
    assert client.post(page)["Location"] == reverse("guidance:for_you")
    assert client.get(page).status_code == 404
    assert Erased.objects.filter(kind="request", row_id=str(row.pk)).exists()
    row.save(force_insert=True)  # as a restored copy brings it back
    erasing.replay()
    assert not PersonRequest.objects.exists()


def test_an_answer_is_erased_with_what_was_asked_after_ninety_days(client, db):
    send(client)
    waiting().answer("Yes.")
    now = timezone.now()
    assert tasks.delete_requests(now + timedelta(days=89)) == 0
    assert tasks.delete_requests(now + timedelta(days=91)) == 1


def test_what_nobody_answers_is_erased_after_a_year(client, db):
    send(client)
    now = timezone.now()
    assert tasks.delete_requests(now + timedelta(days=364)) == 0
    assert tasks.delete_requests(now + timedelta(days=366)) == 1
    assert not PersonRequest.objects.exists()


def test_one_address_may_send_five_in_an_hour(client, db):
    assert [send(client).status_code for _ in range(6)] == [303] * 5 + [429]
    cache.clear()
    assert send(client).status_code == 303


def test_what_is_one_too_many_comes_back_with_every_word_and_trying_again_makes_the_wait_no_longer(client, db, monkeypatch):
    start = time.time()
    at = {"minutes": 0}
    monkeypatch.setattr("journal.views.person_requests.time.time", lambda: start + at["minutes"] * 60)
    for _ in range(5):
        send(client)
    token = PersonRequest.new_token()
    for at["minutes"] in (1, 30, 59):
        refused = send(client, token=token)
        page = refused.content.decode()
        assert refused.status_code == 429
        assert "This cannot be sent just yet." in page
        assert WORDS in page
        assert f'value="{token}"' in page
    at["minutes"] = 61
    assert send(client, token=token).status_code == 303
    assert PersonRequest.objects.count() == 6


def test_a_form_that_was_not_sent_does_not_count(client, db):
    for _ in range(9):
        assert send(client, "").status_code == 422
    assert send(client).status_code == 303


@pytest.mark.parametrize("token", ["", "short", "x" * 44, "\x00" * 43, "../" * 14 + "a"])
def test_a_key_that_this_page_did_not_make_keeps_nothing_and_loses_no_word(client, db, token):
    response = send(client, token=token)
    assert response.status_code == 422
    assert WORDS in response.content.decode()
    assert not PersonRequest.objects.exists()


def test_the_operator_is_told_in_a_line_what_cannot_be_done(db, monkeypatch):
    nobody = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(CommandError, match="no such request"):
        call_command("person_requests", "show", nobody)
    factories.make_request(WORDS)
    monkeypatch.setattr("sys.stdin", io.StringIO("  "))
    with pytest.raises(CommandError, match="needs a text"):
        call_command("person_requests", "answer", str(waiting().pk))


def test_the_operator_is_told_that_it_was_taken_back_while_the_answer_was_typed(db, monkeypatch):
    factories.make_request(WORDS)

    class Typing(io.StringIO):
        def read(self, size=-1):
            waiting().take_back()
            return "Nothing is kept."

    monkeypatch.setattr("sys.stdin", Typing())
    with pytest.raises(CommandError, match="no such request"):
        call_command("person_requests", "answer", str(waiting().pk))


def test_a_new_master_key_opens_what_was_asked_under_the_old_one(db, settings):
    settings.HALLWAY_KEYS = ONE
    factories.make_request(WORDS)
    settings.HALLWAY_KEYS = f"{TWO},{ONE}"
    call_command("rotate_keys")
    settings.HALLWAY_KEYS = TWO
    assert waiting().document.text == WORDS
