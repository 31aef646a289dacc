"""A centre's years in a throw-away database: the same words, days and proportions every time, sealed with real keys.

Ids, keys and nonces are random, as they must be. Rows are made in bulk (``rows.py``), but each as the site makes it: sealed
to its journal and row, chosen for a counsellor where the parents let one read, and the reading in a log whose lines follow.
"""

import random
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, transaction
from django.urls import reverse
from django.utils import translation

from config.sessions import SessionStore
from journal.models import (
    AccessEvent,
    AccessHead,
    CentreRole,
    Entry,
    EntryContent,
    Journal,
    JournalKey,
    JournalSettings,
    Kind,
    Membership,
    MembershipNotes,
    Reply,
    ReplyContent,
    Response,
    Share,
    SharedEntry,
    User,
    day_of,
)
from journal.models.consents import VERSION
from journal.models.entries import WITHOUT_RESPONSE
from journal.search import PAGE
from journal.vault import DataKey, vault
from tests import factories
from tests.bench.beside import put_beside, read
from tests.bench.models import Row
from tests.bench.rows import BATCH, put
from tests.bench.seeded import NEWEST, OLDEST, Seeded
from tests.bench.sizes import Size

ZONE = "Asia/Tokyo"
# So many counsellors work in one centre.
CENTRE = 10
# So many families are written in one transaction.
TOGETHER = 40
# Parents let a counsellor read for three years of the five; that counsellor reads once a week and answers every second time.
SHARED = timedelta(days=3 * 365)
TALK = """
good night through the door tea left warm a note about the rain he nodded she laughed quietly おやすみ 返事はなかった
お茶を置いた 少し話した 足音が聞こえた we talked about the cat nothing today and that is all right 天気の話 ありがとう
"""
WORDS = TALK.split()
KINDS, RESPONSES = Kind.values, Response.values


@dataclass
class Family:
    """A journal with its parents and its keys, unwrapped while it is written."""

    journal: Journal
    parents: list[User]
    key: DataKey
    log_key: bytes
    share: Share | None = None


def seed(size: Size) -> Seeded:
    """Fill an empty database; raise RuntimeError for one that is not."""
    if User.objects.exists() or Journal.objects.exists():
        raise RuntimeError("The bench fills an empty, throw-away database and no other.")
    rng = random.Random(20261124)  # noqa: S311  (a repeatable sequence is the point)
    now = datetime.now(UTC).replace(microsecond=0)
    found = Seeded()
    _take_time()
    centre = factories.make_centre()
    roles = [_counsellor(centre, f"Counsellor {number}") for number in range(3 + len(size.desks))]
    families = list(_found(size.families, rng))
    _let_read(families, roles[:2], size, centre, now)
    for start in range(0, len(families), TOGETHER):
        with transaction.atomic():
            for family in families[start : start + TOGETHER]:
                _write(family, size.each, size.years, rng, now)
    with transaction.atomic():
        _measured(found, families, roles, size, rng, now)
    _curves(found, roles[2:], size, rng, now)
    Row.objects.bulk_create([Row(owner=families[0].parents[0], kind="note", note=_text(rng)) for _ in range(1000)])
    _sessions(found, families, roles)
    with connection.cursor() as cursor:
        # PostgreSQL does in the background what an index needs to answer alone; a run that begins at once cannot wait for it.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    counted = {"accounts": User, "journals": Journal, "entries": Entry, "of them shared": SharedEntry, "replies": Reply}
    counted |= {"lines in access logs": AccessEvent}
    found.counts = {name: model._default_manager.count() for name, model in counted.items()}
    return found


def _take_time() -> None:
    """A site's connection gives up after five seconds; counting and sorting a million rows takes longer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")


def _counsellor(centre: Any, name: str) -> CentreRole:
    user = factories.make_user(name)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": ""})
    return factories.make_role(centre, user)


def _found(count: int, rng: random.Random) -> Iterator[Family]:
    """Journals with their keys and parents; every third has two."""
    for begin in range(0, count, BATCH):
        number = min(BATCH, count - begin)
        people: list[User] = []
        sizes = [2 if rng.random() < 1 / 3 else 1 for _ in range(number)]
        for _ in range(sum(sizes)):
            name = uuid.uuid4().hex[:12]
            fields = {"country": "jp", "time_zone": ZONE, "shared_device": False, "consent_version": VERSION}
            user = User(email=f"{name}@example.test", display_name=name, **fields)
            user.set_unusable_password()
            people.append(user)
        User.objects.bulk_create(people)
        EmailAddress.objects.bulk_create([EmailAddress(user=one, email=one.email, verified=True, primary=True) for one in people])
        families = []
        for parents in sizes:
            journal = Journal(id=uuid.uuid4(), tree=rng.randrange(24))
            key = DataKey(journal=journal.id, version=1, secret=vault().new_key())
            journal.seal(JournalSettings(relation="", step=3), key)
            families.append(Family(journal, [people.pop() for _ in range(parents)], key, vault().new_key()))
        Journal.objects.bulk_create([family.journal for family in families])
        JournalKey.objects.bulk_create([row for family in families for row in _keys(family)])
        Membership.objects.bulk_create([row for family in families for row in _members(family)])
        yield from families


def _keys(family: Family) -> Iterator[JournalKey]:
    for purpose, secret in ((JournalKey.Purpose.TEXT, family.key.secret), (JournalKey.Purpose.LOG, family.log_key)):
        master, wrapped = vault().wrap(secret, family.journal.pk, purpose, 1)
        yield JournalKey(journal=family.journal, purpose=purpose, version=1, master=master, wrapped=wrapped)


def _members(family: Family) -> Iterator[Membership]:
    for user, role in zip(family.parents, (Membership.Role.OWNER, Membership.Role.MEMBER), strict=False):
        membership = Membership(id=uuid.uuid4(), journal=family.journal, user=user, role=role)
        membership.seal(MembershipNotes(), family.key)
        yield membership


def _let_read(families: list[Family], measured: list[CentreRole], size: Size, centre: Any, now: datetime) -> None:
    """Give the first families to the measured counsellors, and the rest to others, forty each, ten in a centre."""
    waiting = list(families)
    for role, number in zip(measured, size.queues, strict=True):
        _share(waiting[:number], role, now)
        del waiting[:number]
    while waiting:
        if len(waiting) % (CENTRE * 40) < 40:
            centre = factories.make_centre()
        _share(waiting[:40], _counsellor(centre, f"Counsellor of {len(waiting)}"), now)
        del waiting[:40]


def _share(families: list[Family], role: CentreRole, now: datetime) -> None:
    for family in families:
        family.share = Share(
            journal=family.journal,
            counsellor=role,
            granted_by=family.parents[0],
            default=Share.Default.NEW,
            starts_at=now - SHARED,
            ends_at=now + timedelta(days=90),
        )
    Share.objects.bulk_create([family.share for family in families if family.share])


def _write(family: Family, count: int, years: float, rng: random.Random, now: datetime) -> None:
    """Entries over the years, the newest an hour old; what was shared was read on the weeks' ends, and answered."""
    gap = timedelta(days=years * 365) / count
    moment, entries, shared = now - timedelta(hours=1), [], []
    for number in range(count):
        marked = NEWEST if number == 0 else OLDEST if number == count - 1 else ""
        readable = family.share is not None and moment > now - SHARED and (number == 0 or rng.random() < 0.8)
        entry = _entry(family, moment, marked, readable, rng)
        entries.append(entry)
        if readable:
            reviewed = None if moment > now - timedelta(days=7) else moment + timedelta(days=3)
            shared.append(
                SharedEntry(
                    share=family.share,
                    entry=entry,
                    journal=family.journal,
                    shared_at=moment,
                    read_at=reviewed,
                    reviewed_at=reviewed,
                )
            )
        moment -= gap * rng.uniform(0.2, 1.8)
    put(entries)
    put(shared)
    put_beside(family.journal, family.parents, family.key, family.share, rng, now)
    if family.share:
        _read(family, [row for row in reversed(shared) if row.reviewed_at], rng)


def _entry(family: Family, moment: datetime, marked: str, readable: bool, rng: random.Random) -> Entry:
    kind = rng.choice(KINDS) if rng.random() < 0.9 else Kind.GREET.value
    content = EntryContent(
        kind=kind,
        response="" if kind in WITHOUT_RESPONSE or rng.random() < 0.3 else rng.choice(RESPONSES),
        words=" ".join(filter(None, (marked, _text(rng) if marked or rng.random() < 0.6 else ""))),
        noticed=_text(rng) if rng.random() < 0.15 else "",
        next=_text(rng) if rng.random() < 0.05 else "",
        step=rng.choice([0, 0, 2, 3, 4]),
    )
    # The first parent looks for what was marked: it may not be what the other one keeps to themself.
    author = family.parents[0] if marked else rng.choice(family.parents)
    entry = Entry(
        id=uuid.uuid4(),
        journal=family.journal,
        author=author,
        happened_at=moment,
        day=day_of(moment, author.zone),
        zone=ZONE,
        audience=Entry.Audience.FAMILY if readable else Entry.Audience.AUTHOR,
        submission=uuid.uuid4(),
        created_at=moment,
        family_at=moment if readable else None,
    )
    entry.seal(content, family.key)
    return entry


def _text(rng: random.Random) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(8, 22)))


def _read(family: Family, shared: list[SharedEntry], rng: random.Random) -> None:
    """Log one reading a week, oldest first, each line following from the one before; answer every second one."""
    assert family.share is not None
    who, events, replies = family.share.counsellor.user, [], []
    weeks: dict[Any, list[SharedEntry]] = {}
    for row in shared:
        weeks.setdefault(row.reviewed_at.isocalendar()[:2], []).append(row)
    previous = b""
    for number, rows in enumerate(weeks.values(), start=1):
        at = rows[-1].reviewed_at
        event = AccessEvent(
            journal=family.journal,
            number=number,
            who=who.pk,
            role="counsellor",
            verb="read",
            share=family.share.pk,
            at=at,
            shown=sorted(str(row.entry_id) for row in rows),
        )
        previous = event.mac = event.expected_mac(family.log_key, previous)
        events.append(event)
        if number % 2 == 0:
            reply = Reply(
                id=uuid.uuid4(), journal=family.journal, share=family.share, author=who, submission=uuid.uuid4(), created_at=at
            )
            reply.entry = rows[-1].entry if rng.random() < 0.7 else None
            reply.seal(ReplyContent(text=_text(rng)), family.key)
            replies.append(reply)
    put(events)
    AccessHead.objects.create(journal=family.journal, number=len(events), mac=previous)
    put(replies)
    put(read(replies, family.parents))


def _measured(
    found: Seeded, families: list[Family], roles: list[CentreRole], size: Size, rng: random.Random, now: datetime
) -> None:
    """The family that is read, and a parent with a long journal."""
    [long] = _found(1, rng)
    _share([long], roles[0], now)
    _write(long, size.long, size.years, rng, now)
    # The page that ends with the oldest entry.
    deep = Entry.objects.of_family(long.parents[0], long.journal).reverse()[PAGE]
    found.forms = {"parent": str(long.journal.pk), **{f"writer {n}": str(one.journal.pk) for n, one in enumerate(families[:8])}}
    with translation.override("en"):
        found.addresses["deep"] = f"{reverse('journal:entry_list')}?before={deep.pk}"
        found.addresses["family"] = reverse("journal:desk_family", args=[families[0].share.pk if families[0].share else ""])
    found.sessions["parent"] = session_of(long.parents[0], at_centre=False)


def _curves(found: Seeded, roles: list[CentreRole], size: Size, rng: random.Random, now: datetime) -> None:
    """Journals and desks of growing size; the families of a desk are light, because only their number is looked at."""
    for count, family in zip(size.journals, _found(len(size.journals), rng), strict=True):
        with transaction.atomic():
            _share([family], roles[0], now)
            _write(family, count, size.years, rng, now)
        found.sessions[f"journal {count}"] = session_of(family.parents[0], at_centre=False)
        found.forms[f"journal {count}"] = str(family.journal.pk)
    for role, count in zip(roles[1:], size.desks, strict=True):
        with transaction.atomic():
            families = list(_found(count, rng))
            _share(families, role, now)
            for family in families:
                _write(family, 6, 12 / 365, rng, now)
        found.sessions[f"desk {count}"] = session_of(role.user, at_centre=True)


def _sessions(found: Seeded, families: list[Family], roles: list[CentreRole]) -> None:
    found.sessions |= {f"writer {n}": session_of(one.parents[0], at_centre=False) for n, one in enumerate(families[:8])}
    found.sessions |= {f"queue {n}": session_of(role.user, at_centre=True) for n, role in enumerate(roles[:2])}


def come_back(found: Seeded) -> None:
    """Everybody has used their session just now: one that was kept from an earlier run would ask for a password."""
    for key in found.sessions.values():
        session = SessionStore(key)
        session["began"] = session["seen"] = int(time.time())
        session.set_expiry(24 * 3600)
        session.save()


def session_of(user: User, *, at_centre: bool) -> str:
    """Sign somebody in as the site does, without the form: what a sign-in costs is not measured here."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["began"] = session["seen"] = int(time.time())
    session["at_centre"] = at_centre
    session.set_expiry(24 * 3600)
    session.create()
    return str(session.session_key)
