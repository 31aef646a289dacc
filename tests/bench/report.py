"""The report of one run as Markdown: ratios first, because a millisecond of this machine is nobody else's."""

import os
import platform
import statistics
from dataclasses import dataclass
from datetime import date

import django

from tests.bench.measure import Result
from tests.bench.server import THREADS, WORKERS
from tests.bench.sizes import Size

# What a whole server may cost: megabytes a worker, and its start as a multiple of the least Django's.
MOST_MEMORY, MOST_START = 80, 2.0
# A page that stays flat may differ by this much between its smallest and its largest.
FLAT = 1.15
Growth = dict[str, list[tuple[int, float, float]]]


@dataclass
class Run:
    """Everything a report says."""

    size: Size
    engine: str
    rounds: int
    counts: dict[str, int]
    results: list[Result]
    growth: Growth
    start: tuple[float, float]
    memory: tuple[float, float, float]


def write(run: Run) -> str:
    """Return the report."""
    rounds = f"{run.rounds} interleaved rounds. How to read it: [README.md](README.md)."
    parts = [head(run.size, run.engine, run.counts, "Pages") + rounds, _ratios(run), _times(run), _grown(run), _server(run)]
    return "\n\n".join(parts) + "\n"


def missed(run: Run) -> list[str]:
    """Return what is above its ceiling, in words."""
    found = []
    for result in run.results:
        case = result.case
        if case.goal and result.ratio > case.goal:
            found.append(f"{case.name}: {result.ratio:.2f}, the ceiling is {case.goal:g}")
        if case.queries is not None and result.queries > case.queries:
            found.append(f"{case.name}: {result.queries} queries, the ceiling is {case.queries}")
    return found


def head(size: Size, engine: str, counts: dict[str, int], title: str) -> str:
    """What was measured, on what, of how much."""
    listed = ", ".join(f"{number:,} {name}" for name, number in counts.items())
    versions = f"Python {platform.python_version()}, Django {django.get_version()}"
    return (
        f"# {title}, {size.name}, {engine}\n\n"
        f"{date.today().isoformat()}. {os.cpu_count()} processors shared with the load itself, {versions}, "
        f"gunicorn with {WORKERS} workers of {THREADS} threads. {listed}. "
    )


def _ratios(run: Run) -> str:
    lines = [
        "## Ratios",
        "",
        "| page | × F | ceiling | | × bare page | × F in processor time | queries | ceiling | SQL ms | bytes | gzip |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for result in run.results:
        case = result.case
        goal = f"{case.goal:g}" if case.goal else ""
        held = "" if not case.goal else "met" if result.ratio <= case.goal else "**missed**"
        most = "" if case.queries is None else f"{case.queries}" if result.queries <= case.queries else f"**{case.queries}**"
        cpu = f"{statistics.median(result.cpu_ratios):.2f}" if result.cpu_ratios else ""
        unit = " Fc" if case.base == "write" else ""
        lines.append(
            f"| {case.name} | {result.ratio:.2f}{unit} | {goal} | {held} | {statistics.median(result.page_ratios):.2f} | {cpu} | "
            f"{result.queries} | {most} | {result.sql:.1f} | {result.size:,} | {result.zipped:,} |"
        )
    return "\n".join(lines)


def _times(run: Run) -> str:
    lines = [
        "## Times of this machine, and eight people at once",
        "",
        "| page | p50 ms | p95 ms | p99 ms | requests a second | × the bare page's |",
        "|---|---|---|---|---|---|",
    ]
    for result in run.results:
        p50, p95, p99 = (result.percentile(percent) for percent in (50, 95, 99))
        rate, ratio = statistics.median(result.a_second), statistics.median(result.a_second_ratios)
        lines.append(f"| {result.case.name} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {rate:.0f} | {ratio:.2f} |")
    return "\n".join(lines)


def _grown(run: Run) -> str:
    lines = ["## Growth", "", "In × F (a save in × Fc) of processor time; in brackets of the time that passed.", ""]
    for name, points in run.growth.items():
        what = "families" if name == "queue" else "entries"
        curve = ", ".join(f"{count:,} {what}: {cpu or ratio:.2f} ({ratio:.2f})" for count, ratio, cpu in points)
        # The smallest journal does not fill a page: what grows is measured from the one after it.
        times = [(cpu or ratio) for _count, ratio, cpu in points][len(points) > 2 :]
        # Looking through entries opens them, and a queue shows its families: these two grow by what they do.
        flat = "" if name in {"search", "queue"} else f" {'Flat' if times[-1] <= FLAT * times[0] else 'Not flat'}."
        lines.append(f"- **{name}**: {curve}.{flat}")
    return "\n".join(lines)


def _server(run: Run) -> str:
    start, least = run.start
    before, after, bare = run.memory
    return (
        "## The server\n\n"
        f"- First answer after the start: {start / least:.1f} × the least Django's ({start:.1f} s and {least:.1f} s; "
        f"ceiling {MOST_START:g} ×, {'met' if start / least <= MOST_START else '**missed**'}). "
        "It reads and checks all guidance and makes the search index.\n"
        f"- A worker holds {before:.0f} MB before the load and {after:.0f} MB after it (ceiling {MOST_MEMORY} MB, "
        f"{'met' if after <= MOST_MEMORY else '**missed**'}); the least Django's {bare:.0f} MB."
    )
