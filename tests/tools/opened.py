"""A page as one person met it, what its links lead to, and the contract of pages that work without a script."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.screens import Screen
from tests.test_public_pages import PUBLIC
from tests.tools.markup import Element, Markup

LANGUAGES = ["en", "ja"]
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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

    @property
    def opened_at(self) -> str:
        """The address that a link to this very page has; none of what a form answered or an error."""
        asked = getattr(self.response, "wsgi_request", None)
        return asked.get_full_path() if asked and asked.method == "GET" and self.response.status_code == 200 else ""

    def key(self, address: str) -> tuple[str, str]:
        """Who sees what at an address."""
        # A public page is the same for everybody: test_a_public_page_needs_no_database_and_looks_at_no_session.
        return ("" if address in PUBLIC else self.screen.role, address)

    def __str__(self) -> str:
        return f"{self.language} {self.screen.role}: {self.screen.name}"


def follow(page: Opened, client: Client, seen: dict[tuple[str, str], HttpResponse]) -> None:
    """Open its fragments, and each of its links that this person has not seen opened yet."""
    if page.opened_at:
        seen.setdefault(page.key(page.opened_at), page.response)
    for element in _unlike(page.markup.with_attribute("hx-get"), "hx-get"):
        address = element.get("hx-get")
        headers = {"HX-Request": "true", "HX-Target": target_of(element)}
        response = client.get(address, headers=headers)
        page.fragments[address] = response, Markup(response.content.decode())
    for link in _unlike(page.markup.all("a"), "href"):
        address = link.get("href").partition("#")[0]
        # The twin in the other language is a screen of that language's own run.
        if address.startswith("/") and address != reverse("leave") and address != page.twin:
            if (key := page.key(address)) not in seen:
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


def contract(page: Opened, markup: Markup, targets: set[str]) -> Iterator[str]:
    """What htmx adds repeats what plain HTML does, asks nothing to be evaluated, and stays on the page."""
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
