"""What is wrong with the content, and where: every problem names its file and line."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault in one line of a content file."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def report(problems: Iterable[Problem]) -> str:
    """Return the problems grouped by file, each file with its count, in the order of files and lines."""
    parts = []
    for path, found in groupby(sorted(problems), key=lambda problem: problem.path):
        rows = list(found)
        parts.append(f"{shortened(path)}  ({len(rows)})")
        parts += [f"{problem.line or '':>6}  {problem.message}" for problem in rows]
    return "\n".join(parts)


def counted(problems: Iterable[Problem]) -> str:
    """Return how many problems there are, and in how many files."""
    rows = list(problems)
    files = len({problem.path for problem in rows})
    return f"{len(rows)} problem{'s' * (len(rows) != 1)} in {files} file{'s' * (files != 1)}"


def shortened(path: Path) -> Path:
    """Return a path as one types it in the project's folder."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


class ContentError(Exception):
    """Content that cannot be served. Raised at the start of the server, with every problem found, one a line."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(["The content cannot be loaded.", *map(str, self.problems)]))
