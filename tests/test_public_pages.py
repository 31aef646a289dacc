"""What a public page promises: no session, no database, no token, small, the same for everybody."""

import gzip
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import translation

from guidance import addresses
from tests.conftest import sign_in
from tests.tools.headers import bad_headers
from tests.tools.markup import Markup

LANGUAGES = ["en", "ja"]


def public_addresses(language):
    with translation.override(language):
        return addresses.public(language)


FORMS = ["guidance:checkpoint_question", "guidance:display"]
PUBLIC = [address for language in LANGUAGES for address in public_addresses(language)]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_needs_no_database_and_looks_at_no_session(address):
    # Without the mark for it, pytest-django fails every test that so much as opens the database.
    visitor, other = Client(), Client(headers={"accept-language": "fr", "user-agent": "Other"})
    other.cookies["session"] = "s" * 32
    first, second = visitor.get(address), other.get(address)
    assert first.status_code == 200
    assert not first.wsgi_request.session.accessed
    assert not second.wsgi_request.session.accessed
    assert first.content == second.content
    assert first["Cache-Control"] == "public, max-age=300"
    assert second["Cache-Control"] == "private, no-cache"
    assert not first.cookies
    assert not second.cookies
    assert list(bad_headers(first)) == []
    again = visitor.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first["ETag"] == second["ETag"]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_holds_no_token_and_no_form_into_the_journal(address):
    markup = Markup(Client().get(address).content.decode())
    assert not [element for element in markup.elements if element.get("name") == "csrfmiddlewaretoken"]
    private = (f"{address[:3]}/notes", f"{address[:3]}/desk", f"{address[:3]}/account")
    assert not [form for form in markup.all("form") if form.get("action").startswith(private)]
    assert len(markup.all("h1")) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_of_the_check_go_nowhere(language):
    client = Client()
    client.cookies["session"] = "s" * 32
    for name, arguments in [("guidance:checkpoint_question", [2]), ("guidance:checkpoint_result", [])]:
        with translation.override(language):
            address = reverse(name, args=arguments)
        response = client.post(address, {"danger": "no"})
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies
        assert not response.wsgi_request.session.accessed
        assert client.post(address, {}, headers={"Origin": "https://elsewhere.example"}).status_code == 403
        assert client.post(address, {}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_the_display_page_alone_sets_cookies_and_they_hold_only_the_choice():
    response = Client().post("/en/display/", {"theme": "dark", "size": "large", "language": "ja", "next": "/en/steps/3/"})
    assert response.status_code == 303
    assert response["Location"] == "/ja/steps/3/"
    assert {name: morsel.value for name, morsel in response.cookies.items()} == {"display": "dark-large", "language": "ja"}
    client = Client()
    client.cookies["display"] = "dark-large"
    assert 'data-theme="dark" data-text="large"' in client.get("/ja/steps/3/").content.decode()


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere", "/xx/", "javascript:alert(1)"]
)
def test_the_display_page_leads_to_no_other_site(target):
    assert Client().post("/en/display/", {"next": target})["Location"] == "/en/"


@pytest.mark.parametrize("address", [address for address in PUBLIC if "/help/" in address])
def test_a_help_page_is_small_and_has_no_script(address):
    response = Client().get(address)
    assert len(response.content) < 50_000
    assert not Markup(response.content.decode()).all("script")


def test_a_visitors_place_beside_the_steps_costs_no_query():
    for address in ("/en/notes/place/3/", "/ja/notes/place/"):
        response = Client().get(address, headers={"HX-Request": "true"})
        assert (response.status_code, response.content) == (204, b"")


def test_the_first_view_of_the_log_is_small(client, world):
    sign_in(client, world.roles["owner"])
    page = client.get(reverse("journal:home"))
    markup = Markup(page.content.decode())
    files = {element.get("src") for element in markup.all("script")}
    files |= {element.get("href") for element in markup.all("link") if element.get("rel") in {"stylesheet", "icon"}}
    files |= {element.get("href").partition("#")[0] for element in markup.all("use")}
    sizes = {"page": len(gzip.compress(page.content))}
    for address in files - {""}:
        path = finders.find(urlsplit(address).path.removeprefix("/static/"))
        assert path, address
        with open(path, "rb") as file:  # noqa: PTH123
            sizes[address] = len(gzip.compress(file.read()))
    assert sum(sizes.values()) <= 60_000, sizes
    raw = finders.find("site.css")
    with open(raw, "rb") as file:  # noqa: PTH123
        assert len(file.read()) < 25_000
