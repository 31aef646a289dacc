"""A page as a list of elements, from the standard library's parser: enough to check what every page promises."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
FOCUSABLE = {"a", "button", "input", "select", "textarea", "summary"}


@dataclass(eq=False)
class Element:
    """One element with its attributes, its parent and the text inside it."""

    tag: str
    attrs: dict[str, str]
    parent: "Element | None" = None
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Everything written inside, with single spaces."""
        return " ".join("".join(self.parts).split())

    def above(self) -> Iterator["Element"]:
        """The elements around this one, from the inside out."""
        element = self.parent
        while element is not None:
            yield element
            element = element.parent

    def get(self, name: str) -> str:
        """An attribute, or an empty string."""
        return self.attrs.get(name, "")

    def __str__(self) -> str:
        return f"<{self.tag} {' '.join(f'{name}={value!r}' for name, value in self.attrs.items())}>"


class Markup(HTMLParser):
    """A parsed page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open[-1] if self._open else None)
        assert len(attrs) == len(element.attrs), f"an attribute stands twice: {element}"
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            if self._open.pop().tag == tag:
                break

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.parts.append(data)

    def all(self, *tags: str) -> list[Element]:
        """Every element with one of these names."""
        return [element for element in self.elements if element.tag in tags]

    def with_attribute(self, name: str) -> list[Element]:
        """Every element that carries this attribute."""
        return [element for element in self.elements if name in element.attrs]

    @property
    def ids(self) -> list[str]:
        """Every id, in order, those inside a <template> left out."""
        return [
            element.get("id")
            for element in self.with_attribute("id")
            if not any(outer.tag == "template" for outer in element.above())
        ]

    @property
    def focusable(self) -> list[Element]:
        """What the Tab key stops at, in order."""
        return [
            element
            for element in self.all(*FOCUSABLE)
            if element.get("type") != "hidden"
            and "hidden" not in element.attrs
            and not any(outer.tag == "template" for outer in element.above())
        ]

    @property
    def title(self) -> str:
        """The words in the tab."""
        return self.all("title")[0].text
