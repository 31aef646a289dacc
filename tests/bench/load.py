"""An evening: parents write and read, counsellors read, visitors look things up, all at once and at a steady rate."""

import random
from collections import Counter
from collections.abc import Callable

from django.db import connection

from tests.bench.cases import Case, cases
from tests.bench.client import Request
from tests.bench.seeded import Seeded
from tests.bench.server import THREADS, WORKERS, Server
from tests.bench.sizes import Size
from tests.bench.steady import Taken, steady

# Of a hundred requests: twenty are entries that are saved.
MIX = {
    "quick log: save": 20,
    "quick log: page": 22,
    "timeline: first page": 14,
    "timeline: next rows (htmx)": 4,
    "four weeks": 6,
    "queue of 41 families": 4,
    "family view": 4,
    "step page": 12,
    "landing": 6,
    "landing in Japanese": 4,
    "help, with numbers": 4,
}
RATES = (10, 15, 20, 25, 30, 40, 60, 80, 100)
SECONDS = 15.0
# Where half wait longer than this, a higher rate says nothing more.
GIVE_UP = 2000.0


def mix(found: Seeded, size: Size) -> Callable[[int], Case]:
    """Return who asks for what, in the same order every time."""
    rng = random.Random(7)  # noqa: S311  (a repeatable sequence is the point)
    by_name = {case.name: [case] for case in cases(found, size)}
    for name, path in (("quick log: page", "/en/notes/"), ("timeline: first page", "/en/notes/timeline/")):
        by_name[name] = [Case(name, Request(path, session), ("<h1",)) for session in _writers(found)]
    save = by_name["quick log: save"][0]
    by_name["quick log: save"] = [Case(save.name, request, save.holds, save.base, save.status) for request in save.others]
    names = [name for name, share in MIX.items() if name in by_name for _ in range(share)]
    order = [rng.choice(by_name[rng.choice(names)]) for _ in range(5000)]
    return lambda number: order[number % len(order)]


def _writers(found: Seeded) -> list[str]:
    return [session for name, session in found.sessions.items() if name.startswith("writer")]


def held(server: Server, pick: Callable[[int], Case], say: Callable[[str], None]) -> str:
    """Say how many connections to PostgreSQL visitors alone make the server open, and how many everybody; "" for SQLite."""
    if connection.vendor != "postgresql":
        return ""
    say("counting connections")
    steady(server.port, lambda number: _public(pick, number), 40, 3)
    visitors = _connections()
    steady(server.port, pick, 15, 6)
    return (
        f"After three seconds of visitors alone the server held {visitors} connections to the database, after six of "
        f"everybody {_connections()}: it has {WORKERS} × {THREADS} threads.\n\n"
    )


def _public(pick: Callable[[int], Case], number: int) -> Case:
    return next(case for case in map(pick, range(number, number + 5000)) if not case.request.session)


def _connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        [number] = cursor.fetchone()
    return int(number)


def climb(server: Server, pick: Callable[[int], Case], say: Callable[[str], None]) -> list[tuple[int, Taken, float]]:
    """Ask at one rate after the other until the server falls behind; with each, the processors it used."""
    found = []
    for rate in RATES:
        say(f"{rate} requests a second for {SECONDS:g} seconds")
        before = server.cpu()
        taken = steady(server.port, pick, rate, SECONDS)
        found.append((rate, taken, (server.cpu() - before) / taken.seconds))
        if taken.percentile(50) > GIVE_UP:
            break
    return found


def report(head: str, steps: list[tuple[int, Taken, float]]) -> str:
    """Return the report: each rate, then each page at the highest rate at which ninety-five of a hundred waited half a second."""
    lines = [head, "| asked a second | answered | faults | p50 ms | p95 ms | p99 ms | processors the server used |"]
    lines.append("|---|---|---|---|---|---|---|")
    for rate, taken, cpu in steps:
        p50, p95, p99 = (taken.percentile(percent) for percent in (50, 95, 99))
        lines.append(f"| {rate} | {taken.rate:.1f} | {len(taken.faults)} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {cpu:.2f} |")
    faults = Counter(fault for _rate, taken, _cpu in steps for fault in taken.faults)
    lines += ["", *(f"- {number} × {fault}" for fault, number in faults.most_common(5))]
    kept_up = [step for step in steps if step[1].percentile(95) <= 500 and not step[1].faults]
    rate, taken, _cpu = kept_up[-1] if kept_up else steps[0]
    lines += ["", f"At {rate} a second, by what was asked for:", "", "| page | requests | p50 ms | p95 ms | p99 ms |"]
    lines.append("|---|---|---|---|---|")
    for name in MIX:
        if name in taken.times:
            p95, p99 = taken.percentile(95, name), taken.percentile(99, name)
            lines.append(f"| {name} | {len(taken.times[name])} | {taken.median(name):.0f} | {p95:.0f} | {p99:.0f} |")
    return "\n".join(lines) + "\n"
