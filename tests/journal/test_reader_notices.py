"""Being told that who reads changes, for parents; and that a family waits, for counsellors: a sign, and a mail without a word."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from journal import notices, tasks
from journal.models import Absence, Cover, Handover, MemberInvitation, Notice, Outbox, Reply, Share, SharedEntry
from tests import factories
from tests.conftest import SECRET, sign_in
from tests.journal.test_notices import NEW

PARENTS = ["owner", "member"]


@pytest.fixture
def world(world):
    """The cast: all want a mail at seven, the family allows a colleague, and nothing is new to anybody yet."""
    MemberInvitation.objects.update(ended_at=timezone.now())
    SharedEntry.objects.update(reviewed_at=timezone.now())
    Share.objects.filter(pk=world.share.pk).update(cover_allowed=True)
    for name in [*PARENTS, "counsellor", "covering", "departed"]:
        Outbox.objects.choose(world.roles[name], 7)
    Outbox.objects.all().delete()
    Notice.objects.all().delete()
    return world


def role_of(world, name):
    return world.roles[name].centre_roles.get()


def name_colleague(world, name="covering", ahead=3):
    role = world.share.counsellor
    first = role.today + timedelta(days=ahead)
    absence = Absence.objects.create(counsellor=role, first_day=first, last_day=first + timedelta(days=6))
    absence.name_colleague(role_of(world, name))
    return absence


def told():
    return sorted(row.user.display_name for row in Outbox.objects.unsent())


def news(world, name="owner"):
    return notices.news_of(world.roles[name])


def send_all():
    return notices.send_notices(max(row.due_at for row in Outbox.objects.unsent()))


# ---- parents


@pytest.mark.parametrize("language", ["en", "ja"])
def test_parents_are_told_without_a_word_when_a_colleague_is_named(world, language):
    type(world.roles["owner"]).objects.update(language=language)
    name_colleague(world)
    assert told() == sorted(PARENTS)
    assert news(world).readers
    with translation.override("en"):
        assert send_all() == 2
    sentence = {"en": "There is something new for you.", "ja": "新しいお知らせがあります。"}[language]
    for sent in mail.outbox:
        assert sent.body.startswith(sentence)
        assert not any(word in sent.message().as_string() for word in ("counsellor", "covering", SECRET))


def test_naming_the_same_colleague_again_is_no_news(world):
    absence = name_colleague(world)
    Outbox.objects.all().delete()
    absence.name_colleague(role_of(world, "covering"))
    assert told() == []
    absence.name_colleague(role_of(world, "other"))
    assert told() == sorted(PARENTS)


def test_nobody_is_told_of_a_cover_the_family_does_not_allow(world):
    world.share.allow_cover(False)
    name_colleague(world)
    assert told() == []
    assert not news(world)


@pytest.mark.parametrize("page", ["home", "share_list"])
def test_the_sign_goes_when_the_parent_has_seen_the_page_that_says_it_and_then_no_mail_is_sent(client, world, page):
    name_colleague(world)
    sign_in(client, world.roles["owner"])
    assert NEW in client.get(reverse("journal:entry_bin")).content.decode()
    said = client.get(reverse(f"journal:{page}")).content.decode()
    assert "Ms covering reads instead." in said
    assert NEW not in client.get(reverse("journal:entry_bin")).content.decode()
    assert news(world, "member").readers
    assert send_all() == 1
    assert mail.outbox[0].to == [world.roles["member"].email]


def test_parents_are_told_when_a_handover_is_proposed(world):
    Handover.objects.propose(share=world.share, counsellor=role_of(world, "covering"), by=world.roles["manager"])
    assert told() == sorted(PARENTS)
    assert news(world).readers


def test_parents_are_told_when_their_counsellor_leaves(client, world):
    world.share.counsellor.deactivate()
    assert told() == sorted(PARENTS)
    sign_in(client, world.roles["owner"])
    assert "Ms counsellor can no longer read." in client.get(reverse("journal:home")).content.decode()


def test_parents_are_told_when_the_colleague_who_was_named_leaves(client, world):
    name_colleague(world, "departed")
    Outbox.objects.all().delete()
    role_of(world, "departed").deactivate()
    assert told() == sorted(PARENTS)
    sign_in(client, world.roles["owner"])
    assert "Nobody reads in that time." in client.get(reverse("journal:home")).content.decode()


def test_a_family_that_ended_the_reading_itself_is_told_of_nothing(world):
    world.share.revoke()
    world.share.counsellor.deactivate()
    assert told() == []


def test_naming_a_colleague_costs_the_same_for_two_families_and_for_ten(world):
    role = world.share.counsellor
    costs = []
    for more in (1, 8):
        for _ in range(more):
            share = factories.make_share(factories.make_journal(factories.make_user("parent")), role)
            Share.objects.filter(pk=share.pk).update(cover_allowed=True)
        Absence.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            name_colleague(world)
        costs.append(len(queries))
    assert costs[0] == costs[1]


# ---- counsellors


def desk_sign(client, world, name, page="desk_profile"):
    sign_in(client, world.roles[name])
    return NEW in client.get(reverse(f"journal:{page}")).content.decode()


@pytest.mark.parametrize("page", ["desk_profile", "desk_queue"])
def test_the_word_queue_carries_a_sign_while_an_entry_or_a_question_waits(client, world, page):
    assert not desk_sign(client, world, "counsellor", page)
    world.entry.shared.filter(share=world.share).update(reviewed_at=None)
    assert desk_sign(client, world, "counsellor", page)
    world.entry.shared.filter(share=world.share).update(reviewed_at=timezone.now())
    factories.ask(world.share, world.roles["owner"], "Why?")
    assert desk_sign(client, world, "counsellor", page)
    Reply.objects.update(reviewed_at=timezone.now())
    assert not desk_sign(client, world, "counsellor", page)


def test_a_counsellor_is_told_by_mail_of_a_question_until_it_was_read(world):
    factories.ask(world.share, world.roles["owner"], "Why?")
    assert news(world, "counsellor").of_desk
    assert send_all() == 1
    Reply.objects.update(reviewed_at=timezone.now())
    assert not news(world, "counsellor")


def test_the_colleague_who_reads_instead_is_told_of_what_is_new_and_only_while_they_read(client, world):
    cover = factories.make_cover(world.share, role_of(world, "covering"))
    assert not desk_sign(client, world, "covering")
    factories.choose(world.private, world.share)
    world.private.let_read("family", [world.share])
    assert "covering" in told()
    assert desk_sign(client, world, "covering")
    Cover.objects.filter(pk=cover.pk).update(ends_at=timezone.now())
    Outbox.objects.all().delete()
    world.entry.let_read("family", [world.share])
    assert "covering" not in told()
    assert not desk_sign(client, world, "covering")
    assert not news(world, "covering")


def test_the_colleague_is_told_once_that_they_have_begun_and_only_where_something_waits(world):
    factories.make_cover(world.share, role_of(world, "covering"))
    begin = tasks.JOBS["tell_covers"]
    assert begin(timezone.now()) == 1
    assert send_all() == 0
    world.entry.shared.filter(share=world.share).update(reviewed_at=None)
    begin(timezone.now())
    assert told() == ["covering"]
    assert send_all() == 1
    begin(timezone.now())
    assert told() == []


def test_a_colleague_who_has_not_begun_has_no_news_and_sees_on_their_page_when_they_will(client, world):
    world.entry.shared.filter(share=world.share).update(reviewed_at=None)
    name_colleague(world)
    assert tasks.JOBS["tell_covers"](timezone.now()) == 0
    assert not news(world, "covering")
    sign_in(client, world.roles["covering"])
    page = client.get(reverse("journal:desk_profile")).content.decode()
    assert "you read instead of Ms counsellor, for 1 family." in page
    assert world.journal.code_name("en") not in page
    Cover.objects.update(told_at=timezone.now() - timedelta(days=9), starts_at=timezone.now() - timedelta(days=1))
    assert "You read instead of Ms counsellor until" in client.get(reverse("journal:desk_profile")).content.decode()
    world.share.allow_cover(False)
    assert "you read instead" not in client.get(reverse("journal:desk_profile")).content.decode().lower()


def test_a_question_opened_to_the_share_is_told_to_the_colleague_too(world):
    factories.make_cover(world.share, role_of(world, "covering"))
    send = {"share": world.share, "entry": None, "submission": uuid.uuid4(), "text": "Why?"}
    Reply.objects.send(author=world.roles["owner"], from_family=True, **send)
    assert told() == ["counsellor", "covering"]


def test_a_counsellor_can_be_asked_only_where_one_reads(client, world):
    sign_in(client, world.roles["owner"])
    address = reverse("journal:question_add")
    assert address in client.get(reverse("journal:share_list")).content.decode()
    for share in Share.objects.active().filter(journal=world.journal):
        share.counsellor.deactivate()
    assert address not in client.get(reverse("journal:share_list")).content.decode()
