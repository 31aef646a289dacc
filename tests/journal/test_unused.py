"""Accounts nobody uses: told by mail, given two months, then erased."""

import time
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation

from journal import unused
from journal.models import Journal, User
from tests import factories
from tests.conftest import sign_in

NOW = timezone.now()
TWO_YEARS, TWO_MONTHS = timedelta(days=731), timedelta(days=61)


@pytest.fixture
def forgotten(db):
    user = factories.make_user("Sumire", last_login=NOW - TWO_YEARS)
    factories.make_journal(user)
    return user


@pytest.mark.parametrize("language", ["en", "ja"])
def test_nobody_is_erased_without_a_mail_and_two_months(forgotten, mailoutbox, language):
    User.objects.filter(pk=forgotten.pk).update(language=language)
    assert unused.erase_unused(NOW) == 0
    assert unused.warn_unused(NOW) == 1
    assert unused.warn_unused(NOW) == 0
    assert unused.erase_unused(NOW + timedelta(days=59)) == 0
    assert Journal.objects.exists()
    assert unused.erase_unused(NOW + TWO_MONTHS) == 1
    assert not Journal.objects.exists()
    assert not User.objects.filter(pk=forgotten.pk).exists()
    (mail,) = mailoutbox
    assert mail.to == [forgotten.email]
    with translation.override(language):
        day = unused.wording.full_day((NOW + timedelta(days=60)).astimezone(forgotten.zone).date())
    assert day in mail.body
    assert "Sumire" not in mail.body


def test_whoever_signs_in_after_the_mail_keeps_everything_and_is_told_again_two_years_later(forgotten, mailoutbox):
    unused.warn_unused(NOW)
    User.objects.filter(pk=forgotten.pk).update(last_login=NOW + timedelta(days=3))
    assert unused.erase_unused(NOW + TWO_MONTHS) == 0
    assert unused.erase_unused(NOW + TWO_YEARS + TWO_MONTHS) == 0
    assert unused.warn_unused(NOW + TWO_YEARS + TWO_MONTHS) == 1
    assert len(mailoutbox) == 2


def test_a_mail_that_could_not_be_handed_over_counts_as_none(forgotten, monkeypatch):
    def down(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
    assert unused.warn_unused(NOW) == 0
    assert unused.erase_unused(NOW + TWO_MONTHS) == 0


def test_an_address_that_refuses_waits_a_day_and_keeps_nobody_else_waiting(forgotten, mailoutbox, monkeypatch):
    monkeypatch.setattr(unused, "MOST", 2)
    for day in range(2):
        factories.make_user(f"refused{day}", last_login=NOW - TWO_YEARS - timedelta(days=1 + day))
    asked = []

    def send(self, **kwargs):
        asked.append(self.to[0])
        if self.to[0].startswith("refused"):
            raise SMTPRecipientsRefused({})

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)
    assert unused.warn_unused(NOW) == 0
    assert unused.warn_unused(NOW) == 1
    assert unused.warn_unused(NOW) == 0
    assert len(asked) == 3
    cache.clear()  # as after a day
    assert unused.warn_unused(NOW) == 0
    assert len(asked) == 5


@pytest.mark.parametrize("fault", [SMTPServerDisconnected, ConnectionRefusedError, TimeoutError])
def test_a_server_that_is_away_is_asked_once_a_run_and_for_another_account_each_time(forgotten, monkeypatch, fault):
    factories.make_user("Another", last_login=NOW - TWO_YEARS)
    asked = []

    def down(self, **kwargs):
        asked.append(self.to[0])
        raise fault

    monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
    unused.warn_unused(NOW)
    assert len(asked) == 1
    unused.warn_unused(NOW)
    assert len(set(asked)) == 2


def test_whoever_comes_back_while_others_are_erased_stays_and_nobody_at_a_centre_ends_the_job(db, monkeypatch):
    told = {"last_login": NOW - TWO_YEARS, "warned_at": NOW - TWO_MONTHS}
    first, back, centre, _last = (factories.make_user(name, **told) for name in ("First", "Back", "Centre", "Last"))
    erase = unused.erase_account

    def while_others(user):
        if user == first:
            User.objects.filter(pk=back.pk).update(last_login=NOW)
        if user == centre:
            factories.make_role(factories.make_centre(), centre)
        erase(user)

    monkeypatch.setattr(unused, "erase_account", while_others)
    assert unused.erase_unused(NOW) == 2
    assert set(User.objects.all()) == {back, centre}


def test_people_of_a_centre_and_who_was_here_lately_are_left_alone(forgotten, mailoutbox):
    factories.make_role(factories.make_centre(), forgotten)
    factories.make_user(last_login=NOW - timedelta(days=700))
    assert unused.warn_unused(NOW) == 0
    assert not mailoutbox


def test_using_the_site_counts_also_where_nobody_has_to_sign_in_again(client, forgotten):
    sign_in(client, forgotten)
    client.get(reverse("journal:home"))
    User.objects.filter(pk=forgotten.pk).update(last_login=NOW - TWO_YEARS)
    session = client.session
    session["seen"] = int(time.time()) - 120
    session.save()
    client.get(reverse("journal:home"))
    assert timezone.now() - User.objects.get(pk=forgotten.pk).last_login < timedelta(minutes=1)


def test_what_another_parent_writes_in_stays_theirs(forgotten):
    other = factories.make_user(last_login=NOW)
    journal = Journal.objects.of_member(forgotten).get()
    journal.add_member(other, "member")
    unused.warn_unused(NOW)
    unused.erase_unused(NOW + TWO_MONTHS)
    assert Journal.objects.of_member(other).get() == journal
