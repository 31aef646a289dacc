"""One Chromium for the whole run; a page that writes anything to its console fails its test."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from journal.models import User
from tests.conftest import World, make_world, sign_in
from tests.tools import browser as chromium

# Playwright's synchronous calls keep an event loop in this thread; Django would refuse every query beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
HERE = Path(__file__).parent
LOCALES = {"ja": "ja-JP", "en": "en-GB"}
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
# A wait ends with what it waits for: a long one costs nothing, a short one fails on a busy machine.
PATIENCE = 20_000  # milliseconds
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, and keep those that share one server on one worker."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")
            if not item.get_closest_marker("xdist_group"):
                item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """Chromium, found the way `make test` finds it. No browser is a failure, never a skip."""
    path = chromium.find()
    if path is None:
        pytest.fail("No Chromium was found: `make test` installs it; or set CHROMIUM to its path.")
    plain = connections["default"]
    with sync_playwright() as playwright:
        # Beside a running event loop Django would open a second connection, which knows nothing of a test's transaction.
        connections["default"] = plain
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def live_server(django_db_setup: None, browser: Browser) -> Iterator[LiveServer]:
    """pytest-django's server, made once. Each of its requests has a connection of its own, as on a real site."""
    server = LiveServer("localhost")
    yield server
    server.stop()


class Watch:
    """What a context's pages said in their consoles. Expected answers are named by the test: everything else fails it."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.expected: list[str] = []

    def expect(self, *parts: str) -> None:
        """Let messages pass that contain one of these, for what the test does on purpose (a 401, a lost connection)."""
        self.expected += parts

    def follow(self, context: BrowserContext) -> None:
        """Listen to every page of a context, and let nothing leave the machine."""
        context.on(
            "console",
            lambda said: self._note(f"{said.text} ({said.location['url']})") if said.type in {"error", "warning"} else None,
        )
        context.on("weberror", lambda error: self._note(str(error.error)))
        context.set_default_timeout(PATIENCE)

    def _note(self, text: str) -> None:
        self.problems.append(text)

    def check(self) -> None:
        """Fail with everything that nobody expected."""
        left = [text for text in self.problems if not any(part in text for part in self.expected)]
        assert not left, "\n".join(left)


@pytest.fixture
def watch() -> Iterator[Watch]:
    """The consoles of this test."""
    watching = Watch()
    yield watching
    watching.check()


@pytest.fixture
def cache_table(transactional_db: None) -> None:
    """The table of the database cache, empty: counted tries live there, and no flush between tests knows it."""
    call_command("createcachetable", verbosity=0)
    cache.clear()


@pytest.fixture
def site(live_server: Any, cache_table: None) -> str:
    """The address of the running site."""
    return str(live_server.url)


@pytest.fixture
def visit(browser: Browser, site: str, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Open a page in a context of its own: `visit("/ja/", language="ja", script=False)`; `who` is signed in already."""
    contexts: list[BrowserContext] = []

    def open_page(
        path: str = "/en/", *, who: User | None = None, language: str = "en", script: bool = True, size: dict[str, int] = PHONE
    ) -> Page:
        context = browser.new_context(
            base_url=site, locale=LOCALES[language], viewport=size, java_script_enabled=script, reduced_motion="reduce"
        )
        contexts.append(context)
        watch.follow(context)
        context.route(
            lambda url: not url.startswith(site), lambda route: route.fulfill(status=200, body="<title>Weather</title>Rain.")
        )
        if who is not None:
            context.add_cookies([{"name": "session", "value": session_of(who), "url": site, "httpOnly": True, "sameSite": "Lax"}])
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def session_of(user: User) -> str:
    """A session of this person, as if they had just typed their password."""
    from django.test import Client

    return sign_in(Client(), user).cookies["session"].value


@pytest.fixture
def family(site: str) -> World:
    """The whole cast, in the database the site uses."""
    return make_world()
