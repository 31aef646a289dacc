"""Test data as plain functions: each makes one thing the way the site makes it."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.utils import timezone

from journal.models import (
    Absence,
    Agreement,
    AgreementContent,
    Centre,
    CentreRole,
    Consent,
    Cover,
    Entry,
    EntryContent,
    FamilyPage,
    Invitation,
    Journal,
    JournalKey,
    MemberInvitation,
    Membership,
    PageContent,
    PersonContent,
    PersonRequest,
    PrivacyContact,
    Reply,
    Share,
    SharedEntry,
    SharedPart,
    SupportPerson,
    User,
    VisitContent,
    VisitPlan,
    day_of,
)

AN_HOUR = timedelta(hours=1)
_numbers = count(1)


def make_user(name: str = "", *, password: str | None = None, **fields: Any) -> User:
    """A person with a verified address; without a password nothing is hashed."""
    number = next(_numbers)
    fields = {"country": "jp", "time_zone": "Asia/Tokyo", "shared_device": False, "display_name": name, **fields}
    user = User.objects.create_user(fields.pop("email", f"{name or 'person'}-{number}@example.test".lower()), password, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_journal(owner: User, *members: User, relation: str = "") -> Journal:
    """A journal with its keys, its owner and further parents."""
    journal = Journal.start(owner, relation=relation)
    Consent.objects.give(owner)
    for member in members:
        journal.add_member(member, Membership.Role.MEMBER)
        Consent.objects.give(member)
    return journal


def make_entry(
    journal: Journal, author: User, words: str = "", *, kind: str = "greet", audience: str = "author", **fields: Any
) -> Entry:
    """An entry, with the content given as fields of EntryContent and the time as ``happened_at``."""
    happened_at: datetime = fields.pop("happened_at", timezone.now() - timedelta(minutes=1))
    membership = Membership.objects.get(journal=journal, user=author)
    membership.user = author
    entry, _new = Entry.objects.write(
        membership=membership,
        submission=uuid.uuid4(),
        content=EntryContent(kind=kind, words=words, **fields),
        happened_at=happened_at,
        audience=audience,
    )
    return entry


def make_membership(journal: Journal, user: User) -> Membership:
    """A parent's membership, with the account and journal as a view has them."""
    membership = Membership.objects.select_related("journal").get(journal=journal, user=user)
    membership.user = user
    return membership


def make_person(journal: Journal, user: User, name: str = "My sister", **fields: Any) -> SupportPerson:
    """Somebody to lean on."""
    content = PersonContent(name=name, **fields)
    return SupportPerson.objects.write(membership=make_membership(journal, user), submission=uuid.uuid4(), content=content)[0]


def make_agreement(journal: Journal, user: User, text: str = "We knock.", **fields: Any) -> Agreement:
    """An agreement; an idea unless told otherwise."""
    content = AgreementContent(text=text, **fields)
    return Agreement.objects.write(membership=make_membership(journal, user), submission=uuid.uuid4(), content=content)[0]


def make_page(journal: Journal, user: User, **fields: Any) -> FamilyPage:
    """The family's own page."""
    page = FamilyPage.of(make_membership(journal, user))
    page.rewrite(page.version, PageContent(**fields))
    return page


def make_centre() -> Centre:
    """A public centre."""
    return Centre.objects.create(name_en="North Centre", name_ja="北センター")


def make_role(centre: Centre, user: User, role: str = "counsellor", *, approved: bool = True, name: str = "Ono") -> CentreRole:
    """A counsellor or manager who reads on Fridays; approved by two people unless told otherwise."""
    now = timezone.now() if approved else None
    return CentreRole.objects.create(
        centre=centre,
        user=user,
        role=role,
        name_en=f"Ms {name}",
        name_ja=f"{name}さん",
        licence_en="Psychologist",
        licence_ja="公認心理師",
        reading_days="4",
        approved_at=now,
        second_approved_at=now,
    )


def make_share(journal: Journal, counsellor: CentreRole, default: str = "chosen", **fields: Any) -> Share:
    """A share, active unless its dates say otherwise."""
    owner = Membership.objects.get(journal=journal, role="owner").user
    share = Share.start(journal=journal, counsellor=counsellor, granted_by=owner, default=default)
    if fields:
        Share.objects.filter(pk=share.pk).update(**fields)
        share.refresh_from_db()
    return share


def make_cover(share: Share, colleague: CentreRole, *, begun: bool = True, days: int = 7, allowed: bool = True) -> Cover:
    """A colleague reads instead for some days; the family allows it, and was told yesterday."""
    Share.objects.filter(pk=share.pk).update(cover_allowed=allowed)
    share.cover_allowed = allowed
    today, now = share.counsellor.today, timezone.now()
    first = today if begun else today + timedelta(days=1)
    absence = Absence.objects.create(
        counsellor=share.counsellor, colleague=colleague, first_day=first, last_day=today + timedelta(days=days)
    )
    return Cover.objects.create(
        share=share,
        journal_id=share.journal_id,
        counsellor=colleague,
        absence=absence,
        told_at=now - timedelta(days=1),
        starts_at=now - timedelta(minutes=1) if begun else now + timedelta(days=1),
        ends_at=now + timedelta(days=days),
    )


def choose(entry: Entry, share: Share) -> SharedEntry:
    """Let a share's counsellor read an entry."""
    Entry.objects.filter(pk=entry.pk).update(audience="family", family_at=entry.family_at or timezone.now())
    return SharedEntry.objects.create(share=share, entry=entry, journal_id=entry.journal_id)


def open_part(share: Share, part: str, by: User) -> SharedPart:
    """Let a share's counsellor read the page or the agreements, or know how much is kept private."""
    return SharedPart.objects.create(share=share, journal_id=share.journal_id, part=part, granted_by=by)


def make_reply(share: Share, text: str = "Good night is enough.", entry: Entry | None = None, **fields: Any) -> Reply:
    """What the counsellor of a share wrote; with ``author`` and ``from_family``, what a parent wrote back."""
    author = fields.pop("author", share.counsellor.user)
    return Reply.objects.send(share=share, author=author, entry=entry, submission=uuid.uuid4(), text=text, **fields)[0]


def ask(share: Share, parent: User, text: str = "May I ask you something?", **fields: Any) -> Reply:
    """A parent's question to the counsellor of a share."""
    return make_reply(share, text, author=parent, from_family=True, **{"kind": "question", **fields})


def make_invitation(journal: Journal) -> tuple[MemberInvitation, str, str]:
    """An invitation to write in a journal, with its link's token and its code."""
    made = MemberInvitation.make(make_membership(journal, Membership.objects.get(journal=journal, role="owner").user))
    assert made is not None
    return made


def make_request(text: str) -> str:
    """What somebody who is written about asked; return the key of its page."""
    token = PersonRequest.new_token()
    PersonRequest.objects.send(token, text)
    return token


def make_contact(user: User) -> PrivacyContact:
    """Somebody answers what people who are written about ask."""
    return PrivacyContact.objects.create(user=user)


def make_code(counsellor: CentreRole) -> str:
    """A counsellor's code for a family."""
    return Invitation.make(Invitation.Kind.CODE, counsellor)


def make_many(
    journal: Journal, author: User, contents: Iterable[EntryContent], *, apart: timedelta = AN_HOUR, **fields: Any
) -> list[Entry]:
    """Entries in bulk, one an hour and the first the newest: for what has to cost the same however many there are."""
    key, now = JournalKey.objects.newest(journal.pk), timezone.now()
    entries = []
    for number, content in enumerate(contents):
        at = now - AN_HOUR - number * apart
        entry = Entry(
            journal=journal, author=author, submission=uuid.uuid4(), happened_at=at, day=day_of(at, author.zone),
            zone=author.time_zone, **fields,
        )  # fmt: skip
        entry.seal(content, key)
        entries.append(entry)
    return Entry.objects.bulk_create(entries)


def make_visit(journal: Journal, *, told: bool = False, days: int = 7, **fields: Any) -> VisitPlan:
    """A visit plan in some days, at two in the afternoon in Tokyo; told: with everything the person needs to know.

    Days are those of the journal: until four in the morning it is still the day before.
    """
    day = (day_of(timezone.now(), ZoneInfo("Asia/Tokyo")) + timedelta(days=days)).isoformat()
    said = {
        "visitor": "Ms Ono",
        "day": day,
        "at": "14:00",
        "zone": "Asia/Tokyo",
        "length": "Half an hour",
        "purpose": "To say hello.",
    }
    plan, _new = VisitPlan.objects.plan(
        journal=journal, submission=uuid.uuid4(), content=VisitContent(**(said | {"aftercare": "We are at home."} | fields))
    )
    if told:
        plan.tell(plan.version, how="note", at=timezone.now(), off_way="A tick on the note.", no_why=True)
    return plan
