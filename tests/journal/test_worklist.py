"""Who answers what people who are written about ask: a list without a word, one opened at a time, a line for each time."""

import io
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from journal import holdings, notices
from journal.models import NotApart, Outbox, PersonRequest, PrivacyContact, RequestEvent, User
from journal.models.person_requests import Outcome, months_after
from tests import factories
from tests.conftest import ASKED, sign_in

LIST = "journal:request_list"


@pytest.fixture
def contact(db):
    user = factories.make_user("Aoki")
    factories.make_contact(user)
    return user


def asked(text=ASKED, days=0):
    token = factories.make_request(text)
    row = PersonRequest.objects.by_link(token)
    PersonRequest.objects.filter(pk=row.pk).update(asked_at=timezone.now() - timedelta(days=days))
    row.refresh_from_db()
    return row, token


def page_of(row):
    return reverse("journal:request_detail", args=[row.pk])


def lines_of(row):
    return [(event.who, event.verb) for event in row.events.all()]


def test_the_list_shows_ages_and_what_the_month_leaves_and_no_word(client, contact):
    old, _token = asked(days=40)
    new, _token = asked("ZEBRA: please erase it.")
    sign_in(client, contact)
    page = client.get(reverse(LIST)).content.decode()
    assert page.index(f"Request {old.name}") < page.index(f"Request {new.name}")
    assert "days late" in page
    assert "days left" in page
    assert "Nobody has read it" in page
    assert "WREN" not in page
    assert "ZEBRA" not in page
    assert not RequestEvent.objects.exists()


def test_nothing_to_answer_is_said(client, contact):
    sign_in(client, contact)
    assert "Nothing waits for an answer." in client.get(reverse(LIST)).content.decode()


def test_one_is_opened_at_a_time_and_a_line_says_who_did(client, contact):
    row, token = asked()
    other, _token = asked("ZEBRA: please erase it.")
    sign_in(client, contact)
    page = client.get(page_of(row)).content.decode()
    assert ASKED in page
    assert "ZEBRA" not in page
    assert "Aoki, opened it" in page
    assert lines_of(row) == [(contact, "opened")]
    assert lines_of(other) == []
    assert "Somebody has read it." in Client().get(reverse("journal:person_answer", args=[token])).content.decode()


def test_the_answer_stands_behind_the_link_with_what_became_of_it(client, contact):
    row, token = asked()
    sign_in(client, contact)
    data = {"version": row.version, "text": "Nothing is kept under that address.", "outcome": "not_done"}
    assert client.post(page_of(row), data)["Location"] == reverse(LIST)
    shown = Client().get(reverse("journal:person_answer", args=[token])).content.decode()
    assert "Nothing is kept under that address." in shown
    assert "You can complain to the authority for data protection where you live." in shown
    page = client.get(reverse(LIST)).content.decode()
    assert "Nothing waits for an answer." in page
    assert row.name in page
    assert lines_of(row) == [(contact, "answered")]


def test_where_it_takes_longer_whoever_asked_is_told_why_and_it_stays_on_the_list(client, contact):
    row, token = asked(days=20)
    sign_in(client, contact)
    client.post(page_of(row), {"version": 1, "text": "We are asking a lawyer.", "outcome": "later"})
    row.refresh_from_db()
    assert row.due_on == months_after(row.asked_at.date(), 3)
    assert "They know that it takes longer" in client.get(reverse(LIST)).content.decode()
    shown = Client().get(reverse("journal:person_answer", args=[token])).content.decode()
    assert "We are asking a lawyer." in shown
    assert "This is not the last answer." in shown
    row.answer("It is done.", Outcome.DONE)
    assert row not in PersonRequest.objects.waiting()


def test_of_two_who_answer_at_once_the_second_reads_the_firsts_words_before_replacing_them(client, contact):
    row, _token = asked()
    sign_in(client, contact)
    row.answer("The first answer.", Outcome.DONE)
    response = client.post(page_of(row), {"version": 1, "text": "The second answer.", "outcome": "later"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "The first answer." in page
    assert "The second answer." in page
    row.refresh_from_db()
    assert row.document.answer == "The first answer."
    client.post(page_of(row), {"version": row.version, "text": "The second answer.", "outcome": "done"})
    row.refresh_from_db()
    assert row.document.answer == "The second answer."


def test_what_is_missing_is_said_and_every_word_stays(client, contact):
    row, _token = asked()
    sign_in(client, contact)
    response = client.post(page_of(row), {"version": 1, "text": "Nothing is kept."})
    assert response.status_code == 422
    assert "Choose what became of it." in response.content.decode()
    assert "Nothing is kept." in response.content.decode()
    row.refresh_from_db()
    assert row.version == 1


def test_one_that_cannot_be_opened_says_so_and_nothing_is_written_over_it(client, contact):
    row, _token = asked()
    PersonRequest.objects.filter(pk=row.pk).update(sealed=b"\1" * 80)
    sign_in(client, contact)
    for response in (client.get(page_of(row)), client.post(page_of(row), {"version": 1, "text": "Yes.", "outcome": "done"})):
        assert response.status_code == 409
        assert "This cannot be opened at the moment." in response.content.decode()
    row.refresh_from_db()
    assert bytes(row.sealed) == b"\1" * 80


@pytest.mark.parametrize("role", ["owner", "member", "counsellor", "manager", "stranger"])
def test_nobody_of_a_family_or_a_centre_opens_the_list_or_is_told_that_it_is_there(client, world, role):
    row, _token = asked()
    sign_in(client, world.roles[role])
    assert client.get(reverse(LIST)).status_code == 404
    assert client.get(page_of(row)).status_code == 404
    with pytest.raises(NotApart):
        PrivacyContact.objects.appoint(factories.make_membership(world.journal, world.roles["owner"]).user)


@pytest.mark.parametrize("becomes", ["a parent", "a counsellor"])
def test_whoever_could_tell_a_parent_by_now_answers_no_longer(client, contact, becomes):
    row, _token = asked()
    sign_in(client, contact)
    assert client.get(page_of(row)).status_code == 200
    if becomes == "a parent":
        factories.make_journal(contact)
    else:
        factories.make_role(factories.make_centre(), contact)
    assert client.get(page_of(row)).status_code == 404
    assert client.get(reverse(LIST)).status_code == 404


def test_when_the_task_is_ended_the_list_is_gone_with_the_next_request(client, contact):
    sign_in(client, contact)
    assert client.get(reverse("journal:home"))["Location"] == reverse(LIST)
    PrivacyContact.objects.get(user=contact).end()
    assert client.get(reverse(LIST)).status_code == 404
    assert client.get(reverse("journal:home"))["Location"] == reverse("journal:journal_start")


def test_who_answers_sees_nothing_before_they_have_a_second_check(client, contact, second_factor):
    sign_in(client, contact)
    for name in (LIST, "journal:home", "journal:account_edit"):
        assert client.get(reverse(name))["Location"] == reverse("mfa_index")


def test_the_session_of_who_answers_ends_after_ten_idle_minutes_and_four_hours(client, contact, monkeypatch):
    import time

    start, at = time.time(), {"minutes": 0}
    monkeypatch.setattr("journal.middleware.time.time", lambda: start + at["minutes"] * 60)
    sign_in(client, contact)
    assert client.get(reverse(LIST)).status_code == 200
    at["minutes"] = 11
    assert client.get(reverse(LIST)).status_code == 302
    at["minutes"] = 0
    sign_in(client, contact)
    for at["minutes"] in range(0, 240, 9):
        assert client.get(reverse(LIST)).status_code == 200
    at["minutes"] = 242
    assert client.get(reverse(LIST)).status_code == 302


def test_the_list_costs_the_same_for_one_and_for_thirty(client, contact):
    sign_in(client, contact)
    counted = []
    for many in (1, 29):
        for _ in range(many):
            asked()
        client.get(reverse(LIST))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(LIST))
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 8


def test_who_answers_is_told_by_mail_without_a_word_and_not_once_they_have_looked(contact, mailoutbox):
    User.objects.filter(pk=contact.pk).update(notice_hour=9)
    row, _token = asked("ZEBRA: please erase it.")
    assert Outbox.objects.get().user == contact
    now = timezone.now() + timedelta(days=2)
    assert notices.send_notices(now) == 1
    assert "ZEBRA" not in f"{mailoutbox[0].subject} {mailoutbox[0].body}"
    row.see(contact)
    Outbox.objects.enqueue([User.objects.get(pk=contact.pk)])
    assert notices.send_notices(now + timedelta(days=2)) == 0


def test_what_the_command_opens_leaves_a_line_too(db, capsys, monkeypatch):
    row, _token = asked()
    call_command("person_requests", "show", str(row.pk))
    monkeypatch.setattr("sys.stdin", io.StringIO("It takes longer."))
    call_command("person_requests", "answer", str(row.pk), "--outcome", "later")
    assert lines_of(row) == [(None, "opened"), (None, "answered")]
    capsys.readouterr()
    call_command("person_requests")
    row.refresh_from_db()
    assert f"due by {row.due_on.isoformat()}" in capsys.readouterr().out


def test_the_operator_names_who_answers_and_ends_it(client, db, capsys):
    call_command("privacy_contact", "add", "aoki@example.test", "--name", "Aoki", "--language", "ja")
    assert "second check" in capsys.readouterr().out
    user = User.objects.get(email="aoki@example.test")
    assert user.notice_hour == 9
    assert not user.has_usable_password()
    sign_in(client, user)
    assert client.get(reverse(LIST)).status_code == 200
    call_command("privacy_contact", "add", "aoki@example.test")
    assert PrivacyContact.objects.active().count() == 1
    call_command("privacy_contact", "list")
    assert "aoki@example.test  since" in capsys.readouterr().out
    call_command("privacy_contact", "end", "aoki@example.test")
    assert client.get(reverse(LIST)).status_code in {302, 404}
    call_command("privacy_contact", "list")
    assert "Nobody answers." in capsys.readouterr().out


def test_the_operator_is_told_in_a_line_who_cannot_answer(world):
    for role in ("owner", "counsellor", "manager"):
        with pytest.raises(CommandError, match="could tell a parent"):
            call_command("privacy_contact", "add", world.roles[role].email)
    with pytest.raises(CommandError, match="is not named"):
        call_command("privacy_contact", "end", world.roles["owner"].email)
    with pytest.raises(CommandError, match="not an e-mail address"):
        call_command("privacy_contact", "add", "aoki")
    assert PrivacyContact.objects.count() == 1


def test_who_answers_can_take_out_what_is_held_about_them(contact):
    row, _token = asked()
    row.see(contact)
    held = holdings.of_account(contact)
    assert held["answering_requests"][0]["ended_at"] is None
    assert held["requests_you_opened_or_answered"][0]["verb"] == "opened"


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)), st.sampled_from([1, 3]))
def test_a_month_is_the_same_day_of_a_later_month_or_its_last(day, months):
    due = months_after(day, months)
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == months
    assert due.day == day.day or (due.day < day.day and (due + timedelta(days=1)).day == 1)
