"""Public pages are rendered once, the same for everybody, and never for longer than a minute."""

import gzip
import re

import pytest
from django.test import Client

from config import rendered
from guidance import views


@pytest.fixture(autouse=True)
def kept(settings):
    settings.PUBLIC_PAGE_SECONDS = 60
    rendered.shelf.clear()
    yield rendered.shelf
    rendered.shelf.clear()


@pytest.fixture
def renders(monkeypatch):
    made = []
    real = views.render
    monkeypatch.setattr(views, "render", lambda request, *rest: made.append(request.path) or real(request, *rest))
    return made


def test_a_page_is_made_once_for_everybody_with_the_same_display(renders):
    first, other = Client(), Client(headers={"accept-language": "fr"})
    other.cookies["session"] = "s" * 32
    assert first.get("/en/steps/3/").content == other.get("/en/steps/3/").content
    assert renders == ["/en/steps/3/"]


def test_each_display_language_and_address_has_its_own(renders):
    dark = Client()
    dark.cookies["display"] = "dark-large"
    pages = [Client().get("/en/steps/3/"), dark.get("/en/steps/3/"), Client().get("/ja/steps/3/"), Client().get("/en/steps/4/")]
    pages += [Client(SERVER_NAME="localhost").get("/en/steps/3/"), Client().get("/en/steps/3/", secure=True)]
    assert len({page.content for page in pages}) == len(renders) == 6


def test_a_made_up_cookie_makes_no_page_of_its_own(renders):
    for number in range(5):
        client = Client()
        client.cookies["display"] = f"x{number}-y{number}"
        client.get("/en/steps/3/", {"q": number})
    assert renders == ["/en/steps/3/"]


def test_a_page_that_is_a_minute_old_is_made_anew(renders, monkeypatch):
    Client().get("/en/help/jp/")
    now = rendered.time.monotonic()
    monkeypatch.setattr(rendered.time, "monotonic", lambda: now + 61)
    Client().get("/en/help/jp/")
    assert len(renders) == 2


def test_memory_stays_flat_however_many_pages_are_asked_for(kept, monkeypatch, renders):
    monkeypatch.setattr(rendered, "MOST", 2)
    for number in (1, 2, 3, 1):
        Client().get(f"/en/steps/{number}/")
    assert len(kept) == 2
    assert len(renders) == 4


def test_two_thousand_requests_with_made_up_queries_are_one_page_in_memory(kept, renders):
    visitor = Client()
    for number in range(2000):
        assert visitor.get(f"/en/steps/3/?from={number}&{number}=x").status_code == 200
    assert len(kept) == len(renders) == 1


def test_what_is_not_there_is_not_kept(kept):
    assert Client().get("/en/steps/99/").status_code == 404
    assert len(kept) == 0


def test_a_browser_that_takes_it_gets_the_page_compressed_under_a_tag_of_its_own():
    plain = Client().get("/en/steps/3/")
    zipped = Client().get("/en/steps/3/", headers={"accept-encoding": "br, gzip;q=0.8"})
    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    assert zipped["ETag"] != plain["ETag"]
    assert re.fullmatch(r'"[^"]+"', zipped["ETag"])
    assert "Accept-Encoding" in plain["Vary"]
    assert "Accept-Encoding" in zipped["Vary"]
    again = Client().get("/en/steps/3/", headers={"accept-encoding": "gzip", "if-none-match": zipped["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_asking_for_the_headers_alone_gets_those_of_the_page():
    page, head = Client().get("/en/steps/3/"), Client().head("/en/steps/3/")
    assert head.content == b""
    assert head.headers == page.headers


@pytest.mark.parametrize("taken", ["", "br", "gzip;q=0", "gzip;q=0.000", "x-gzip", "identity, gzip; q=0"])
def test_a_browser_that_does_not_take_it_gets_the_page_as_it_is(taken):
    assert "Content-Encoding" not in Client().get("/en/steps/3/", headers={"accept-encoding": taken})


def test_the_cookie_still_decides_who_may_keep_a_page():
    known = Client()
    known.cookies["display"] = "auto-normal"
    assert Client().get("/en/steps/3/")["Cache-Control"] == "public, max-age=300"
    assert known.get("/en/steps/3/")["Cache-Control"] == "private, no-cache"
