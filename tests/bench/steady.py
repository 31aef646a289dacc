"""So many requests a second, whether or not the server keeps up: what somebody waits counts from when they wanted to ask."""

import itertools
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.bench.cases import Case
from tests.bench.client import Connection, WrongAnswer

# No run is longer or busier, whatever is asked for: this machine alone, and others work on it.
MOST_SECONDS, MOST_RATE = 60.0, 1000
PEOPLE = 32


@dataclass
class Taken:
    """What was measured: milliseconds by the name of the case, what went wrong, and how many were answered a second."""

    times: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    bytes: int = 0
    seconds: float = 0.0

    @property
    def done(self) -> int:
        """How many requests were answered as they have to be."""
        return sum(len(times) for times in self.times.values())

    @property
    def rate(self) -> float:
        """How many of them a second."""
        return self.done / self.seconds if self.seconds else 0.0

    def percentile(self, percent: int, name: str | None = None) -> float:
        """The time that this many of a hundred did not exceed."""
        ordered = sorted(self.times.get(name, []) if name else itertools.chain(*self.times.values()))
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0

    def median(self, name: str) -> float:
        """The time of the one in the middle."""
        return statistics.median(self.times[name])


def steady(port: int, pick: Callable[[int], Case], rate: float, seconds: float) -> Taken:
    """Ask for ``pick(0)``, ``pick(1)`` … at this rate; an answer that is wrong is a fault, and is not counted as quick."""
    rate, seconds = min(rate, MOST_RATE), min(seconds, MOST_SECONDS)
    taken, numbers, lock = Taken(), itertools.count(), threading.Lock()
    begun = time.perf_counter() + 0.1

    def person() -> None:
        connection: Connection | None = None
        while True:
            number = next(numbers)
            due = begun + number / rate
            # Behind by more than the run is long, the rest is left: a server that cannot keep up is not buried.
            if number >= rate * seconds or time.perf_counter() > begun + 2 * seconds:
                break
            time.sleep(max(0.0, due - time.perf_counter()))
            case = pick(number)
            try:
                connection, size = _ask(port, connection, case)
            except (OSError, WrongAnswer) as fault:
                connection = None
                with lock:
                    taken.faults.append(f"{case.name}: {fault}")
                continue
            with lock:
                taken.times.setdefault(case.name, []).append((time.perf_counter() - due) * 1000)
                taken.bytes += size
        if connection:
            connection.__exit__()

    people = [threading.Thread(target=person) for _ in range(PEOPLE)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    taken.seconds = time.perf_counter() - begun
    return taken


def _ask(port: int, kept: Connection | None, case: Case) -> tuple[Connection, int]:
    """Ask over the kept connection; where the server has closed it meanwhile, over a new one, as a browser does."""
    connection = kept or Connection(port)
    data = case.request.encode(port)
    try:
        answer = connection.send(data)
    except (OSError, WrongAnswer):
        if kept is None:
            raise
        connection = Connection(port)
        answer = connection.send(data)
    case.check(answer)
    return connection, len(answer.body)
