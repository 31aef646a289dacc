"""Public pages: no session, no user, no database, no token; the same bytes for everybody with the same display."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.urls import get_resolver
from django.utils import translation

from config import retention
from guidance import addresses, check, helplines, library

PATHS = [
    "",
    "tonight/silent/",
    "tonight/argument/",
    "tonight/worn-out/",
    "steps/",
    *(f"steps/{number}/" for number in range(1, 10)),
    "cards/",
    "cards/company/",
    "cards/blows/",
    "services/",
    "visits/",
    "before-you-act/",
    "before-you-act/1/",
    "help/",
    *(f"help/{code}/" for code in library.current().helplines.countries),
    "help/call/",
    "help/hurt/",
    "help/words/",
    "help/you/",
    "about/",
    "about/sources/",
    "home-privacy/",
    "privacy/",
    "accessibility/",
    "for-you/",
    "pages/money-sheet/",
    "pages/terms/",
    "happening/",
    "words/",
    *(f"pages/{slug}/" for slug in library.READING if slug != "happening"),
    "display/",
]
HELP = [path for path in PATHS if path.startswith("help/")]
FORMS = {"before-you-act/1/", "display/"}
QUIET = ("before-you-act/", "before-you-act/1/", "cards/", "cards/company/", "cards/blows/", "services/", "visits/", "display/")
SESSION = "a-session-that-is-not-ours"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Help pages tell the time of another country: one moment for every answer of a test."""
    monkeypatch.setattr(helplines, "now", lambda: datetime(2026, 11, 24, 3, 12, tzinfo=UTC))


class Page(HTMLParser):
    """The tags of a page, for questions a regular expression answers badly."""

    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("path", PATHS)
def test_a_public_page_touches_no_database_session_or_user(client, path, language):
    """pytest-django stops every query in a test without its mark: the database is gone."""
    plain = client.get(f"/{language}/{path}")
    assert plain.status_code == 200
    client.cookies[settings.SESSION_COOKIE_NAME] = SESSION
    signed_in = client.get(f"/{language}/{path}")
    assert signed_in.content == plain.content
    assert not plain.cookies
    assert not signed_in.cookies
    assert "csrfmiddlewaretoken" not in plain.text
    if path not in FORMS:
        assert plain["Cache-Control"] == "public, max-age=300"
        assert signed_in["Cache-Control"] == "private, no-cache"
        assert plain["Vary"] == signed_in["Vary"] == "Accept-Encoding, Cookie, HX-Request"
        assert client.get(f"/{language}/{path}", headers={"If-None-Match": plain["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", PATHS)
def test_only_the_display_cookie_changes_a_page(client, path):
    before = client.get(f"/en/{path}", headers={"Accept-Language": "ja", "User-Agent": "x"}).content
    client.cookies["display"] = "dark-large"
    after = client.get(f"/en/{path}").text
    assert 'data-theme="dark" data-text="large"' in after
    if path != "display/":
        assert before.decode() == after.replace('data-theme="dark" data-text="large"', 'data-theme="auto" data-text="normal"')


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("path", HELP)
def test_a_help_page_has_no_script_and_is_small(client, path, language):
    response = client.get(f"/{language}/{path}")
    page = Page(response.text)
    assert not page.all("script")
    assert not [attrs for _, attrs in page.tags if any(name.startswith(("hx-", "on")) for name in attrs)]
    assert len(response.content) < 50_000


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_well_made(client, path, language):
    page = Page(client.get(f"/{language}/{path}").text)
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(page.all("h1")) == 1
    assert len(set(ids)) == len(ids)
    assert f"/{language}/help/" in [link.get("href") for link in page.all("a")]
    for tag, attrs in page.tags:
        assert "style" not in attrs, tag
        for name in ("aria-labelledby", "aria-describedby"):
            assert not attrs.get(name) or attrs[name] in ids, tag
        if "hx-get" in attrs:
            assert attrs["hx-get"] == attrs["href"]
        if "hx-post" in attrs:
            assert attrs["hx-post"] == attrs["action"]
    for link in page.all("a"):
        if link.get("href", "").startswith("#"):
            assert link["href"][1:] in ids


def test_every_link_inside_the_guidance_leads_somewhere(client):
    waiting, seen, parts = {f"/{language}/{path}" for language in ("en", "ja") for path in PATHS}, {}, set()
    while waiting:
        path = waiting.pop()
        response = client.get(path)
        assert response.status_code == 200, path
        page = Page(response.text)
        seen[path] = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
        for link in page.all("a"):
            target, _, part = link["href"].partition("#")
            target = target.partition("?")[0] or path
            private = re.match(r"/(en|ja)/(notes|desk|account)/|/leave/", target)
            if target.startswith("/") and not private:
                parts |= {(target, part)} if part else set()
                if target not in seen:
                    waiting.add(target)
    assert not {(path, part) for path, part in parts if part not in seen[path]}


def test_what_a_link_may_name_is_on_the_page(client):
    for document in library.current().documents.values():
        page = Page(client.get(address_of(document)).text)
        assert document.parts <= {attrs["id"] for _, attrs in page.tags if "id" in attrs}, document.path


def test_every_text_shows_who_has_reviewed_it_or_that_it_is_a_draft(client):
    for document in library.current().documents.values():
        page = client.get(address_of(document)).text
        notice = {
            "en": "Draft wording. A clinician has not reviewed this page.",
            "ja": "この文章は下書きです。専門家の確認を受けていません。",
        }[document.language]
        assert (notice in page) == document.is_draft, document.path
        assert not document.reviewed_by or document.reviewed_by in page


def address_of(document):
    with translation.override(document.language):
        return addresses.of(document.kind, str(document.order) if document.kind == "step" else document.slug)


NOWHERE = [
    "tonight/nothing/",
    "steps/0/",
    "steps/10/",
    "cards/nothing/",
    "help/zz/",
    "help/nothing/",
    "pages/about/",
    "pages/tonight-silent/",
    "pages/happening/",
    "pages/nothing/",
]


@pytest.mark.parametrize("path", NOWHERE)
def test_what_does_not_exist_is_404(client, path):
    assert client.get(f"/en/{path}").status_code == 404


@pytest.mark.parametrize("path", [path for path in PATHS if path not in FORMS])
def test_a_page_is_only_read(client, path):
    assert client.post(f"/en/{path}").status_code == 405


def test_every_address_of_the_guidance_has_a_name_and_is_public():
    patterns = [pattern for pattern in _patterns(get_resolver()) if pattern.lookup_str.startswith("guidance.")]
    assert len(patterns) > 15
    assert all(pattern.name and pattern.callback.is_public for pattern in patterns)


def _patterns(resolver):
    for pattern in resolver.url_patterns:
        yield from _patterns(pattern) if hasattr(pattern, "url_patterns") else [pattern]


TELLING = re.compile(r"hikikomori|withdraw|violen|mental|counsel|dying|hurt|suicide|ひきこもり|相談|暴力|死", re.IGNORECASE)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("path", [*HELP, *QUIET])
def test_the_name_in_the_tab_tells_nothing(client, path, language):
    title = re.search(r"<title>(.*?)</title>", client.get(f"/{language}/{path}").text, re.DOTALL)[1]
    assert not TELLING.search(title)


def test_the_rows_of_the_landing_page_open_the_right_pages(client):
    page = client.get("/en/").text
    for row, address in {
        "We do not speak at all": "/en/tonight/silent/",
        "We speak, but it ends in an argument": "/en/tonight/argument/",
        "I am thinking of asking someone to come": "/en/before-you-act/",
        "I am worn out": "/en/tonight/worn-out/",
        "I am afraid for someone's safety": "/en/help/",
    }.items():
        assert re.search(rf'<a href="{address}">(?:(?!</a>).)*<b>{row}</b>', page, re.DOTALL), row


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_country_is_chosen_never_guessed(client, language):
    page = client.get(f"/{language}/help/", headers={"Accept-Language": "ja-JP", "CF-IPCountry": "JP"}).text
    main = page[page.index("<main") : page.index("</main>")]
    assert "tel:" not in main
    for code in library.current().helplines.countries:
        assert f'href="/{language}/help/{code}/"' in main


@pytest.mark.parametrize(
    ("utc", "said"), [("07:59", "Closed now."), ("08:00", "Open now."), ("22:59", "Open now."), ("23:00", "Closed now.")]
)
def test_open_now_is_said_by_the_clock_of_the_place(client, monkeypatch, utc, said):
    """Telefono Amico answers from nine to midnight; in November Rome is an hour ahead of UTC."""
    monkeypatch.setattr(helplines, "now", lambda: datetime.fromisoformat(f"2026-11-24T{utc}:00+00:00"))
    page = client.get("/en/help/it/").text
    assert said in page
    assert page.count("Open now.") + page.count("Closed now.") == 1


def test_nothing_is_said_about_now_where_hours_are_not_sure(client):
    """Inochi no Denwa has more hours in some weeks of the year; of the message line nobody knows the hours."""
    for language in ("en", "ja"):
        page = client.get(f"/{language}/help/jp/").text
        for name in (
            ("Inochi no Denwa", "Police advice line") if language == "en" else ("いのちの電話</dt>", "警察相談専用電話</dt>")
        ):
            line = page[page.index(name) :].partition("</div>")[0]
            assert not re.search("Open now|Closed now|つながる時間です|時間外です", line)


def test_a_number_that_is_not_shown_is_not_called_open(client, monkeypatch):
    monkeypatch.setattr(helplines, "now", lambda: datetime(2027, 6, 1, 12, tzinfo=UTC))
    page = client.get("/en/help/it/").text
    assert "Open now" not in page
    assert "Its number was last checked on Nov. 23, 2026, so it is not shown here." in page
    assert 'href="tel:112"' in page


def test_without_a_single_number_the_page_still_says_what_to_do(client, monkeypatch):
    monkeypatch.setattr(helplines, "now", lambda: datetime(2030, 1, 1, tzinfo=UTC))
    for code in library.current().helplines.countries:
        page = client.get(f"/en/help/{code}/").text
        main = page[page.index("<main") : page.index("</main>")]
        emergency = {item.href for item in library.current().helplines.emergency(code)}
        assert set(re.findall(r'href="(tel:[^"]+)"', main)) == emergency
        assert "Say where you are first. Then say what is happening now." in main


@pytest.mark.parametrize("code", sorted(library.current().helplines.countries))
def test_both_languages_show_the_same_numbers(client, code):
    numbers = [
        sorted(re.findall(r'href="(tel:[^"]+)"', client.get(f"/{language}/help/{code}/").text.split("<footer")[0]))
        for language in ("en", "ja")
    ]
    assert numbers[0] == numbers[1]
    assert numbers[0]


def test_a_telephone_number_stands_in_no_template():
    templates = library.ROOT.parent.parent / "templates" / "guidance"
    known = library.current().helplines.numbers
    for path in templates.glob("*.html"):
        text = re.sub(r'(?:d|x|y|width|height|cx|cy|r|viewBox|transform)="[^"]*"', "", path.read_text("utf-8"))
        assert not check.telephone_numbers(text, known), path.name


def test_a_step_shows_its_parts_its_sources_and_that_it_is_a_draft(client):
    page = client.get("/en/steps/3/").text
    for heading in (
        "Words you can use",
        "This helps",
        "This makes it harder",
        "Stay, pause or go back",
        "When it is urgent",
        "Why we say this",
    ):
        assert heading in page
    assert "Draft wording. A clinician has not reviewed this page." in page
    assert 'hx-get="/en/notes/place/3/"' in page


def test_the_source_list_names_every_source(client):
    page = client.get("/en/about/sources/").text
    assert all(f'id="source-{source}"' in page for source in library.current().sources)


@pytest.mark.parametrize(
    ("language", "said"), [("en", ("30 days", "24 hours", "2 years", "7 days")), ("ja", ("30日", "24時間", "2年", "7日"))]
)
def test_the_page_about_privacy_says_what_the_settings_say(client, monkeypatch, language, said):
    page = client.get(f"/{language}/privacy/").content.decode()
    assert all(words in page for words in said)
    monkeypatch.setitem(retention.KEPT, "bin", timedelta(days=11))
    assert ("11 days" if language == "en" else "11日") in client.get(f"/{language}/privacy/").content.decode()
