"""Handing a family over: only the parents' yes opens anything, and only what that yes says."""

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from journal.models import AccessEvent, CentreRole, Cover, Entry, Handover, Part, Share, SharedEntry, SharedPart, Verb, leave
from tests import factories
from tests.conftest import SECRET, send_away, sign_in


@pytest.fixture
def world(world):
    """The cast, with a proposal that somebody takes over from the family's counsellor."""
    return send_away(world)


def role_of(world, name):
    return CentreRole.objects.get(user=world.roles[name])


def test_a_proposal_opens_nothing_and_no_is_no(client, world):
    covering = world.roles["covering"]
    Cover.objects.all().delete()
    sign_in(client, world.roles["member"])
    client.post(reverse("journal:handover_decline", args=[world.rows["handover"]]))
    assert not Share.objects.of_counsellor(covering).exists()
    assert Share.objects.of_counsellor(world.roles["counsellor"]).exists()
    again = Handover.objects.propose(share=world.share, counsellor=role_of(world, "covering"), by=world.roles["manager"])
    assert again is None


def test_agreeing_begins_with_one_and_ends_with_the_other(client, world):
    world.share.set_default("new")
    theirs = factories.make_entry(world.journal, world.roles["member"], "Tea.", audience="family")
    factories.choose(theirs, world.share)
    sign_in(client, world.roles["owner"])
    response = client.post(reverse("journal:handover_detail", args=[world.rows["handover"]]), {"with_entries": "on"})
    assert response.status_code == 303
    assert not Entry.objects.visible_to(world.roles["counsellor"]).exists()
    # What the other parent chose was chosen for one person.
    assert set(Entry.objects.visible_to(world.roles["covering"])) == {world.entry}
    (share,) = Share.objects.of_counsellor(world.roles["covering"])
    assert (share.default, share.granted_by, share.cover_allowed) == ("new", world.roles["owner"], False)
    page = client.get(reverse("journal:log_list")).content.decode()
    assert "Took over from Ms counsellor" in page


def test_agreeing_takes_along_the_choice_of_the_parent_who_agrees_and_no_other_part(world):
    member = world.roles["member"]
    world.share.set_default("new")
    world.share.choose(member, "chosen")
    SharedPart.objects.set_open(member, world.share, Part.PAGE, opened=True)
    leave(factories.make_membership(world.journal, member))
    Share.objects.filter(pk=world.share.pk).update(granted_by=member)
    proposal = Handover.objects.get(pk=world.rows["handover"])
    proposal.share.refresh_from_db()
    share = proposal.agree(world.roles["owner"], with_entries=True)
    assert share.default == "chosen"
    assert not share.parts.exists()


def test_agreeing_without_the_tick_opens_no_entry_written_before(client, world):
    sign_in(client, world.roles["owner"])
    client.post(reverse("journal:handover_detail", args=[world.rows["handover"]]))
    assert Share.objects.of_counsellor(world.roles["covering"]).exists()
    assert not Entry.objects.visible_to(world.roles["covering"]).exists()


def test_what_waits_and_what_was_reviewed_stays_so_after_a_handover(world):
    SharedEntry.objects.filter(share=world.share).update(read_at=timezone.now(), reviewed_at=timezone.now())
    Handover.objects.get(pk=world.rows["handover"]).agree(world.roles["owner"], with_entries=True)
    assert not SharedEntry.objects.waiting_in(Share.objects.of_counsellor(world.roles["covering"])).exists()
    assert SharedEntry.objects.readable_by(world.roles["covering"]).get().read_at is None


def test_a_proposal_ends_with_the_share_and_with_who_would_take_over(world):
    waiting = Handover.objects.open().filter(pk=world.rows["handover"])
    assert waiting.exists()
    with transaction.atomic():
        world.share.revoke()
        assert not waiting.exists()
        transaction.set_rollback(True)
    role_of(world, "covering").deactivate()
    assert not waiting.exists()


def test_agreeing_asks_who_is_there_and_saying_no_does_not(client, world):
    sign_in(client, world.roles["owner"])
    session = client.session
    session["account_authentication_methods"] = []
    session["began"] = 0
    session.save()
    agreeing = client.post(reverse("journal:handover_detail", args=[world.rows["handover"]]))
    assert "/account/again/" in agreeing["Location"]
    assert client.post(reverse("journal:handover_decline", args=[world.rows["handover"]])).status_code == 303
    assert Handover.objects.get(pk=world.rows["handover"]).answered_at


def test_the_head_of_a_centre_asks_the_families_of_somebody_who_left_without_seeing_them(client, world):
    role = role_of(world, "counsellor")
    role.deactivate()
    sign_in(client, world.roles["manager"])
    address = reverse("journal:role_handover", args=[role.pk])
    page = client.get(address).content.decode()
    assert "1 family is asked. You do not see who it is." in page
    assert world.journal.code_name("en") not in page
    client.post(address, {"colleague": role_of(world, "other").pk})
    assert Handover.objects.open().filter(share=world.share, counsellor=role_of(world, "other")).exists()
    sign_in(client, world.roles["owner"])
    assert "Ms other could take over from Ms counsellor." in client.get(reverse("journal:home")).content.decode()


# ---- the family's page


@pytest.fixture
def with_page(world):
    """The cast, whose page is open to the counsellor of today."""
    SharedPart.objects.set_open(world.roles["member"], world.share, Part.PAGE, opened=True)
    return world


def reads_page(client, world, name):
    """Whether this counsellor opens the family's page, through whichever share is theirs."""
    share = Share.objects.named(world.roles[name]).filter(journal=world.journal).first()
    sign_in(client, world.roles[name])
    answer = client.get(reverse("journal:desk_page", args=[share.pk if share else world.share.pk]))
    assert answer.status_code in {200, 404}
    assert (SECRET in answer.content.decode()) == (answer.status_code == 200)
    return answer.status_code == 200


def agree(client, world, **data):
    sign_in(client, world.roles["owner"])
    return client.post(reverse("journal:handover_detail", args=[world.rows["handover"]]), data)


def test_the_page_goes_along_where_the_parent_says_so_and_the_old_counsellor_loses_it(client, with_page):
    sign_in(client, with_page.roles["owner"])
    asked = client.get(reverse("journal:handover_detail", args=[with_page.rows["handover"]])).content.decode()
    assert "Ms covering may also read our page, which Ms counsellor could read" in asked
    assert not reads_page(client, with_page, "covering")
    assert agree(client, with_page, with_page="on").status_code == 303
    assert reads_page(client, with_page, "covering")
    assert not reads_page(client, with_page, "counsellor")
    event = AccessEvent.objects.filter(journal=with_page.journal, verb=Verb.WIDENED).latest("number")
    assert event.who == with_page.roles["owner"].pk


def test_the_page_stays_closed_without_the_tick(client, with_page):
    agree(client, with_page, with_entries="on")
    assert not reads_page(client, with_page, "covering")
    assert not reads_page(client, with_page, "counsellor")


def test_a_page_the_old_counsellor_could_not_read_is_not_offered_and_no_made_up_tick_opens_it(client, world):
    sign_in(client, world.roles["owner"])
    asked = client.get(reverse("journal:handover_detail", args=[world.rows["handover"]])).content.decode()
    assert 'name="with_page"' not in asked
    assert "Our page and the house agreements stay closed to Ms covering" in asked
    agree(client, world, with_page="on")
    assert not reads_page(client, world, "covering")


def test_a_page_the_other_parent_closed_meanwhile_stays_closed(client, with_page):
    SharedPart.objects.set_open(with_page.roles["member"], with_page.share, Part.PAGE, opened=False)
    agree(client, with_page, with_page="on")
    assert not reads_page(client, with_page, "covering")


def test_either_parent_closes_the_page_to_the_new_counsellor_again(client, with_page):
    agree(client, with_page, with_page="on")
    (share,) = Share.objects.named(with_page.roles["covering"])
    sign_in(client, with_page.roles["member"])
    client.post(reverse("journal:part_edit", args=[share.pk, "page"]), {"open": "0"})
    assert not reads_page(client, with_page, "covering")


def test_with_nothing_for_now_no_page_is_kept_open_for_later(with_page):
    owner = with_page.roles["owner"]
    left = factories.make_user("left")
    Share.objects.filter(pk=with_page.share.pk).update(granted_by=left)
    with_page.share.choices.update_or_create(user=owner, defaults={"default": "nothing"})
    proposal = Handover.objects.get(pk=with_page.rows["handover"])
    assert not proposal.agree(owner, with_entries=False, with_page=True).parts.exists()


def test_after_somebody_left_the_question_does_not_say_that_they_read_today(client, with_page):
    role_of(with_page, "counsellor").deactivate()
    sign_in(client, with_page.roles["owner"])
    asked = client.get(reverse("journal:handover_detail", args=[with_page.rows["handover"]])).content.decode()
    assert "Ms counsellor can no longer read, at once." not in asked
    assert "may also read our page, which Ms counsellor could read until now" in asked
    agree(client, with_page, with_page="on", with_entries="on")
    assert reads_page(client, with_page, "covering")
    assert with_page.entry in Entry.objects.visible_to(with_page.roles["covering"])
