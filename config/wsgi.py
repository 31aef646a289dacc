"""The WSGI entry: refuses to serve with a wrong or missing master key, before the first request."""

import atexit
import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

from config import metrics

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from journal.models.keys import check_keys  # noqa: E402  (models can be imported when the application is made, not before)

check_keys()
connections.close_all()  # the thread that starts a worker serves nobody: its connection would stay open for nothing
atexit.register(lambda: metrics.counts.write())  # a worker that ends leaves nothing uncounted
