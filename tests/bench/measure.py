"""Interleaved rounds: before each burst of a case, a burst of what it is compared with; the medians of the neighbours' ratios."""

import gzip
import random
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.bench.cases import Case
from tests.bench.client import Connection, Request
from tests.bench.counting import ASKS
from tests.bench.server import Server

# No burst is longer, whatever is asked for.
MOST_SECONDS, MOST_REQUESTS = 5.0, 500
CROWD = 8


@dataclass
class Burst:
    """Some requests in a row: how long each took (ms), and the processor time of each (ms, 0 where unknown)."""

    times: list[float]
    cpu: float

    @property
    def median(self) -> float:
        """The burst's own median."""
        return statistics.median(self.times)


@dataclass
class Result:
    """Everything that was measured of one case."""

    case: Case
    queries: int = 0
    sql: float = 0.0
    size: int = 0
    zipped: int = 0
    times: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    page_ratios: list[float] = field(default_factory=list)
    cpu_ratios: list[float] = field(default_factory=list)
    a_second: list[float] = field(default_factory=list)
    a_second_ratios: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios to what the case is compared with."""
        return statistics.median(self.ratios)

    def percentile(self, percent: int) -> float:
        """The time (ms) that this many of a hundred requests did not exceed."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


@dataclass(frozen=True)
class Pace:
    """How long a run is."""

    rounds: int
    seconds: float = 0.4
    requests: int = 30

    def ends(self, begun: float, done: int) -> bool:
        """Whether a burst is over."""
        seconds, requests = min(self.seconds, MOST_SECONDS), min(self.requests, MOST_REQUESTS)
        return done >= requests or (done > 1 and time.perf_counter() - begun > seconds)


def measure(server: Server, cases: list[Case], bases: dict[str, Case], pace: Pace, say: Callable[[str], None]) -> list[Result]:
    """Measure every case; raise WrongAnswer at the first answer that is not what it has to be."""
    results = [_looked_at(server.port, case) for case in [*bases.values(), *cases]]
    order = list(results)
    rng = random.Random(1)  # noqa: S311  (the order of a run is no secret)
    for number in range(pace.rounds):
        say(f"round {number + 1} of {pace.rounds}")
        rng.shuffle(order)
        for result in order:
            base = bases[result.case.base]
            before, page = burst(server, base, pace), burst(server, bases["page"], pace)
            own = burst(server, result.case, pace)
            result.times += own.times
            result.cpu.append(own.cpu)
            result.ratios.append(own.median / before.median)
            result.page_ratios.append(own.median / page.median)
            if before.cpu:
                result.cpu_ratios.append(own.cpu / before.cpu)
    for number in range(min(3, pace.rounds)):
        say(f"{CROWD} people at once, round {number + 1}")
        for result in order:
            base_rate = crowd(server.port, bases[result.case.base], pace)
            result.a_second.append(crowd(server.port, result.case, pace))
            result.a_second_ratios.append(result.a_second[-1] / base_rate)
    return results


def grow(
    server: Server, curves: dict[str, list[tuple[int, Case]]], bases: dict[str, Case], pace: Pace
) -> dict[str, list[tuple[int, float, float]]]:
    """Return for each page how much lies behind it, its ratio, and the same in processor time (0 where unknown)."""
    grown = {}
    for name, points in curves.items():
        ratios: dict[int, list[float]] = {count: [] for count, _case in points}
        cpu: dict[int, list[float]] = {count: [] for count, _case in points}
        for _ in range(pace.rounds):
            for count, case in points:
                # In units of the neighbouring baseline, so that a machine that slows down meanwhile does not count.
                before, own = burst(server, bases[case.base], pace), burst(server, case, pace)
                ratios[count].append(own.median / before.median)
                cpu[count].append(own.cpu / before.cpu if before.cpu else 0.0)
        grown[name] = [(count, statistics.median(ratios[count]), statistics.median(cpu[count])) for count, _case in points]
    return grown


def burst(server: Server, case: Case, pace: Pace) -> Burst:
    """Send requests one after the other over one connection, after two that are not counted."""
    times: list[float] = []
    with Connection(server.port) as connection:
        for _ in range(2):
            case.check(connection.send(case.request.encode(server.port)))
        cpu, begun = server.cpu(), time.perf_counter()
        while not pace.ends(begun, len(times)):
            data, sent = case.request.encode(server.port), time.perf_counter()
            answer = connection.send(data)
            times.append((time.perf_counter() - sent) * 1000)
            case.check(answer)
        return Burst(times, (server.cpu() - cpu) * 1000 / len(times))


def crowd(port: int, case: Case, pace: Pace) -> float:
    """Return the requests a second of several people at once; the first wrong answer of any is raised."""
    done, faults = [], []
    until = time.perf_counter() + min(pace.seconds, MOST_SECONDS)

    def person(request: Request) -> None:
        try:
            with Connection(port) as connection:
                while True:
                    case.check(connection.send(request.encode(port)))
                    done.append(1)
                    if time.perf_counter() > until or len(done) >= MOST_REQUESTS * CROWD:
                        break
        except Exception as fault:  # handed to whoever waits for the threads
            faults.append(fault)

    requests = case.others or (case.request,)
    people = [threading.Thread(target=person, args=(requests[number % len(requests)],)) for number in range(CROWD)]
    begun = time.perf_counter()
    for one in people:
        one.start()
    for one in people:
        one.join()
    if faults:
        raise faults[0]
    return len(done) / (time.perf_counter() - begun)


def warm(port: int, bases: dict[str, Case]) -> None:
    """Ask often enough that every thread has answered once and keeps its connection to the database."""
    for _ in range(8):
        for case in bases.values():
            with Connection(port) as connection:
                case.check(connection.send(case.request.encode(port)))


def _looked_at(port: int, case: Case) -> Result:
    """Ask once for the number of queries and the weight; the request before it warms what is made once."""
    with Connection(port) as connection:
        for _ in range(4):
            case.check(connection.send(case.request.encode(port)))
        answer = connection.send(case.request.encode(port, **{ASKS: "1"}))
    case.check(answer)
    queries = int(answer.headers.get("x-bench-queries", "0"))
    text = answer.text.encode()
    zipped = len(gzip.compress(text, 6)) if text else 0
    sql = float(answer.headers.get("x-bench-sql", "0"))
    return Result(case, queries=queries, sql=sql, size=len(text), zipped=zipped)
