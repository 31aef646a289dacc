"""Several counsellors, two parents, entries from before, the end and its question: as each of them meets it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from journal.models import AccessEvent, CentreRole, Entry, Share, SharedEntry
from tests import factories
from tests.conftest import sign_in


def as_parent(client, world, role="owner"):
    sign_in(client, world.roles[role])
    session = client.session
    session["began"] = timezone.now().timestamp()
    session.save()
    return client


def url(name, *args):
    return reverse(f"journal:{name}", args=args)


def readable(world, role, journal=None):
    return set(Entry.objects.visible_to(world.roles[role]).filter(journal=journal or world.journal))


def read_before(world, days, **fields):
    return factories.make_entry(
        world.journal, world.roles["owner"], happened_at=timezone.now() - timedelta(days=days), **{"audience": "family", **fields}
    )


# ---- several counsellors


def test_an_entry_is_opened_to_any_of_several_counsellors_and_no_other(client, world):
    as_parent(client, world)
    one, two = world.shares["counsellor"], world.shares["chosen"]
    for ticked in ([one], [two], [one, two], []):
        data = {"readers": "family", "counsellors": [str(share.pk) for share in ticked]}
        client.post(url("entry_readers", world.entry.pk), data)
        assert (world.entry in readable(world, "counsellor")) == (one in ticked)
        assert (world.entry in readable(world, "chosen")) == (two in ticked)


def test_the_form_of_an_entry_shows_a_box_for_each_counsellor(client, world):
    page = as_parent(client, world).get(url("entry_detail", world.entry.pk)).content.decode()
    assert page.count('name="counsellors"') == 2
    assert "Everyone who writes here, and those ticked below" in page


def test_only_me_closes_what_was_ticked_and_asks_back_where_a_name_was_added(client, world):
    as_parent(client, world)
    one, two = (str(world.shares[name].pk) for name in ("counsellor", "chosen"))
    form = {"version": world.entry.version, "words": "Tea.", "readers": "author", "counsellors": [one, two]}
    answer = client.post(url("entry_detail", world.entry.pk), form)
    assert answer.status_code == 422
    assert "do not go together" in answer.content.decode()
    assert "Tea." in answer.content.decode()
    client.post(url("entry_detail", world.entry.pk), form | {"counsellors": [one]})
    assert world.entry not in readable(world, "counsellor") | readable(world, "member")


def test_letting_one_more_read_a_hard_day_closes_it_to_nobody(client, world):
    as_parent(client, world)
    client.post(url("entry_readers", world.entry.pk), {"also": str(world.shares["chosen"].pk), "hard": "1"})
    assert world.entry in readable(world, "counsellor") & readable(world, "chosen")


def test_a_name_that_does_not_read_any_more_opens_nothing(client, world):
    as_parent(client, world)
    world.shares["chosen"].revoke()
    keys = [str(world.shares[name].pk) for name in ("counsellor", "chosen")]
    client.post(url("entry_readers", world.entry.pk), {"readers": "family", "counsellors": keys})
    client.post(url("entry_readers", world.entry.pk), {"also": str(world.shares["chosen"].pk)})
    assert world.entry not in readable(world, "chosen")
    assert world.entry in readable(world, "counsellor")


# ---- two parents


def test_each_parent_chooses_for_what_they_write_alone(client, world):
    as_parent(client, world, "member").post(url("share_edit", world.share.pk), {"default": "new"})
    mine = factories.make_entry(world.journal, world.roles["member"], audience=None)
    theirs = factories.make_entry(world.journal, world.roles["owner"], audience=None)
    assert mine in readable(world, "counsellor")
    assert theirs not in readable(world, "counsellor")


def test_nothing_said_by_the_other_parent_closes_theirs_and_leaves_the_rest(client, world):
    theirs = factories.make_entry(world.journal, world.roles["member"])
    theirs.let_read("family", [world.share])
    page = as_parent(client, world, "member").post(url("share_edit", world.share.pk), {"default": "nothing"}, follow=True)
    assert "can now read nothing you write" in page.content.decode()
    assert theirs not in readable(world, "counsellor")
    assert world.entry in readable(world, "counsellor")
    assert world.share not in Share.objects.open_to(world.roles["member"])


def test_what_its_beginner_closed_for_all_the_other_parent_cannot_open_again(client, world):
    world.share.choose(world.roles["member"], "new")
    world.share.choose(world.roles["owner"], "nothing")
    as_parent(client, world, "member").post(url("share_edit", world.share.pk), {"default": "new"})
    world.share.refresh_from_db()
    world.share.choose(world.roles["owner"], "chosen")
    factories.make_entry(world.journal, world.roles["member"], audience=None)
    assert not readable(world, "counsellor")


def test_either_parent_stops_a_share_at_once(client, world):
    as_parent(client, world, "member").post(url("share_stop", world.share.pk))
    assert not readable(world, "counsellor")


def test_who_did_not_begin_it_can_bring_the_end_nearer_and_not_further(client, world):
    as_parent(client, world, "member")
    near, far = timezone.localdate() + timedelta(days=30), timezone.localdate() + timedelta(days=300)
    for day, last in ((far, None), (near, near)):
        client.post(url("share_edit", world.share.pk), {"default": "chosen", "ends": day.isoformat()})
        world.share.refresh_from_db()
        assert world.share.last_day(world.roles["member"].zone) != far
        assert last is None or world.share.last_day(world.roles["member"].zone) == last


def test_typing_the_code_where_the_other_parent_let_them_read_sets_ones_own_choice(client, world):
    code = factories.make_code(world.share.counsellor)
    as_parent(client, world, "member")
    client.post(url("share_add"), {"journal": world.journal.pk, "code": code, "default": "new"})
    assert world.share.choice_of(world.roles["member"]) == "new"
    world.share.refresh_from_db()
    assert (world.share.default, world.share.granted_by) == ("chosen", world.roles["owner"])


def test_where_who_began_it_has_left_a_new_code_hands_it_on(client, world):
    world.journal.memberships.filter(user=world.roles["owner"]).delete()
    near_its_end(world, 5)
    page = as_parent(client, world, "member").get(url("home")).content.decode()
    assert "does not write here any more" in page
    code = factories.make_code(world.share.counsellor)
    client.post(url("share_add"), {"journal": world.journal.pk, "code": code, "default": "chosen"})
    world.share.refresh_from_db()
    assert world.share.granted_by == world.roles["member"]
    assert world.share.ends_at > timezone.now() + timedelta(days=180)


# ---- entries from before


def test_entries_from_before_are_counted_first_and_opened_when_that_number_is_confirmed(client, world):
    since = (timezone.localdate() - timedelta(days=10)).isoformat()
    inside, older = read_before(world, 3), read_before(world, 20)
    kept = read_before(world, 3, audience="author")
    theirs = factories.make_entry(world.journal, world.roles["member"], audience="family")
    as_parent(client, world)
    first = client.post(url("share_back", world.share.pk), {"since": since})
    page = first.content.decode()
    assert first.status_code == 200
    assert "1 entry of yours" in page
    assert "2 more that only you can read stay closed" in page
    assert readable(world, "counsellor") == {world.entry}
    late = read_before(world, 2)
    again = client.post(url("share_back", world.share.pk), {"since": since, "counted": first.context["behind"].key})
    assert "2 entries of yours" in again.content.decode()
    assert readable(world, "counsellor") == {world.entry}
    done = client.post(url("share_back", world.share.pk), {"since": since, "counted": again.context["behind"].key})
    assert done.status_code == 303
    assert readable(world, "counsellor") == {world.entry, inside, late}
    assert not {older, kept, theirs} & readable(world, "counsellor")
    assert AccessEvent.objects.filter(journal=world.journal, verb="widened").exists()


def test_what_is_only_mine_never_opens_in_bulk_where_somebody_else_writes_too(client, world):
    data = {"since": (timezone.localdate() - timedelta(days=10)).isoformat(), "private": "1"}
    as_parent(client, world)
    first = client.post(url("share_back", world.share.pk), data)
    client.post(url("share_back", world.share.pk), data | {"counted": first.context["behind"].key})
    assert world.share.reach_back(world.roles["owner"], timezone.localdate() - timedelta(days=10), private=True) == 0
    world.private.refresh_from_db()
    assert world.private.audience == "author"
    assert world.private not in readable(world, "counsellor") | readable(world, "member")


def test_who_writes_alone_can_open_what_nobody_could_read_yet(client, db, world):
    parent = factories.make_user("alone")
    journal = factories.make_journal(parent)
    entry = factories.make_entry(journal, parent, "Tea.")
    share = factories.make_share(journal, CentreRole.objects.get(user=world.roles["other"]))
    since = timezone.localdate() - timedelta(days=3)
    assert share.reach_back(parent, since) == 0
    assert share.reach_back(parent, since, private=True) == 1
    assert entry in readable(world, "other", journal)


def test_a_share_begins_with_entries_from_before_only_once_they_were_counted(client, world):
    entry = read_before(world, 3)
    role = CentreRole.objects.get(user=world.roles["other"])
    data = {"journal": world.journal.pk, "code": factories.make_code(role), "default": "chosen"}
    data["since"] = (timezone.localdate() - timedelta(days=5)).isoformat()
    as_parent(client, world)
    counted = client.post(url("share_add"), data)
    assert counted.status_code == 200
    assert not Share.objects.filter(journal=world.journal, counsellor=role).exists()
    assert client.post(url("share_add"), data | {"counted": counted.context["behind"].key}).status_code == 303
    assert readable(world, "other") == {entry, world.entry}


def test_entries_from_before_ask_who_is_there_once_more(client, world):
    sign_in(client, world.roles["owner"])
    session = client.session
    session["began"] = 0
    session["account_authentication_methods"] = []
    session.save()
    assert client.get(url("share_back", world.share.pk)).status_code == 302


def test_a_form_made_before_reaching_back_closes_nothing_unseen(client, world):
    entry = read_before(world, 3)
    world.share.reach_back(world.roles["owner"], timezone.localdate() - timedelta(days=5))
    as_parent(client, world)
    form = {"version": entry.version, "words": "Tea.", "readers": "family"}
    assert client.post(url("entry_detail", entry.pk), form).status_code == 409
    assert entry in readable(world, "counsellor")


# ---- the end


def test_a_share_ends_on_the_day_that_was_chosen_and_within_a_year(client, world):
    as_parent(client, world)
    zone = world.roles["owner"].zone
    day = timezone.now().astimezone(zone).date() + timedelta(days=40)
    client.post(url("share_edit", world.share.pk), {"default": "chosen", "ends": day.isoformat()})
    world.share.refresh_from_db()
    assert world.share.last_day(zone) == day
    assert world.share.ends_at.astimezone(zone).time().isoformat() == "00:00:00"
    far = (day + timedelta(days=400)).isoformat()
    answer = client.post(
        url("share_edit", world.share.pk),
        {"default": "chosen", "ends": far},
        headers={"HX-Request": "true", "HX-Target": f"share-{world.share.pk}"},
    )
    assert answer.status_code == 422
    assert "within the next twelve months" in answer.content.decode()
    world.share.refresh_from_db()
    assert world.share.last_day(zone) == day


def near_its_end(world, days):
    Share.objects.filter(pk=world.share.pk).update(ends_at=timezone.now() + timedelta(days=days, hours=1))


@pytest.mark.parametrize(("days", "asks"), [(15, False), (13, True), (0, True), (-1, False)])
def test_the_question_stands_on_the_first_page_from_two_weeks_before_the_end(client, world, days, asks):
    near_its_end(world, days)
    page = as_parent(client, world).get(url("home")).content.decode()
    assert ("to go on reading?" in page) == asks
    assert ("Ms counsellor can no longer read. It ended on" in page) == (days < 0)


def test_going_on_is_for_six_months_and_later_hides_the_question_while_the_end_stays(client, world):
    near_its_end(world, 5)
    as_parent(client, world)
    end = Share.objects.get(pk=world.share.pk).ends_at
    client.post(url("share_answer", world.share.pk), {"later": "1"})
    assert "to go on reading?" not in client.get(url("home")).content.decode()
    assert "to go on reading?" in client.get(url("share_list")).content.decode()
    assert Share.objects.get(pk=world.share.pk).ends_at == end
    assert "to go on reading?" in as_parent(client, world, "member").get(url("home")).content.decode()
    as_parent(client, world).post(url("share_answer", world.share.pk), {"continue": "1"})
    assert Share.objects.get(pk=world.share.pk).ends_at > timezone.now() + timedelta(days=181)
    assert "to go on reading?" not in client.get(url("share_list")).content.decode()


def test_nobody_but_who_began_it_lets_it_go_on_and_what_ended_does_not_begin_again(client, world):
    near_its_end(world, 5)
    end = Share.objects.get(pk=world.share.pk).ends_at
    as_parent(client, world, "member").post(url("share_answer", world.share.pk), {"continue": "1"})
    assert Share.objects.get(pk=world.share.pk).ends_at == end
    near_its_end(world, -2)
    as_parent(client, world).post(url("share_answer", world.share.pk), {"continue": "1"})
    assert not readable(world, "counsellor")
    page = client.get(url("share_list")).content.decode()
    assert "Ms counsellor can no longer read. It ended on" in page
    client.post(url("share_answer", world.share.pk), {"later": "1"})
    assert "Ms counsellor can no longer read. It ended on" not in client.get(url("home")).content.decode()


# ---- stopping


def test_a_stopped_family_answers_its_counsellor_like_one_that_never_was(client, world):
    reply = factories.make_reply(world.share, entry=world.entry)
    page = as_parent(client, world).get(url("share_list")).content.decode()
    assert "The 1 entry Ms counsellor can read now closes." in page
    after = client.post(url("share_stop", world.share.pk), follow=True).content.decode()
    assert "Ms counsellor cannot open any entry of this journal." in after
    assert reply.document.text in client.get(url("entry_list")).content.decode()
    sign_in(client, world.roles["counsellor"])
    never = "00000000-0000-4000-8000-000000000000"
    for method, name in (("get", "desk_family"), ("post", "reply_add"), ("post", "reply_draft"), ("post", "review_finish")):
        stopped, none = (getattr(client, method)(url(name, pk)) for pk in (world.share.pk, never))
        assert stopped.status_code == none.status_code == 404
        assert stopped.content.replace(str(world.share.pk).encode(), never.encode()) == none.content
    assert world.entry.pk.hex not in client.get(url("desk_queue")).content.decode().replace("-", "")


def test_a_share_without_reading_costs_the_list_no_more_for_many_entries(client, world, django_assert_max_num_queries):
    for _ in range(30):
        entry = factories.make_entry(world.journal, world.roles["owner"])
        factories.choose(entry, world.share)
    SharedEntry.objects.filter(share=world.share).update(read_at=timezone.now())
    as_parent(client, world).get(url("share_list"))
    with django_assert_max_num_queries(30):
        assert "about half was read within" in client.get(url("share_list")).content.decode()


def test_a_refused_choice_is_said_beside_the_choices_too(client, world):
    """The live region is heard alone: whoever looks has to see it."""
    address, fragment = url("share_edit", world.share.pk), {"HX-Request": "true"}
    page = as_parent(client, world).post(address, {"default": "everything"}, headers=fragment)
    assert page.status_code == 422
    assert "Choose one of the three." in page.content.decode().split('class="err-msg"')[1].split("</div>")[0]
    world.share.set_default("nothing")
    page = as_parent(client, world, "member").post(address, {"default": "new"}, headers=fragment)
    assert page.status_code == 422
    assert "Only who began this" in page.content.decode().split('class="err-msg"')[1].split("</div>")[0]
