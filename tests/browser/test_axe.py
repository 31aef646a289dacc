"""No barrier on any page: axe, the width of a small phone, the size of letters and of what is pressed."""

import mimetypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.db import transaction
from django.http import HttpResponse
from django.test import override_settings
from playwright.sync_api import Browser, Page

from tests.browser.conftest import LOCALES, Watch
from tests.conftest import make_world
from tests.screens import SCREENS, WITHOUT_SCREEN, Screen, complete
from tests.test_access import ROWS, URLS

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE_PATH = "/static/axe.js"
AXE = Axe().axe_script.encode()


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
    """A browser page that shows what the test client was answered: the same bytes, headers and files.

    A server of its own hands them over, because a browser keeps its style sheets and scripts for the next page only
    from a server: between the pages of one walk they are neither sent nor read again.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.answer = b""
        self.headers: dict[str, str] = {}
        stage = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.send(*stage.said(urlsplit(self.path).path))

            def send(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *said: Any) -> None:
                """Nothing: the test says what it found."""

        self.server = ThreadingHTTPServer(("localhost", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def said(self, path: str) -> tuple[int, dict[str, str], bytes]:
        if path.endswith("/page/"):
            return 200, self.headers, self.answer
        if path.startswith("/static/"):
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            return 200, {"Content-Type": kind, "Cache-Control": "max-age=3600"}, _file(path)
        return 204, {}, b""  # what a page loads by itself beside the steps: nothing, for a visitor

    def show(self, response: HttpResponse, language: str) -> None:
        """Open an answer and its folded parts."""
        self.answer = response.content
        self.headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
        for name in ("Content-Security-Policy", "Referrer-Policy", "Permissions-Policy"):
            if name in response:
                self.headers[name] = response[name]
        self.page.goto(f"http://localhost:{self.server.server_port}/{language}/page/")
        # An answer with its focus far down has scrolled: from the top the sticky bar covers nothing that is measured.
        self.page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true)); scrollTo(0, 0)")

    def barriers(self) -> list[dict[str, Any]]:
        """What axe finds on the page that is shown."""
        self.page.add_script_tag(url=AXE_PATH)
        # What passed is counted nowhere, and a barrier is named by its element: neither is worked out for every element.
        options = {"runOnly": TAGS, "reporter": "no-passes", "selectors": False}
        return self.page.evaluate("(options) => axe.run(options).then((found) => found.violations)", options)

    def on_a_small_phone(self) -> list[str]:
        """What is too wide, too small or too low on the page that is shown, on a phone 320 px wide."""
        size = self.page.viewport_size
        assert size is not None
        self.page.set_viewport_size({"width": 320, "height": 844})
        found = self.page.evaluate(MEASURE)
        self.page.set_viewport_size(size)
        return found

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@cache
def _file(path: str) -> bytes:
    if path == AXE_PATH:
        return AXE
    name = path.removeprefix("/static/")
    found = finders.find(name)
    assert isinstance(found, str), name
    return Path(found).read_bytes()


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


@contextmanager
def staged(browser: Browser, watch: Watch, width: int, theme: str, language: str) -> Iterator[Stage]:
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if theme == "dark" else "light",
        locale=LOCALES[language],
        reduced_motion="reduce",
    )
    watch.follow(context)
    stage = Stage(context.new_page())
    yield stage
    context.close()
    stage.close()


@pytest.fixture(scope="module")
def walk(browser: Browser, screens: Any) -> Callable[[int, str, str], tuple[list[str], list[str]]]:
    """Open every page once in this width, theme and language: return its barriers, and what does not fit a small phone."""

    @cache
    def walked(width: int, theme: str, language: str) -> tuple[list[str], list[str]]:
        barriers, unfit, watch = [], [], Watch()
        with staged(browser, watch, width, theme, language) as stage:
            for screen, response in screens(language):
                stage.show(response, language)
                for violation in stage.barriers():
                    barriers += [f"{screen.name}: {violation['id']}: {node['html'][:160]}" for node in violation["nodes"]]
                unfit += [f"{screen.name}: {problem}" for problem in stage.on_a_small_phone()]
                barriers += [f"{screen.name}: console: {text}" for text in watch.problems]
                watch.problems.clear()
        return barriers, unfit

    return walked


@pytest.mark.parametrize(("width", "theme", "language"), COMBINATIONS)
def test_axe_finds_no_barrier_on_any_page(walk, width, theme, language):
    found, _unfit = walk(width, theme, language)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("width", "theme", "language"), COMBINATIONS[:2])
def test_every_page_fits_a_small_phone_with_letters_and_buttons_of_a_good_size(walk, width, theme, language):
    _barriers, found = walk(width, theme, language)
    assert not found, "\n".join(found)


def test_the_list_of_pages_holds_every_address_that_shows_one():
    shown = {screen.url_name for screen in SCREENS}
    answering = {name for method, name, _ in ROWS if method == "GET"} | {name for name in URLS if ":" not in name}
    assert not answering - shown - set(WITHOUT_SCREEN)
