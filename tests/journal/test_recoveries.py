"""A lost second check: begun by the manager of a centre, told at once, stopped by one press, done after three days."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal import tasks
from journal.models import CentreRole, Recovery
from tests import factories
from tests.conftest import sign_in


@pytest.fixture
def counsellor(world):
    user = world.roles["counsellor"]
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return user


def begin(client, world, name="counsellor"):
    sign_in(client, world.roles["manager"])
    role = CentreRole.objects.get(user=world.roles[name])
    return client.post(reverse("journal:role_recover", args=[role.pk]))


def test_after_three_days_the_second_check_is_gone_and_has_to_be_set_up_before_anything_opens(
    client, world, counsellor, second_factor, mailoutbox, settings
):
    settings.SECOND_FACTOR_REQUIRED = False  # the manager of the cast has none
    here = sign_in(Client(), counsellor)
    assert here.get(reverse("journal:desk_queue")).status_code == 200
    begin(client, world)
    settings.SECOND_FACTOR_REQUIRED = True
    (mail,) = mailoutbox
    assert mail.to == [counsellor.email]
    assert tasks.finish_recoveries(timezone.now() + timedelta(hours=71)) == 0
    assert Authenticator.objects.filter(user=counsellor).count() == 2
    assert tasks.finish_recoveries(timezone.now() + timedelta(hours=73)) == 1
    assert not Authenticator.objects.filter(user=counsellor).exists()
    assert here.get(reverse("journal:desk_queue"))["Location"].startswith(reverse("account_login"))
    counsellor.refresh_from_db()
    sign_in(client, counsellor)
    assert client.get(reverse("journal:desk_queue"))["Location"] == reverse("mfa_index")


def test_every_session_says_it_and_one_press_stops_it(client, world, counsellor):
    begin(client, world)
    here = sign_in(Client(), counsellor)
    for name in ("desk_queue", "desk_profile", "account_edit"):
        assert "If you did not ask for that, stop it." in here.get(reverse(f"journal:{name}")).content.decode()
    here.post(reverse("journal:recovery_stop"))
    assert "If you did not ask for that" not in here.get(reverse("journal:desk_queue")).content.decode()
    assert tasks.finish_recoveries(timezone.now() + timedelta(hours=73)) == 0
    assert Authenticator.objects.filter(user=counsellor).count() == 2


def test_asked_twice_it_runs_once_and_the_first_days_count(client, world, counsellor, mailoutbox):
    begin(client, world)
    due = Recovery.objects.get().due_at
    begin(client, world)
    assert Recovery.objects.get().due_at == due
    assert len(mailoutbox) == 1


def test_nobody_waits_with_the_mail_server(transactional_db, client, world, counsellor, monkeypatch):
    begun = []

    def send(*args, **kwargs):
        begun.append((connection.in_atomic_block, Recovery.objects.running().count()))

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)
    begin(client, world)
    assert begun == [(False, 1)]


@pytest.mark.parametrize("fault", [ConnectionRefusedError, SMTPServerDisconnected, UnicodeError])
def test_where_the_mail_cannot_be_sent_nothing_begins(client, world, counsellor, monkeypatch, fault):
    def down(*args, **kwargs):
        raise fault

    monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
    page = client.get(begin(client, world)["Location"]).content.decode()
    assert "could not be sent, so nothing has begun" in page
    assert not Recovery.objects.exists()
    counsellor.refresh_from_db()
    assert counsellor.recovery_due_at is None


def test_it_ends_with_the_role_and_the_page_no_longer_speaks_of_it(client, world, counsellor):
    begin(client, world)
    CentreRole.objects.get(user=counsellor).deactivate()
    assert not Recovery.objects.running().exists()
    counsellor.refresh_from_db()
    assert counsellor.recovery_due_at is None


def test_it_ends_with_the_role_of_whoever_began_it(client, world, counsellor):
    begin(client, world)
    CentreRole.objects.get(user=world.roles["manager"]).deactivate()
    assert not Recovery.objects.running().exists()


def test_it_goes_on_where_another_role_there_stays(client, world, counsellor):
    begin(client, world)
    role = CentreRole.objects.get(user=counsellor)
    factories.make_role(role.centre, counsellor, role="manager").deactivate()
    assert tasks.finish_recoveries(timezone.now() + timedelta(hours=73)) == 1


def test_nothing_is_taken_away_from_somebody_whose_role_has_ended(client, world, counsellor):
    begin(client, world)
    CentreRole.objects.filter(user=counsellor).update(deactivated_at=timezone.now())
    assert tasks.finish_recoveries(timezone.now() + timedelta(hours=73)) == 0
    assert Authenticator.objects.filter(user=counsellor).count() == 2
    assert not Recovery.objects.exists()


def test_whoever_stopped_it_is_left_alone_for_four_weeks(client, world, counsellor, mailoutbox):
    begin(client, world)
    Recovery.objects.stop(counsellor)
    page = client.get(begin(client, world)["Location"]).content.decode()
    assert "They stopped it. It can be asked for again from" in page
    assert "asked for again after 28 days" in page
    assert not Recovery.objects.running().exists()
    assert len(mailoutbox) == 1
    Recovery.objects.update(stopped_at=timezone.now() - timedelta(days=28))
    begin(client, world)
    assert Recovery.objects.running().exists()
    assert len(mailoutbox) == 2


def test_nobody_begins_it_for_themself_or_for_another_centre(client, world):
    assert begin(client, world, "manager").status_code == 404
    sign_in(client, world.roles["counsellor"])
    role = CentreRole.objects.get(user=world.roles["other"])
    assert client.post(reverse("journal:role_recover", args=[role.pk])).status_code == 404
    assert not Recovery.objects.exists()


def test_beginning_and_ending_each_leave_a_line_in_the_operators_log(client, world, counsellor, caplog):
    begin(client, world)
    Recovery.objects.get().finish()
    said = [record.getMessage() for record in caplog.records if record.name == "hallway.recovery"]
    assert said == [
        f"recovery of account {counsellor.pk} begun by account {world.roles['manager'].pk}",
        f"recovery of account {counsellor.pk} done",
    ]
    assert not any("@" in line for line in said)
