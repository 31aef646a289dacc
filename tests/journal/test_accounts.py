"""Signing up, signing in, and who is asked for more."""

import json
import re
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import get_hasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from journal import holdings
from journal.accounts import MFAAdapter
from journal.forms.accounts import StartForm
from journal.models import Consent, Invitation, Journal, User, consents
from tests import factories
from tests.conftest import MEMBER_PRIVATE, PRIVATE, SECRET, sign_in
from tests.journal.sessions import FRAGMENT, mailed_code

START = {"shared_device": "no", "country": "jp", "time_zone": "Asia/Tokyo", "understood": "on", "agrees": "on"}


def test_a_parent_signs_up_with_an_address_and_a_mailed_code_and_has_a_journal(client, db, mailoutbox):
    response = client.post(reverse("account_signup"), {"email": "new@example.test"}, follow=True)
    assert response.status_code == 200
    assert len(mailoutbox) == 1
    client.post(reverse("account_email_verification_sent"), {"code": mailed_code(mailoutbox)})
    assert client.get(reverse("journal:home")).headers["Location"] == reverse("journal:journal_start")
    client.post(reverse("journal:journal_start"), START | {"relation": "K"})
    user = User.objects.get(email="new@example.test")
    journal = Journal.objects.of_member(user).get()
    assert journal.document.relation == "K"
    assert journal.code_name("ja") != journal.code_name("en")
    assert Consent.objects.get(user=user).what == "journal"
    assert client.get(reverse("journal:home")).status_code == 200


def test_the_start_page_keeps_what_was_chosen_when_something_is_missing(client, db):
    sign_in(client, factories.make_user())
    response = client.post(reverse("journal:journal_start"), START | {"understood": "", "relation": "my son"})
    assert response.status_code == 422
    assert b"my son" in response.content
    assert not Journal.objects.exists()


def test_pressing_begin_twice_makes_one_journal(client, db):
    sign_in(client, factories.make_user())
    for _ in range(2):
        client.post(reverse("journal:journal_start"), START)
    assert Journal.objects.count() == 1


def test_signing_in_by_a_mailed_code(client, db, mailoutbox):
    user = factories.make_user()
    client.post(reverse("account_request_login_code"), {"email": user.email})
    response = client.post(reverse("account_confirm_login_code"), {"code": mailed_code(mailoutbox)})
    assert response.headers["Location"] == reverse("journal:home")


def test_signing_in_by_a_password(client, db):
    user = factories.make_user(password="a quiet hallway")
    response = client.post(reverse("account_login"), {"login": user.email, "password": "a quiet hallway"})
    assert response.headers["Location"] == reverse("journal:home")


def test_a_forgotten_password_is_set_anew_by_a_mailed_code(client, db, mailoutbox):
    user = factories.make_user(password="a quiet hallway")
    client.post(reverse("account_reset_password"), {"email": user.email})
    client.post(reverse("account_confirm_password_reset_code"), {"code": mailed_code(mailoutbox)})
    client.post(
        reverse("account_complete_password_reset"), {"password1": "another quiet hall", "password2": "another quiet hall"}
    )
    user.refresh_from_db()
    assert user.check_password("another quiet hall")


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
def test_a_known_and_an_unknown_address_get_the_same_answer(client, db, name):
    known = factories.make_user().email
    answers = [client.post(reverse(name), {"email": email}) for email in (known, "nobody@example.test")]
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].headers.get("Location") == answers[1].headers.get("Location")


def test_mails_say_nothing_about_why_somebody_is_here(client, db, mailoutbox):
    user = factories.make_user("Sumire")
    for language in ("en", "ja"):
        client.post(f"/{language}/account/sign-in/code/", {"email": user.email})
        client.cookies.clear()
    assert len(mailoutbox) == 2
    for mail in mailoutbox:
        text = f"{mail.subject} {mail.body} {mail.from_email}".lower()
        for word in ("hikikomori", "withdraw", "counsel", "journal", "sumire", "ひきこもり", "相談", "ノート"):
            assert word not in text
        assert mail.to == [user.email]


@pytest.mark.parametrize("name", ["counsellor", "manager", "unapproved"])
def test_people_of_a_centre_see_nothing_before_they_have_a_second_factor(client, world, second_factor, name):
    sign_in(client, world.roles[name])
    for page in ("journal:desk_queue", "journal:home", "journal:account_edit", "journal:centre_detail"):
        assert client.get(reverse(page)).headers["Location"] == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200
    Authenticator.objects.create(user=world.roles[name], type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert client.get(reverse("journal:account_edit")).status_code == 200


def test_a_parent_is_not_asked_for_a_second_factor(client, world, second_factor):
    sign_in(client, world.roles["owner"])
    assert client.get(reverse("journal:home")).status_code == 200


def test_an_authenticators_seed_is_sealed_in_the_database(db):
    user = factories.make_user()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    kept = Authenticator.objects.get(user=user).data["secret"]
    assert secret not in kept
    assert MFAAdapter().decrypt(kept) == secret


def test_an_authenticator_is_set_up_with_a_code_drawn_on_the_page(client, db):
    sign_in(client, factories.make_user(password="a quiet hallway"))
    client.post(reverse("account_reauthenticate"), {"password": "a quiet hallway"})
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    assert "<svg" in page
    assert "data:image" not in page


def test_a_sign_up_link_is_used_once_and_by_sending_a_password(client, world):
    role = world.shares["counsellor"].counsellor
    token = Invitation.make(Invitation.Kind.SIGN_UP, role)
    url = reverse("journal:role_join", args=[token])
    for _ in range(3):
        page = client.get(url)
        assert page.status_code == 200
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert role.user.email not in page.content.decode()
    assert client.post(url, {"password": "short"}).status_code == 422
    client.post(url, {"password": "a long enough one"})
    role.user.refresh_from_db()
    assert role.user.check_password("a long enough one")
    assert EmailAddress.objects.get(user=role.user).verified
    client.post(url, {"password": "somebody else's try"})
    role.user.refresh_from_db()
    assert role.user.check_password("a long enough one")


def test_signing_out_everywhere_ends_every_other_session_and_keeps_this_one(client, world):
    owner = world.roles["owner"]
    elsewhere = sign_in(Client(), owner)
    sign_in(client, owner)
    assert elsewhere.get(reverse("journal:home")).status_code == 200
    answer = client.post(reverse("journal:sessions_end"), follow=True)
    assert "You are signed out on every other device." in answer.content.decode()
    assert client.get(reverse("journal:home")).status_code == 200
    assert elsewhere.get(reverse("journal:home")).headers["Location"].startswith(reverse("account_login"))


def test_everything_held_about_an_account_can_be_taken_out_and_nothing_about_anybody_else(client, world):
    owner = world.roles["owner"]
    TOTP.activate(owner, generate_totp_secret())
    sign_in(client, owner)
    answer = client.get(reverse("journal:account_data"))
    assert answer["Content-Disposition"].startswith('attachment; filename="account-')
    held = json.loads(answer.content)
    assert {field.name for field in User._meta.fields} - set(held["account"]) == {"password", "session_salt"}
    assert held["account"]["email"] == owner.email
    assert held["consents"][0]["text_version"] == consents.VERSION
    assert held["journals"][0]["journal_id"] == str(world.journal.pk)
    assert held["second_factors"][0]["type"] == "totp"
    assert len(held["entries"]) == 3
    text = answer.content.decode()
    assert not [
        word for word in (SECRET, PRIVATE, MEMBER_PRIVATE, world.roles["member"].email, "argon", "secret") if word in text
    ]


# Tables that name an account and are not in the file it can take out, and why.
NOT_HELD_ABOUT = {
    "Cover": "in the journal's log",
    "Handover": "in the journal's log",
    "SharedPart": "in the journal's log",
    "Import": "a file of one's own, held for a day",
    "Notice": "that something is new, until one looks",
    "ReplyHurt": "in the copy of the journal",
    "ReplyRead": "in the copy of the journal",
    "ShareChoice": "on the page of the reading it belongs to",
}


def test_every_table_that_names_an_account_is_in_what_it_can_take_out_or_says_why_not():
    said = Path(holdings.__file__).read_text()
    named = {model.__name__ for model in apps.get_models() for one in model._meta.fields if one.related_model is User}
    assert {name for name in named if f"{name}.objects" not in said} == set(NOT_HELD_ABOUT)


def test_signing_out_has_the_browser_forget_its_pages(client, world):
    sign_in(client, world.roles["owner"])
    assert "Clear-Site-Data" not in client.get(reverse("account_logout"))
    assert client.post(reverse("account_logout"))["Clear-Site-Data"] == '"cache", "storage"'


def test_an_account_from_before_that_button_keeps_its_sessions(db):
    user = factories.make_user(password="a quiet hallway")
    assert user.get_session_auth_hash() == AbstractBaseUser.get_session_auth_hash(user)


def test_signing_in_by_the_form_sets_how_long_it_lasts(client, world):
    for shared, expected in ((True, True), (False, False)):
        user = factories.make_user(password="a quiet hallway", shared_device=shared)
        client.post(reverse("account_login"), {"login": user.email, "password": "a quiet hallway"})
        client.get(reverse("journal:account_edit"))
        assert client.session.get_expire_at_browser_close() is expected
        client.post(reverse("account_logout"))


def test_a_public_page_shows_nothing_of_a_journal_before_the_second_factor(client, world, second_factor):
    factories.make_journal(world.roles["counsellor"])
    sign_in(client, world.roles["counsellor"])
    assert client.get(reverse("journal:place_list"), headers=FRAGMENT).status_code == 204


def test_a_sign_up_link_opens_neither_a_parents_journal_nor_an_account_with_a_password(client, world):
    parent, known = factories.make_role(factories.make_centre(), world.roles["stranger"]), world.share.counsellor
    tokens = [Invitation.make(Invitation.Kind.SIGN_UP, role) for role in (parent, known)]
    known.user.set_password("chosen by herself")
    known.user.save()
    for token, role in zip(tokens, (parent, known), strict=True):
        client.post(reverse("journal:role_join", args=[token]), {"password": "somebody else's"})
        assert not User.objects.get(pk=role.user.pk).check_password("somebody else's")


def test_who_was_slower_with_a_sign_up_link_is_not_told_that_the_password_is_kept(client, world, monkeypatch):
    token = Invitation.make(Invitation.Kind.SIGN_UP, world.share.counsellor)
    monkeypatch.setattr(Invitation, "use", lambda self: False)
    page = client.post(reverse("journal:role_join", args=[token]), {"password": "a long enough one"}).content.decode()
    assert "This link has been used" in page
    assert not User.objects.get(pk=world.share.counsellor.user.pk).has_usable_password()


def test_a_counsellors_session_ends_with_the_browser_whatever_the_account_page_says(client, world):
    sign_in(client, world.roles["counsellor"])
    client.get(reverse("journal:account_edit"))
    client.post(reverse("journal:account_edit"), {"country": "jp", "time_zone": "Asia/Tokyo", "shared_device": "no"})
    assert client.session.get_expire_at_browser_close()


def test_two_starts_at_once_make_one_journal(db):
    user = factories.make_user()
    forms = [StartForm(START), StartForm(START)]
    assert all(form.is_valid() for form in forms)
    assert forms[0].save(user) == forms[1].save(user)
    assert Consent.objects.filter(user=user).count() == 1


def test_wrong_passwords_are_counted_wherever_they_are_tried_from_and_a_right_one_waits_too(db):
    user = factories.make_user(password="a quiet hallway")
    answers = [Client().post(reverse("account_login"), {"login": user.email, "password": f"guess {n}"}) for n in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    right = {"login": user.email, "password": "a quiet hallway"}
    refused = Client().post(reverse("account_login"), right)
    assert (refused.status_code, "That was a little fast." in refused.content.decode()) == (200, True)
    # Counted in the database, so that no process begins anew.
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM cache WHERE cache_key LIKE %s", ["%login%"])
        assert cursor.fetchone()[0]
    cache.clear()
    assert Client().post(reverse("account_login"), right).status_code == 303


def test_an_unknown_address_costs_as_much_as_a_wrong_password(client, db, monkeypatch):
    known, hashed = factories.make_user(password="a quiet hallway").email, []
    hasher = get_hasher()
    real = type(hasher).encode
    monkeypatch.setattr(type(hasher), "encode", lambda self, *args, **kwargs: hashed.append(1) or real(self, *args, **kwargs))
    bodies = []
    for email in (known, "nobody@example.test"):
        hashed.clear()
        answer = client.post(reverse("account_login"), {"login": email, "password": "something wrong"})
        bodies.append((len(hashed), answer.status_code, re.sub(r'value="[^"]*"', "", answer.content.decode())))
    assert bodies[0] == bodies[1]
    assert bodies[0][0] == 1


@pytest.mark.parametrize("easy", ["Hallway-Light-1", "hikikomori2026!", "廊下の灯り2026年", "journal password 99"])
def test_a_password_of_nothing_but_words_of_this_site_is_refused(client, db, easy):
    page = client.post(reverse("account_signup"), {"email": "new@example.test", "password1": easy}).content.decode()
    assert "This password is easy to guess." in page
    assert not User.objects.exists()


@pytest.mark.parametrize("own", ["light-in-the-hallway", "83921048229155", "!?!?!?!?!?!?", "紫陽花と廊下の猫たちへ"])
def test_a_password_may_be_made_of_any_signs_and_hold_such_a_word(client, db, own):
    client.post(reverse("account_signup"), {"email": "new@example.test", "password1": own})
    assert User.objects.get().check_password(own)
