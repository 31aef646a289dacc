"""What search engines and shared links get: public pages, their twin in the other language, and names that tell nothing."""

import re
from functools import cache
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import translation

from guidance import addresses, library
from guidance.fields import LANGUAGES
from tests.test_pages import TELLING
from tests.tools.markup import Markup

SITE = "http://testserver"
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
# Besides TELLING: who writes about whom, and what a parent may be living with.
TELLING_HERE = re.compile(r"hurt|hit\b|write|writing|daughter|\bson\b|書|見られない|たたか|息子|娘|親", re.IGNORECASE)
PUBLIC = []
for spoken in LANGUAGES:
    with translation.override(spoken):
        PUBLIC += [(spoken, address) for address in addresses.public(spoken)]


@cache
def opened(address):
    """A public page, opened once: its headers, its head and the name of its view."""
    response = Client().get(address)
    return response.headers, Markup(response.text.partition("<body")[0]), response.resolver_match.url_name


def head(address):
    return opened(address)[1]


@cache
def listed():
    """Each address of the sitemap with its twins."""
    tree = ElementTree.fromstring(Client().get("/sitemap.xml").content)  # noqa: S314  (our own answer)
    return {
        url.find("s:loc", NAMES).text: {link.get("hreflang"): link.get("href") for link in url.findall("x:link", NAMES)}
        for url in tree.findall("s:url", NAMES)
    }


@cache
def rules():
    return re.findall(r"^(Allow|Disallow): (\S+)$", Client().get("/robots.txt").text, re.MULTILINE)


def allowed(address):
    """Read robots.txt as RFC 9309 says: the longest rule that fits decides."""
    fitting = [
        (len(path), rule == "Allow")
        for rule, path in rules()
        if (address == path[:-1] if path.endswith("$") else address.startswith(path))
    ]
    return max(fitting)[1]


def test_the_sitemap_holds_every_text_country_and_list_in_both_languages():
    found = listed()
    assert set(found) == {SITE + address for _, address in PUBLIC}
    texts = library.current()
    for language in LANGUAGES:
        with translation.override(language):
            for document in texts.documents.values():
                if document.language == language:
                    assert SITE + addresses.of_document(document) in found
    assert len(found) == len(PUBLIC) == len(texts.documents) + 2 * (len(texts.helplines.countries) + 7)


def test_the_sitemap_names_the_twin_and_who_reads_neither_gets_english():
    for address, twins in listed().items():
        assert twins["en"].replace("/en/", "/ja/", 1) == twins["ja"]
        assert address in twins.values()
        assert twins["x-default"] == (f"{SITE}/" if address.endswith(("/en/", "/ja/")) else twins["en"])


@pytest.mark.parametrize(("language", "address"), PUBLIC)
def test_a_page_says_the_same_of_its_languages_as_the_sitemap(language, address):
    links = head(address).all("link")
    assert [link.get("href") for link in links if link.get("rel") == "canonical"] == [SITE + address]
    said = {link.get("hreflang"): link.get("href") for link in links if link.get("rel") == "alternate"}
    assert said == listed()[SITE + address]


def test_robots_allows_public_pages_and_names_no_private_one():
    text = Client().get("/robots.txt").text
    assert f"Sitemap: {SITE}/sitemap.xml" in text
    assert not re.search("journal|note|desk|account|leave|sign|family|notes", text)
    assert all(allowed(address) for _, address in PUBLIC)
    assert allowed("/static/site.css")
    for name in ("journal:home", "journal:share_list", "account_login", "account_signup", "guidance:display", "leave"):
        assert not allowed(reverse(name)), name


@pytest.mark.parametrize("name", ["sitemap", "robots"])
def test_what_crawlers_read_needs_no_database_and_may_be_kept(name):
    response = Client().get(reverse(name))
    assert response["Cache-Control"] == "public, max-age=300"
    assert not response.cookies
    assert not response.wsgi_request.session.accessed
    assert Client().get(reverse(name), headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize(("language", "address"), PUBLIC)
def test_the_name_of_a_public_page_can_be_seen_by_anyone(language, address):
    title = head(address).title.partition(" – ")[0]
    assert title
    assert not TELLING.search(title), title
    assert not TELLING_HERE.search(title), title


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_page_describes_itself_to_a_search_engine(language):
    said = {}
    for spoken, address in PUBLIC:
        if spoken == language:
            (meta,) = [one for one in head(address).all("meta") if one.get("name") == "description"]
            said.setdefault(meta.get("content"), []).append(address)
    assert all(said)
    assert not [addresses for addresses in said.values() if len(addresses) > 1]


@pytest.mark.parametrize(("language", "address"), PUBLIC)
def test_only_the_front_door_looks_at_the_language_of_the_browser(language, address):
    assert "Accept-Language" not in opened(address)[0]["Vary"]
    assert "Accept-Language" in opened("/")[0]["Vary"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["guidance:search", "guidance:display"])
def test_forms_are_not_for_search_engines(language, name):
    with translation.override(language):
        address = reverse(name)
    response = Client().get(address)
    assert '<meta name="robots" content="noindex">' in response.text
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"


def test_no_public_view_is_forgotten():
    """A new address of the guidance is in the sitemap, or one of these."""
    named = {pattern.name for pattern in get_resolver("guidance.urls").url_patterns}
    kept_out = {"checkpoint_question", "checkpoint_result", "search", "display"}
    shown = {opened(address)[2] for _, address in PUBLIC}
    assert named == shown | kept_out
