"""What goes over the wire: headers on every address, cookies of the real settings, tokens, and where an answer may lead."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse

from tests import factories
from tests.conftest import sign_in
from tests.test_access import ACCOUNT_NAMES, ROWS, URLS
from tests.tools.headers import CSP, bad_headers

ROOT = Path(__file__).resolve().parent.parent
# Forms without a token, and why: public forms set no cookie and keep nothing; a visit's link is its own key; the answers of
# the check are shown once more, with a token, before anything is kept. Other sites are refused by their own headers.
WITHOUT_TOKEN = {
    "guidance:search", "guidance:display", "guidance:checkpoint_question", "guidance:checkpoint_result",
    "journal:visit_public", "journal:check_ask",
}  # fmt: skip
ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "/\\evil.example/", "https:evil.example", "\t//evil.example/",
    "javascript:alert(1)", "https://testserver@evil.example/", "http:///evil.example", "///evil.example/",
]  # fmt: skip


@pytest.fixture
def address(world):
    """The address of a name, with the family's own ids."""
    return lambda name: reverse(name, kwargs=world.url_arguments(URLS[name], name))


@pytest.mark.parametrize("role", ["anonymous", "owner"])
def test_every_address_answers_with_the_whole_set_of_headers(world, address, role):
    rows = [(method, name) for method, name, _ in ROWS] + [("GET", name) for name in ACCOUNT_NAMES]
    world.rows.update(dict.fromkeys(["role", "absence", "cover", "handover"], world.entry.pk))
    client, found = sign_in(Client(raise_request_exception=False), world.roles[role]), []
    client.get(reverse("journal:still"))  # what the first request of a session writes is written
    session = client.cookies.copy()
    for method, name in rows:
        with transaction.atomic():
            client.cookies = session.copy()
            url = address(name)
            answer = client.generic(method, url)
            transaction.set_rollback(True)
        kept = "no-store" not in answer["Cache-Control"]
        found += [f"{method} {name}: {one}" for one in bad_headers(answer) if "Vary" not in one or kept]
        if kept and not getattr(resolve(url).func, "is_public", False):
            found.append(f"{method} {name}: Cache-Control: {answer['Cache-Control']}")
        if "Access-Control-Allow-Origin" in answer:
            found.append(f"{method} {name}: lets another site read it")
    assert not found, "\n" + "\n".join(found)


def test_a_form_without_its_token_is_refused_on_every_address_but_those_that_say_why(world, address):
    world.rows.update(dict.fromkeys(["role", "absence", "cover", "handover"], world.entry.pk))
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, world.roles["owner"])
    names = {name for method, name, _ in ROWS if method == "POST"} | set(ACCOUNT_NAMES)
    open_ones = set()
    for name in names:
        with transaction.atomic():
            answer = strict.post(address(name), {})
            transaction.set_rollback(True)
        if answer.status_code not in {403, 405}:
            open_ones.add(name)
    assert open_ones == WITHOUT_TOKEN


@pytest.mark.parametrize("name", sorted(WITHOUT_TOKEN))
@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_what_needs_no_token_is_refused_when_another_site_sends_it(world, address, name, headers):
    client = sign_in(Client(), world.roles["owner"])
    assert client.post(address(name), {"answer": "no"}, headers=headers).status_code == 403


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_and_out_leads_to_no_other_site(db, target):
    user = factories.make_user(password="a quiet hallway")
    factories.make_journal(user)
    client = Client()
    asked = {"login": user.email, "password": "a quiet hallway", "next": target}
    places = [
        client.post(reverse("account_login"), asked)["Location"],
        client.get(reverse("account_login"), {"next": target})["Location"],
        client.post(reverse("account_reauthenticate"), {"password": "a quiet hallway", "next": target})["Location"],
        client.post(reverse("account_logout"), {"next": target})["Location"],
        client.post(reverse("account_request_login_code"), {"email": user.email, "next": target})["Location"],
        client.post(reverse("guidance:display"), {"theme": "dark", "next": target})["Location"],
    ]
    assert not [place for place in places if "evil" in place.partition("?")[0] or "javascript" in place.partition("?")[0]]


together = pytest.mark.xdist_group("wire")


@pytest.fixture(scope="module")
def wire(tmp_path_factory):
    """What the production settings answer, in a process of their own; its tests run together, so that one is enough."""
    folder = tmp_path_factory.mktemp("wire")
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "VIRTUAL_ENV"}}
    command = [sys.executable, "-m", "tests.tools.wire", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@together
def test_cookies_of_a_real_site_belong_to_this_host_over_tls_alone(wire):
    cookies = wire["sign-in"]["cookies"] | wire["signed in"]["cookies"]
    assert set(cookies) == {"__Host-csrf", "__Host-session"}
    for cookie in cookies.values():
        assert (cookie["path"], cookie["domain"], cookie["secure"], cookie["httponly"]) == ("/", "", True, True)
        assert cookie["samesite"] == "Lax"
        assert cookie["size"] < 4096
    # On a device that others use, the session ends with the browser.
    last = wire["home"]["cookies"].get("__Host-session", cookies["__Host-session"])
    assert not last["max-age"]
    assert not last["expires"]
    assert not wire["public"]["cookies"]


@together
def test_a_real_site_is_asked_over_tls_alone_for_a_year(wire):
    for name in ("sign-in", "signed in", "home", "public"):
        assert wire[name]["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        assert wire[name]["headers"]["Content-Security-Policy"] == CSP
    assert wire["plain"]["status"] == 301
    assert wire["plain"]["headers"]["Location"] == "https://hallway.example/en/steps/3/"
    assert wire["health"]["status"] == 200


@together
def test_a_real_site_answers_to_its_own_name_and_to_forms_of_its_own(wire):
    assert wire["foreign"]["status"] == 400
    assert wire["without token"]["status"] == 403
    assert (wire["signed in"]["status"], wire["signed in"]["headers"]["Location"]) == (303, "/en/notes/")
    assert wire["home"]["status"] == 200


def test_djangos_deployment_check_has_nothing_to_say():
    # The browser tests of this process allow themselves what no site may.
    clean = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.tools.deploy_check"], cwd=ROOT, env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
