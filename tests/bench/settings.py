"""Production's settings, with the bare pages beside the site and a count of queries for requests that ask for it.

TLS and a proxy are told by the headers every request of the bench carries, so that cookies, redirects and the CSRF check
are those of a real site.
"""

import os

from config.settings import *  # noqa: F403  (a settings module is its imports)
from config.settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "tests.bench"]
MIDDLEWARE = ["tests.bench.counting.CountingMiddleware", *MIDDLEWARE]
ROOT_URLCONF = "tests.bench.urls"
STATIC_ROOT = os.environ["BENCH_STATIC"]
