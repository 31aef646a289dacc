"""What is done every day, and what happens by itself: every way into the database that has to stay short."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

import journal.unused  # noqa: F401  (adds its jobs to the list)
from journal import tasks
from tests.bench.cases import Case
from tests.bench.client import Request

FRAGMENT = {"HX-Request": "true"}


@dataclass(frozen=True)
class Where:
    """Whose day it is: sessions of a parent, their counsellor and a manager, the parent's journal, its share, an entry."""

    parent: str
    counsellor: str
    manager: str
    journal: str
    share: str
    entry: str

    @property
    def family(self) -> str:
        """The family's page on the desk."""
        return f"/en/desk/f/{self.share}/"


def hot(where: Where) -> list[Case]:
    """The pages and forms of an ordinary day."""
    return [*_parent(where), *_desk(where)]


def _parent(where: Where) -> Iterator[Case]:
    one = {"journal": where.journal, "submission": "{new}"}

    def page(name: str, path: str, holds: str = "<h1", **fields: dict[str, str]) -> Case:
        return Case(name, Request(f"/en/notes/{path}", where.parent, **fields), (holds,))

    yield Case(
        "quick log: save",
        Request("/en/notes/new/", where.parent, one | {"kind": "greet", "when": "now", "words": "Good night."}),
        ("/en/notes/",),
        status=303,
    )
    yield page("quick log: page", "")
    yield page("place beside the steps", "place/3/", "", headers=FRAGMENT)
    yield page(
        "draft of an entry",
        "draft/",
        "Draft kept",
        form=one | {"kind": "greet", "when": "now", "words": "Tonight", "sequence": "1"},
        headers=FRAGMENT,
    )
    yield page("one entry", f"{where.entry}/")
    yield page("timeline: first page", "timeline/")
    yield page("timeline: page after a row", f"timeline/?before={where.entry}")
    yield page("timeline: next rows (htmx)", f"timeline/?before={where.entry}", "", headers=FRAGMENT | {"HX-Target": "more"})
    yield page("search", "timeline/", form={"journal": where.journal, "words": "nowhere-written"})
    yield page("four weeks", "weeks/")
    yield page("who can read", "sharing/")
    yield page("log of readings", "log/")
    yield page("question: page", "ask/")
    yield Case(
        "question: send",
        Request("/en/notes/ask/", where.parent, one | {"share": where.share, "kind": "question", "text": "May we?"}),
        ("/en/notes/timeline/",),
        status=303,
    )
    yield page("people", "circle/")
    yield page("agreements", "agreements/")
    yield page("visits", "visits/")
    yield page("bin", "bin/")
    yield page("who writes here", "members/")


def _desk(where: Where) -> Iterator[Case]:
    def page(name: str, path: str, holds: str = "<h1", **fields: dict[str, str]) -> Case:
        return Case(name, Request(path, where.counsellor, **fields), (holds,))

    answer = {"submission": "{new}", "text": "Good night is enough."}
    yield page("queue", "/en/desk/")
    yield page("family view", where.family)
    yield page("draft of an answer", f"{where.family}draft/", "Draft kept", form=answer | {"sequence": "1"}, headers=FRAGMENT)
    yield Case("answer: send", Request(f"{where.family}reply/", where.counsellor, answer), ("/en/desk/",), status=303)
    yield Case("marked as read", Request(f"{where.family}read/", where.counsellor, {}), ("/en/desk/",), status=303)
    yield Case("a centre", Request("/en/desk/centre/", where.manager), ("<h1",))


def work(name: str) -> None:
    """Do one job of ``manage.py tick``, and take it back."""
    with transaction.atomic():
        tasks.JOBS[name](timezone.now())
        transaction.set_rollback(True)


JOBS = list(tasks.JOBS)
