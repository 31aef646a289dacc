"""The pages before and after signing in wear our frame, and the mails about it reveal nothing."""

import re
from pathlib import Path

import pytest
from django.core import mail
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from tests import factories
from tests.conftest import sign_in

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["en", "ja"]
# Words that may not stand in a tab, a history or the subject of a mail (design 7.3, 27).
TELLING = re.compile(r"hikikomori|withdraw|violence|mental|counsel|family|parent|ひきこもり|相談|家族|親", re.I)
PASSWORD = "tea and rice balls"


def title_of(html):
    return re.search(r"<title>(.*?)</title>", html, re.S)[1].strip()


# ---- signing in


OPEN = ["account_login", "account_request_login_code", "account_signup", "account_reset_password", "account_inactive"]
OWN = ["account_email", "account_change_password", "account_logout", "mfa_index", "mfa_list_webauthn", "account_reauthenticate"]
AFTER_A_PASSWORD = ["mfa_activate_totp", "mfa_add_webauthn"]


def check_page(html, language):
    assert f'<html lang="{language}"' in html
    assert '<main id="main"' in html
    assert html.count("<h1") == 1
    assert not TELLING.search(title_of(html))
    assert not re.search(r'\sstyle="|placeholder=|<input[^>]*\srequired', html)
    labelled = set(re.findall(r'<label[^>]*\sfor="([^"]+)"', html))
    for control in re.findall(r"<(?:input|select|textarea)[^>]*>", html):
        if not re.search(r'type="(?:hidden|radio|checkbox)"|\shidden', control):
            assert re.search(r'\sid="([^"]+)"', control)[1] in labelled, control


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OPEN)
def test_pages_before_signing_in_wear_our_frame(client, name, language):
    with translation.override(language):
        response = client.get(reverse(name))
    html = response.content.decode()
    assert response.status_code == 200
    check_page(html, language)
    assert "data-leave" in html
    assert 'content="noindex' in html


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*OWN, *AFTER_A_PASSWORD])
def test_pages_after_signing_in_wear_our_frame(client, name, language):
    user = factories.make_user(password=PASSWORD)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    with translation.override(language):
        response = client.get(reverse(name), follow=True)
        if name in AFTER_A_PASSWORD and response.redirect_chain:
            assert response.redirect_chain[0][0].startswith(reverse("account_reauthenticate"))
            response = client.post(response.redirect_chain[0][0], {"password": PASSWORD}, follow=True)
    html = response.content.decode()
    assert response.status_code == 200
    check_page(html, language)
    assert 'hx-history="false"' in html
    assert 'href="tel:110"' in html


@pytest.mark.django_db
def test_the_square_for_the_app_is_drawn_in_the_page(client):
    user = factories.make_user(password=PASSWORD)
    sign_in(client, user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    html = client.get(reverse("mfa_activate_totp")).content.decode()
    assert "<svg" in html[html.index('role="img"') :]
    assert "data:image" not in html


SHOWN_BY_ALLAUTH = [
    "account/login",
    "account/signup",
    "account/signup_closed",
    "account/logout",
    "account/account_inactive",
    "account/reauthenticate",
    "account/email",
    "account/email_change",
    "account/verification_sent",
    "account/confirm_email_verification_code",
    "account/request_login_code",
    "account/confirm_login_code",
    "account/confirm_password_reset_code",
    "account/password_change",
    "account/password_set",
    "account/password_reset",
    "account/password_reset_from_key",
    "account/password_reset_from_key_done",
    "mfa/index",
    "mfa/authenticate",
    "mfa/reauthenticate",
    "mfa/totp/activate_form",
    "mfa/totp/deactivate_form",
    "mfa/recovery_codes/index",
    "mfa/recovery_codes/generate",
    "mfa/webauthn/authenticator_list",
    "mfa/webauthn/add_form",
    "mfa/webauthn/edit_form",
    "mfa/webauthn/authenticator_confirm_delete",
    "mfa/webauthn/reauthenticate",
    "allauth/layouts/base",
    "allauth/layouts/manage",
    "429",
]


@pytest.mark.parametrize("name", SHOWN_BY_ALLAUTH)
def test_a_page_that_allauth_can_show_is_ours(name):
    assert ROOT / "templates" in Path(get_template(f"{name}.html").origin.name).parents


def test_every_mail_and_message_of_allauth_is_ours():
    import allauth

    upstream = Path(allauth.__file__).parent / "templates"
    unused = re.compile(r"password_reset_key|phone")
    for folder in ("account/email", "account/messages", "mfa/email", "mfa/messages"):
        for path in (upstream / folder).glob("*.txt"):
            if not unused.search(path.name):
                assert (ROOT / "templates" / folder / path.name).exists(), f"{folder}/{path.name}"


@pytest.mark.django_db
def test_a_code_is_typed_with_a_number_pad_and_filled_in_by_the_phone(client):
    user = factories.make_user()
    html = client.post(reverse("account_request_login_code"), {"email": user.email}, follow=True).content.decode()
    code = re.search(r'<input[^>]*name="code"[^>]*>', html)[0]
    assert 'inputmode="numeric"' in code
    assert 'autocomplete="one-time-code"' in code


@pytest.mark.django_db
def test_a_wrong_password_comes_back_with_the_summary_and_an_error_title(client):
    user = factories.make_user(password=PASSWORD)
    with translation.override("ja"):
        html = client.post(reverse("account_login"), {"login": user.email, "password": "something else"}).content.decode()
    assert title_of(html) == "エラー: 入る – 廊下の灯り"
    assert "ここを確かめてください" in html
    assert user.email in html


# ---- mails that reveal nothing


MAILS = {"en": ("Your code", "This code is valid for 10 minutes. If you did not ask for it, do nothing."),
         "ja": ("確認の番号", "この番号は10分間使えます。心当たりがなければ、そのままで大丈夫です。")}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password", "account_signup"])
def test_the_mail_with_a_code_is_a_code_and_two_fixed_sentences(client, name, language):
    user = factories.make_user("Noriko", password=PASSWORD)
    address = "someone-new@example.test" if name == "account_signup" else user.email
    with translation.override(language):
        client.post(reverse(name), {"email": address})
    [sent] = mail.outbox
    subject, sentences = MAILS[language]
    assert sent.subject == subject
    code, body = sent.body.split("\n\n")
    assert re.fullmatch(r"\d{6}", code)
    assert body.strip() == sentences
    assert not getattr(sent, "alternatives", [])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", sorted((ROOT / "templates").glob("*/email/*_subject.txt")), ids=lambda path: path.stem)
def test_no_subject_tells_what_the_site_is_about(path, language):
    with translation.override(language):
        subject = render_to_string(str(path.relative_to(ROOT / "templates"))).strip()
    assert subject
    assert not TELLING.search(subject)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", sorted((ROOT / "templates").glob("*/email/[!_]*_message.txt")), ids=lambda path: path.stem)
def test_no_mail_names_a_person_a_place_or_a_browser(path, language):
    context = {"code": "123456", "email": "someone@example.test", "ip": "192.0.2.7", "user_agent": "Firefox", "user": "Noriko",
               "from_email": "old@example.test", "to_email": "new@example.test", "deleted_email": "old@example.test"}  # fmt: skip
    with translation.override(language):
        body = render_to_string(str(path.relative_to(ROOT / "templates")), context, RequestFactory().get(f"/{language}/"))
    assert not TELLING.search(re.sub(r"https?://\S+", "", body))
    assert not re.search(r"@example|192\.0|Firefox|Noriko", body)


@pytest.mark.django_db
def test_signing_in_says_nothing_on_the_screen(client):
    user = factories.make_user(password=PASSWORD)
    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}, follow=True)
    assert user.email not in response.content.decode()


@pytest.mark.django_db
def test_what_just_happened_is_said_on_the_next_page(client):
    user = factories.make_user(password=PASSWORD)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    typed = {"oldpassword": PASSWORD, "password1": "barley tea again", "password2": "barley tea again"}
    html = client.post(reverse("account_change_password"), typed, follow=True).content.decode()
    assert re.search(r'<div class="note done[^>]*>.*?<p>Your new password is saved.</p>', html, re.S)
