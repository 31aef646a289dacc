"""Run in a process of its own: the newest indexes are made while another connection writes into the same table.

Prints what was possible.
"""

import threading

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

DRAFTS = "UPDATE journal_draft SET sequence = sequence + 1"


def write_meanwhile(began, ended):
    """Write over and over until the indexes are there; a single refusal is a failure."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 500")
        while not ended.is_set():
            cursor.execute(DRAFTS)
            began.set()
    connection.close()
    print("written")  # noqa: T201


def main():
    """Make the indexes of the newest step."""
    began, ended = threading.Event(), threading.Event()
    writer = threading.Thread(target=write_meanwhile, args=(began, ended))
    if connection.vendor == "postgresql":
        writer.start()
        began.wait(10)
    call_command("migrate", verbosity=0)
    print("made")  # noqa: T201
    ended.set()
    if writer.ident:
        writer.join()


if __name__ == "__main__":
    main()
