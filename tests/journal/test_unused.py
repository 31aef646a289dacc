"""Accounts nobody uses: told by mail, given two months, then erased."""

import time
from datetime import timedelta

import pytest
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
