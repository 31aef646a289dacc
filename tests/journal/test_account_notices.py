"""Mails that an account has changed: who is told, in which language, and what they never say."""

import json
import logging
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from journal import tasks
from journal.account_notices import tell
from journal.models import CentreRole, Invitation, Recovery
from tests import factories
from tests.conftest import sign_in
from tests.journal.sessions import mailed_code
from tests.screens.stage import passkey

OLD, NEW = "a quiet hallway 1", "another quiet hall 2"
SECRET = "JBSWY3DPEHPK3PXP"
SUBJECT = {"en": "About your account", "ja": "登録についてのお知らせ"}
# What no mail says: why somebody is here, who they are, or who changed something from where.
TELLING = (
    "hikikomori", "withdraw", "counsel", "journal", "hallway", "sumire", "browser", "127.0.0.1",
    "ひきこもり", "相談", "ノート", "廊下", "家族",
)  # fmt: skip


def totp_code():
    return str(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time())))).zfill(6)


def post(client, name, data=None, **kwargs):
    return client.post(reverse(name, kwargs=kwargs), data or {})


def change_password(client, user, monkeypatch):
    post(client, "account_change_password", {"oldpassword": OLD, "password1": NEW, "password2": NEW})


def set_password(client, user, monkeypatch):
    user.set_unusable_password()
    user.save()
    sign_in(client, user)
    client.get(reverse("account_email"))  # a session that has just begun is not asked again
    post(client, "account_set_password", {"password1": NEW, "password2": NEW})


def reset_password(client, user, monkeypatch):
    client.logout()
    post(client, "account_reset_password", {"email": user.email})
    post(client, "account_confirm_password_reset_code", {"code": mailed_code(mail.outbox)})
    mail.outbox.clear()
    post(client, "account_complete_password_reset", {"password1": NEW, "password2": NEW})


def add_address(client, user, monkeypatch):
    post(client, "account_email", {"action_add": "", "email": "new@example.test"})
    code = mailed_code(mail.outbox)
    mail.outbox.clear()
    post(client, "account_email_verification_sent", {"code": code})


def use_another_address(client, user, monkeypatch):
    EmailAddress.objects.create(user=user, email="new@example.test", verified=True)
    post(client, "account_email", {"action_primary": "", "email": "new@example.test"})


def remove_address(client, user, monkeypatch):
    EmailAddress.objects.create(user=user, email="new@example.test", verified=True)
    post(client, "account_email", {"action_remove": "", "email": "new@example.test"})


def add_app(client, user, monkeypatch):
    client.get(reverse("mfa_activate_totp"))
    monkeypatch.setattr("allauth.mfa.totp.forms.auth.get_totp_secret", lambda regenerate=False: SECRET)
    post(client, "mfa_activate_totp", {"code": totp_code()})


def remove_app(client, user, monkeypatch):
    TOTP.activate(user, SECRET)
    post(client, "mfa_deactivate_totp")


def add_passkey(client, user, monkeypatch):
    client.get(reverse("mfa_add_webauthn"))
    # A browser signs the challenge of the page; here there is none.
    monkeypatch.setattr(auth, "complete_registration", lambda credential: SimpleNamespace(is_user_verified=lambda: True))
    post(client, "mfa_add_webauthn", {"name": "Phone", "credential": json.dumps(passkey()), "passwordless": "on"})


def remove_passkey(client, user, monkeypatch):
    post(client, "mfa_remove_webauthn", pk=WebAuthn.add(user, "Phone", passkey()).instance.pk)


def make_codes_anew(client, user, monkeypatch):
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    post(client, "mfa_generate_recovery_codes")


def use_a_code(client, user, monkeypatch):
    TOTP.activate(user, SECRET)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    client.logout()
    post(client, "account_login", {"login": user.email, "password": OLD})
    post(client, "mfa_authenticate", {"code": code})


CHANGES = {
    change_password: ("The password was changed.", "パスワードが変わりました。"),
    set_password: ("A password was added.", "パスワードが加わりました。"),
    reset_password: ("The password was changed.", "パスワードが変わりました。"),
    add_address: ("An e-mail address was added.", "メールアドレスがひとつ加わりました。"),
    use_another_address: ("The e-mail address for signing in has changed.", "入るときのメールアドレスが変わりました。"),
    remove_address: ("An e-mail address was removed.", "メールアドレスがひとつ外されました。"),
    add_app: ("The app for codes is in use now.", "番号を作るアプリ"),
    remove_app: ("The app for codes is no longer in use.", "番号を作るアプリ"),
    add_passkey: ("A passkey was added.", "パスキー"),
    remove_passkey: ("A passkey was removed.", "パスキー"),
    make_codes_anew: ("New backup codes were made.", "予備の番号が作られました。"),
    use_a_code: ("A backup code was used.", "予備の番号がひとつ使われました。"),
}
BOTH = {use_another_address, remove_address}


@pytest.fixture(params=["en", "ja"])
def person(request, client, db):
    """Somebody with a password who has just signed in, whose mails come in this language."""
    user = factories.make_user("Sumire", password=OLD, language=request.param)
    sign_in(client, user)
    client.get(reverse("account_email"))
    post(client, "account_reauthenticate", {"password": OLD})
    return user


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_is_told_in_the_accounts_language_without_a_hint(
    client, person, mailoutbox, monkeypatch, django_capture_on_commit_callbacks, change
):
    with django_capture_on_commit_callbacks(execute=True):
        change(client, person, monkeypatch)
    told = [one for one in mailoutbox if one.subject == SUBJECT[person.language]]
    expected = {person.email, "new@example.test"} if change in BOTH else {person.email}
    assert sorted(to for one in told for to in one.to) == sorted(expected)
    for one in told:
        assert CHANGES[change][person.language == "ja"] in one.body
        assert one.body.endswith(f"/{person.language}/account/sign-in/\n")
        text = f"{one.subject} {one.body}".lower()
        assert not [word for word in TELLING if word in text]
        assert not one.attachments


def test_a_mail_server_that_is_away_undoes_no_change_and_nothing_of_it_is_logged(
    client, person, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def fail(self, **kwargs):
        raise SMTPServerDisconnected(f"{person.email} refused")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        answer = post(client, "account_change_password", {"oldpassword": OLD, "password1": NEW, "password2": NEW})
    assert answer.status_code == 303
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert "a notice about an account could not be sent: SMTPServerDisconnected" in caplog.text
    assert person.email not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_nothing_is_told_of_a_change_that_is_taken_back(mailoutbox):
    user = factories.make_user()
    with transaction.atomic():
        tell(user, "account/email/password_changed")
        assert not mailoutbox
        transaction.set_rollback(True)
    assert not mailoutbox
    tell(user, "account/email/password_changed")
    assert [one.to for one in mailoutbox] == [[user.email]]


def test_an_address_that_was_never_confirmed_is_told_nothing(client, person, mailoutbox, django_capture_on_commit_callbacks):
    EmailAddress.objects.create(user=person, email="typo@example.test", verified=False)
    with django_capture_on_commit_callbacks(execute=True):
        post(client, "account_email", {"action_remove": "", "email": "typo@example.test"})
    assert [one.to for one in mailoutbox] == [[person.email]]


def test_signing_up_tells_nobody_that_an_address_was_added(client, db, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        post(client, "account_signup", {"email": "new@example.test"})
        post(client, "account_email_verification_sent", {"code": mailed_code(mailoutbox)})
    assert EmailAddress.objects.get(email="new@example.test").verified
    assert len(mailoutbox) == 1


def test_whoever_is_given_a_sign_up_link_reads_that_it_was_used(client, world, mailoutbox, django_capture_on_commit_callbacks):
    role = world.share.counsellor
    with django_capture_on_commit_callbacks(execute=True):
        post(client, "journal:role_join", {"password": NEW}, token=Invitation.make(Invitation.Kind.SIGN_UP, role))
    (told,) = mailoutbox
    assert (told.to, "A password was added." in told.body) == ([role.user.email], True)


def test_a_second_check_that_is_taken_away_after_three_days_is_told_too(world, mailoutbox, django_capture_on_commit_callbacks):
    counsellor = world.roles["counsellor"]
    counsellor.language = "ja"
    counsellor.save()
    TOTP.activate(counsellor, SECRET)
    Recovery.objects.begin(CentreRole.objects.get(user=counsellor), by=world.roles["manager"])
    with django_capture_on_commit_callbacks(execute=True), translation.override("en"):
        assert tasks.finish_recoveries(timezone.now() + timedelta(hours=73)) == 1
    assert not Authenticator.objects.filter(user=counsellor).exists()
    (told,) = mailoutbox
    assert "2つ目の確認が外されました。" in told.body
