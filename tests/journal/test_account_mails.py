"""A mail that an account has changed, when no mail server takes it: kept, sent later, told once, given up after three days."""

import logging
from datetime import timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone

from journal import holdings, notices, tasks
from journal.account_notices import send_kept, tell
from journal.models import AccountMail
from tests import factories

send = EmailMessage.send


@pytest.fixture
def away(monkeypatch):
    """A mail server that is away, until ``away["from"]`` is empty; it counts how often it was asked."""
    state = {"error": SMTPServerDisconnected("gone"), "asked": []}

    def ask(self, **kwargs):
        state["asked"].append(self.to[0])
        if state["error"]:
            raise state["error"]
        return send(self, **kwargs)

    monkeypatch.setattr("django.core.mail.EmailMessage.send", ask)
    return state


@pytest.fixture
def person(db):
    return factories.make_user(email="mother@example.test", language="ja")


def change(person, capture, *addresses):
    with capture(execute=True):
        tell(person, "account/email/password_changed", *addresses)


def later(**ahead):
    return timezone.now() + timedelta(**ahead)


def test_what_could_not_be_sent_is_sent_once_the_server_is_back_in_the_language_of_then(
    person, away, mailoutbox, django_capture_on_commit_callbacks
):
    change(person, django_capture_on_commit_callbacks)
    assert not mailoutbox
    assert send_kept(timezone.now(), 9) == 0  # not at once again
    away["error"] = None
    person.language = "en"
    person.save()
    assert send_kept(later(minutes=2), 9) == 1
    assert [(one.to, one.subject) for one in mailoutbox] == [(["mother@example.test"], "登録についてのお知らせ")]
    assert send_kept(later(hours=9), 9) == 0
    assert len(mailoutbox) == 1


def test_an_address_that_was_taken_from_the_account_is_told_too(person, away, mailoutbox, django_capture_on_commit_callbacks):
    change(person, django_capture_on_commit_callbacks, "old@example.test", "new@example.test")
    away["error"] = None
    send_kept(later(minutes=2), 9)
    assert sorted(one.to[0] for one in mailoutbox) == ["new@example.test", "old@example.test"]


def test_a_server_that_stays_away_is_asked_once_a_run_and_less_and_less_often(
    person, away, mailoutbox, django_capture_on_commit_callbacks
):
    change(person, django_capture_on_commit_callbacks, "a@example.test", "b@example.test")
    away["asked"].clear()
    send_kept(later(minutes=2), 9)
    assert len(away["asked"]) == 1
    tries = [send_kept(later(minutes=minutes), 9) for minutes in range(2, 24 * 60, 5)]
    assert not any(tries)
    assert len(away["asked"]) < 20
    assert AccountMail.objects.count() == 2


def test_an_address_the_server_refuses_keeps_no_other_waiting(
    person, away, monkeypatch, mailoutbox, django_capture_on_commit_callbacks
):
    change(person, django_capture_on_commit_callbacks, "bad@example.test", "good@example.test")

    def refuse(self, **kwargs):
        if self.to == ["bad@example.test"]:
            raise SMTPRecipientsRefused({})
        return send(self, **kwargs)

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    assert send_kept(later(minutes=2), 9) == 1
    assert [one.to for one in mailoutbox] == [["good@example.test"]]


def test_two_runs_at_once_send_one_mail(person, away, mailoutbox, django_capture_on_commit_callbacks):
    change(person, django_capture_on_commit_callbacks)
    now = later(minutes=2)
    [first], [second] = AccountMail.objects.due(now), AccountMail.objects.due(now)
    assert first.claim(now)
    assert not second.claim(now)


def test_after_three_days_it_is_given_up_and_the_operator_reads_so_without_an_address(
    person, away, mailoutbox, caplog, django_capture_on_commit_callbacks
):
    change(person, django_capture_on_commit_callbacks)
    away["error"] = None
    with caplog.at_level(logging.ERROR):
        assert send_kept(later(days=3, minutes=1), 9) == 0
    assert not mailoutbox
    assert not AccountMail.objects.exists()
    assert "notices about accounts given up after three days: 1" in caplog.text
    assert person.email not in caplog.text


def test_tick_sends_them_and_counts_what_waits(person, away, mailoutbox, django_capture_on_commit_callbacks):
    change(person, django_capture_on_commit_callbacks)
    assert notices.counts(timezone.now())["about accounts, to be tried again"] == 1
    away["error"] = None
    done, failed = tasks.run(later(minutes=2))
    assert (done["send_account_mails"], failed) == (1, [])
    assert len(mailoutbox) == 1
    out = StringIO()
    call_command("notices", stdout=out)
    assert "about accounts, to be tried again: 0" in out.getvalue()


def test_it_goes_with_the_account_and_stands_in_what_can_be_taken_out(person, away, django_capture_on_commit_callbacks):
    change(person, django_capture_on_commit_callbacks)
    [held] = holdings.of_account(person)["mails_about_the_account_that_wait"]
    assert held["address"] == "mother@example.test"
    person.delete()
    assert not AccountMail.objects.exists()


def test_a_change_stands_where_not_even_the_mail_could_be_kept(
    client, person, away, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def full(self, *args):
        raise DatabaseError("no room for mother@example.test")

    monkeypatch.setattr("journal.models.account_mails.AccountMailQuerySet.keep", full)
    with caplog.at_level(logging.ERROR):
        change(person, django_capture_on_commit_callbacks)
    assert "a notice about an account could not be kept: DatabaseError" in caplog.text
    assert person.email not in caplog.text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_privacy_page_says_how_long_such_a_mail_waits(client, language):
    page = client.get(f"/{language}/privacy/").content.decode()
    sentence = {"en": "at most 72 hours, with the address it goes to", "ja": "宛先といっしょに、長くて72時間"}[language]
    assert sentence in page
