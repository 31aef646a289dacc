"""The WSGI entry: refuses to serve with a wrong or missing setting or master key, before the first request."""

import atexit
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

try:
    application = get_wsgi_application()

    from config import metrics
    from journal.models.keys import check_keys  # models can be imported when the application is made, not before

    check_keys()
except ImproperlyConfigured as error:  # its message names the setting; a traceback would bury it at two in the morning
    sys.stderr.write(f"{error}\n")
    sys.exit(4)  # "cannot be loaded" to gunicorn, which ends then instead of starting workers for ever
connections.close_all()  # the thread that starts a worker serves nobody: its connection would stay open for nothing
atexit.register(lambda: metrics.counts.write())  # a worker that ends leaves nothing uncounted
