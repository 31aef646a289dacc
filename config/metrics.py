"""How often each route was answered, how it ended, how long it took: one line in the log every five minutes.

The sums of one worker, by the name of a route. No address, moment of one request or word is kept, and at night, when one
answer may be one person's, rare routes are not named: so the line may be read by whoever keeps the machine. Only a fault
keeps the name of its route, however rare: it has to be found.
"""

import logging
import time
from collections.abc import Callable
from threading import Lock

from django.http import HttpRequest, HttpResponse

logger = logging.getLogger("hallway.metrics")
EVERY = 300  # seconds: short enough to see a fault, too long to see one person's evening
SLOW = 1.0  # seconds
NOWHERE = "no route"
FEWEST = 5  # answers: a route with fewer is counted under OTHER
OTHER = "other"


NONE = {"answers": 0, "refused": 0, "failed": 0, "slow": 0, "ms": 0, "longest_ms": 0}


class Counts:
    """Sums by route since the last line. Every thread adds."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._routes: dict[str, dict[str, int]] = {}
        self._since = time.monotonic()

    def add(self, route: str, status: int, seconds: float) -> None:
        """Count one answer; write the line when its time has come."""
        with self._lock:
            sums = self._routes.setdefault(route, dict(NONE))
            ms = round(seconds * 1000)
            sums["answers"] += 1
            sums["refused"] += 400 <= status < 500
            sums["failed"] += status >= 500
            sums["slow"] += seconds >= SLOW
            sums["ms"] += ms
            sums["longest_ms"] = max(sums["longest_ms"], ms)
            due = time.monotonic() - self._since >= EVERY
        if due:
            self.write()

    def write(self) -> None:
        """Write what was counted, and begin again; nothing where nobody came."""
        with self._lock:
            routes, self._routes = self._routes, {}
            seconds, self._since = round(time.monotonic() - self._since), time.monotonic()
        if routes:
            logger.info("answers", extra={"counts": {"seconds": seconds, "routes": _folded(routes)}})


def _folded(routes: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Put what was seldom asked for together, without its names but those of faults."""
    named, other = {}, dict(NONE)
    for route, sums in routes.items():
        if sums["answers"] >= FEWEST:
            named[route] = sums
            continue
        if sums["failed"]:
            named[route] = {"failed": sums["failed"]}
        longest = max(other["longest_ms"], sums["longest_ms"])
        other = {name: count + sums[name] for name, count in other.items()} | {"longest_ms": longest}
    return named | {OTHER: other} if other["answers"] else named


counts = Counts()


class MetricsMiddleware:
    """Count every answer but static files, which are answered before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the clock before and after."""
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        counts.add(match.view_name if match else NOWHERE, response.status_code, time.perf_counter() - began)
        return response
