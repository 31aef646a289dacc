"""What every page promises: it works without a script, says nothing in the tab, keeps nothing, and help comes first."""

import gzip
import json
import re
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.contrib.staticfiles import finders
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from config import errors
from guidance import addresses, library
from journal.models import Entry, Journal, Reply
from tests import factories
from tests.conftest import SECRET, make_world, sign_in
from tests.screens import SCREENS, WITHOUT_SCREEN, Screen, complete, form_of_entry
from tests.test_access import ROWS, URLS
from tests.tools.markup import Element, Markup

LANGUAGES = ["en", "ja"]
SITE_NAME = {"en": " – Hallway Light", "ja": " – 廊下の灯り"}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
# Design 7.3 no. 27: words no tab, address or history may show on a page that belongs to a family.
TELLING = re.compile(
    "hikikomori|withdraw|recluse|violen|mental|psych|counsel|suicid|dying|abuse|diagnos|therap|"
    "引きこもり|ひきこもり|不登校|暴力|精神|相談|自殺|死|虐待|診断|カウンセ",
    re.I,
)
# The order of everything the Tab key meets before the page itself, in each of the two frames.
HEADERS = {
    ("site", "en"): [
        "Skip to main content", "Help now: phone numbers", "Leave quickly", "Hallway Light", "Leave quickly",
        "Steps", "Journal", "Help now", "日本語",
    ],
    ("site", "ja"): [
        "本文へ移る", "緊急の電話へ", "すぐ閉じる", "廊下の灯り", "すぐ閉じる", "手引き", "ノート", "緊急の電話", "English",
    ],
    ("desk", "en"): [
        "Skip to main content", "Help now: phone numbers", "Hallway Light", "Sign out", "Queue", "My page", "Help now", "日本語",
    ],
    ("desk", "ja"): [
        "本文へ移る", "緊急の電話へ", "廊下の灯り", "出る", "待っている家族", "自分のページ", "緊急の電話", "English",
    ],
}  # fmt: skip


@dataclass
class Opened:
    """One page as one role met it, with the fragments its links lead to."""

    screen: Screen
    language: str
    response: HttpResponse
    markup: Markup
    fragments: dict[str, tuple[HttpResponse, Markup]] = field(default_factory=dict)
    links: dict[str, HttpResponse] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.language} {self.screen.role}: {self.screen.name}"


@pytest.fixture
def opened(db, everything):
    """Every page of the site; `db` says that the test database is needed, whichever of these tests runs."""
    return everything


@pytest.fixture(scope="module")
def everything(django_db_setup, django_db_blocker):
    """Every page of the site in both languages, its fragments and the pages its links open; made once."""
    pages, seen = [], {}
    with django_db_blocker.unblock(), override_settings(SECOND_FACTOR_REQUIRED=False), transaction.atomic():
        world = complete(make_world())
        for language in LANGUAGES:
            for screen in SCREENS:
                with transaction.atomic():
                    response, client = screen.show(world, language)
                    pages.append(one := Opened(screen, language, response, Markup(response.content.decode())))
                    _follow(one, client, seen)
                    transaction.set_rollback(True)
        transaction.set_rollback(True)
    return pages


def _follow(page: Opened, client: Client, seen: dict[tuple[str, str], HttpResponse]) -> None:
    for element in page.markup.with_attribute("hx-get"):
        address = element.get("hx-get")
        headers = {"HX-Request": "true", "HX-Target": element.get("hx-target").removeprefix("#")}
        response = client.get(address, headers=headers)
        page.fragments[address] = response, Markup(response.content.decode())
    for link in page.markup.all("a"):
        address = link.get("href").partition("#")[0]
        if address.startswith("/") and address != reverse("leave"):
            key = (page.screen.role, address)
            if key not in seen:
                seen[key] = client.get(address)
            page.links[link.get("href")] = seen[key]


def gather(opened, rule):
    """Apply a rule to every page and fail once, with every problem in the message."""
    found = [f"{page}: {problem}" for page in opened for problem in rule(page)]
    assert not found, "\n" + "\n".join(dict.fromkeys(found))


pytestmark = pytest.mark.xdist_group("pages")


def test_every_address_that_answers_get_has_a_screen_or_a_reason():
    shown = {screen.url_name for screen in SCREENS}
    answering = {name for method, name, _ in ROWS if method == "GET"} | {name for name in URLS if ":" not in name}
    missing = answering - shown - set(WITHOUT_SCREEN)
    # One screen stands for every text page of the library; each is opened further down.
    assert missing == {"guidance:page_detail"}
    assert not shown & set(WITHOUT_SCREEN)


# ---- the contract of pages without JavaScript


def contract(page, markup, targets):
    for element in markup.elements:
        get, post = element.get("hx-get"), element.get("hx-post")
        if get:
            yield from [] if element.tag == "a" and get == element.get("href") else [f"hx-get is not the link's own: {element}"]
        if post and element.tag == "form":
            own = post == element.get("action") and element.get("method") == "post"
            yield from [] if own else [f"hx-post is not the form's own: {element}"]
        elif post:
            own = element.tag == "button" and post == element.get("formaction")
            yield from [] if own else [f"hx-post is not the button's own: {element}"]
        for name in element.attrs:
            if name in {"hx-put", "hx-patch", "hx-delete", "hx-boost", "hx-ext", "hx-inherit", "hx-vars"} or name.startswith(
                "hx-on"
            ):
                yield f"{name}: {element}"
        if "js:" in element.get("hx-vals") + element.get("hx-headers") or "[" in element.get("hx-trigger"):
            yield f"asks htmx to evaluate: {element}"
        target = element.get("hx-target")
        if (get or post) and not target.startswith("#"):
            yield f"names no target of its own: {element}"
        if target and target.removeprefix("#") not in targets:
            yield f"target is not on the page: {element}"
        if (chosen := element.get("hx-select")) and chosen != "#main":
            yield f"selects {chosen}: {element}"


def test_htmx_only_repeats_what_plain_html_does(opened):
    def rule(page):
        ids = set(page.markup.ids)
        yield from contract(page, page.markup, ids)
        for _response, fragment in page.fragments.values():
            yield from contract(page, fragment, ids | set(fragment.ids))

    gather(opened, rule)


def test_every_form_says_where_it_goes_and_how(opened):
    def rule(page):
        for form in page.markup.all("form"):
            if form.get("method") != "post":
                yield f"a form without method=post: {form}"
        for button in page.markup.all("button"):
            inside = any(outer.tag == "form" for outer in button.above()) or "form" in button.attrs
            if not inside and button.get("type") != "button":
                yield f"a button that does nothing: {button}"

    gather(opened, rule)


def test_a_fragment_moves_the_focus_or_speaks_and_never_both(opened):
    def rule(page):
        for address, (response, fragment) in page.fragments.items():
            if response.status_code == 204 or "/place/" in address:
                continue  # loaded with the page, by nobody's press: it stays silent
            moves = fragment.with_attribute("autofocus")
            speaks = [element for element in fragment.with_attribute("hx-swap-oob") if element.get("id") == "live"]
            if len(moves) + len(speaks) != 1:
                yield f"{address}: {len(moves)} autofocus, {len(speaks)} messages"
            if fragment.all("html", "head", "body", "main"):
                yield f"{address}: a whole page instead of a fragment"

    gather(opened, rule)


# ---- what no page holds


def test_no_page_has_code_or_style_of_its_own(opened):
    def rule(page):
        for element in page.markup.elements:
            if element.tag == "style" or "style" in element.attrs or any(name.startswith("on") for name in element.attrs):
                yield f"inline: {element}"
            if element.tag == "script" and "src" not in element.attrs and element.get("type") != "application/json":
                yield f"inline script: {element}"
            if element.get("href").startswith(("javascript:", "data:")) or element.get("src").startswith("data:"):
                yield f"code in an address: {element}"

    gather(opened, rule)


def test_no_page_loads_or_sends_anything_elsewhere(opened):
    def rule(page):
        for element in page.markup.elements:
            for name in {"src", "srcset", "action", "formaction", "poster", "hx-get", "hx-post"} & element.attrs.keys():
                if not re.match(r"/(?!/)|$", element.get(name)):
                    yield f"leaves the site: {element}"
            if element.tag == "link" and not element.get("href").startswith(("/", "http://testserver/")):
                yield f"leaves the site: {element}"
            if element.tag == "a" and element.get("href").startswith("http") and "noreferrer" not in element.get("rel"):
                yield f"tells another site where the reader comes from: {element}"
            if element.tag in {"iframe", "object", "embed", "base", "video", "audio", "img"}:
                yield f"not used here: {element}"

    gather(opened, rule)


# ---- what every page has


def test_every_page_has_one_heading_one_empty_live_region_and_its_language(opened):
    def rule(page):
        markup = page.markup
        if (n := len(markup.all("h1"))) != 1:
            yield f"{n} h1"
        if not all(heading.text for heading in markup.all("h1", "h2", "h3", "h4")):
            yield "an empty heading"
        live = [element for element in markup.elements if element.get("id") == "live"]
        if len(live) != 1 or live[0].text or live[0].get("role") != "status" or live[0].get("aria-live") != "polite":
            yield f"live region: {live}"
        if markup.all("html")[0].get("lang") != page.language or len(markup.all("main")) != 1:
            yield f"lang {markup.all('html')[0].get('lang')}"
        if len(markup.with_attribute("autofocus")) > 1:
            yield f"two elements want the focus: {[str(element) for element in markup.with_attribute('autofocus')]}"

    gather(opened, rule)


def test_headings_never_skip_a_level(opened):
    def rule(page):
        before = 1
        main = [element for element in page.markup.all("h1", "h2", "h3", "h4") if any(o.tag == "main" for o in element.above())]
        for heading in main:
            level = int(heading.tag[1])
            if level > before + 1:
                yield f"h{before} then h{level}: {heading.text}"
            before = level

    gather(opened, rule)


def test_the_title_names_the_page_neutrally_and_ends_with_the_site(opened):
    def rule(page):
        title = page.markup.title
        words, _, _ = title.partition(SITE_NAME[page.language])
        if not title.endswith(SITE_NAME[page.language]) or not words.strip():
            yield f"title {title!r}"
        if (page.screen.private or ":help" in page.screen.url_name or ":checkpoint" in page.screen.url_name) and TELLING.search(
            words
        ):
            yield f"title tells {title!r}"
        error = "Error:" if page.language == "en" else "エラー:"
        if (page.response.status_code == 422) != (title.startswith(error) and page.response.status_code == 422):
            yield f"a form came back and the title does not say so: {title!r}"

    gather(opened, rule)


def test_no_address_of_the_site_tells_why_somebody_is_here():
    for name, arguments in URLS.items():
        try:
            address = reverse(name, args=[1] * len(arguments))
        except NoReverseMatch:
            address = reverse(name, args=["00000000-0000-4000-8000-000000000000"] if arguments != ("country",) else ["jp"])
        assert not TELLING.search(address), address


def test_the_frame_is_in_the_same_order_on_every_page(opened):
    def rule(page):
        before_main = []
        for element in page.markup.focusable:
            if any(outer.tag == "main" for outer in element.above()) or any(outer.tag == "footer" for outer in element.above()):
                break
            before_main.append(element.text)
        expected = HEADERS[page.screen.frame, page.language]
        if before_main != expected:
            yield f"{before_main}"

    gather(opened, rule)


def test_help_and_leaving_are_the_first_things_to_reach(opened):
    def rule(page):
        first = [element.get("href") for element in page.markup.focusable[:3]]
        help_now = f"/{page.language}/help/"
        expected = ["#main", help_now, "/leave/"] if page.screen.frame == "site" else ["#main", help_now]
        if first[: len(expected)] != expected:
            yield f"{first}"

    gather(opened, rule)


def test_each_control_has_a_visible_label(opened):
    def rule(page):
        labelled = {label.get("for") for label in page.markup.all("label")}
        for control in page.markup.all("input", "select", "textarea"):
            if control.get("type") == "hidden" or "hidden" in control.attrs:
                continue
            around = next((outer for outer in control.above() if outer.tag == "label"), None)
            if not (around and around.text) and control.get("id") not in labelled - {""}:
                yield f"no label: {control}"
            if "placeholder" in control.attrs:
                yield f"a placeholder: {control}"
        for button in page.markup.all("button", "a", "summary"):
            if not button.text:
                yield f"no words: {button}"

    gather(opened, rule)


def test_groups_of_choices_stand_in_a_fieldset_with_a_legend(opened):
    def rule(page):
        for control in page.markup.all("input"):
            if control.get("type") == "radio":
                around = next((outer for outer in control.above() if outer.tag == "fieldset"), None)
                if around is None or not any(legend.parent is around for legend in page.markup.all("legend")):
                    yield f"no fieldset: {control}"

    gather(opened, rule)


def test_ids_are_unique_and_every_reference_to_one_is_kept(opened):
    def rule(page):
        ids = page.markup.ids
        for one in {one for one in ids if ids.count(one) > 1}:
            yield f"id twice: {one}"
        for element in page.markup.elements:
            named = element.get("aria-describedby").split() + element.get("aria-labelledby").split() + [element.get("for")]
            for one in named:
                if one and one not in ids:
                    yield f"points to no id {one!r}: {element}"
            if element.tag == "a" and element.get("href").startswith("#") and element.get("href")[1:] not in ids:
                yield f"leads nowhere: {element}"
            if element.tag == "svg" and "aria-hidden" not in element.attrs and not _named(element):
                yield f"a picture without words: {element}"

    gather(opened, rule)


def _named(svg: Element) -> bool:
    return any(outer.get("aria-label") or outer.get("aria-labelledby") for outer in [svg, *svg.above()])


def test_every_link_opens_for_whoever_sees_it(opened):
    def rule(page):
        for address, response in page.links.items():
            if response.status_code >= 400:
                yield f"{address}: {response.status_code}"
            anchor = address.partition("#")[2]
            if anchor and response.status_code == 200 and f'id="{anchor}"' not in response.content.decode():
                yield f"{address}: no such place on the page"

    gather(opened, rule)


def test_the_other_language_is_one_press_away(opened):
    def rule(page):
        other = "ja" if page.language == "en" else "en"
        links = [link for link in page.markup.all("a") if link.get("hreflang") == other]
        if len(links) != 1 or links[0].get("lang") != other or not links[0].get("href").startswith(f"/{other}/"):
            yield f"{[str(link) for link in links]}"

    gather(opened, rule)


def test_words_a_family_wrote_carry_their_own_direction(opened):
    def rule(page):
        for area in page.markup.all("textarea"):
            if area.get("dir") != "auto" or area.get("autocomplete") != "off" or area.get("writingsuggestions") != "false":
                yield f"{area}"
        for element in page.markup.elements:
            if "words" in element.get("class").split() and element.get("dir") != "auto":
                yield f"{element}"

    gather(opened, rule)


def test_error_summaries_lead_to_the_field_and_say_the_same_beside_it(opened):
    def rule(page):
        if page.response.status_code != 422:
            return
        text = page.response.content.decode()
        summary = [element for element in page.markup.elements if element.get("id") == "errors"]
        if len(summary) != 1 or "autofocus" not in summary[0].attrs:
            yield "no summary with the focus"
            return
        for link in page.markup.all("a"):
            if summary[0] in link.above() and text.count(link.text) + unescape(text).count(link.text) < 4:
                yield f"the words are not beside the field: {link.text}"

    gather(opened, rule)


# ---- headers


def test_every_page_carries_the_whole_set_of_headers(opened):
    def rule(page):
        if page.screen.name in {"error 400", "error 403", "error 429", "error 500"}:
            return  # made without middleware: the next test sends these for real
        keeps = "no-store" not in page.response["Cache-Control"] or page.screen.private
        yield from [problem for problem in bad_headers(page.response) if keeps or not problem.startswith("Vary")]
        if page.screen.private and page.response["Cache-Control"] != "no-store, private":
            yield f"Cache-Control: {page.response['Cache-Control']}"
        if page.screen.private and page.response.get("ETag"):
            yield "an ETag"
        for response, _fragment in page.fragments.values():
            yield from bad_headers(response)
            if response["Cache-Control"] != "no-store, private":
                yield f"fragment, Cache-Control: {response['Cache-Control']}"

    gather(opened, rule)


def bad_headers(response):
    expected = {
        "Content-Security-Policy": CSP,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    for name, value in expected.items():
        if response.get(name) != value:
            yield f"{name}: {response.get(name)}"
    if response.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        yield f"Referrer-Policy: {response.get('Referrer-Policy')}"
    if not {"Cookie", "HX-Request"} <= {name.strip() for name in response.get("Vary", "").split(",")}:
        yield f"Vary: {response.get('Vary')}"


@pytest.mark.parametrize(
    ("status", "send"),
    [
        (400, lambda client: client.post("/en/display/", {f"field{n}": "" for n in range(201)})),
        (403, lambda client: client.post("/en/display/", {}, headers={"Origin": "https://elsewhere.example"})),
        (404, lambda client: client.get("/en/nothing/")),
        (404, lambda client: client.get("/ja/help/xx/")),
        (405, lambda client: client.post("/en/steps/3/")),
        (500, None),
    ],
    ids=["too many fields", "another site", "no page", "no country", "wrong method", "our side"],
)
def test_errors_carry_the_headers_too_and_nobody_keeps_them(client, monkeypatch, status, send):
    if send is None:
        client.raise_request_exception = False
        monkeypatch.setattr("guidance.views.library.current", lambda: 1 / 0)
        response = client.get("/en/steps/3/")
    else:
        response = send(client)
    assert response.status_code == status
    problems = [problem for problem in bad_headers(response) if not problem.startswith("Vary")]
    assert problems == []
    assert response["Cache-Control"] in {"no-store, private", "no-store"}


# ---- public pages: no session, no database, the same for everybody


def public_addresses(language):
    texts = library.current()
    with translation.override(language):
        found = [f"/{language}/", reverse("guidance:step_list"), reverse("guidance:card_list"), reverse("guidance:source_list")]
        found += [reverse("guidance:step_detail", args=[step.order]) for step in texts.steps(language)]
        found += [reverse("guidance:card_detail", args=[card.slug]) for card in texts.cards(language)]
        found += [reverse("guidance:help_detail")]
        found += [reverse("guidance:help_detail", args=[country]) for country in texts.helplines.countries]
        found += [reverse("guidance:help_page", args=[page]) for page in ("hurt", "words", "you")]
        found += [addresses.of_page(slug) for slug in ("about", "home-privacy", "privacy", "accessibility", "for-you")]
        found += [reverse("guidance:checkpoint_start")]
    return found


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


# ---- errors need nothing


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (errors.bad_request, 400),
        (errors.forbidden, 403),
        (errors.not_found, 404),
        (errors.server_error, 500),
        (errors.csrf_failure, 403),
    ],
)
def test_an_error_page_needs_no_database_and_shows_the_way_to_help(handler, status, language):
    request = RequestFactory().post(
        f"/{language}/account/sign-in/", {"password": "do not echo"}, HTTP_COOKIE="session=" + "s" * 32
    )
    with translation.override(language):
        response = handler(request)
    markup = Markup(response.content.decode())
    assert response.status_code == status
    assert "do not echo" not in response.content.decode()
    main = [link.get("href") for link in markup.all("a") if any(outer.tag == "main" for outer in link.above())]
    assert main[:3] == [f"/{language}/help/", f"/{language}/steps/", f"/{language}/notes/"]


# ---- how much goes over the wire


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


# ---- words are kept


def kept_form(response):
    """The form of a page that kept the words, as a browser would send it again."""
    markup = Markup(response.content.decode())
    (form,) = [form for form in markup.all("form") if form.get("action") == response.wsgi_request.path]
    fields = defaultdict(list)
    for element in markup.all("input", "textarea"):
        if form in element.above():
            # A browser leaves out the first line break of a text area.
            text = "".join(element.parts).removeprefix("\n") if element.tag == "textarea" else element.get("value")
            fields[element.get("name")].append(text)
    return form.get("action"), dict(fields)


WORDS = "おやすみと言った。\n“Good night” <b>& more</b>\n\nI waited. 👨‍👩‍👧 " + "長い言葉。" * 30


def test_a_page_sent_after_the_sign_in_ended_comes_back_with_every_word_and_then_saves(world):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, world.roles["owner"])
    home = browser.get(reverse("journal:home"))
    (token,) = {
        element.get("value")
        for element in Markup(home.content.decode()).all("input")
        if element.get("name") == "csrfmiddlewaretoken" and element.parent.get("action") == reverse("journal:entry_add")
    } or {""}
    data = form_of_entry(world, words=WORDS) | {"csrfmiddlewaretoken": token}
    Session.objects.all().delete()

    response = browser.post(reverse("journal:entry_add"), data)
    assert response.status_code == 401
    markup = Markup(response.content.decode())
    action, fields = kept_form(response)
    assert {name: values for name, values in fields.items() if name != "csrfmiddlewaretoken"} == {
        name: [value] for name, value in data.items() if name != "csrfmiddlewaretoken"
    }
    sign_in_link = [link for link in markup.all("a") if link.get("href").startswith(reverse("account_login"))]
    assert sign_in_link[0].get("target") == "_blank"
    assert sign_in_link[0].get("rel") == "noopener"
    assert not Session.objects.exists()
    assert not Entry.objects.filter(author=world.roles["owner"], submission=data["submission"]).exists()

    # In the new tab: a sign-in, which changes the token for every page loaded before it.
    browser.force_login(world.roles["owner"])
    browser.cookies["csrf"] = "b" * 32
    response = browser.post(action, fields)
    if response.status_code == 403:
        action, fields = kept_form(response)
        response = browser.post(action, fields)
    assert response.status_code == 303
    saved = Entry.objects.get(submission=data["submission"])
    (saved,) = Entry.objects.filter(pk=saved.pk).opened()
    assert saved.document.words == WORDS


def test_a_page_with_an_old_token_comes_back_with_a_fresh_one_that_works(world):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, world.roles["owner"])
    response = browser.post(
        reverse("journal:entry_detail", args=[world.entry.pk]), {"version": 1, "words": WORDS, "kind": "greet"}
    )
    assert response.status_code == 403
    action, fields = kept_form(response)
    assert fields["words"] == [WORDS]
    assert fields["csrfmiddlewaretoken"] != [""]
    assert browser.post(action, fields).status_code == 303
    (saved,) = Entry.objects.filter(pk=world.entry.pk).opened()
    assert saved.document.words == WORDS


def test_a_fragment_sent_after_the_sign_in_ended_swaps_nothing(client, world):
    response = client.post(reverse("journal:entry_add"), form_of_entry(world, words=WORDS), headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (401, b"")
    assert not response.cookies


def test_a_fragment_with_an_old_token_comes_back_as_the_page_with_every_word(world):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, world.roles["owner"])
    data = form_of_entry(world, words=WORDS)
    response = browser.post(reverse("journal:entry_add"), data, headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Retarget"], response["HX-Reselect"]) == (422, "#main", "#main")
    action, fields = kept_form(response)
    assert fields["words"] == [WORDS]
    assert browser.post(action, fields).status_code == 303


def test_a_draft_with_an_old_token_moves_nothing_on_the_page(world):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, world.roles["owner"])
    response = browser.post(reverse("journal:entry_draft"), form_of_entry(world), headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
@pytest.mark.parametrize("signed_in", [True, False])
def test_what_another_site_sends_is_not_shown_back(world, headers, signed_in):
    browser = Client(enforce_csrf_checks=True)
    if signed_in:
        sign_in(browser, world.roles["owner"])
    response = browser.post(reverse("journal:entry_add"), form_of_entry(world, words="bait"), headers=headers)
    assert response.status_code == 403
    assert "bait" not in response.content.decode()
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("account_login", {"login": "a@example.test", "password": "secret-words-1"}),
        (
            "account_change_password",
            {"oldpassword": "secret-words-1", "password1": "secret-words-1", "password2": "secret-words-1"},
        ),
        ("account_reauthenticate", {"password": "secret-words-1"}),
        ("journal:role_join", {"password": "secret-words-1"}),
        ("journal:code_confirm", {"code": "secret-words-1"}),
        ("journal:share_new", {"code": "secret-words-1"}),
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_no_password_and_no_code_ever_comes_back(world, name, data, strict):
    browser = Client(enforce_csrf_checks=strict)
    response = browser.post(reverse(name, kwargs=world.url_arguments(URLS[name])), data)
    assert "secret-words-1" not in response.content.decode()


# ---- lists cost the same for three rows and for thirty


def count(client, address):
    client.get(address)  # what is done once a session: the moment of the first request, the log's head
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code == 200
    return len(queries), [query["sql"] for query in queries]


def make_reply(share, entry):
    author = share.counsellor.user
    return Reply.objects.send(share=share, author=author, entry=entry, submission=uuid.uuid4(), text="Good.")[0]


@pytest.mark.parametrize("name", ["home", "entry_list", "entry_bin", "share_list", "desk_family"])
def test_a_page_costs_the_same_for_three_entries_and_for_thirty(client, world, name):
    role = "counsellor" if name == "desk_family" else "owner"
    sign_in(client, world.roles[role])
    address = reverse(f"journal:{name}", args=[world.share.pk] if name == "desk_family" else [])
    numbers = []
    for more in (2, 30):
        for _ in range(more):
            entry = factories.make_entry(world.journal, world.roles["owner"], "Tea.", response="sign")
            factories.choose(entry, world.share)
            make_reply(world.share, entry)
            make_reply(world.share, None)
            factories.make_entry(world.journal, world.roles["owner"]).put_in_bin()
        numbers.append(count(client, address))
    assert numbers[0][0] == numbers[1][0], "\n".join(numbers[1][1])


def test_the_queue_costs_the_same_for_two_families_and_for_twenty(client, world):
    sign_in(client, world.roles["counsellor"])
    role = world.share.counsellor
    numbers = []
    for more in (1, 18):
        for _ in range(more):
            parent = factories.make_user("parent")
            journal = factories.make_journal(parent)
            share = factories.make_share(journal, role)
            factories.choose(factories.make_entry(journal, parent, "Tea."), share)
        numbers.append(count(client, reverse("journal:desk_queue")))
    assert Journal.objects.of_counsellor(world.roles["counsellor"]).count() == 20
    assert numbers[0][0] == numbers[1][0], "\n".join(numbers[1][1])


def test_the_htmx_settings_keep_pages_out_of_the_browser_and_forbid_evaluation():
    html = Client().get("/en/").content.decode()
    (meta,) = [element for element in Markup(html).all("meta") if element.get("name") == "htmx-config"]
    said = json.loads(meta.get("content"))
    assert (said["historyCacheSize"], said["allowEval"], said["allowScriptTags"]) == (0, False, False)
    assert (said["includeIndicatorStyles"], said["selfRequestsOnly"]) == (False, True)
    swaps = {row["code"]: row["swap"] for row in said["responseHandling"]}
    assert (swaps["401"], swaps["409"], swaps["422"]) == (False, True, True)
