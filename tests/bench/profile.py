"""Where the time of one page goes: the page's own functions, in this process, without a server between."""

import cProfile
import pstats
import re
import sys
import time

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.bench.cases import Case
from tests.bench.client import TOKEN

TIMES = 40


def show(name: str, cases: list[Case]) -> int:
    """Print the profile of the first case whose name holds ``name``; return the exit code."""
    case = next((case for case in cases if name in case.name), None)
    if case is None:
        print("No page is called that. There are: " + ", ".join(case.name for case in cases))
        return 2
    request = case.request
    client = Client(headers={"host": "127.0.0.1", "x-forwarded-proto": "https", "origin": "https://127.0.0.1", **request.headers})
    client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session

    def ask() -> None:
        if request.form is None:
            answer = client.get(request.path)
        else:
            answer = client.post(request.path, {**request.form, "csrfmiddlewaretoken": TOKEN})
        assert answer.status_code == case.status, answer.status_code

    for _ in range(3):
        ask()
    with CaptureQueriesContext(connection) as queries:
        ask()
    for query in queries:
        # Where the rows come from and what is asked of them; the columns are always all.
        print(query["time"], re.sub(r"SELECT .*? FROM", "SELECT … FROM", query["sql"])[:400])
    profile = cProfile.Profile()
    begun = time.perf_counter()
    for _ in range(TIMES):
        ask()
    print(f"{case.name}: {(time.perf_counter() - begun) / TIMES * 1000:.2f} ms a request, without the profiler")
    profile.enable()
    for _ in range(TIMES):
        ask()
    profile.disable()
    stats = pstats.Stats(profile, stream=sys.stdout).strip_dirs()
    stats.sort_stats("cumulative").print_stats(60)
    stats.sort_stats("tottime").print_stats(25)
    return 0
