"""What a parent and a counsellor do, one after the other, without a browser."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journal.models import (
    AccessEvent,
    CentreRole,
    Entry,
    Invitation,
    Membership,
    Reply,
    Share,
    SharedEntry,
)
from tests import factories
from tests.conftest import sign_in
from tests.journal.writing import newest, write


def test_a_code_leads_to_a_person_a_choice_and_a_confirmation(parent, client, world):
    role = CentreRole.objects.get(user=world.roles["other"])
    code = factories.make_code(role)
    page = parent.post(reverse("journal:share_new"), {"journal": world.journal.pk, "code": code}).content.decode()
    for words in (role.name_en, role.licence_en, role.centre.name_en, "Fridays", code, "danger to someone's life"):
        assert words in page
    assert not world.journal.shares.filter(counsellor=role).exists()
    parent.post(reverse("journal:share_add"), {"journal": world.journal.pk, "code": code, "default": "new"})
    share = world.journal.shares.get(counsellor=role)
    assert (share.default, share.is_active) == ("new", True)
    write(parent, world)
    assert newest(world) in Entry.objects.visible_to(world.roles["other"])
    assert (
        parent.post(reverse("journal:share_add"), {"journal": world.journal.pk, "code": code, "default": "new"}).status_code
        == 422
    )


def test_five_wrong_codes_are_the_end_for_an_hour_even_for_the_right_one(parent, world):
    url, role = reverse("journal:share_new"), CentreRole.objects.get(user=world.roles["other"])
    code = factories.make_code(role)
    for left in (4, 3, 2, 1, 0):
        page = parent.post(url, {"journal": world.journal.pk, "code": "WRONGONE"}).content.decode()
        assert f"{left} tr" in page
    assert parent.post(url, {"journal": world.journal.pk, "code": code}).status_code == 422


def test_reading_answering_and_being_read(parent, client, world):
    world.visit.delete()  # a sheet that waits would be on the queue too
    words = "Good morning, from the stairs."
    world.share.set_default("new")
    write(parent, world, words=words)
    entry = newest(world)
    assert "Not read yet. Ms counsellor: next reading day Friday" in parent.get(reverse("journal:entry_list")).content.decode()

    sign_in(client, world.roles["counsellor"])
    queue = client.get(reverse("journal:desk_queue")).content.decode()
    assert world.journal.code_name("en") in queue
    assert words not in queue
    family = client.get(reverse("journal:desk_family", args=[world.share.pk])).content.decode()
    assert words in family
    reply = {"submission": uuid.uuid4(), "entry": entry.pk, "text": "That is enough for a week."}
    response = client.post(reverse("journal:reply_add", args=[world.share.pk]), reply)
    assert response.headers["Location"] == reverse("journal:desk_queue")
    client.post(reverse("journal:reply_add", args=[world.share.pk]), reply)
    assert Reply.objects.count() == 1
    assert "Nothing new" in client.get(reverse("journal:desk_queue")).content.decode()

    sign_in(client, world.roles["owner"])
    assert "Ms counsellor wrote back" in client.get(reverse("journal:home")).content.decode()
    timeline = client.get(reverse("journal:entry_list")).content.decode()
    assert "Ms counsellor wrote back." in timeline
    assert "That is enough for a week." in timeline
    assert "wrote back" not in client.get(reverse("journal:home")).content.decode()
    log = client.get(reverse("journal:log_list")).content.decode()
    assert re.search(r"Ms counsellor.*?Read \d", log, re.DOTALL)
    assert "Wrote back" in log


def test_reading_is_logged_before_anything_is_shown_and_refused_when_it_cannot_be(client, world, monkeypatch):
    def broken(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr("journal.models.AccessEvent.objects.record_reading", broken)
    sign_in(client, world.roles["counsellor"])
    client.raise_request_exception = False
    response = client.get(reverse("journal:desk_family", args=[world.share.pk]))
    assert response.status_code >= 500
    assert "ZEBRA" not in response.content.decode()


def test_stopping_takes_two_taps_and_holds_from_the_next_request(parent, client, world):
    page = parent.get(reverse("journal:share_list")).content.decode()
    stop = reverse("journal:share_stop", args=[world.share.pk])
    assert stop in page
    parent.post(stop)
    assert "can no longer read" in parent.get(reverse("journal:share_list")).content.decode()
    sign_in(client, world.roles["counsellor"])
    assert client.get(reverse("journal:desk_family", args=[world.share.pk])).status_code == 404
    assert client.post(reverse("journal:reply_add", args=[world.share.pk]), {"text": "x"}).status_code == 404
    assert not Reply.objects.exists()
    assert "stopped" in list(AccessEvent.objects.values_list("verb", flat=True))


def test_keeping_one_entry_closes_it_and_choosing_opens_it_again(parent, client, world):
    url = reverse("journal:entry_readers", args=[world.entry.pk])
    parent.post(url, {"readers": "author"})
    assert world.entry not in Entry.objects.visible_to(world.roles["counsellor"])
    parent.post(url, {"readers": "family", "counsellors": [str(world.share.pk)]})
    assert world.entry in Entry.objects.visible_to(world.roles["counsellor"])
    assert world.entry not in Entry.objects.visible_to(world.roles["chosen"])
    parent.post(url, {"readers": "family"})
    assert not SharedEntry.objects.filter(entry=world.entry).exists()
    assert world.entry in Entry.objects.visible_to(world.roles["member"])


def test_another_familys_share_cannot_be_chosen_as_a_reader(parent, world):
    theirs = world.other_entry.shared.get().share
    parent.post(reverse("journal:entry_readers", args=[world.private.pk]), {"readers": str(theirs.pk)})
    assert not SharedEntry.objects.filter(entry=world.private).exists()


def test_a_counsellor_makes_a_code_and_sets_the_days_families_see(client, world):
    sign_in(client, world.roles["counsellor"])
    page = client.post(reverse("journal:desk_code")).content.decode()
    (code,) = re.findall(r'id="code"[^>]*>([^<]+)<', page)
    assert code not in client.get(reverse("journal:desk_profile")).content.decode()
    client.post(reverse("journal:desk_profile"), {"reading_days": ["1", "3"]})
    sign_in(client, world.roles["owner"])
    assert "Tuesdays and Thursdays" in client.get(reverse("journal:share_list")).content.decode()


def test_a_manager_sees_people_and_counts_and_no_family(client, world):
    sign_in(client, world.roles["manager"])
    page = client.get(reverse("journal:centre_detail")).content.decode()
    assert "Ms counsellor" in page
    assert world.journal.code_name("en") not in page
    for row in Membership.objects.all():
        assert row.user.email not in page


def test_the_queue_puts_hard_days_first_then_the_longest_wait_then_the_quiet(client, world):
    world.visit.delete()  # a sheet that waits would be on the queue too
    role = world.share.counsellor
    names = {}
    for name, kind, age_days, reviewed in [("quiet", "greet", 30, True), ("late", "greet", 9, False), ("hard", "hard", 1, False)]:
        owner = factories.make_user(name)
        journal = factories.make_journal(owner)
        share = factories.make_share(journal, role)
        row = factories.choose(factories.make_entry(journal, owner, kind=kind), share)
        at = timezone.now() - timedelta(days=age_days)
        SharedEntry.objects.filter(pk=row.pk).update(shared_at=at, reviewed_at=at if reviewed else None)
        names[name] = str(share.pk)
    sign_in(client, world.roles["counsellor"])
    page = client.get(reverse("journal:desk_queue")).content.decode()
    order = re.findall(r'hx-get="/en/desk/f/([0-9a-f-]+)/"', page)
    assert order == [names["hard"], names["late"], str(world.share.pk), names["quiet"]]
    assert "Quiet for 4 weeks" in page


def test_a_visitor_costs_a_public_page_no_query(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        response = client.get(reverse("journal:place", args=[3]), headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert client.get(reverse("journal:place", args=[3])).headers["Location"] == f"{reverse('journal:home')}?kind=greet"


def test_the_step_read_last_is_remembered_sealed(parent, world):
    parent.get(reverse("journal:place", args=[5]), headers={"HX-Request": "true"})
    assert world.journal.__class__.objects.get(pk=world.journal.pk).document.step == 5
    page = parent.get(reverse("journal:place_list"), headers={"HX-Request": "true"}).content.decode()
    assert "Step 5 of 9" in page


def test_a_draft_that_was_not_kept_is_not_said_to_be_and_its_words_stay(client, world):
    sign_in(client, world.roles["counsellor"])
    url = reverse("journal:reply_draft", args=[world.share.pk])
    client.post(url, {"text": "a newer page", "sequence": 9})
    assert client.post(url, {"text": "an old page", "sequence": 5}, headers={"HX-Request": "true"}).status_code == 204
    assert "an old page" in client.post(url, {"text": "an old page", "sequence": 5}).content.decode()


def test_an_answer_to_an_earlier_entry_belongs_to_that_entry(client, world):
    sign_in(client, world.roles["counsellor"])
    SharedEntry.objects.filter(share=world.share).update(reviewed_at=timezone.now(), read_at=timezone.now())
    page = client.get(reverse("journal:desk_family", args=[world.share.pk]), {"entry": world.entry.pk}).content.decode()
    assert f'name="entry" value="{world.entry.pk}"' in page


def test_no_answer_to_the_family_is_too_many_to_be_read(parent, world):
    for number in range(53):
        said = {"text": f"answer {number:03}.", "submission": uuid.uuid4(), "entry": None}
        Reply.objects.send(share=world.share, author=world.roles["counsellor"], **said)
    assert "answer 000." in parent.get(reverse("journal:entry_list")).content.decode()


def test_letting_somebody_read_and_its_line_in_the_log_are_one(parent, world, monkeypatch):
    role = CentreRole.objects.get(user=world.roles["other"])
    code = factories.make_code(role)

    def broken(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr("journal.models.log.AccessEventQuerySet.record", broken)
    parent.raise_request_exception = False
    parent.post(reverse("journal:share_add"), {"journal": world.journal.pk, "code": code, "default": "new"})
    assert not Share.objects.filter(journal=world.journal, counsellor=role).exists()
    assert Invitation.objects.by_code(code) is not None


@pytest.mark.parametrize("name", ["revoked", "expired"])
def test_an_old_page_of_an_ended_share_opens_nothing_and_does_not_say_so(parent, world, name):
    url = reverse("journal:share_edit", args=[world.shares[name].pk])
    assert "can now read nothing" in parent.post(url, {"default": "new"}, headers={"HX-Request": "true"}).content.decode()
    assert not AccessEvent.objects.exists()


def test_a_parent_of_two_journals_stops_the_readers_of_both(parent, world):
    second = factories.make_journal(world.roles["manager"], world.roles["owner"])
    shares = [world.share, factories.make_share(second, world.share.counsellor)]
    for share in shares:
        parent.post(reverse("journal:share_stop", args=[share.pk]))
    assert not Share.objects.active().filter(pk__in=[share.pk for share in shares]).exists()


def test_the_list_of_readers_costs_the_same_for_one_and_for_ten(parent, world, django_assert_max_num_queries):
    parent.get(reverse("journal:share_list"))
    with CaptureQueriesContext(connection) as few:
        parent.get(reverse("journal:share_list"))
    for _ in range(9):
        factories.make_share(world.journal, factories.make_role(factories.make_centre(), factories.make_user()))
    with django_assert_max_num_queries(len(few)):
        parent.get(reverse("journal:share_list"))


@pytest.mark.parametrize("before", ["9" * 5000, "9" * 10, "0", "x", "²"])
def test_a_made_up_line_of_the_log_is_no_fault(parent, before):
    assert parent.get(reverse("journal:share_list"), {"before": before}).status_code == 200


def test_each_parent_lets_only_their_own_new_entries_be_read(client, world):
    world.share.set_default("new")
    sign_in(client, world.roles["member"])
    write(client, world, words="The father's own.")
    entry = newest(world, "member")
    assert entry.audience == "author"
    assert entry not in Entry.objects.visible_to(world.roles["counsellor"])


def test_a_parent_cannot_open_what_the_other_will_write(client, world):
    sign_in(client, world.roles["member"])
    url = reverse("journal:share_edit", args=[world.share.pk])
    client.post(url, {"default": "new"})
    world.share.refresh_from_db()
    assert world.share.default == "chosen"
    assert "owner began this" in client.get(reverse("journal:share_list")).content.decode()
    factories.make_entry(world.journal, world.roles["owner"], audience=None)
    assert not world.share.entries.exclude(entry=world.entry).exists()
    client.post(url, {"default": "nothing"})
    world.share.refresh_from_db()
    assert world.share.default == "chosen"
    assert world.share.choice_of(world.roles["member"]) == "nothing"
