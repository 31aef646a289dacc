"""The WSGI entry: refuses to serve with a wrong or missing master key, before the first request."""

import atexit
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from django.db import connections  # noqa: E402  (like all that follows: it needs what the line above sets up)

from config import metrics  # noqa: E402  (settings come first)
from journal.models.keys import check_keys  # noqa: E402  (models cannot be imported before it either)

check_keys()
connections.close_all()  # the thread that starts a worker serves nobody: its connection would stay open for nothing
atexit.register(lambda: metrics.counts.write())  # a worker that ends leaves nothing uncounted
