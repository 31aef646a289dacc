"""``make bench``: seed, serve, measure, and write docs/benchmarks/<size>-<engine>.md."""

import argparse
import importlib
import os
import secrets
import statistics
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from config.env import new_master_keys
from tests.bench.kept import find, keep
from tests.bench.sizes import SIZES, Size

ROOT = Path(__file__).resolve().parent.parent.parent
REPORTS = ROOT / "docs" / "benchmarks"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--rounds", type=int, default=7, choices=range(1, 31), metavar="1-30")
    parser.add_argument("--full", action="store_true", help="growth curves up to 100,000 entries and 2,000 families")
    parser.add_argument("--port", type=int, default=0, help="of the server, on this machine alone; a free one by itself")
    parser.add_argument("--out", type=Path, default=REPORTS, help="folder of the report")
    parser.add_argument("--quick", action="store_true", help="three requests a burst: only to see that everything works")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="seed once: the next run with this folder measures the same")
    parser.add_argument("--plans", action="store_true", help="write how PostgreSQL finds its rows, and measure nothing")
    parser.add_argument("--load", action="store_true", help="write what an evening of everything at once is like, alone")
    parser.add_argument("--weight", action="store_true", help="write what five pages weigh in a slow browser, alone")
    parser.add_argument("--profile", metavar="PAGE", help="print where the time of one page goes, and measure nothing")
    return parser.parse_args()


def say(text: str) -> None:
    """Tell how far the run is."""
    print(text, file=sys.stderr, flush=True)


def prepare(folder: Path) -> None:
    """Set the environment of a production site whose database, keys and files end with this run."""
    given = os.environ.get("DATABASE_URL", "")
    # A database of somebody's is never filled: SQLite is made here, PostgreSQL by tests/tools/postgres.py, which says so.
    if not (given.startswith("postgres") and os.environ.get("THROW_AWAY") == given):
        given = f"sqlite:////{folder}/bench.sqlite3"
    kept = ("HELPLINES_FILE", "TASKS_BACKEND", "TASKS_APP", "SECRET_KEY_FILE", "HALLWAY_KEYS_FILE")
    for name in kept:
        os.environ.pop(name, None)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="tests.bench.settings",
        DATABASE_URL=given,
        DEMO="0",
        DEBUG="0",
        SECRET_KEY=secrets.token_urlsafe(50),
        HALLWAY_KEYS=new_master_keys(),
        ALLOWED_HOSTS="127.0.0.1",
        TRUSTED_PROXIES="1",
        SECOND_APPROVAL_REQUIRED="1",
        MAIL_HOST="localhost",
        BENCH_STATIC=str(folder / "static"),
    )


def fill(size: Size, folder: Path | None) -> "tuple[object, str]":
    """Make the tables, the static files and the data; return what was seeded and the engine's name."""
    name = f"{size.name}-{len(size.journals)}"
    # Before the settings are read: what was sealed opens with the keys of that run alone.
    kept = find(folder, name) if folder else None
    import django
    from django.core.management import call_command

    django.setup()
    from django.db import connection, connections

    from tests.bench.seed import come_back, seed

    say("making the database and the static files")
    # The site's own first: the bare page's rows refer to its accounts, which PostgreSQL looks for at once.
    call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0, run_syncdb=True)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if kept is None:
        say(f"seeding: {size.families} families, {size.years} years")
    found = kept or seed(size)
    come_back(found)
    if folder and not kept:
        keep(folder, name, found)
    engine = connection.vendor
    connections.close_all()
    return found, engine


def run(size: Size, options: argparse.Namespace, folder: Path) -> int:
    """Do everything; return the exit code."""
    found, engine = fill(size, options.keep)
    if options.plans:
        text = importlib.import_module("tests.bench.plans").report(found, size, date.today().isoformat())
        return publish(options.out / f"{size.name}-plans.md", text)
    cases, measure, report, server = (
        importlib.import_module(f"tests.bench.{name}") for name in ("cases", "measure", "report", "server")
    )
    bases = cases.bases(found)
    if options.profile:
        return int(importlib.import_module("tests.bench.profile").show(options.profile, cases.cases(found, size)))
    environment, log = dict(os.environ), folder / "server.log"
    if options.load or options.weight:
        return beside(size, engine, found, options, log)
    starts, floors, floor_memory = [], [], 0.0
    for _ in range(min(3, options.rounds)):
        with server.serve(environment, log, application="tests.bench.floor") as least:
            floors.append(least.start_seconds)
            floor_memory = least.memory()
        with server.serve(environment, log) as site:
            starts.append(site.start_seconds)
    short = {"seconds": 0.05, "requests": 3} if options.quick else {}
    pace, growing = measure.Pace(options.rounds, **short), measure.Pace(min(5, options.rounds), **short)
    with server.serve(environment, log, options.port) as site:
        measure.warm(site.port, bases)
        before = site.memory()
        results = measure.measure(site, cases.cases(found, size), bases, pace, say)
        say("growth")
        growth = measure.grow(site, cases.curves(found, size), bases, growing)
        after = site.memory()
    start = (statistics.median(starts), statistics.median(floors))
    memory = (before, after, floor_memory)
    done = report.Run(size, engine, options.rounds, found.counts, results, growth, start, memory)
    publish(options.out / f"{size.name}-{engine}.md", report.write(done))
    for line in report.missed(done):
        say(f"above its ceiling: {line}")
    return 0


def beside(size: Size, engine: str, found: Any, options: argparse.Namespace, log: Path) -> int:
    """Serve, and do one thing alone: an evening of everything at once, or five pages in a slow browser."""
    load, report, server, weight = (
        importlib.import_module(f"tests.bench.{name}") for name in ("load", "report", "server", "weight")
    )
    with server.serve(dict(os.environ), log, options.port) as site:
        if options.weight:
            text = report.head(size, engine, found.counts, "Weight") + "\n\n" + weight.show(site.port, found, say)
            return publish(options.out / "weight.md", text)
        pick = load.mix(found, size)
        connections = load.held(site, pick, say)
        steps = load.climb(site, pick, say)
    head = f"{report.head(size, engine, found.counts, 'An evening')}{connections}"
    return publish(options.out / f"{size.name}-{engine}-load.md", load.report(head, steps))


def publish(path: Path, text: str) -> int:
    """Write a report and show it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    print(text)
    return 0


def main() -> int:
    """Run in a folder that ends with the run, or in one that is kept."""
    options = arguments()
    size = SIZES[options.size].full() if options.full else SIZES[options.size]
    if options.keep:
        options.keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        prepare(options.keep)
        return run(size, options, options.keep)
    with tempfile.TemporaryDirectory(prefix="hl-bench-") as name:
        prepare(Path(name))
        return run(size, options, Path(name))


if __name__ == "__main__":
    sys.exit(main())
