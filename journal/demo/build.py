"""Puts the demo's people and their invented past into the database, as the site itself would have written them."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from journal.demo import circle, cover, desk
from journal.demo.story import Family, Line, Story, Visit
from journal.family import EARLIER
from journal.models import (
    AccessEvent,
    Centre,
    CentreRole,
    Consent,
    Entry,
    EntryContent,
    Journal,
    JournalKey,
    Kind,
    Membership,
    Reply,
    ReplyRead,
    Share,
    SharedEntry,
    User,
    Verb,
    VisitContent,
    VisitPlan,
    day_of,
)
from journal.models.entries import STEP_OF
from journal.models.replies import ReplyContent
from journal.models.sharing import SHARE_DAYS, end_of

CENTRE_ZONE = "Asia/Tokyo"
# The counsellor sits down at ten, gives each family half an hour, and begins to answer some minutes after opening it.
DESK_OPENS = time(10)
PER_FAMILY = timedelta(minutes=30)
THINKING = timedelta(minutes=6)
# Somebody who writes needs some minutes for it; the numbers only keep the rows from looking stamped.
WRITING = [4, 11, 7, 23, 5, 16, 9]


@dataclass
class Past:
    """One family's rows while they are made: sealed with one key, stored in bulk, logged in the order of time."""

    family: Family
    journal: Journal
    share: Share
    users: dict[str, User]
    counsellor: User
    entries: list[Entry] = field(default_factory=list)
    shared: list[SharedEntry] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    reads: list[ReplyRead] = field(default_factory=list)


@transaction.atomic
def build(story: Story, now: datetime) -> None:
    """Make everything, or nothing. ``now`` is the moment all days are counted back from."""
    users = _accounts(story, now)
    roles = _centre(story, users, now)
    for number, family in enumerate(story.families):
        past = _journal(family, number, users, roles[family.share.counsellor], now)
        if family.second:
            _let_in_second(past, roles[family.second], now)
    cover.plan(story, roles, now)


def moment(now: datetime, zone: str, ago: int, at: time) -> datetime:
    """The moment ``ago`` days back at ``at`` by the clock of ``zone``; before four in the morning today is still yesterday."""
    local = datetime.combine(day_of(now, ZoneInfo(zone)) - timedelta(days=ago), at, tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)


def _accounts(story: Story, now: datetime) -> dict[str, User]:
    # One hash for all: the password is printed anyway, and hashing is made to be slow.
    password = make_password(story.password)
    users = []
    for worker in story.staff:
        name = worker.name_ja if worker.language == "ja" else worker.name_en
        joined = moment(now, CENTRE_ZONE, 200, DESK_OPENS)
        users.append(_user(worker.email, name, worker.language, "jp", CENTRE_ZONE, joined))
    for family in story.families:
        for parent in family.members:
            joined = moment(now, family.time_zone, parent.since, time(6, 30))
            users.append(_user(parent.email, parent.name, family.language, family.country, family.time_zone, joined))
    for user in users:
        user.password = password
    User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create([EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users])
    return {user.email: user for user in users}


def _user(email: str, name: str, language: str, country: str, zone: str, joined: datetime) -> User:
    return User(
        email=email,
        display_name=name,
        language=language,
        country=country,
        time_zone=zone,
        shared_device=False,
        date_joined=joined,
    )


def _centre(story: Story, users: dict[str, User], now: datetime) -> dict[str, CentreRole]:
    centre = Centre.objects.create(**story.centre)
    approved = moment(now, CENTRE_ZONE, 199, DESK_OPENS)
    manager = next(users[worker.email] for worker in story.staff if worker.role == CentreRole.Role.MANAGER)
    roles = {}
    for worker in story.staff:
        roles[worker.key] = CentreRole(
            centre=centre,
            user=users[worker.email],
            role=worker.role,
            name_en=worker.name_en,
            name_ja=worker.name_ja,
            licence_en=worker.licence_en,
            licence_ja=worker.licence_ja,
            reading_days=worker.days,
            # First the operator, then somebody else: complete also where two approvals are asked for.
            approved_at=approved,
            second_approved_at=approved + timedelta(days=1),
            second_approved_by=manager if users[worker.email] != manager else users[story.staff[-1].email],
        )
    CentreRole.objects.bulk_create(roles.values())
    return roles


def _journal(family: Family, number: int, everyone: dict[str, User], role: CentreRole, now: datetime) -> Past:
    users = {parent.key: everyone[parent.email] for parent in family.members}
    owner, *others = family.members
    began = moment(now, family.time_zone, family.since, time(6, 40))
    journal = Journal.start(users[owner.key], relation=family.relation)
    journal.remember(step=family.step)
    # Trees are drawn by lot; two families of one desk with the same name would confuse whoever tries it.
    Journal.objects.filter(pk=journal.pk).update(tree=family.tree, created_at=began)
    for parent in others:
        journal.add_member(users[parent.key], Membership.Role.MEMBER)
    for parent in family.members:
        joined = moment(now, family.time_zone, parent.since, time(6, 40))
        # Nobody has looked since two evenings ago: what the other parent wrote yesterday is new.
        seen = moment(now, family.time_zone, 2, time(22))
        rows = Membership.objects.filter(journal=journal, user=users[parent.key])
        rows.update(joined_at=joined, used_at=now, seen_at=max(joined, seen))
        Consent.objects.give(users[parent.key])
    starts_at = moment(now, family.time_zone, family.share.since, time(14))
    share = Share.objects.create(
        journal=journal,
        counsellor=role,
        granted_by=users[owner.key],
        default=family.share.default,
        starts_at=starts_at,
        ends_at=_end(family, starts_at, now),
    )
    past = Past(family=family, journal=journal, share=share, users=users, counsellor=role.user)
    _write(past, now)
    AccessEvent.objects.record(
        journal=journal.pk, who=users[owner.key], role="parent", verb=Verb.STARTED, share=share.pk, at=starts_at
    )
    # Nothing was read since yesterday evening by the family's own clock: what was written then waits, on any day of the week.
    evening = moment(now, family.time_zone, 1, time(19))
    _read(past, [day for day in _reading_days(role, number, now) if day < evening], now)
    Entry.objects.bulk_create(past.entries)
    SharedEntry.objects.bulk_create(past.shared)
    Reply.objects.bulk_create(past.replies)
    if family.visit:
        _visit(past, family.visit, role.name(family.language), now)
    ReplyRead.objects.bulk_create(past.reads)
    memberships = {m.user_id: m for m in Membership.objects.filter(journal=journal).select_related("journal", "user")}
    members = {key: memberships[user.pk] for key, user in users.items()}
    circle.tell(family.tree, journal, members, now)
    desk.tell(family.tree, share, members, partial(moment, now, family.time_zone))
    return past


def _end(family: Family, starts_at: datetime, now: datetime) -> datetime:
    if family.share.ends is None:
        return starts_at + timedelta(days=SHARE_DAYS)
    zone = ZoneInfo(family.time_zone)
    return end_of(day_of(now, zone) + timedelta(days=family.share.ends), zone)


def _let_in_second(past: Past, role: CentreRole, now: datetime) -> None:
    """Yesterday evening the family let another counsellor read, only what it chose."""
    owner = past.users[past.family.members[0].key]
    at = moment(now, past.family.time_zone, 1, time(21, 30))
    share = Share.objects.create(
        journal=past.journal, counsellor=role, granted_by=owner, starts_at=at, ends_at=at + timedelta(days=SHARE_DAYS)
    )
    AccessEvent.objects.record(journal=past.journal.pk, who=owner, role="parent", verb=Verb.STARTED, share=share.pk, at=at)
    for entry, line in zip(past.entries, past.family.entries, strict=True):
        if line.second:
            shared_at = max(entry.created_at, at + timedelta(minutes=5))
            SharedEntry.objects.create(share=share, entry=entry, journal=past.journal, shared_at=shared_at)


def _write(past: Past, now: datetime) -> None:
    """Seal every entry; what a counsellor may read is shared when it is written, or when the share began."""
    key = JournalKey.objects.newest(past.journal.pk)
    memberships = {m.user_id: m for m in Membership.objects.filter(journal=past.journal).select_related("journal", "user")}
    for number, line in enumerate(past.family.entries):
        author = past.users[line.by]
        happened = moment(now, past.family.time_zone, line.ago, line.at)
        written = happened + timedelta(minutes=WRITING[number % len(WRITING)])
        entry = Entry(
            id=uuid.uuid4(),
            journal=past.journal,
            author=author,
            submission=uuid.uuid4(),
            happened_at=happened,
            day=day_of(happened, author.zone),
            zone=author.time_zone,
            audience=Entry.Audience.AUTHOR if line.readers == "me" else Entry.Audience.FAMILY,
            created_at=written,
            family_at=None if line.readers == "me" else written,
        )
        content = _content(line)
        entry.seal(content, key)
        past.entries.append(entry)
        if line.readers == "all":
            shared_at = max(written, past.share.starts_at + timedelta(minutes=3))
            past.shared.append(SharedEntry(share=past.share, entry=entry, journal=past.journal, shared_at=shared_at))
        if content.is_hard:
            memberships[author.pk].rest(entry.day, for_all=entry.audience == Entry.Audience.FAMILY)


def _content(line: Line) -> EntryContent:
    return EntryContent(
        kind=line.kind, response=line.came, hard=line.hard, words=line.words, step=STEP_OF.get(Kind(line.kind), 0)
    )


def _reading_days(role: CentreRole, number: int, now: datetime) -> Iterator[datetime]:
    """Every moment up to yesterday at which this counsellor opened the family of this number, oldest first."""
    today = day_of(now, ZoneInfo(CENTRE_ZONE))
    for ago in range(200, 0, -1):
        if (today - timedelta(days=ago)).weekday() in role.weekdays:
            yield (
                moment(now, CENTRE_ZONE, ago, DESK_OPENS)
                + number * PER_FAMILY
                + timedelta(minutes=WRITING[ago // 7 % len(WRITING)])
            )


def _read(past: Past, days: list[datetime], now: datetime) -> None:
    """Let the counsellor go through their reading days: open, answer, mark as read, with a line in the log for each act."""
    lines = {entry.pk: line for entry, line in zip(past.entries, past.family.entries, strict=True)}
    letters = sorted(past.family.letters, key=lambda letter: -letter.ago)
    earlier: list[SharedEntry] = []
    for opened in days:
        new = [row for row in past.shared if row.shared_at < opened and row.reviewed_at is None]
        due = [letter for letter in letters if moment(now, CENTRE_ZONE, letter.ago, time(0)) <= opened]
        if opened < past.share.starts_at or not (new or due):
            continue
        shown = [*new, *earlier[-EARLIER:]]
        _log(past, Verb.READ if shown else Verb.OPENED, opened, [row.entry_id for row in shown])
        answers: list[tuple[Entry | None, str]] = [
            (row.entry, lines[row.entry_id].reply) for row in new if lines[row.entry_id].reply
        ]
        answers += [(None, letter.text) for letter in due]
        letters = [letter for letter in letters if letter not in due]
        finished = opened
        for entry, text in answers:
            finished += THINKING
            _reply(past, entry, text, finished)
        for row in new:
            row.read_at = opened
            if opened != days[-1] or answers or not past.family.unfinished:
                row.reviewed_at = finished + timedelta(minutes=1)
                earlier.append(row)
    # The newest answer waits to be opened: the parents' first page says so.
    for reply in past.replies[:-1]:
        in_the_evening = reply.created_at + timedelta(hours=10)
        past.reads += [
            ReplyRead(reply=reply, user=user, read_at=max(in_the_evening, user.date_joined + timedelta(hours=1)))
            for user in past.users.values()
            if reply.entry is None or user == reply.entry.author or reply.entry.audience == Entry.Audience.FAMILY
        ]


def _reply(past: Past, entry: Entry | None, text: str, at: datetime) -> None:
    key = JournalKey.objects.newest(past.journal.pk)
    reply = Reply(
        id=uuid.uuid4(),
        journal=past.journal,
        share=past.share,
        author=past.counsellor,
        entry=entry,
        submission=uuid.uuid4(),
        created_at=at,
    )
    reply.seal(ReplyContent(text=text), key)
    past.replies.append(reply)
    _log(past, Verb.WROTE, at, [])


def _visit(past: Past, visit: Visit, visitor: str, now: datetime) -> None:
    """Plan a visit by the family's counsellor, who can read its sheet."""
    zone = past.family.time_zone
    content = VisitContent(
        visitor=visitor,
        share=str(past.share.pk),
        day=(day_of(now, ZoneInfo(zone)) + timedelta(days=visit.ahead)).isoformat(),
        at=visit.at,
        zone=zone,
        length=visit.length,
        purpose=visit.purpose,
        aftercare=visit.aftercare,
        sheet=visit.sheet,
    )
    plan, _new = VisitPlan.objects.plan(journal=past.journal, submission=uuid.uuid4(), content=content)
    VisitPlan.objects.filter(pk=plan.pk).update(created_at=moment(now, zone, visit.begun, time(20)))
    plan.give_sheet(plan.version)
    if visit.confirmed is not None:
        confirmed = moment(now, CENTRE_ZONE, visit.confirmed, time(16))
        plan.confirm_briefing(plan.version, confirmed)
        for verb in (Verb.BRIEFED, Verb.CONFIRMED):
            _log(past, verb, confirmed, [plan.pk])
    if visit.told is not None:
        told = moment(now, zone, visit.told, time(18))
        plan.tell(plan.version, how="note", at=told, off_way=visit.off_way, no_why=True)


def _log(past: Past, verb: str, at: datetime, shown: list[Any]) -> None:
    AccessEvent.objects.record(
        journal=past.journal.pk, who=past.counsellor, role="counsellor", verb=verb, share=past.share.pk, shown=shown, at=at
    )
