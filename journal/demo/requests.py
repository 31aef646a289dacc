"""The demo's requests of people who are written about, and the person who answers them: apart from every family and centre."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from allauth.account.models import EmailAddress
from django.db import transaction

from journal.models import PersonRequest, PrivacyContact, RequestEvent, User
from journal.models.person_requests import Outcome, RequestContent
from journal.vault import fingerprint

FILE = Path(__file__).with_name("requests.yaml")
# Opened an hour after its day began to count, answered an hour later: nobody answers what they have not read.
READ, ANSWERED = timedelta(hours=1), timedelta(hours=2)


def load() -> dict[str, Any]:
    """Who answers, under ``contact``, and what was asked, under ``requests``."""
    data: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return data


@transaction.atomic
def ask(password: str, now: datetime) -> None:
    """Make the person who answers, once, with the demo's password, and what was asked of them."""
    story = load()
    contact = story["contact"]
    if User.objects.filter(email=contact["email"]).exists():
        return
    user = User.objects.create_user(
        contact["email"],
        password,
        display_name=contact["name"],
        language=contact["language"],
        country="jp",
        time_zone="Asia/Tokyo",
        shared_device=False,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    PrivacyContact.objects.appoint(user)
    for one in story["requests"]:
        _request(one, user, now)


def _request(one: dict[str, Any], user: User, now: datetime) -> None:
    row = PersonRequest(token_hash=fingerprint(PersonRequest.new_token()), asked_at=now - timedelta(days=one["asked"]))
    row.write(RequestContent(text=one["text"], answer=one.get("answer", "")))
    lines = []
    if "read" in one:
        row.state = PersonRequest.State.SEEN
        lines.append((RequestEvent.Verb.OPENED, now - timedelta(days=one["read"]) + READ))
    if "answered" in one:
        row.outcome, at = Outcome(one["outcome"]), now - timedelta(days=one["answered"]) + ANSWERED
        later = row.outcome == Outcome.LATER
        row.state = PersonRequest.State.LATER if later else PersonRequest.State.ANSWERED
        row.answered_at, row.version = None if later else at, 2
        lines.append((RequestEvent.Verb.ANSWERED, at))
    row.save(force_insert=True)
    RequestEvent.objects.bulk_create([RequestEvent(request=row, who=user, verb=verb, at=at) for verb, at in lines])
