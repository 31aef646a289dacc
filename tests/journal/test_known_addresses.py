"""Whether an address has an account here: no answer says it, and neither takes more work than the other.

No clock is read here, since it would be right on one machine and wrong on the next: what takes time is counted. What is left
is measured by hand: `python -m tests.bench.known`.
"""

import re
from dataclasses import dataclass

import pytest
from django.contrib.auth.hashers import get_hasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from journal.models import User
from tests import factories

UNKNOWN = "nobody@example.test"
WRONG = "something wrong 9"
CODE = {"code": "000000"}
# Each way in as a stranger tries it: what is sent, one form after the other; "@" stands for the address.
WAYS = {
    "password": [("account_login", {"login": "@", "password": WRONG})],
    "mailed code": [("account_request_login_code", {"email": "@"}), *[("account_confirm_login_code", CODE)] * 3],
    "forgotten": [("account_reset_password", {"email": "@"}), *[("account_confirm_password_reset_code", CODE)] * 3],
    "sign-up": [
        ("account_signup", {"email": "@", "password1": ""}),
        ("account_email_verification_sent", CODE),
        ("account_email_verification_sent", {"action": "resend"}),
        *[("account_email_verification_sent", CODE)] * 2,
    ],
    "sign-up with a password": [
        ("account_signup", {"email": "@", "password1": WRONG}),
        ("account_email_verification_sent", {"action": "resend"}),
    ],
}
ACCOUNTS = {"password": {"password": "a quiet hallway"}, "no password": {}, "closed": {"is_active": False}}
# So many more rows of one's account, found by their key, may be looked up where there is one: each a few hundredths of a
# millisecond. A hash, a mail and what is written take a hundred and a thousand times as long, and are the same.
LOOKED_UP = 5
WRITES = {"INSERT", "UPDATE", "DELETE"}


@dataclass
class Work:
    """What a request took, and everything it showed."""

    hashed: int
    mails: int
    written: list[str]
    looked_up: int
    shown: list[object]


def seen(text, email):
    """A page without the address that was typed, and without the token that is new each time."""
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", text).replace(email, "")


def sent(client, email, name, data, monkeypatch):
    hasher = type(get_hasher())
    hashed, encode, before = [], hasher.encode, len(mail.outbox)
    with monkeypatch.context() as patched, CaptureQueriesContext(connection) as queries:
        patched.setattr(hasher, "encode", lambda self, *args, **kwargs: hashed.append(1) or encode(self, *args, **kwargs))
        answer = client.post(reverse(name), {key: value.replace("@", email) for key, value in data.items()})
    asked = [re.match(r'(\w+)[^"]*"(\w+)"', query["sql"]) for query in queries]
    # The limits are counted in the cache for both; signing up writes there once more in place of what it takes back.
    written = [f"{found[1]} {found[2]}" for found in asked if found and found[1] in WRITES and found[2] != "cache"]
    page = client.get(answer["Location"]) if "Location" in answer else answer
    shown = [
        answer.status_code,
        answer.get("Location"),
        sorted(answer.cookies),
        page.status_code,
        seen(page.content.decode(), email),
    ]
    return Work(len(hashed), len(mail.outbox) - before, written, len(queries) - len(written), shown)


def tried(way, email, monkeypatch):
    client, works = Client(), []
    for name, data in WAYS[way]:
        cache.clear()  # the limits, which are the same for both, would end this too soon
        works.append(sent(client, email, name, data, monkeypatch))
    return works


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize("way", WAYS)
def test_an_address_with_an_account_costs_what_one_without_costs_and_shows_the_same(db, monkeypatch, way, account):
    known = factories.make_user(**ACCOUNTS[account]).email
    for with_one, without in zip(tried(way, known, monkeypatch), tried(way, UNKNOWN, monkeypatch), strict=True):
        assert with_one.shown == without.shown
        assert (with_one.hashed, with_one.mails, with_one.written) == (without.hashed, without.mails, without.written)
        assert abs(with_one.looked_up - without.looked_up) <= LOOKED_UP


def test_signing_up_with_an_address_that_has_an_account_makes_no_other(db, monkeypatch):
    known = factories.make_user().email
    tried("sign-up with a password", known, monkeypatch)
    assert User.objects.count() == 1
    assert [one.to for one in mail.outbox] == [[known]] * 2
    assert all("This address already has an account here." in one.body for one in mail.outbox)


def test_whoever_signs_up_with_a_password_has_it(db, client, mailoutbox):
    client.post(reverse("account_signup"), {"email": UNKNOWN, "password1": WRONG})
    assert User.objects.get(email=UNKNOWN).check_password(WRONG)
