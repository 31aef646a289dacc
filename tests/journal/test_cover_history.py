"""Cover, handovers and leaving in any order: each counsellor reads what one rule says."""

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve, reverse
from hypothesis import given
from hypothesis import strategies as st

from journal.models import (
    Absence,
    Cover,
    Entry,
    FamilyPage,
    Handover,
    Part,
    Share,
    SharedEntry,
    SharedPart,
)
from journal.views.family import desk_family, desk_page
from tests import factories
from tests.tools.clock import at
from tests.tools.examples import tried

TOKYO = ZoneInfo("Asia/Tokyo")

NAMES = ["one", "two", "three"]
PEOPLE = st.sampled_from(range(3))
ACTS = st.one_of(
    st.tuples(st.just("days"), st.integers(1, 9)),
    st.tuples(st.just("hours"), st.integers(1, 20)),
    st.tuples(st.just("start"), PEOPLE),
    st.tuples(st.just("stop"), PEOPLE),
    st.tuples(st.just("nothing"), PEOPLE),
    st.tuples(st.just("choose"), PEOPLE, st.sampled_from(range(2))),
    st.tuples(st.just("keep"), st.sampled_from(range(2))),
    st.tuples(st.just("page"), PEOPLE, st.booleans()),
    st.tuples(st.just("allow"), PEOPLE, st.booleans()),
    st.tuples(st.just("away"), PEOPLE, PEOPLE, st.integers(0, 4), st.integers(0, 6)),
    st.tuples(st.just("rename"), PEOPLE, PEOPLE),
    st.tuples(st.just("back"), PEOPLE),
    st.tuples(st.just("begin"), PEOPLE),
    st.tuples(st.just("leave"), PEOPLE),
    st.tuples(st.just("close"), PEOPLE),
    st.tuples(st.just("propose"), PEOPLE, PEOPLE),
    st.tuples(st.just("agree"), PEOPLE, st.booleans(), st.booleans()),
    st.tuples(st.just("decline"), PEOPLE),
)
# Most histories begin with somebody who reads and may be covered, is covered soon or now, or is to hand over.
READS = [("start", 0), ("choose", 0, 0), ("allow", 0, True)]
NAMED = [*READS, ("away", 0, 1, 0, 3)]
BEGUN = [
    [], READS, NAMED, [*NAMED, ("days", 2)], [*NAMED, ("begin", 0), ("propose", 0, 1)], [*NAMED, ("days", 2), ("days", 9)],
    [*READS, ("page", 0, True), ("propose", 0, 1)],
]  # fmt: skip


class Rule:
    """The one rule in plain Python: what was said by whom, and what follows. It knows nothing of the database."""

    def __init__(self, now):
        self.now = now
        self.shares = {}  # person: ends, allowed, entries, page
        self.covers = []  # of, by, start, end, key of the absence
        self.absences = {}  # person: list of [first, last, colleague]
        self.gone, self.proposals, self.declined = set(), {}, {}

    def today(self):
        return self.now.astimezone(TOKYO).date()

    def begun(self):
        return {"ends": self.now + timedelta(days=182), "allowed": False, "entries": set(), "page": False}

    def open(self, person):
        share = self.shares.get(person)
        return share is not None and share["ends"] > self.now and person not in self.gone

    def end_covers(self, keep):
        self.covers = [cover for cover in self.covers if keep(cover)]

    def name(self, person, absence):
        first, last, colleague = absence
        midnight = datetime.combine(self.today(), time(0), tzinfo=TOKYO)
        begins = midnight + timedelta(days=2 if self.now + timedelta(hours=6) >= midnight + timedelta(days=1) else 1)
        start = max(begins, datetime.combine(first, time(0), tzinfo=TOKYO))
        end = datetime.combine(last + timedelta(days=1), time(0), tzinfo=TOKYO)
        named = any(cover[4] is absence and cover[3] > self.now for cover in self.covers)
        if colleague is not None and self.open(person) and self.shares[person]["allowed"] and start < end and not named:
            self.covers.append([person, colleague, start, end, absence])

    def opens_page(self, person):
        return self.open(person) and self.shares[person]["page"]

    def visible(self, person):
        if person in self.gone:
            return set()
        seen = set(self.shares[person]["entries"]) if self.open(person) else set()
        for of, by, start, end, _absence in self.covers:
            if by == person and start <= self.now < end and self.open(of) and self.shares[of]["allowed"]:
                seen |= self.shares[of]["entries"]
        return seen


class History:
    """The same acts through the site's own code, and through the rule."""

    def __init__(self):
        self.rule = Rule(datetime(2026, 11, 20, 3, tzinfo=UTC))
        self.owner = factories.make_user("owner")
        self.journal = factories.make_journal(self.owner)
        self.entries = [factories.make_entry(self.journal, self.owner, f"NOTE-{n}", audience="family") for n in range(2)]
        factories.make_page(self.journal, self.owner, who="PAGE")
        centre = factories.make_centre()
        self.roles = [factories.make_role(centre, factories.make_user(name), name=name) for name in NAMES]

    def do(self, act):
        name, *rest = act
        with at(self.rule.now):
            getattr(self, name)(*rest)

    def share(self, person):
        return Share.objects.filter(journal=self.journal, counsellor=self.roles[person], revoked_at=None).first()

    def days(self, count):
        self.rule.now += timedelta(days=count)

    def hours(self, count):
        self.rule.now += timedelta(hours=count)

    def start(self, person):
        if person in self.rule.gone:
            return
        Share.start(journal=self.journal, counsellor=self.roles[person], granted_by=self.owner, default="chosen")
        if self.rule.open(person):
            self.rule.shares[person]["ends"] = self.rule.now + timedelta(days=182)
        else:
            self.rule.shares[person] = self.rule.begun()
            self.rule.end_covers(lambda cover: cover[0] != person)

    def stop(self, person):
        if share := self.share(person):
            share.revoke()
            del self.rule.shares[person]
            self.rule.end_covers(lambda cover: cover[0] != person)

    def nothing(self, person):
        if share := self.share(person):
            share.set_default("nothing")
            self.rule.shares[person] |= {"entries": set(), "page": False}
            self.rule.end_covers(lambda cover: cover[0] != person)

    def choose(self, person, number):
        if self.rule.open(person):
            shares = [self.share(other) for other in self.rule.shares if number in self.rule.shares[other]["entries"]]
            self.entries[number].let_read("family", [*shares, self.share(person)])
            self.rule.shares[person]["entries"].add(number)

    def page(self, person, opened):
        share = self.share(person)
        if share and self.rule.open(person) and share.default != "nothing":
            SharedPart.objects.set_open(self.owner, share, Part.PAGE, opened=opened)
            self.rule.shares[person]["page"] = opened

    def keep(self, number):
        self.entries[number].let_read("author")
        for share in self.rule.shares.values():
            share["entries"].discard(number)

    def allow(self, person, allowed):
        share = self.share(person)
        if share is None or (allowed and not self.rule.open(person)):
            return
        share.allow_cover(allowed)
        self.rule.shares[person]["allowed"] = allowed
        if not allowed:
            self.rule.end_covers(lambda cover: cover[0] != person)
            return
        for absence in self.rule.absences.get(person, []):
            if absence[1] >= self.rule.today():
                self.rule.name(person, absence)

    def away(self, person, colleague, ahead, days):
        if {person, colleague} & self.rule.gone or person == colleague:
            return
        first = self.rule.today() + timedelta(days=ahead)
        last = first + timedelta(days=days)
        mine = self.rule.absences.setdefault(person, [])
        if any(one[0] <= last and one[1] >= first for one in mine if one[1] >= self.rule.today()):
            return
        row = Absence.objects.create(counsellor=self.roles[person], first_day=first, last_day=last)
        row.name_colleague(self.roles[colleague])
        mine.append([first, last, colleague])
        self.rule.name(person, mine[-1])

    def rename(self, person, colleague):
        coming = [one for one in self.rule.absences.get(person, []) if one[1] >= self.rule.today()]
        if not coming or {person, colleague} & self.rule.gone or person == colleague:
            return
        absence = min(coming)
        Absence.objects.get(counsellor=self.roles[person], first_day=absence[0]).name_colleague(self.roles[colleague])
        absence[2] = colleague
        self.rule.end_covers(lambda cover: cover[4] is not absence or cover[1] == colleague)
        self.rule.name(person, absence)

    def back(self, person):
        coming = [one for one in self.rule.absences.get(person, []) if one[1] >= self.rule.today()]
        if not coming or person in self.rule.gone:
            return
        absence = min(coming)
        Absence.objects.get(counsellor=self.roles[person], first_day=absence[0]).end()
        self.rule.end_covers(lambda cover: cover[4] is not absence)
        self.rule.absences[person].remove(absence)

    def begin(self, person):
        cover = (
            Cover.objects.standing().filter(share__counsellor=self.roles[person], share__revoked_at=None).order_by("starts_at")
        )
        for row in cover[:1]:
            row.begin_now(self.owner)
            waiting = [one for one in self.rule.covers if one[0] == person and one[3] > self.rule.now]
            first = min(waiting, key=lambda one: one[2])
            first[2] = min(first[2], self.rule.now)

    def leave(self, person):
        self.roles[person].deactivate()
        self._gone(person)
        self.rule.absences.pop(person, None)
        for mine in self.rule.absences.values():
            for absence in mine:
                absence[2] = None if absence[2] == person else absence[2]
        self.rule.end_covers(lambda cover: person not in cover[:2])

    def close(self, person):
        type(self.owner).objects.filter(pk=self.roles[person].user_id).update(is_active=False)
        self._gone(person)

    def _gone(self, person):
        self.rule.gone.add(person)
        self.rule.proposals = {of: to for of, to in self.rule.proposals.items() if to != person}

    def propose(self, person, colleague):
        rule = self.rule
        share = self.share(person)
        if share is None or rule.shares[person]["ends"] <= rule.now or colleague in rule.gone or person == colleague:
            return
        made = Handover.objects.propose(share=share, counsellor=self.roles[colleague], by=self.roles[person].user)
        lately = rule.declined.get((id(rule.shares[person]), colleague))
        refused = rule.open(colleague) or (lately is not None and rule.now - lately < timedelta(days=28))
        assert (made is None) == refused
        if made:
            rule.proposals[person] = colleague

    def _answerable(self, person):
        share = self.rule.shares.get(person)
        handover = Handover.objects.open().filter(share__counsellor=self.roles[person]).first()
        expected = self.rule.proposals.get(person) if share and share["ends"] > self.rule.now else None
        assert (handover.counsellor if handover else None) == (None if expected is None else self.roles[expected])
        return handover, expected

    def agree(self, person, with_entries, with_page):
        handover, colleague = self._answerable(person)
        if handover is None:
            return
        handover.agree(self.owner, with_entries=with_entries, with_page=with_page)
        rule, old = self.rule, self.rule.shares.pop(person)
        rule.proposals.pop(person)
        rule.end_covers(lambda cover: cover[0] != person)
        if not rule.open(colleague):
            rule.end_covers(lambda cover: cover[0] != colleague)
            rule.shares[colleague] = rule.begun()
        rule.shares[colleague]["entries"] |= old["entries"] if with_entries else set()
        rule.shares[colleague]["page"] |= old["page"] and with_page

    def decline(self, person):
        handover, colleague = self._answerable(person)
        if handover:
            handover.decline(self.owner)
            self.rule.proposals.pop(person)
            self.rule.declined[(id(self.rule.shares[person]), colleague)] = self.rule.now

    def check_entries(self):
        with at(self.rule.now):
            for person, role in enumerate(self.roles):
                pks = {self.entries[number].pk for number in self.rule.visible(person)}
                assert set(Entry.objects.visible_to(role.user).values_list("pk", flat=True)) == pks

    def check(self):
        with at(self.rule.now):
            for person, role in enumerate(self.roles):
                expected = self.rule.visible(person)
                pks = {self.entries[number].pk for number in expected}
                user = type(self.owner).objects.get(pk=role.user_id)
                assert set(Entry.objects.visible_to(user).values_list("pk", flat=True)) == pks
                assert set(SharedEntry.objects.readable_by(user).values_list("entry", flat=True)) == pks
                opened = self.rule.opens_page(person)
                assert FamilyPage.objects.visible_to(user).exists() == opened
                assert self.read_on_pages(user) == {f"NOTE-{number}" for number in expected} | ({"PAGE"} if opened else set())

    def read_on_pages(self, user):
        seen = set()
        for share in Share.objects.filter(journal=self.journal):
            found = Share.objects.of_counsellor(user).filter(pk=share.pk).first()
            assert Share.objects.read_by(user, share.pk) == found
            if found:
                assert set(SharedPart.objects.opened_to(user, found)) == set(
                    SharedPart.objects.readable_by(user).filter(share=found)
                )
            request = RequestFactory().get(reverse("journal:desk_family", args=[share.pk]))
            request.user, request.session, request.resolver_match = user, {}, resolve(request.path)
            try:
                page = desk_family(request, share.pk).content.decode()
            except Http404:
                assert not Share.objects.of_counsellor(user).filter(pk=share.pk).exists()
                continue
            with suppress(Http404):
                page += desk_page(request, share.pk).content.decode()
            seen |= {marker for marker in ("NOTE-0", "NOTE-1", "PAGE") if marker in page}
        return seen


@tried(40)
@given(acts=st.lists(ACTS, max_size=10), begun=st.sampled_from(BEGUN))
def test_after_any_history_each_counsellor_reads_what_the_one_rule_says(db, acts, begun):
    with transaction.atomic():
        history = History()
        for act in [*begun, *acts]:
            history.do(act)
            history.check_entries()
        history.check()
        transaction.set_rollback(True)
