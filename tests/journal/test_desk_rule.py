"""One rule for every way to the desk: after any history, each route shows what is chosen, shared and open, and no more."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from journal import family, patterns, wording
from journal.forms.replies import ReplyForm
from journal.models import Entry, Membership, Reply, Share, SharedEntry, SharedPart, VisitPlan
from journal.queue import Waiting, families
from tests import factories
from tests.conftest import sign_in
from tests.tools.examples import tried

ACTS = st.lists(
    st.sampled_from(
        [
            *("choose", "choose theirs", "keep", "keep theirs", "bin", "back", "write", "write old", "review"),
            *("nothing", "new", "chosen", "stop", "start", "expire", "deactivate", "member goes"),
            *("open page", "open agreements", "close page", "count", "count theirs", "ask", "ask about it"),
        ]
    ),
    max_size=10,
)


@pytest.fixture
def desk(client, world):
    world.visit.delete()
    return sign_in(client, world.roles["counsellor"])


@tried(40)
@given(acts=ACTS)
def test_by_every_route_a_counsellor_sees_what_the_one_rule_says(desk, world, acts):
    with transaction.atomic():
        for act in acts:
            _do(act, world)
        share = Share.objects.filter(journal=world.journal, counsellor=world.share.counsellor).order_by("-starts_at").first()
        if _is_open(share):
            _compare(desk, world, share)
        else:
            _closed(desk, world, share)
        transaction.set_rollback(True)


def _do(act, world):
    owner, member = world.roles["owner"], world.roles["member"]
    share = Share.objects.filter(journal=world.journal, counsellor=world.share.counsellor, revoked_at=None).first()
    mine, theirs = Entry.objects.get(pk=world.private.pk), Entry.objects.get(pk=world.member_private.pk)
    now = timezone.now()
    match act:
        case "choose" | "choose theirs" if share:
            (theirs if "theirs" in act else mine).let_read("family", [share])
        case "keep" | "keep theirs":
            (theirs if "theirs" in act else mine).let_read("author")
        case "bin":
            Entry.objects.get(pk=world.entry.pk).put_in_bin()
        case "back":
            Entry.objects.get(pk=world.entry.pk).put_back()
        case "write" | "write old":
            at = now - timedelta(days=40 if "old" in act else 1)
            factories.make_entry(world.journal, owner, audience=None, happened_at=at)
        case "review" if share:
            SharedEntry.objects.filter(share=share).update(read_at=now, reviewed_at=now)
        case "nothing" | "new" | "chosen" if share:
            share.set_default(act)
        case "stop" if share:
            share.revoke()
        case "start" if not share:
            factories.make_share(world.journal, world.share.counsellor, "new")
        case "expire" if share:
            Share.objects.filter(pk=share.pk).update(ends_at=now - timedelta(seconds=1))
        case "deactivate":
            world.share.counsellor.refresh_from_db()
            world.share.counsellor.deactivate()
        case "member goes":
            Membership.objects.filter(journal=world.journal, user=member).delete()
        case "open page" | "open agreements" if share:
            SharedPart.objects.set_open(member, share, act.split()[1], opened=True)
        case "close page" if share:
            SharedPart.objects.set_open(owner, share, "page", opened=False)
        case "count" | "count theirs" if share:
            SharedPart.objects.set_open(member if "theirs" in act else owner, share, "count", opened=True)
        case "ask" | "ask about it" if share:
            factories.ask(share, owner, entry=mine if "about" in act else None)


def _is_open(share):
    role = share.counsellor
    role.refresh_from_db()
    return share.revoked_at is None and share.starts_at <= timezone.now() < share.ends_at and role.deactivated_at is None


def _readable(share):
    """The one rule: chosen for this share, not kept to its author, not in the bin."""
    rows = SharedEntry.objects.filter(share=share).select_related("entry")
    return {row.entry_id: row for row in rows if row.entry.audience == "family" and row.entry.deleted_at is None}


def _compare(desk, world, share):
    user, rule = world.roles["counsellor"], _readable(share)
    asked = [row for row in Reply.objects.filter(share=share) if row.entry_id is None or row.entry_id in rule]
    # The queue: how many wait.
    new = sum(row.reviewed_at is None for row in rule.values()) + len(asked)
    queue = desk.get(reverse("journal:desk_queue")).content.decode()
    assert re.findall(r"(\d+) new", queue) == ([str(new)] if new else [])
    shares = list(SharedEntry.objects.with_newest(Share.objects.of_counsellor(user)))
    assert shares == [share]
    counts, replies = SharedEntry.objects.count_waiting(shares), Reply.objects.waiting_for(shares).opened()
    assert families(shares, Waiting(counts=counts, replies=replies), timezone.now(), "en")[0].new == new
    _same_with_the_share_at_hand(user, shares[0])
    # The family and its earlier pages: which entries, which questions.
    address, shown, messages, query = reverse("journal:desk_family", args=[share.pk]), set(), set(), ""
    drawn = family.shown(share, user, None).picture
    while query is not None:
        page = desk.get(address + query).content.decode()
        shown |= set(re.findall(r'id="entry-([0-9a-f-]{36})"', page))
        messages |= set(re.findall(r'id="reply-([0-9a-f-]{36})"', page))
        query = (re.search(r"\?before=[0-9a-f-]+", page) or [None])[0]
    assert shown == {str(pk) for pk in rule}
    assert messages == {str(row.pk) for row in asked}
    # The four weeks, and the number of what is kept.
    begins = patterns.first_day(wording.today_of(user))
    recent = [row for row in rule.values() if row.entry.day >= begins]
    assert (drawn.written if drawn else None) == (len(recent) if share.default == "new" else None)
    parts = list(SharedPart.objects.filter(share=share))
    parents = {row.user_id for row in Membership.objects.filter(journal=world.journal)}
    allowed = parents <= {row.granted_by_id for row in parts if row.part == "count"}
    kept = Entry.objects.filter(journal=world.journal, deleted_at=None).exclude(pk__in=rule).count()
    told = kept if share.default == "new" and allowed else None
    assert SharedPart.objects.kept_private(share, SharedPart.objects.readable_by(user).filter(share=share)) == told
    assert (f"; {told} are private" in page) == (told is not None)
    # Page and agreements.
    for part in ("page", "agreements"):
        opened = share.default != "nothing" and any(row.part == part and row.granted_by_id in parents for row in parts)
        assert desk.get(reverse(f"journal:desk_{part}", args=[share.pk])).status_code == (200 if opened else 404)
        assert (reverse(f"journal:desk_{part}", args=[share.pk]) in page) == opened
    # What may be answered, named in the address or in the form.
    for entry in Entry.objects.filter(journal=world.journal):
        form = ReplyForm({"submission": uuid.uuid4(), "text": "x", "entry": entry.pk}, share=share, author=user)
        assert form.is_valid() == (entry.pk in rule)


def _same_with_the_share_at_hand(user, share):
    # A page that has the share asks by its plain columns: what it finds is what the account may read through it.
    assert Share.objects.read_by(user, share.pk) == share
    assert set(SharedPart.objects.opened_to(user, share)) == set(SharedPart.objects.readable_by(user).filter(share=share))
    assert VisitPlan.objects.given_through(user, share) == list(VisitPlan.objects.of_visitor(user, share.journal_id))
    entries = list(Entry.objects.through(share))
    said = Reply.objects.visible_to(user).filter(share=share)
    assert set(Reply.objects.at_desk(user, share, entries, None, None)) == set(said)
    unmentioned = said.filter(Q(entry=None) | Q(from_family=True, reviewed_at=None))
    assert set(Reply.objects.at_desk(user, share, [], None, None)) == set(unmentioned)


def _closed(desk, world, share):
    for name in ("desk_family", "desk_page", "desk_agreements"):
        assert desk.get(reverse(f"journal:{name}", args=[share.pk])).status_code == 404
    for name in ("reply_add", "reply_draft", "review_finish"):
        assert desk.post(reverse(f"journal:{name}", args=[share.pk]), {"text": "x"}).status_code == 404
    user = world.roles["counsellor"]
    assert not Entry.objects.visible_to(user).exists()
    assert not Reply.objects.visible_to(user).exists()
    assert not Share.objects.of_counsellor(user).exists()
    assert Share.objects.read_by(user, share.pk) is None
    assert not SharedEntry.objects.readable_by(user).exists()
    assert not SharedPart.objects.readable_by(user).exists()
    assert desk.get(reverse("journal:desk_queue")).status_code in {200, 404}
