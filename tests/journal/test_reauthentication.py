"""Who is asked once more who is there, and how they say it."""

import time

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.urls import reverse

from tests import factories
from tests.conftest import sign_in
from tests.journal.sessions import mailed_code, sign_in_long_ago


def test_who_has_just_signed_in_is_not_asked_again(client, world):
    client.force_login(world.roles["owner"])
    client.get(reverse("journal:home"))
    assert client.get(reverse("journal:share_new")).status_code == 200


def test_letting_somebody_read_asks_who_is_there_unless_that_was_answered_lately(client, world):
    sign_in(client, world.roles["owner"])
    assert client.get(reverse("journal:share_new")).status_code == 200
    sign_in_long_ago(client, world.roles["owner"])
    assert client.get(reverse("journal:share_new")).headers["Location"].startswith(reverse("journal:code_confirm"))


def test_who_has_no_password_confirms_by_a_mailed_code(client, world, mailoutbox):
    sign_in_long_ago(client, world.roles["owner"])
    url = client.get(reverse("journal:share_new")).headers["Location"]
    client.post(url)
    code = mailed_code(mailoutbox)
    wrong = "000000" if code != "000000" else "111111"
    assert client.post(url, {"code": wrong}).status_code == 422
    assert client.post(url, {"code": code}).headers["Location"] == reverse("journal:share_new")
    assert client.get(reverse("journal:share_new")).status_code == 200


def test_a_mailed_code_ends_after_five_tries_and_after_ten_minutes(client, world, mailoutbox, monkeypatch):
    client.force_login(world.roles["owner"])
    url = reverse("journal:code_confirm")
    client.post(url)
    code = mailed_code(mailoutbox)
    for _ in range(5):
        client.post(url, {"code": "x"})
    assert client.post(url, {"code": code}).status_code == 422
    client.post(url)
    later = time.time() + 601
    monkeypatch.setattr("journal.views.account.time.time", lambda: later)
    assert client.post(url, {"code": mailed_code(mailoutbox)}).status_code == 422


def test_guesses_that_come_at_once_are_all_counted(client, world, mailoutbox):
    cache.clear()
    client.force_login(world.roles["owner"])
    url = reverse("journal:code_confirm")
    client.post(url)
    code = mailed_code(mailoutbox)
    as_it_was = client.session["mailed_code"]
    for _ in range(15):
        assert client.post(url, {"code": "x"}).status_code == 422
        # What a request beside this one would have read in the session.
        session = client.session
        session["mailed_code"] = as_it_was
        session.save()
    assert client.post(url, {"code": code}).status_code == 422


def test_whoever_has_a_password_confirms_with_it(client, db):
    user = factories.make_user(password="a quiet hallway")
    factories.make_journal(user)
    sign_in_long_ago(client, user)
    assert client.get(reverse("journal:share_new")).headers["Location"].startswith(reverse("account_reauthenticate"))


def test_taking_out_what_is_held_asks_who_is_there(client, world):
    sign_in_long_ago(client, world.roles["owner"])
    assert client.get(reverse("journal:account_data"))["Location"].startswith(reverse("journal:code_confirm"))


def test_a_mailed_code_does_not_stand_in_for_a_password_or_a_second_factor(client, world, mailoutbox):
    with_password = factories.make_user(password="a quiet hallway")
    with_factor = world.roles["counsellor"]
    TOTP.activate(with_factor, generate_totp_secret())
    for user, name in ((with_password, "account_reauthenticate"), (with_factor, "mfa_reauthenticate")):
        client.force_login(user)
        assert client.post(reverse("journal:code_confirm")).headers["Location"] == reverse(name)
    assert not mailoutbox


def test_new_codes_cannot_be_asked_for_until_one_is_guessed(client, world, mailoutbox):
    client.force_login(world.roles["owner"])
    for _ in range(10):
        client.post(reverse("journal:code_confirm"))
    assert len(mailoutbox) == 3


def test_counted_tries_outlast_many_other_peoples(db):
    cache.set("code-tries:1", 5, 3600)
    for number in range(400):
        cache.set(f"z:{number}", 1, 3600)
    assert cache.get("code-tries:1") == 5


def test_changing_an_address_a_password_or_a_second_check_asks_who_is_there(client, world):
    sign_in_long_ago(client, world.roles["owner"])
    asked = reverse("journal:code_confirm")
    assert client.post(reverse("account_email"), {"action_add": "", "email": "new@example.test"})["Location"].startswith(asked)
    assert not EmailAddress.objects.filter(email="new@example.test").exists()
    for name in (
        "account_set_password",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "journal:journal_erase",
        "journal:account_erase",
    ):
        assert client.get(reverse(name))["Location"].startswith(asked), name
