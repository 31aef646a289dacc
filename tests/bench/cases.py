"""What is measured: each a request, what its answer has to hold, and the target it is held against."""

from dataclasses import dataclass, field
from typing import Any

from tests.bench.client import Answer, Request, WrongAnswer
from tests.bench.seeded import NEWEST, OLDEST, Seeded
from tests.bench.sizes import Size


@dataclass(frozen=True)
class Case:
    """One thing a person does. ``goal`` is the most it may cost, as a multiple of ``base``."""

    name: str
    request: Request
    holds: tuple[str, ...]
    base: str = "rows"
    status: int = 200
    goal: float | None = None
    queries: int | None = None
    # The same for several people at once: one session each, so that nobody waits for their own row.
    others: tuple[Request, ...] = field(default=(), compare=False)

    def check(self, answer: Answer) -> None:
        """Raise WrongAnswer where the answer is not what it has to be."""
        if answer.status != self.status:
            raise WrongAnswer(f"{self.name}: {answer.status} instead of {self.status}, to {answer.headers.get('location', '-')}")
        said = answer.headers.get("location", "") if self.status in {302, 303} else answer.text
        for text in self.holds:
            if text not in said:
                raise WrongAnswer(f"{self.name}: {text!r} is missing")


def bases(found: Seeded) -> dict[str, Case]:
    """What every case is a multiple of."""
    session = found.sessions["writer 0"]
    row = {"kind": "greet", "note": "Good night, through the door."}
    return {
        "wsgi": Case("bare WSGI answer", Request("/bench/wsgi/"), ("ok",)),
        "page": Case("bare page", Request("/bench/page/", session), ("Bare page",)),
        "rows": Case("bare page with ten rows (F)", Request("/bench/rows/", session), ("Bare rows", "<li")),
        "write": Case("bare write (Fc)", Request("/bench/write/", session, row), ("/bench/rows/",), status=302),
    }


def cases(found: Seeded, size: Size) -> list[Case]:
    """Everything that is measured, in the order of the report."""
    parent, journal = found.sessions["parent"], found.forms["parent"]
    fragment = {"HX-Request": "true", "HX-Target": "more"}
    logs = [_log(found, f"writer {number}") for number in range(8) if f"writer {number}" in found.sessions]
    private = [
        Case("quick log: save", logs[0], ("/en/notes/",), "write", 303, goal=1.5, queries=6, others=tuple(logs)),
        Case("quick log: page", Request("/en/notes/", parent), ('name="submission"',), goal=3.0),
        Case("timeline: first page", Request("/en/notes/timeline/", parent), (NEWEST,), goal=2.0, queries=6),
        Case("timeline: deep page", Request(found.addresses["deep"], parent), (OLDEST,), goal=2.2, queries=6),
        Case("timeline: next rows (htmx)", Request(found.addresses["deep"], parent, headers=fragment), (OLDEST,), goal=1.4),
        Case("four weeks", Request("/en/notes/weeks/", parent), ("you wrote down what you did",), goal=3.0),
        Case(
            f"search in {size.long:,} entries",
            Request("/en/notes/timeline/", parent, {"journal": journal, "words": OLDEST}),
            (OLDEST, "What was found"),
        ),
    ]
    for number, families in enumerate(size.queues):
        # The measured parent's counsellor is the first one.
        count = families + (number == 0)
        private.append(
            Case(
                f"queue of {count} families",
                Request("/en/desk/", found.sessions[f"queue {number}"]),
                (f"{count} families are waiting.",),
                goal=4.0,
                queries=12,
            )
        )
    private.append(
        Case(
            "family view",
            Request(found.addresses["family"], found.sessions["queue 0"]),
            (NEWEST, "Since your last review"),
            goal=3.0,
        )
    )
    return private + _public()


def _log(found: Seeded, name: str) -> Request:
    form = {"journal": found.forms[name], "submission": "{new}", "kind": "greet", "when": "now", "words": "Good night."}
    return Request("/en/notes/new/", found.sessions[name], form)


def _public() -> list[Case]:
    def public(name: str, request: Request, holds: str, goal: float) -> Case:
        return Case(name, request, (holds,), goal=goal, queries=0)

    return [
        public("landing", Request("/en/"), "What is it like tonight?", 0.35),
        public("landing in Japanese", Request("/ja/"), "廊下の灯り", 0.35),
        public("step page", Request("/en/steps/3/"), 'lang="en"', 0.35),
        public("help, with numbers", Request("/en/help/jp/"), "tel:", 0.35),
        public("public search", Request("/en/search/", form={"q": "he does not answer"}), 'class="rows"', 0.6),
    ]


def curves(found: Seeded, size: Size) -> dict[str, list[tuple[int, Case]]]:
    """Growing journals and desks, each page by how much lies behind it."""
    pages: dict[str, list[tuple[int, Case]]] = {
        name: [] for name in ("timeline", "quick log: save", "four weeks", "search", "queue")
    }
    for count in size.journals:
        session, journal = found.sessions[f"journal {count}"], found.forms[f"journal {count}"]
        timeline: dict[str, Any] = {"form": {"journal": journal, "words": "nowhere-written"}}
        pages["timeline"].append((count, Case(f"timeline of {count}", Request("/en/notes/timeline/", session), (NEWEST,))))
        pages["quick log: save"].append(
            (count, Case(f"save into {count}", _log(found, f"journal {count}"), ("/en/notes/",), "write", 303))
        )
        pages["four weeks"].append((count, Case(f"four weeks of {count}", Request("/en/notes/weeks/", session), ("<h1",))))
        pages["search"].append((count, Case(f"search in {count}", Request("/en/notes/timeline/", session, **timeline), ("<h1",))))
    for count in size.desks:
        session = found.sessions[f"desk {count}"]
        pages["queue"].append(
            (count, Case(f"queue of {count}", Request("/en/desk/", session), (f"{count} families are waiting.",)))
        )
    return pages
