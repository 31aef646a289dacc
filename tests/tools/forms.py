"""The forms of a page, and what a browser sends from them: as they stand, or filled in."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tests.tools.markup import Element, Markup

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w-]{40,}|[0-9]+")  # and the tokens of links
Pairs = list[tuple[str, str]]
# What somebody types where nothing stands yet.
TYPED = {
    "email": "somebody@example.test",
    "date": date.today().isoformat(),
    "time": "10:00",
    "number": "3",
    "textarea": "It rained, and we had tea.",
    "text": "Rain",
    "search": "rain",
    "tel": "0312345678",
    "password": "a lamp in the hall 7",
}


@dataclass(frozen=True)
class Control:
    """One name of a form, whatever shows it: what is sent of it as it stands, and when it is filled in."""

    name: str
    held: tuple[str, ...]
    filled: tuple[str, ...]
    is_file: bool = False


@dataclass(frozen=True)
class Form:
    """A form as a page shows it: where it goes, what its controls hold, and the buttons that send it there."""

    action: str
    method: str
    controls: tuple[Control, ...]
    buttons: tuple[tuple[str, str], ...]
    multipart: bool = False

    @property
    def names(self) -> list[str]:
        """Every name it may send."""
        return list(dict.fromkeys([control.name for control in self.controls] + [name for name, _ in self.buttons]))

    @property
    def kind(self) -> tuple[str, ...]:
        """Forms that differ in ids and in what stands in them alone are one."""
        return (self.method, ID.sub("", self.action), *sorted({ID.sub("", name) for name in self.names}))

    def sent(self, *, filled: bool) -> Pairs:
        """What the first of its buttons sends."""
        pairs = [(control.name, value) for control in self.controls for value in (control.filled if filled else control.held)]
        return pairs + list(self.buttons[:1])


def forms_of(markup: Markup, address: str) -> Iterator[Form]:
    """Every form of a page: one for each address that its buttons send it to."""
    for element in markup.all("form"):
        identity = element.get("id")
        inside = [
            one
            for one in markup.all("input", "select", "textarea", "button")
            if element in one.above() or (identity and one.get("form") == identity)
        ]
        own = element.get("action") or address
        buttons = defaultdict(list, {own: []})
        for one in inside:
            if one.tag == "button" and one.get("type") != "button":
                buttons[one.get("formaction") or own].append(one)
        for action, pressed in buttons.items():
            named = tuple((one.get("name"), one.get("value")) for one in pressed if one.get("name"))
            yield Form(
                action,
                element.get("method") or "get",
                tuple(_controls([one for one in inside if one.tag != "button" and one.get("name")], markup)),
                named,
                "multipart" in element.get("enctype"),
            )


def _controls(fields: list[Element], markup: Markup) -> Iterator[Control]:
    by_name: dict[str, list[Element]] = {}
    for one in fields:
        by_name.setdefault(one.get("name"), []).append(one)
    for name, same in by_name.items():
        first, kind = same[0], same[0].get("type") or same[0].tag
        if kind in {"radio", "checkbox"}:
            checked = tuple(one.get("value") or "on" for one in same if "checked" in one.attrs)
            yield Control(name, checked, checked or (same[-1].get("value") or "on",))
        elif first.tag == "select":
            options = [one for one in markup.all("option") if first in one.above()]
            chosen = tuple(one.get("value") for one in options if "selected" in one.attrs)
            held = chosen or (() if "multiple" in first.attrs else tuple(one.get("value") for one in options[:1]))
            yield Control(name, held, tuple(filter(None, held)) or tuple(one.get("value") for one in options[-1:]))
        elif kind == "hidden":
            held = tuple(one.get("value") for one in same)
            yield Control(name, held, held)
        else:
            held = tuple("".join(one.parts).removeprefix("\n") if one.tag == "textarea" else one.get("value") for one in same)
            yield Control(name, held, tuple(value or TYPED.get(kind, "Rain") for value in held), kind == "file")
