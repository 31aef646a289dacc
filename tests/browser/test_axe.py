"""No barrier on any page: axe, the width of a small phone, the size of letters and of what is pressed."""

import mimetypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.db import transaction
from django.http import HttpResponse
from django.test import override_settings
from playwright.sync_api import Browser, Page, Route

from tests.browser.conftest import LOCALES, Watch
from tests.conftest import make_world
from tests.screens import SCREENS, WITHOUT_SCREEN, Screen, complete
from tests.test_access import ROWS, URLS

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = Axe()


def combination(width, theme, language, *marks):
    return pytest.param(width, theme, language, marks=[pytest.mark.xdist_group(f"axe {language}"), *marks])


COMBINATIONS = [combination(390, "light", "ja"), combination(1280, "dark", "en")] + [
    combination(width, theme, language, pytest.mark.full)
    for width in (390, 1280)
    for theme in ("light", "dark")
    for language in ("ja", "en")
    if (width, theme, language) not in {(390, "light", "ja"), (1280, "dark", "en")}
]


pytestmark = pytest.mark.django_db


class Stage:
    """A browser page that shows what the test client was answered: the same bytes, headers and files, without a server."""

    def __init__(self, page: Page, watch: Watch) -> None:
        self.page = page
        self.watch = watch
        self.answer = b""
        self.headers: dict[str, str] = {}
        page.route("**/*", self._serve)

    def _serve(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            assert isinstance(found, str), path
            route.fulfill(body=Path(found).read_bytes(), content_type=mimetypes.guess_type(found)[0])
        elif route.request.is_navigation_request():
            route.fulfill(body=self.answer, headers=self.headers)
        else:
            route.fulfill(status=204)  # what a page loads by itself beside the steps: nothing, for a visitor

    def show(self, response: HttpResponse, language: str) -> None:
        """Open an answer and its folded parts."""
        self.answer = response.content
        self.headers = {"content-type": "text/html; charset=utf-8"}
        for name in ("Content-Security-Policy", "Referrer-Policy", "Permissions-Policy"):
            if name in response:
                self.headers[name.lower()] = response[name]
        self.page.goto(f"http://testserver/{language}/page/")
        self.page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")


@pytest.fixture(scope="module")
def screens(django_db_setup: None, django_db_blocker: Any) -> Callable[[str], list[tuple[Screen, HttpResponse]]]:
    """Every screen in a language, with its answer: made once, whatever is measured on it."""

    @cache
    def answers(language: str) -> list[tuple[Screen, HttpResponse]]:
        found = []
        with django_db_blocker.unblock(), override_settings(SECOND_FACTOR_REQUIRED=False), transaction.atomic():
            world = complete(make_world())
            for screen in SCREENS:
                with transaction.atomic():
                    found.append((screen, screen.show(world, language)[0]))
                    transaction.set_rollback(True)
            transaction.set_rollback(True)
        return found

    return answers


@contextmanager
def staged(browser: Browser, watch: Watch, width: int, theme: str, language: str) -> Iterator[Stage]:
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if theme == "dark" else "light",
        locale=LOCALES[language],
        reduced_motion="reduce",
    )
    watch.follow(context)
    yield Stage(context.new_page(), watch)
    context.close()


@pytest.mark.parametrize(("width", "theme", "language"), COMBINATIONS)
def test_axe_finds_no_barrier_on_any_page(browser, screens, watch, width, theme, language):
    found = []
    with staged(browser, watch, width, theme, language) as stage:
        for screen, response in screens(language):
            stage.show(response, language)
            result = AXE.run(stage.page, options={"runOnly": TAGS, "resultTypes": ["violations"]}).response
            for violation in result["violations"]:
                found += [f"{screen.name}: {violation['id']}: {node['html'][:160]}" for node in violation["nodes"]]
            found += [f"{screen.name}: console: {text}" for text in watch.problems]
            watch.problems.clear()
    assert not found, "\n".join(found)


MEASURE = """() => {
  const found = [], root = document.documentElement;
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".vh, .skip");
  const name = (element) => element.outerHTML.slice(0, 140).replace(/\\s+/g, " ");
  if (root.scrollWidth > innerWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter((one) =>
      one.getBoundingClientRect().right > innerWidth + 1 && shown(one) && !one.closest(".scroll"));
    found.push(`scrolls sideways (${root.scrollWidth}): ${wide.slice(-1).map(name)}`);
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() && shown(parent) && parseFloat(getComputedStyle(parent).fontSize) < 16)
      found.push(`small letters: ${name(parent)}`);
  }
  for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    if (!shown(one)) continue;
    const line = one.closest("p, li, dd, dt, td, figcaption");
    const running = one.matches("a") && getComputedStyle(one).display === "inline" && line
      && line.textContent.trim().length > one.textContent.trim().length + 3;
    const box = (one.closest("label.choice") || one).getBoundingClientRect();
    if (!running && (box.height < 43.9 || box.width < 24)) found.push(`${Math.round(box.height)} px high: ${name(one)}`);
  }
  return found;
}"""


@pytest.mark.parametrize(
    "language",
    [pytest.param("ja", marks=pytest.mark.xdist_group("axe ja")), pytest.param("en", marks=pytest.mark.xdist_group("axe en"))],
)
def test_every_page_fits_a_small_phone_with_letters_and_buttons_of_a_good_size(browser, screens, watch, language):
    found = []
    with staged(browser, watch, 320, "light", language) as stage:
        for screen, response in screens(language):
            stage.show(response, language)
            found += [f"{screen.name}: {problem}" for problem in stage.page.evaluate(MEASURE)]
    assert not found, "\n".join(found)


def test_the_list_of_pages_holds_every_address_that_shows_one():
    shown = {screen.url_name for screen in SCREENS}
    answering = {name for method, name, _ in ROWS if method == "GET"} | {name for name in URLS if ":" not in name}
    assert not answering - shown - set(WITHOUT_SCREEN)
