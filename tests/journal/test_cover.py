"""Who reads while a counsellor is away, who takes over, and that neither opens more than the family gave."""

import uuid
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from journal import cover
from journal.models import (
    Absence,
    AccessEvent,
    CentreRole,
    Cover,
    Draft,
    Entry,
    Journal,
    Part,
    Reply,
    ReplyHurt,
    ReplyRead,
    Share,
    SharedEntry,
    SharedPart,
    Verb,
)
from journal.models.cover import earliest_start
from tests import factories
from tests.conftest import SECRET, send_away, sign_in

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def world(world):
    """The cast, with a colleague who reads instead of the family's counsellor."""
    return send_away(world)


def role_of(world, name):
    return CentreRole.objects.get(user=world.roles[name])


def told(world, name="owner"):
    membership = factories.make_membership(world.journal, world.roles[name])
    return [
        sentence
        for notice in cover.notices(cover.Readers(membership))
        if notice.share == world.share.pk
        for sentence in notice.said
    ]


# ---- what a cover opens


def test_a_colleague_reads_what_was_chosen_for_the_counsellor_and_nothing_else(world):
    covering = world.roles["covering"]
    assert set(Entry.objects.visible_to(covering)) == {world.entry}
    factories.choose(world.private, world.shares["chosen"])
    assert set(Entry.objects.visible_to(covering)) == {world.entry}


def test_without_the_familys_yes_nobody_reads_instead(world):
    Share.objects.filter(pk=world.share.pk).update(cover_allowed=False)
    assert not Entry.objects.visible_to(world.roles["covering"]).exists()
    assert not Journal.objects.of_counsellor(world.roles["covering"]).exists()


def test_taking_the_yes_back_ends_it_at_once_and_for_good(client, world):
    covering = world.roles["covering"]
    Draft.objects.keep(user=covering, journal=world.journal, form="reply", target=world.share.pk, sequence=1, text="half")
    sign_in(client, world.roles["member"])
    client.post(reverse("journal:share_cover", args=[world.share.pk]))
    assert not Share.objects.of_counsellor(covering).exists()
    assert not Draft.objects.filter(user=covering).exists()
    # Ticking it once more tells them again first: nobody begins in this moment.
    sign_in(client, world.roles["owner"])
    client.post(reverse("journal:share_cover", args=[world.share.pk]), {"allowed": "on"})
    assert not Share.objects.of_counsellor(covering).exists()
    assert not Cover.objects.standing().get(share=world.share).has_begun


def test_only_who_began_the_share_lets_a_colleague_read_and_either_parent_ends_it(client, world):
    address = reverse("journal:share_cover", args=[world.share.pk])
    sign_in(client, world.roles["member"])
    assert client.post(address).status_code == 303
    assert client.post(address, {"allowed": "on"}).status_code == 404
    world.share.refresh_from_db()
    assert not world.share.cover_allowed


@pytest.mark.parametrize("who", ["counsellor", "covering"])
def test_a_cover_ends_when_one_of_the_two_leaves(world, who):
    role_of(world, who).deactivate()
    assert not Entry.objects.visible_to(world.roles["covering"]).exists()
    assert not Cover.objects.standing().filter(share=world.share).exists()


@pytest.mark.parametrize("who", ["counsellor", "covering"])
def test_a_cover_holds_only_while_both_accounts_are_open(world, who):
    type(world.roles[who]).objects.filter(pk=world.roles[who].pk).update(is_active=False)
    assert not Entry.objects.visible_to(world.roles["covering"]).exists()


def test_a_cover_ends_with_the_share_and_does_not_come_back_with_a_new_one(world):
    world.share.revoke()
    share = factories.make_share(world.journal, role_of(world, "counsellor"), "new")
    assert not share.cover_allowed
    share.allow_cover(True)
    assert not Share.objects.of_counsellor(world.roles["covering"]).exists()


def test_after_the_last_day_the_family_is_404_for_the_colleague(client, world):
    sign_in(client, world.roles["covering"])
    address = reverse("journal:desk_family", args=[world.share.pk])
    assert SECRET in client.get(address).content.decode()
    Cover.objects.filter(share=world.share).update(ends_at=timezone.now())
    assert client.get(address).status_code == 404


def test_the_sheet_of_a_visit_stays_with_whom_it_was_given_to(client, world):
    sign_in(client, world.roles["covering"])
    address = reverse("journal:desk_visit", args=[world.share.pk, world.visit.pk])
    assert client.get(address).status_code == 404


def test_a_colleague_does_not_read_where_they_write_as_a_parent(world):
    colleague = role_of(world, "covering")
    world.journal.add_member(colleague.user, "member")
    Cover.objects.all().delete()
    assert Absence.objects.get(colleague=colleague, counsellor=world.share.counsellor).cover_families() == []


# ---- what the family sees


def test_the_log_the_entry_and_the_answer_name_the_colleague_who_read(client, world):
    sign_in(client, world.roles["covering"])
    client.get(reverse("journal:desk_family", args=[world.share.pk]))
    data = {"submission": uuid.uuid4(), "text": "I read this today."}
    client.post(reverse("journal:reply_add", args=[world.share.pk]), data)
    assert AccessEvent.objects.filter(journal=world.journal, verb=Verb.COVERED, who=world.roles["covering"].pk).exists()
    sign_in(client, world.roles["owner"])
    page = client.get(reverse("journal:log_list")).content.decode()
    assert "Read as cover for Ms counsellor" in page
    assert "Ms covering" in page
    notes = client.get(reverse("journal:entry_list")).content.decode()
    assert "Read by Ms covering" in notes
    assert "<b>Ms covering</b>" in notes
    assert Reply.objects.get(author=world.roles["covering"]).counsellor == role_of(world, "covering")


def test_a_colleague_reads_no_part_that_was_opened_to_one_person(client, world):
    for part in (Part.PAGE, Part.AGREEMENTS, Part.COUNT):
        SharedPart.objects.set_open(world.roles["owner"], world.share, part, opened=True)
    sign_in(client, world.roles["covering"])
    assert client.get(reverse("journal:desk_family", args=[world.share.pk])).status_code == 200
    for name, answer in (("desk_page", 404), ("desk_agreements", 404)):
        assert client.get(reverse(f"journal:{name}", args=[world.share.pk])).status_code == answer
    sign_in(client, world.roles["counsellor"])
    assert client.get(reverse("journal:desk_page", args=[world.share.pk])).status_code == 200


def test_a_question_of_the_family_says_which_colleague_read_it(client, world):
    sign_in(client, world.roles["owner"])
    Reply.objects.send(
        share=world.share, author=world.roles["owner"], entry=world.entry, submission=uuid.uuid4(), text="Why?", from_family=True
    )
    assert Reply.objects.get().cover is None
    ReplyRead.objects.create(reply=Reply.objects.get(), user=world.roles["covering"])
    page = client.get(reverse("journal:entry_list")).content.decode()
    assert "Read by Ms covering" in page
    assert "Read by Ms counsellor" not in page


def test_a_colleagues_answer_that_hurt_counts_for_the_colleague(world):
    send = {"share": world.share, "entry": world.entry, "submission": uuid.uuid4(), "text": "No."}
    reply, _new = Reply.objects.send(author=world.roles["covering"], **send)
    ReplyHurt.objects.say(user=world.roles["owner"], reply=reply, told_counsellor=True)
    roles = [role_of(world, name) for name in ("counsellor", "covering")]
    assert ReplyHurt.objects.count_by_counsellor([role.pk for role in roles]) == {roles[1].pk: 1}
    assert ReplyHurt.objects.visible_to(world.roles["covering"]).exists()
    assert not ReplyHurt.objects.visible_to(world.roles["counsellor"]).exists()


def test_the_queue_says_for_whom_a_family_is_read(client, world):
    sign_in(client, world.roles["covering"])
    page = client.get(reverse("journal:desk_queue")).content.decode()
    assert world.journal.code_name("en") in page
    assert "Ms counsellor" in page


def test_no_reading_day_is_promised_or_missed_in_days_away(world):
    Cover.objects.all().delete()
    Absence.objects.all().delete()
    role = CentreRole.objects.get(pk=world.share.counsellor_id)
    CentreRole.objects.filter(pk=role.pk).update(reading_days="0123456")
    opened = timezone.now() - timedelta(days=9)
    SharedEntry.objects.filter(share=world.share).update(shared_at=opened)
    Absence.objects.create(counsellor=role, first_day=role.today - timedelta(days=20), last_day=role.today + timedelta(days=3))
    role.refresh_from_db()
    wait = role.wait(opened, timezone.now())
    assert (wait.missed, wait.next) == (None, role.today + timedelta(days=4))
    assert SharedEntry.objects.tell_missed([role], timezone.now()) == {}


def test_who_can_read_an_entry_names_the_colleague_while_they_can(client, world):
    sign_in(client, world.roles["owner"])
    page = client.get(reverse("journal:entry_list")).content.decode()
    assert "You, member, Ms counsellor and Ms covering can read this." in page
    assert "Ms counsellor is away until" in page
    assert "Ms covering reads instead." in page
    world.share.allow_cover(False)
    assert "Ms covering" not in client.get(reverse("journal:entry_list")).content.decode()


def test_a_family_is_told_both_names_from_the_moment_a_colleague_is_named(client, world):
    Absence.objects.all().delete()
    Cover.objects.all().delete()
    role = world.share.counsellor
    sign_in(client, role.user)
    first, last = role.today + timedelta(days=3), role.today + timedelta(days=9)
    data = {"first_day": first, "last_day": last, "colleague": role_of(world, "covering").pk}
    assert client.post(reverse("journal:absence_list", args=[role.pk]), data).status_code == 303
    assert not Share.objects.of_counsellor(world.roles["covering"]).exists()
    for name in ("owner", "member"):
        sign_in(client, world.roles[name])
        for page in ("home", "share_list"):
            said = client.get(reverse(f"journal:{page}")).content.decode()
            assert "Ms counsellor is away from" in said
            assert "Ms covering reads instead." in said
            assert "Until then nothing changes." in said


def test_the_family_may_let_the_colleague_begin_sooner(client, world):
    Cover.objects.all().delete()
    cover = factories.make_cover(world.share, role_of(world, "covering"), begun=False)
    assert not Share.objects.of_counsellor(world.roles["covering"]).exists()
    sign_in(client, world.roles["owner"])
    assert client.post(reverse("journal:cover_begin", args=[cover.pk])).status_code == 303
    assert world.entry in Entry.objects.visible_to(world.roles["covering"])


def test_a_family_without_cover_is_told_that_nobody_reads(world):
    Absence.objects.all().delete()
    Cover.objects.all().delete()
    today = world.share.counsellor.today
    Absence.objects.create(counsellor=world.share.counsellor, first_day=today, last_day=today + timedelta(days=2))
    (sentence,) = [line for line in told(world) if "take over" not in line]
    assert sentence.endswith("Nobody reads until then.")


def test_a_family_is_told_that_its_counsellor_has_left_and_that_nobody_reads(client, world):
    for share in Share.objects.active().filter(journal=world.journal):
        share.counsellor.deactivate()
    sign_in(client, world.roles["member"])
    for page in ("home", "share_list"):
        said = client.get(reverse(f"journal:{page}")).content.decode()
        assert "Ms counsellor can no longer read. The centre ended this, not you." in said
        assert "No counsellor is reading at present." in said
        assert "Ask the centre who can read" in said


def test_a_family_that_never_let_anybody_read_is_told_nothing(client, world):
    sign_in(client, factories.make_journal(new := factories.make_user("new")) and new)
    assert "No counsellor is reading" not in client.get(reverse("journal:home")).content.decode()


# ---- told before it starts


@given(now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))
def test_nobody_named_now_begins_today_or_within_six_hours(now):
    start = earliest_start(now, TOKYO)
    assert start - now >= timedelta(hours=6)
    assert start - now <= timedelta(hours=30)
    assert start.astimezone(TOKYO).time() == time(0)


def test_the_database_refuses_a_cover_that_begins_before_the_family_is_told(world):
    cover = Cover.objects.get(share=world.share)
    with pytest.raises(IntegrityError), transaction.atomic():
        Cover.objects.filter(pk=cover.pk).update(starts_at=cover.told_at - timedelta(seconds=1))


def test_naming_another_colleague_ends_the_first_and_tells_the_family_anew(world):
    absence = Absence.objects.get(pk=world.rows["absence"])
    assert absence.name_colleague(role_of(world, "other")) == 1
    assert not Share.objects.of_counsellor(world.roles["covering"]).exists()
    assert not Entry.objects.visible_to(world.roles["other"]).filter(pk=world.entry.pk).exists()
    assert not Cover.objects.standing().get(share=world.share).has_begun


def test_naming_the_same_colleague_twice_changes_nothing(world):
    absence = Absence.objects.get(pk=world.rows["absence"])
    assert absence.name_colleague(role_of(world, "covering")) == 1
    assert world.entry in Entry.objects.visible_to(world.roles["covering"])
