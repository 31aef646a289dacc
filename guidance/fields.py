"""YAML as this project reads it: safe, typed, without a key that stands twice, and with the line of every key."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import yaml

from guidance.problems import ContentError, Problem

LANGUAGES = ("en", "ja")
FENCE = "---"
NAMES: dict[type, str] = {str: "a text", int: "a whole number", list: "a list"}


class Fields:
    """The keys of one YAML mapping, taken one by one.

    What is missing, of a wrong type or never taken becomes a problem; ``finish`` raises them together,
    so that a writer sees all of them at once.
    """

    def __init__(self, node: yaml.MappingNode, path: Path, offset: int, problems: list[Problem] | None = None) -> None:
        self.path = path
        self.line = node.start_mark.line + offset
        self.problems: list[Problem] = [] if problems is None else problems
        self._offset = offset
        self._nodes = {key.value: value for key, value in node.value}
        self._lines = {key.value: key.start_mark.line + offset for key, _ in node.value}

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys not yet taken."""
        return tuple(self._nodes)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a string; an absent key is a problem unless ``default`` is given."""
        return cast(str, self._take(key, str, default, ""))

    def integer(self, key: str) -> int:
        """Return a whole number."""
        return cast(int, self._take(key, int, None, 0))

    def strings(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return a list of strings as a tuple."""
        value = self._take(key, list, None if default is None else list(default), [])
        if all(isinstance(item, str) for item in value):
            return tuple(value)
        self.wrong(key, "must be a list of texts")
        return ()

    def words(self, key: str) -> str | tuple[str, ...]:
        """Return one text, or a list of texts as a tuple."""
        value = self._value(key)
        if isinstance(value, str):
            return value
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.wrong(key, "must be a text or a list of texts")
        return ()

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        """Return one of ``allowed``."""
        value = self.text(key)
        if value and value not in allowed:
            self.wrong(key, f"must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def day(self, key: str) -> date | None:
        """Return a date, written 2026-11-23 with or without quotes, or None where it is empty or absent."""
        value = self._value(key)
        if value is None or value == "" or type(value) is date:
            return value or None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.wrong(key, f"must be a date such as 2026-11-23, not {value!r}")
            return None

    def both(self, key: str, default: str | None = None) -> dict[str, str]:
        """Return a text in both languages: ``{en: …, ja: …}``, or one string that serves for both."""
        value = self._value(key)
        value = default if value is None else value
        if isinstance(value, str):
            return {"en": value, "ja": value}
        if isinstance(value, dict) and set(value) == set(LANGUAGES) and all(isinstance(text, str) for text in value.values()):
            return value
        self.wrong(key, "must be one text for en and one for ja")
        return {"en": "", "ja": ""}

    def mapping(self, key: str) -> "Fields | None":
        """Return the mapping under ``key``, or None where it is absent or something else."""
        node = self._nodes.pop(key, None)
        if isinstance(node, yaml.MappingNode):
            return Fields(node, self.path, self._offset, self.problems)
        self.wrong(key, "must hold keys and values")
        return None

    def rows(self, key: str, default: bool = False) -> list["Fields"]:
        """Return the list of mappings under ``key``; absent is a problem unless ``default`` is true."""
        node = self._nodes.pop(key, None)
        if node is None and default:
            return []
        if isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.MappingNode) for item in node.value):
            return [Fields(item, self.path, self._offset, self.problems) for item in node.value]
        self.wrong(key, "must be a list of entries")
        return []

    def line_of(self, key: str) -> int:
        """Return the line on which a key stands."""
        return self._lines.get(key, self.line)

    def wrong(self, key: str, message: str) -> None:
        """Note a problem at the line of ``key``."""
        self.problems.append(Problem(self.path, self.line_of(key), f"{key} {message}"))

    def rest(self) -> None:
        """Note a problem for every key that nobody took: a misspelt key is never silently empty."""
        for key in self._nodes:
            self.wrong(key, "is not a known key")

    def finish(self) -> None:
        """Raise ContentError if there is any problem."""
        if self.problems:
            raise ContentError(*self.problems)

    def _value(self, key: str) -> Any:
        node = self._nodes.pop(key, None)
        return None if node is None else yaml.constructor.SafeConstructor().construct_document(node)

    def _take(self, key: str, kind: type, default: Any, empty: Any) -> Any:
        value = self._value(key)
        value = default if value is None else value
        if value is None:
            self.wrong(key, "is missing")
            return empty
        # A bool is an int to Python, but "order: yes" is a slip.
        if not isinstance(value, kind) or isinstance(value, bool):
            self.wrong(key, f"must be {NAMES[kind]}, not {value!r}")
            return empty
        return value


def split(text: str, path: Path) -> tuple[Fields, str, int]:
    """Return the front matter, the body and the body's first line; raise ContentError where there is no front matter."""
    lines = text.split("\n")
    if lines[0] != FENCE or FENCE not in lines[1:]:
        raise ContentError(Problem(path, 1, "must begin with front matter between two lines of ---"))
    end = lines.index(FENCE, 1)
    return mapping("\n".join(lines[1:end]), path, first_line=2), "\n".join(lines[end + 1 :]), end + 2


def mapping(text: str, path: Path, first_line: int = 1) -> Fields:
    """Return a YAML text that holds keys and values; raise ContentError for anything else."""
    node = _compose(text, path, first_line)
    if not isinstance(node, yaml.MappingNode):
        raise ContentError(Problem(path, first_line, "must hold keys and values"))
    return Fields(node, path, first_line)


def rows(text: str, path: Path) -> list[Fields]:
    """Return a YAML text that is a list of entries; raise ContentError for anything else."""
    node = _compose(text, path, 1)
    if not isinstance(node, yaml.SequenceNode) or not all(isinstance(item, yaml.MappingNode) for item in node.value):
        raise ContentError(Problem(path, 1, "must be a list of entries"))
    problems: list[Problem] = []
    return [Fields(item, path, 1, problems) for item in node.value]


def _compose(text: str, path: Path, first_line: int) -> yaml.Node | None:
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "context_mark", None) or getattr(error, "problem_mark", None)
        line = (mark.line if mark else 0) + first_line
        raise ContentError(Problem(path, line, f"is not YAML: {getattr(error, 'problem', None) or error}")) from error
    if twice := [Problem(path, line + first_line, f"{key} stands here twice") for key, line in _repeated(node)]:
        raise ContentError(*twice)
    return node


def _repeated(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.value, key.start_mark.line
            seen.add(key.value)
            yield from _repeated(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated(item)
