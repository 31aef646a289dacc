"""Sessions as the database holds them."""

from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from tests.conftest import sign_in


def test_a_stolen_table_of_sessions_opens_nothing(client, world):
    sign_in(client, world.roles["owner"])
    assert client.get(reverse("journal:home")).status_code == 200
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    (row,) = Session.objects.all()
    assert cookie not in row.session_key + row.session_data
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
    assert thief.get(reverse("journal:home"))["Location"].startswith(reverse("account_login"))
    assert client.get(reverse("journal:home")).status_code == 200


def test_signing_out_deletes_the_row_and_the_old_cookie_opens_nothing(client, world):
    sign_in(client, world.roles["owner"])
    client.get(reverse("journal:home"))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(reverse("account_logout"))
    later = Client()
    later.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert later.get(reverse("journal:home"))["Location"].startswith(reverse("account_login"))
    assert not [row for row in Session.objects.all() if row.get_decoded().get("_auth_user_id")]


def test_signing_in_begins_a_session_with_another_key(client, world):
    owner = world.roles["owner"]
    owner.set_password("a quiet hallway")
    owner.save()
    # A cookie that somebody else has put there beforehand.
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    client.post(reverse("account_login"), {"login": owner.email, "password": "a quiet hallway"})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != "a" * 32
    assert client.get(reverse("journal:home")).status_code == 200
