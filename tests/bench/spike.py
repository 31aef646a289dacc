"""Five hundred visitors a second on the pages that are for everybody, without a proxy and without a database.

``python -m tests.bench.spike`` starts the server as docs/operations.md does, with the address of a database that is not
there: a page that asked for one would fail.
"""

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from tests.bench.__main__ import REPORTS, prepare, publish, say
from tests.bench.cases import Case
from tests.bench.client import Connection, Request
from tests.bench.server import THREADS, WORKERS, Server, serve
from tests.bench.steady import Taken, steady

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
WARM = 2


def main() -> int:
    """Run it and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.spike", description=__doc__)
    parser.add_argument("--rate", type=int, default=500, help="requests a second")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--out", type=Path, default=REPORTS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hl-spike-") as name:
        folder = Path(name)
        prepare(folder)
        pages = _collected()
        with serve({**os.environ, "DATABASE_URL": NOWHERE}, folder / "log") as site:
            tags = _tags(site, pages)
            # The first of each minute is made anew, in each worker: that belongs to it.
            for _ in range(WARM):
                steady(site.port, plan(pages, {}), 100, 3)
            before, cpu = site.memory(), site.cpu()
            say(f"{options.rate} a second for {options.seconds} seconds")
            taken = steady(site.port, plan(pages, tags), options.rate, options.seconds)
            used, after = (site.cpu() - cpu) / taken.seconds, site.memory()
            text = report(options.rate, taken, used, (before, after), len(pages))
        assert "Traceback" not in (folder / "log").read_text()
    publish(options.out / "spike.md", text)
    return 0 if not taken.faults else 1


def plan(pages: list[str], tags: dict[str, str]) -> Callable[[int], Case]:
    """Who asks for what: any page, half of them again with the tag they have, a third with a made-up query."""
    rng = random.Random(3)  # noqa: S311  (a repeatable sequence is the point)
    order = []
    for number in range(4000):
        page = rng.choice(pages)
        headers = {"If-None-Match": tags[page]} if page in tags and number % 2 else {}
        path = f"{page}?from={number}" if number % 3 == 0 else page
        name, status = ("asked again", 304) if headers else ("first visit", 200)
        order.append(Case(name, Request(path, headers=headers), (), status=status))
    return lambda number: order[number % len(order)]


def report(rate: int, taken: Taken, processors: float, memory: tuple[float, float], pages: int) -> str:
    """Return the report."""
    before, after = memory
    times = " · ".join(f"{name}: p50 {taken.median(name):.1f}, p95 {taken.percentile(95, name):.1f} ms" for name in taken.times)
    return (
        "# Visitors\n\n"
        f"{date.today().isoformat()}. {pages} public pages in both languages, {WORKERS} workers of {THREADS} threads, no proxy, "
        f"{os.cpu_count()} processors shared with the load itself and with other work. Kept connections, gzip, half of the "
        "requests with the tag of the page (If-None-Match), a third with a query that was made up. The server's database "
        "was an address where none is: not one page asked for it.\n\n"
        "| asked a second | answered a second | faults | p50 ms | p95 ms | p99 ms | processors the server used "
        "| MB a worker before | and after |\n"
        "|---|---|---|---|---|---|---|---|---|\n"
        f"| {rate} | {taken.rate:.0f} | {len(taken.faults)} | {taken.percentile(50):.1f} | {taken.percentile(95):.1f} | "
        f"{taken.percentile(99):.1f} | {processors:.2f} | {before:.0f} | {after:.0f} |\n\n"
        f"{times}. {taken.bytes / max(1, taken.done):,.0f} bytes an answer on average.\n"
    )


def _collected() -> list[str]:
    """Make the static files, and return every public address."""
    import django
    from django.core.management import call_command
    from django.utils import translation

    django.setup()
    from guidance import addresses

    call_command("collectstatic", verbosity=0, interactive=False)
    found = []
    for language in ("en", "ja"):
        with translation.override(language):
            found += addresses.public(language)
    return found


def _tags(site: Server, pages: list[str]) -> dict[str, str]:
    found = {}
    with Connection(site.port) as connection:
        for page in pages:
            answer = connection.send(Request(page).encode(site.port))
            if "tel:" not in answer.text:  # "open now" changes with the minute
                found[page] = answer.headers["etag"]
    return found


if __name__ == "__main__":
    sys.exit(main())
