"""The WSGI entry: refuses to serve with a wrong or missing master key, before the first request."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from journal.models.keys import check_keys  # noqa: E402  (models need the app registry, which the line above fills)

check_keys()
