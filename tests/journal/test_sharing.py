"""Who can read, and that it ends when the family says."""

import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from journal.models import CentreRole, Draft, Entry, Invitation, Journal, Reply, Share, SharedEntry
from tests import factories
from tests.conftest import ROLES, make_world
from tests.tools.examples import tried
from tests.tools.threads import at_once

READERS = {"owner", "member", "counsellor"}


@pytest.mark.parametrize("name", [name for name in ROLES if name != "anonymous"])
def test_an_entry_is_visible_to_those_it_was_chosen_for_and_nobody_else(world, name):
    user = world.roles[name]
    assert (world.entry in Entry.objects.visible_to(user)) == (name in READERS)
    assert (world.private in Entry.objects.visible_to(user)) == (name == "owner")
    assert (world.member_private in Entry.objects.visible_to(user)) == (name == "member")


def test_an_entry_chosen_for_one_counsellor_never_shows_for_another(world):
    assert world.entry not in Entry.objects.visible_to(world.roles["chosen"])
    factories.choose(world.private, world.shares["chosen"])
    assert world.private in Entry.objects.visible_to(world.roles["chosen"])
    assert world.private not in Entry.objects.visible_to(world.roles["counsellor"])


def test_starting_a_share_makes_nothing_readable_that_was_written_before(world):
    role = CentreRole.objects.get(user=world.roles["other"])
    factories.make_share(world.journal, role, "new")
    assert not Entry.objects.visible_to(world.roles["other"]).filter(journal=world.journal).exists()


def test_stopping_ends_everything_with_the_next_request(world):
    user = world.roles["counsellor"]
    reply, _ = Reply.objects.send(share=world.share, author=user, entry=world.entry, submission=uuid.uuid4(), text="Good.")
    Draft.objects.keep(user=user, journal=world.journal, form="reply", target=world.share.pk, sequence=1, text="half")
    assert Reply.objects.visible_to(user).exists()
    world.share.revoke()
    assert not Entry.objects.visible_to(user).exists()
    assert not Reply.objects.visible_to(user).exists()
    assert not Journal.objects.of_counsellor(user).exists()
    assert not Draft.objects.filter(target=world.share.pk).exists()
    assert reply in Reply.objects.visible_to(world.roles["owner"])


def test_nothing_for_now_closes_what_was_open(world):
    world.share.set_default("nothing")
    assert world.entry not in Entry.objects.visible_to(world.roles["counsellor"])


def test_an_expired_share_opens_nothing_without_any_job_having_run(world):
    Share.objects.filter(pk=world.share.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert world.entry not in Entry.objects.visible_to(world.roles["counsellor"])


def test_a_counsellor_who_leaves_reads_nothing_from_that_moment(world):
    CentreRole.objects.get(user=world.roles["counsellor"]).deactivate()
    assert not Entry.objects.visible_to(world.roles["counsellor"]).exists()


def test_one_approval_is_not_enough_where_two_are_asked_for(world, settings):
    settings.SECOND_APPROVAL_REQUIRED = True
    CentreRole.objects.filter(user=world.roles["counsellor"]).update(second_approved_at=None)
    assert not Entry.objects.visible_to(world.roles["counsellor"]).exists()
    settings.SECOND_APPROVAL_REQUIRED = False
    assert world.entry in Entry.objects.visible_to(world.roles["counsellor"])


def test_two_approvals_are_by_two_people(world, settings):
    role = CentreRole.objects.get(user=world.roles["unapproved"])
    manager = world.roles["manager"]
    role.approve(manager)
    with pytest.raises(ValueError, match="another person"):
        role.approve(manager)
    role.approve(world.roles["owner"])
    assert role.second_approved_by == world.roles["owner"]


def test_a_family_has_one_open_share_with_a_counsellor(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        Share.objects.create(journal=world.journal, counsellor=world.share.counsellor)
    world.share.revoke()
    factories.make_share(world.journal, world.share.counsellor)


def test_a_code_is_forgiving_about_how_it_is_typed_and_works_once(world):
    role = CentreRole.objects.get(user=world.roles["other"])
    code = factories.make_code(role)
    found = Invitation.objects.by_code(f" {code[:4].lower()}-{code[4:]} ")
    assert found is not None
    assert found.counsellor == role
    assert found.use()
    assert not found.use()
    assert Invitation.objects.by_code(code) is None


def test_a_code_ends_after_72_hours_and_with_its_counsellor(world):
    role = CentreRole.objects.get(user=world.roles["other"])
    code = factories.make_code(role)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Invitation.objects.by_code(code) is None
    code = factories.make_code(role)
    role.deactivate()
    assert Invitation.objects.by_code(code) is None


def test_a_reply_to_an_entry_the_other_parent_cannot_read_stays_hidden_from_them(world):
    factories.choose(world.private, world.share)
    Reply.objects.send(
        share=world.share, author=world.roles["counsellor"], entry=world.private, submission=uuid.uuid4(), text="For one."
    )
    world.private.let_read("author")
    assert Reply.objects.visible_to(world.roles["owner"]).exists()
    assert not Reply.objects.visible_to(world.roles["member"]).exists()
    assert not Reply.objects.visible_to(world.roles["counsellor"]).exists()


def test_a_draft_keeps_the_newest_words_whatever_order_they_arrive_in(world):
    user = world.roles["counsellor"]
    for sequence, text in [(1, "a"), (3, "abc"), (2, "ab")]:
        Draft.objects.keep(user=user, journal=world.journal, form="reply", target=world.share.pk, sequence=sequence, text=text)
    (draft,) = Draft.objects.of_user(user)
    assert draft.document.text == "abc"


ACTS = st.lists(
    st.sampled_from(
        ["choose", "choose private", "keep", "bin", "back", "nothing", "new", "write", "stop", "start", "expire", "leave"]
    ),
    max_size=9,
)


@tried(40)
@given(acts=ACTS)
def test_after_any_history_a_counsellor_reads_exactly_what_is_chosen_and_open(world, acts):
    role, owner = world.share.counsellor, world.roles["owner"]
    with transaction.atomic():
        for act in acts:
            _do(act, world, role, owner)
        visible = set(Entry.objects.visible_to(role.user).values_list("pk", flat=True))
        role.refresh_from_db()
        open_now = [share for share in Share.objects.filter(journal=world.journal, counsellor=role) if _holds(share, role)]
        expected = {
            row.entry_id
            for row in SharedEntry.objects.filter(share__in=open_now).select_related("entry")
            if row.entry.deleted_at is None and row.entry.audience == "family"
        }
        assert visible == expected
        transaction.set_rollback(True)


def _holds(share, role):
    now = timezone.now()
    return share.revoked_at is None and share.starts_at <= now < share.ends_at and role.deactivated_at is None


def _do(act, world, role, owner):
    share = Share.objects.filter(journal=world.journal, counsellor=role, revoked_at=None).first()
    entry = Entry.objects.get(pk=world.entry.pk)
    private = Entry.objects.get(pk=world.private.pk)
    match act:
        case "choose" if share:
            entry.let_read("family", [share])
        case "choose private" if share:
            private.let_read("family", [share])
        case "keep":
            entry.let_read("author")
        case "bin":
            entry.put_in_bin()
        case "back":
            entry.put_back()
        case "nothing" | "new" if share:
            share.set_default(act)
        case "write":
            factories.make_entry(world.journal, owner, audience=None)
        case "stop" if share:
            share.revoke()
        case "start" if not share:
            factories.make_share(world.journal, role)
        case "expire" if share:
            Share.objects.filter(pk=share.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
        case "leave":
            role.deactivate()


def test_a_share_that_ended_by_its_date_begins_again_without_what_was_chosen_before(world):
    Share.objects.filter(pk=world.share.pk).update(ends_at=timezone.now() - timedelta(days=90))
    factories.make_share(world.journal, world.share.counsellor, "chosen")
    assert world.entry not in Entry.objects.visible_to(world.roles["counsellor"])


def test_a_share_that_is_lengthened_keeps_what_was_chosen_unless_it_says_nothing_for_now(world):
    factories.make_share(world.journal, world.share.counsellor, "chosen")
    assert world.entry in Entry.objects.visible_to(world.roles["counsellor"])
    factories.make_share(world.journal, world.share.counsellor, "nothing")
    assert world.entry not in Entry.objects.visible_to(world.roles["counsellor"])


def test_the_same_answer_arrives_once_and_other_words_under_its_number_are_not_dropped(world):
    sent = {"share": world.share, "author": world.roles["counsellor"], "entry": None, "submission": uuid.uuid4()}
    for text in ("one", "one", "one and more", "one and more"):
        Reply.objects.send(**sent, text=text)
    assert sorted(reply.document.text for reply in Reply.objects.filter(share=world.share)) == ["one", "one and more"]


def test_a_page_that_keeps_its_draft_twice_keeps_the_later_words(world):
    draft = {"user": world.roles["counsellor"], "journal": world.journal, "form": "reply", "target": world.share.pk}
    assert Draft.objects.keep(**draft, sequence=7, text="a")
    assert Draft.objects.keep(**draft, sequence=7, text="a b")
    assert not Draft.objects.keep(**draft, sequence=6, text="an older page")
    assert Draft.objects.of_user(draft["user"]).get().document.text == "a b"


@pytest.mark.skipif("sqlite" in connection.vendor, reason="SQLite lets one transaction write at a time")
def test_an_entry_saved_while_its_reader_is_closed_is_closed_too(transactional_db, monkeypatch):
    world = make_world()
    world.share.set_default("new")
    seal = Entry.seal

    def slow(self, *args):
        time.sleep(0.5)
        seal(self, *args)

    def close():
        time.sleep(0.2)
        world.share.set_default("nothing")

    monkeypatch.setattr(Entry, "seal", slow)
    assert not at_once(lambda: factories.make_entry(world.journal, world.roles["owner"], audience=None), close)
    assert not SharedEntry.objects.filter(share=world.share).exists()


@pytest.mark.skipif("sqlite" in connection.vendor, reason="SQLite lets one transaction write at a time")
def test_what_arrives_six_times_at_once_is_kept_once(transactional_db):
    world = make_world()
    user, submission, together = world.roles["counsellor"], uuid.uuid4(), threading.Barrier(6)
    draft = {"user": user, "journal": world.journal, "form": "reply", "target": world.share.pk, "sequence": 1, "text": "x"}

    def send():
        together.wait()
        Reply.objects.send(share=world.share, author=user, entry=None, submission=submission, text="x")

    def keep():
        together.wait()
        Draft.objects.keep(**draft)

    assert not at_once(*[send] * 6)
    assert not at_once(*[keep] * 6)
    assert Reply.objects.count() == Draft.objects.count() == 1
