"""Where the time of one page goes: the page's own functions, in this process, without a server between."""

import cProfile
import pstats
import re
import sys
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bench.cases import Case
from tests.bench.inside import ask, client_of

TIMES = 40


def show(name: str, cases: list[Case]) -> int:
    """Print the profile of the first case whose name holds ``name``; return the exit code."""
    case = next((case for case in cases if name in case.name), None)
    if case is None:
        print("No page is called that. There are: " + ", ".join(case.name for case in cases))
        return 2
    client = client_of(case)

    for _ in range(3):
        ask(client, case)
    with CaptureQueriesContext(connection) as queries:
        ask(client, case)
    for query in queries:
        # Where the rows come from and what is asked of them; the columns are always all.
        print(query["time"], re.sub(r"SELECT .*? FROM", "SELECT … FROM", query["sql"])[:400])
    profile = cProfile.Profile()
    begun = time.perf_counter()
    for _ in range(TIMES):
        ask(client, case)
    print(f"{case.name}: {(time.perf_counter() - begun) / TIMES * 1000:.2f} ms a request, without the profiler")
    profile.enable()
    for _ in range(TIMES):
        ask(client, case)
    profile.disable()
    stats = pstats.Stats(profile, stream=sys.stdout).strip_dirs()
    stats.sort_stats("cumulative").print_stats(60)
    stats.sort_stats("tottime").print_stats(25)
    return 0
