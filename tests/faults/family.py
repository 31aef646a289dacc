"""Run in a process of its own: makes a family in a site's database, signed in, or counts what it wrote."""

import json
import sys
import time
from collections import Counter

import django

django.setup()

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from journal.models import Entry  # noqa: E402
from tests import factories  # noqa: E402


def start():
    """Print what a browser of this family holds."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    parent = factories.make_user("parent")
    journal = factories.make_journal(parent)
    client = Client()
    client.force_login(parent)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session.save()
    print(json.dumps({"journal": str(journal.pk), "session": session.session_key, "cookie": settings.SESSION_COOKIE_NAME}))  # noqa: T201


def count():
    """Print how often each form was saved, and with which words."""
    rows = list(Entry.objects.all().opened())
    saved = Counter(str(row.submission) for row in rows)
    print(json.dumps({"saved": saved, "words": {str(row.submission): row.document.words for row in rows}}))  # noqa: T201


if __name__ == "__main__":
    {"start": start, "count": count}[sys.argv[1]]()
