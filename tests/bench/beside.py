"""What a family has beside its entries: read answers, half-written words, people, agreements, mails, sessions.

As many as a family has after some years, so that no table that grows is empty when a plan is made for it.
"""

import random
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import models

from journal.models import (
    Agreement,
    AgreementContent,
    Draft,
    DraftContent,
    FamilyPage,
    Journal,
    Notice,
    Outbox,
    PageContent,
    Part,
    PersonContent,
    Reply,
    ReplyRead,
    Share,
    ShareChoice,
    SharedPart,
    SupportPerson,
    User,
    VisitContent,
    VisitPlan,
)
from journal.vault import DataKey
from tests.bench.rows import put

MAILS = 20


def put_beside(
    journal: Journal, parents: list[User], key: DataKey, share: Share | None, rng: random.Random, now: datetime
) -> None:
    """Insert what stands beside the entries of one family."""
    by_model: dict[type[models.Model], list[models.Model]] = {}
    rows = [
        *_of_journal(journal, parents, key, rng, now),
        *_of_people(journal, parents, rng, now),
        *_of_share(share, parents, rng),
    ]
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    for found in by_model.values():
        put(found)


def read(replies: Iterable[Reply], parents: list[User]) -> list[ReplyRead]:
    """Each parent has read each answer a day after it came."""
    return [
        ReplyRead(reply=reply, user=user, read_at=reply.created_at + timedelta(days=1)) for reply in replies for user in parents
    ]


def _of_journal(journal: Journal, parents: list[User], key: DataKey, rng: random.Random, now: datetime) -> Iterator[models.Model]:
    made: list[tuple[SupportPerson | FamilyPage | Agreement | Draft | VisitPlan, object]] = [
        (SupportPerson(id=uuid.uuid4(), journal=journal), PersonContent(name=name)) for name in ("My sister", "A neighbour")
    ]
    if rng.random() < 0.5:
        made.append((FamilyPage(id=uuid.uuid4(), journal=journal), PageContent(who="The four of us.")))
        made.append((Agreement(id=uuid.uuid4(), journal=journal), AgreementContent(text="We knock.")))
    if rng.random() < 0.25:
        draft = Draft(id=uuid.uuid4(), user=parents[0], journal=journal, form=Draft.Form.ENTRY, target=journal.pk)
        draft.expires_at = now + timedelta(days=rng.randint(-2, 30))
        made.append((draft, DraftContent(text="Tonight he")))
    if rng.random() < 0.2:
        plan = VisitPlan(id=uuid.uuid4(), journal=journal, submission=uuid.uuid4(), created_at=now - timedelta(days=400))
        made.append((plan, VisitContent(visitor="Ms Ono")))
    for row, content in made:
        row.seal(content, key)  # type: ignore[arg-type]  # each beside its own document, two lines above
        yield row


def _of_people(journal: Journal, parents: list[User], rng: random.Random, now: datetime) -> Iterator[models.Model]:
    for user in parents:
        yield Session(session_key=uuid.uuid4().hex, session_data="", expire_date=now + timedelta(days=rng.randint(1, 30)))
        if rng.random() < 0.1:
            yield Notice(user=user, journal=journal, kind=Notice.Kind.READERS)
        if rng.random() < 0.2:
            for days in range(MAILS):
                at = now - timedelta(days=7 * days + 1)
                yield Outbox(user=user, day=at.date(), due_at=at, sent_at=at)


def _of_share(share: Share | None, parents: list[User], rng: random.Random) -> Iterator[models.Model]:
    if share:
        for user in parents[1:]:
            yield ShareChoice(share=share, user=user, default=Share.Default.NEW)
        if rng.random() < 0.3:
            yield SharedPart(share=share, journal_id=share.journal_id, part=Part.PAGE, granted_by=parents[0])
