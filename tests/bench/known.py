"""`python -m tests.bench.known`: whether a clock can tell an address that has an account here from one that has none.

Each form is sent to the site in this process, in turns for both, with the real password hash and a database in a file. No
mail server and no network are between: whoever asks from elsewhere sees less. Printed are the medians, and how often, of one
request of each kind, the one for the known address was the slower: 50 of 100 says nothing.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import count
from typing import Any

WRONG = "something wrong 9"
KNOWN = "known@example.test"
numbers = count()


def unknown() -> str:
    """An address nobody has used: signing up with one uses it."""
    return f"nobody-{next(numbers)}@example.test"


def ways() -> dict[str, Callable[[str], tuple[list[tuple[str, dict[str, str]]], tuple[str, dict[str, str]]]]]:
    """Each form: what is sent before it, and what is measured."""
    code = {"code": "000000"}
    confirm = "account_email_verification_sent"
    return {
        "a wrong password": lambda email: ([], ("account_login", {"login": email, "password": WRONG})),
        "a mailed code": lambda email: ([], ("account_request_login_code", {"email": email})),
        "a wrong code": lambda email: (
            [("account_request_login_code", {"email": email})],
            ("account_confirm_login_code", code),
        ),
        "a forgotten password": lambda email: ([], ("account_reset_password", {"email": email})),
        "signing up": lambda email: ([], ("account_signup", {"email": email, "password1": ""})),
        "signing up with a password": lambda email: ([], ("account_signup", {"email": email, "password1": WRONG})),
        "a new code for signing up": lambda email: (
            [("account_signup", {"email": email, "password1": ""})],
            (confirm, {"action": "resend"}),
        ),
        "a wrong code of signing up": lambda email: (
            [("account_signup", {"email": email, "password1": ""})],
            (confirm, code),
        ),
    }


def taken(steps: list[tuple[str, dict[str, str]]], last: tuple[str, dict[str, str]]) -> float:
    """How long the last form took, in milliseconds."""
    from django.core import mail
    from django.core.cache import cache
    from django.test import Client
    from django.urls import reverse

    client: Any = Client(SERVER_NAME="localhost")
    for name, data in steps:
        cache.clear()
        client.post(reverse(name), data)
    cache.clear()
    mail.outbox.clear()
    begun = time.perf_counter()
    client.post(reverse(last[0]), last[1])
    return (time.perf_counter() - begun) * 1000


def measure(rounds: int) -> None:
    """Print a line for each form."""
    print("| form | known, ms | unknown, ms | known slower, of 100 |\n|---|---|---|---|")
    for name, way in ways().items():
        known, other = [], []
        for turn in range(rounds + 3):
            # In turns, each first every other time; the first three are thrown away.
            pair = [(known, KNOWN), (other, unknown())]
            for times, email in pair if turn % 2 else reversed(pair):
                times.append(taken(*way(email)))
        known, other = known[3:], other[3:]
        slower = 100 * statistics.fmean((a > b) + (a == b) / 2 for a in known for b in other)
        medians = " | ".join(f"{statistics.median(times):.1f}" for times in (known, other))
        print(f"| {name} | {medians} | {slower:.0f} |", flush=True)


def main() -> None:
    """Make a site of its own in a folder that ends with this run."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.known", description=__doc__)
    parser.add_argument("--rounds", type=int, default=60, choices=range(5, 501), metavar="5-500")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DEMO": "1", "DATABASE_URL": f"sqlite:///{folder}/known.sqlite3"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        import django
        from django.core.management import call_command
        from django.test.utils import setup_test_environment

        django.setup()
        setup_test_environment()
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        from tests.factories import make_user

        make_user(email=KNOWN, password="a quiet hallway")
        measure(rounds)


if __name__ == "__main__":
    main()
