"""A reply that hurt: what each learns of it, and that no word is passed on; and what is late, told to the centre."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from journal.models import Centre, ReplyHurt, SharedEntry
from tests import factories
from tests.conftest import SECRET, sign_in

WORDS = "You hear what you want to hear."


@pytest.fixture
def reply(world):
    return factories.make_reply(world.share, WORDS, entry=world.entry)


def page_of(client, world, role, name, *args):
    sign_in(client, world.roles[role])
    return client.get(reverse(f"journal:{name}", args=args)).content.decode()


def say(client, world, reply, role="owner", **data):
    sign_in(client, world.roles[role])
    return client.post(reverse("journal:hurt_edit", args=[reply.pk]), data)


def test_the_manager_reads_a_number_and_a_name_and_no_word(client, world, reply):
    assert say(client, world, reply).status_code == 303
    say(client, world, reply, "member")  # two parents, one reply
    page = page_of(client, world, "manager", "centre_detail")
    row = next(part for part in page.split("<tr>") if "Ms counsellor" in part)
    assert "<td>1</td></tr>" in row
    for word in (WORDS, SECRET, world.journal.code_name("en"), str(reply.pk), str(world.journal.pk)):
        assert word not in page


def test_the_counsellor_is_told_only_if_the_parent_chooses(client, world, reply):
    say(client, world, reply)
    family = ("desk_family", world.share.pk)
    assert "they wanted you to know" not in page_of(client, world, "counsellor", *family)
    say(client, world, reply, tell="1")
    assert "they wanted you to know" in page_of(client, world, "counsellor", *family)
    assert ReplyHurt.objects.count() == 1
    say(client, world, reply, undo="1")
    assert not ReplyHurt.objects.exists()
    assert "they wanted you to know" not in page_of(client, world, "counsellor", *family)


def test_the_other_parent_does_not_learn_who_was_hurt(client, world, reply):
    say(client, world, reply, tell="1")
    assert "You said that this hurt" in page_of(client, world, "owner", "entry_list")
    assert "You said that this hurt" not in page_of(client, world, "member", "entry_list")
    assert "You said that this reply hurt" not in page_of(client, world, "member", "hurt_edit", reply.pk)


def test_a_reply_to_what_one_parent_keeps_is_nobody_elses_to_speak_of(client, world):
    factories.choose(world.private, world.share)
    reply = factories.make_reply(world.share, entry=world.private)
    world.private.let_read("author")
    assert say(client, world, reply, "member").status_code == 404
    assert say(client, world, reply, "counsellor").status_code == 404
    assert say(client, world, reply, "stranger").status_code == 404
    assert not ReplyHurt.objects.exists()


def test_it_can_be_said_after_the_reading_was_stopped(client, world, reply):
    world.share.revoke()
    assert say(client, world, reply).status_code == 303
    assert WORDS in page_of(client, world, "owner", "hurt_edit", reply.pk)


def test_the_page_says_how_to_reach_who_hears_complaints(client, world, reply):
    assert "Ask North Centre who hears complaints there." in page_of(client, world, "owner", "hurt_edit", reply.pk)
    centre = Centre.objects.get()
    names = {"name_en": centre.name_en, "name_ja": centre.name_ja}
    call_command("centre", "add", **names, complaints_en="Ms Mori, second floor, weekdays.", complaints_ja="森さん、2階、平日。")
    assert Centre.objects.count() == 1
    assert "Ms Mori, second floor" in page_of(client, world, "owner", "hurt_edit", reply.pk)
    centre.refresh_from_db()
    assert centre.complaints("ja") == "森さん、2階、平日。"


# ---- what was not read on its day


def test_a_missed_day_is_said_and_that_the_centre_knows_only_when_its_manager_was_shown_it(client, world):
    SharedEntry.objects.filter(share=world.share).update(shared_at=timezone.now() - timedelta(days=16))
    page = page_of(client, world, "owner", "entry_list")
    assert "this was not read on" in page
    assert "You can ask North Centre." in page
    assert "The centre knows" not in page
    manager = page_of(client, world, "manager", "centre_detail")
    assert "1, the oldest" in manager
    assert world.journal.code_name("en") not in manager
    assert "The centre knows." in page_of(client, world, "owner", "entry_list")
    page_of(client, world, "counsellor", "desk_family", world.share.pk)
    assert "Read by Ms counsellor" in page_of(client, world, "owner", "entry_list")
    assert "1, the oldest" not in page_of(client, world, "manager", "centre_detail")


def test_an_entry_that_was_read_and_then_changed_waits_from_the_change(client, world):
    long_ago = timezone.now() - timedelta(days=60)
    SharedEntry.objects.filter(share=world.share).update(shared_at=long_ago, read_at=long_ago, reviewed_at=long_ago)
    sign_in(client, world.roles["owner"])
    form = {"version": world.entry.version, "words": "Changed.", "readers": ""}
    client.post(reverse("journal:entry_detail", args=[world.entry.pk]), form)
    page = page_of(client, world, "owner", "entry_list")
    assert "next reading day" in page
    assert "was not read on" not in page


def test_a_change_hides_no_day_that_was_missed(client, world):
    SharedEntry.objects.filter(share=world.share).update(shared_at=timezone.now() - timedelta(days=60))
    sign_in(client, world.roles["owner"])
    form = {"version": world.entry.version, "words": "Changed.", "readers": ""}
    client.post(reverse("journal:entry_detail", args=[world.entry.pk]), form)
    assert "was not read on" in page_of(client, world, "owner", "entry_list")


def test_what_is_stopped_or_kept_to_oneself_is_not_late(client, world):
    SharedEntry.objects.filter(share=world.share).update(shared_at=timezone.now() - timedelta(days=16))
    roles = [world.share.counsellor]
    assert SharedEntry.objects.tell_missed(roles, timezone.now())[roles[0].pk].count == 1
    world.entry.put_in_bin()
    assert not SharedEntry.objects.tell_missed(roles, timezone.now())
    world.entry.put_back()
    world.share.revoke()
    assert not SharedEntry.objects.tell_missed(roles, timezone.now())


def test_an_answered_entry_says_so_instead_of_when_it_was_read(client, world, reply):
    page_of(client, world, "counsellor", "desk_family", world.share.pk)
    page = page_of(client, world, "owner", "entry_list")
    assert "Ms counsellor wrote back." in page
    assert "Read by Ms counsellor" not in page


def test_the_form_of_a_new_entry_says_who_reads_it_before_it_is_written(client, world):
    assert "Only you can read this." in page_of(client, world, "owner", "home")
    world.share.choose(world.roles["owner"], "new")
    assert "You, member and Ms counsellor can read this." in page_of(client, world, "owner", "home")
    assert "Only you can read this." in page_of(client, world, "member", "home")
