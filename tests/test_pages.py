"""What every page promises: it works without a script, says nothing in the tab, keeps nothing, and help comes first."""

import json
import re
from dataclasses import dataclass, field
from html import unescape

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse

from tests.conftest import make_world
from tests.screens import SCREENS, WITHOUT_SCREEN, Screen, complete
from tests.test_access import ROWS, URLS
from tests.test_public_pages import PUBLIC
from tests.tools.headers import bad_headers
from tests.tools.markup import Element, Markup

LANGUAGES = ["en", "ja"]
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Japanese sets sentences side by side; what stands in a control or is a family's own is left as it was typed.
GAP = re.compile(
    r"[^。>]{0,20}。(?:</(?:a|b|span|strong|time)>)*\s+(?=(?:<(?:a|b|span|strong|time)\b[^>]*>)*[ぁ-んァ-ヶ一-龠「『])[^<。]{1,9}"
)
SITE_NAME = {"en": " – Hallway Light", "ja": " – 廊下の灯り"}
# Design 7.3 no. 27: words no tab, address or history may show on a page that belongs to a family.
TELLING = re.compile(
    "hikikomori|withdraw|recluse|violen|mental|psych|counsel|suicid|dying|abuse|diagnos|therap|"
    "引きこもり|ひきこもり|不登校|暴力|精神|相談|自殺|死|虐待|診断|カウンセ",
    re.I,
)
NEWS = {"en": "something new", "ja": "新しいお知らせがあります"}
# The order of everything the Tab key meets before the page itself, in each of the three frames.
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
    ("requests", "en"): [
        "Skip to main content", "Help now: phone numbers", "Hallway Light", "Sign out", "Requests", "Help now", "日本語",
    ],
    ("requests", "ja"): [
        "本文へ移る", "緊急の電話へ", "廊下の灯り", "出る", "お申し出", "緊急の電話", "English",
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

    @property
    def twin(self) -> str:
        """Where its link to the other language has to lead: to the same page, or to the front one from what has no GET."""
        other = "ja" if self.language == "en" else "en"
        asked = getattr(self.response, "request", {"PATH_INFO": f"/{self.language}/notes/", "REQUEST_METHOD": "GET"})
        prefix, _, rest = asked["PATH_INFO"].removeprefix("/").partition("/")
        return f"/{other}/{rest if asked['REQUEST_METHOD'] == 'GET' and prefix in LANGUAGES else ''}"

    def __str__(self) -> str:
        return f"{self.language} {self.screen.role}: {self.screen.name}"


@pytest.fixture
def opened(db, everything):
    """Every page of the site; `db` says that the test database is needed, whichever of these tests runs."""
    return everything


@pytest.fixture(scope="module", params=[pytest.param(one, marks=pytest.mark.xdist_group(one)) for one in LANGUAGES])
def everything(request, django_db_setup, django_db_blocker):
    """Every page of the site in a language, its fragments and the pages its links open; made once, on one worker."""
    pages, seen = [], {}
    with django_db_blocker.unblock(), override_settings(SECOND_FACTOR_REQUIRED=False), transaction.atomic():
        world = complete(make_world())
        for screen in SCREENS:
            with transaction.atomic():
                response, client = screen.show(world, request.param)
                pages.append(one := Opened(screen, request.param, response, Markup(response.content.decode())))
                _follow(one, client, seen)
                transaction.set_rollback(True)
        transaction.set_rollback(True)
    return pages


def _follow(page: Opened, client: Client, seen: dict[tuple[str, str], HttpResponse]) -> None:
    for element in _unlike(page.markup.with_attribute("hx-get"), "hx-get"):
        address = element.get("hx-get")
        headers = {"HX-Request": "true", "HX-Target": target_of(element)}
        response = client.get(address, headers=headers)
        page.fragments[address] = response, Markup(response.content.decode())
    for link in _unlike(page.markup.all("a"), "href"):
        address = link.get("href").partition("#")[0]
        # The twin in the other language is a screen of that language's own run.
        if address.startswith("/") and address != reverse("leave") and address != page.twin:
            # A public page is the same for everybody: test_a_public_page_needs_no_database_and_looks_at_no_session.
            key = ("" if address in PUBLIC else page.screen.role, address)
            if key not in seen:
                seen[key] = client.get(address)
            page.links[link.get("href")] = seen[key]


def target_of(element: Element) -> str:
    """The id of what htmx replaces: the one that is named, or that of the row which the element stands in."""
    target = element.get("hx-target")
    if target == "closest li":
        return next((outer.get("id") for outer in element.above() if outer.tag == "li"), "")
    return target.removeprefix("#") if target.startswith("#") else ""


def _unlike(elements: list[Element], name: str) -> list[Element]:
    """Return elements with an address; of rows that say the same and offer the same, and differ in their ids alone, the first."""
    first: dict[tuple[str, ...], Element] = {}
    for element in elements:
        *_, row = [element, *(outer for outer in element.above() if outer.tag in {"li", "tr", "article"})]
        first.setdefault((ID.sub("", element.get(name)), ID.sub("", element.get("hx-target")), element.text, row.text), element)
    return list(first.values())


def gather(opened, rule):
    """Apply a rule to every page and fail once, with every problem in the message."""
    found = [f"{page}: {problem}" for page in opened for problem in rule(page)]
    assert not found, "\n" + "\n".join(dict.fromkeys(found))


def test_every_address_that_answers_get_has_a_screen_or_a_reason():
    shown = {screen.url_name for screen in SCREENS}
    answering = {name for method, name, _ in ROWS if method == "GET"} | {name for name in URLS if ":" not in name}
    assert not answering - shown - set(WITHOUT_SCREEN)
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
        target = target_of(element)
        if (get or post) and not target:
            yield f"names no target of its own: {element}"
        if target and target not in targets:
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
            if response.status_code == 204 or "/place/" in address or address.endswith("/still/"):
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


def gap(page):
    if page.language == "ja":
        for found in GAP.finditer(page.response.content.decode()):
            yield f"a gap after {found[0]!r}"


def test_no_gap_follows_a_japanese_full_stop(opened):
    gather(opened, gap)


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
            nobody = "00000000-0000-4000-8000-000000000000"
            address = reverse(name, args=["jp"] if arguments == ("country",) else [nobody] * len(arguments))
        assert not TELLING.search(address), address


def test_the_frame_is_in_the_same_order_on_every_page(opened):
    def rule(page):
        before_main = []
        for element in page.markup.focusable:
            if any(outer.tag == "main" for outer in element.above()) or any(outer.tag == "footer" for outer in element.above()):
                break
            # A badge may stand behind a word; the order stays.
            before_main.append(element.text.removesuffix(NEWS[page.language]).rstrip())
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
        twins = {page.twin, f"/{other}/"} if page.response.status_code >= 400 else {page.twin}
        if len(links) != 1 or links[0].get("lang") != other or links[0].get("href") not in twins:
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


def test_the_htmx_settings_keep_pages_out_of_the_browser_and_forbid_evaluation():
    html = Client().get("/en/").content.decode()
    (meta,) = [element for element in Markup(html).all("meta") if element.get("name") == "htmx-config"]
    said = json.loads(meta.get("content"))
    assert (said["historyCacheSize"], said["allowEval"], said["allowScriptTags"]) == (0, False, False)
    assert (said["includeIndicatorStyles"], said["selfRequestsOnly"]) == (False, True)
    swaps = {row["code"]: row["swap"] for row in said["responseHandling"]}
    assert (swaps["401"], swaps["409"], swaps["422"]) == (False, True, True)
