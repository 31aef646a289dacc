"""Asking the other parent to write together: a link, a yes, six digits, a confirmation."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal.models import (
    AccessEvent,
    Entry,
    MemberInvitation,
    Membership,
    Reply,
)
from journal.models.invitations import A_DAY
from journal.tasks import delete_invitations
from tests import factories
from tests.conftest import MEMBER_PRIVATE, PRIVATE, SECRET, send_away, sign_in
from tests.journal.coming import NEW, come, confirm, invited, number, place, waiting, write
from tests.test_access import ROWS, URLS
from tests.tools.markup import Markup


def test_a_link_a_yes_the_same_number_on_both_screens_and_a_confirmation(keeper, guest, world):
    link, _code = invited(keeper, world)
    assert come(guest, link).status_code == 303
    shown = number(guest, reverse("journal:invitation_join"))
    assert shown == number(keeper, reverse("journal:invitation_confirm", args=[waiting(world).pk]))
    assert "Peter has come" in keeper.get(reverse("journal:member_list")).content.decode()
    assert confirm(keeper, world).status_code == 303
    entry = write(world, "owner", "After he came.")
    page = guest.get(reverse("journal:entry_list")).content.decode()
    assert "After he came." in page
    assert SECRET not in page
    assert "You, member and Peter can read this." in keeper.get(reverse("journal:entry_list")).content.decode()
    assert entry in Entry.objects.visible_to(world.roles["guest"])


def test_nothing_of_the_journal_opens_before_the_confirmation_on_any_address(keeper, guest, world):
    come(guest, invited(keeper, send_away(world))[0])
    for method, name, _ in ROWS:
        response = guest.generic(method, reverse(name, kwargs=world.url_arguments(URLS[name], name)))
        body = response.content.decode()
        for marker in (SECRET, PRIVATE, MEMBER_PRIVATE, world.journal.code_name("en"), world.roles["owner"].email):
            assert marker not in body, f"{method} {name}"


def test_a_code_read_out_does_as_a_link_does(keeper, guest, world):
    _link, code = invited(keeper, world)
    assert guest.post(reverse("journal:invitation_join"), {"code": f" {code.lower()} "}).status_code == 303
    assert "owner asks you to write together" in guest.get(reverse("journal:invitation_join")).content.decode()
    guest.post(reverse("journal:invitation_accept"), NEW)
    assert waiting(world)


def test_five_wrong_codes_make_a_pause_also_for_the_right_one(keeper, guest, world):
    _link, code = invited(keeper, world)
    for _ in range(5):
        assert guest.post(reverse("journal:invitation_join"), {"code": "AAAA BBBB"}).status_code == 422
    response = guest.post(reverse("journal:invitation_join"), {"code": code})
    assert response.status_code == 422
    assert "Wait an hour" in response.content.decode()


@pytest.mark.parametrize("end", ["used", "withdrawn", "late", "made up", "own"])
def test_a_link_that_does_not_hold_is_answered_like_one_that_never_was(keeper, guest, world, end):
    link, _code = invited(keeper, world)
    client, mine = guest, MemberInvitation.objects.filter(accepted_by=None)
    match end:
        case "used":
            mine.get().accept(world.roles["stranger"])
        case "withdrawn":
            keeper.post(reverse("journal:invitation_end", args=[mine.get().pk]))
        case "late":
            mine.update(expires_at=timezone.now())
        case "made up":
            link = reverse("journal:invitation_open", args=["x" * 43])
        case "own":
            client = sign_in(Client(), world.roles["member"])
    opened = client.get(link)
    assert (opened.status_code, opened["Location"]) == (302, reverse("journal:invitation_join"))
    page = client.get(reverse("journal:invitation_join")).content.decode()
    assert "This link has been used, or is too old." in page
    assert "asks you" not in page
    assert not MemberInvitation.objects.filter(accepted_by=world.roles["guest"]).exists()
    client.post(reverse("journal:invitation_accept"), NEW)
    assert not MemberInvitation.objects.filter(accepted_by=world.roles["guest"]).exists()


def test_the_link_says_nothing_before_a_sign_in_and_survives_it(keeper, world):
    link, _code = invited(keeper, world)
    visitor = Client()
    opened = visitor.get(link)
    assert opened["Referrer-Policy"] == "no-referrer"
    assert "no-store" in opened["Cache-Control"]
    page = visitor.get(opened["Location"]).content.decode()
    assert "owner" not in page
    assert link.split("/")[-2] not in page
    assert reverse("journal:invitation_join") in page
    visitor.force_login(factories.make_user(""))
    assert "owner asks you" in visitor.get(reverse("journal:invitation_join")).content.decode()
    assert visitor.get(reverse("journal:home"))["Location"] == reverse("journal:invitation_join")


def test_opening_a_link_twenty_times_uses_nothing_up(keeper, guest, world):
    link, _code = invited(keeper, world)
    for _ in range(20):
        Client().get(link)
    assert come(guest, link).status_code == 303
    assert waiting(world)


def test_neither_the_link_nor_the_code_is_kept(keeper, world):
    link, code = invited(keeper, world)
    row = str(MemberInvitation.objects.filter(accepted_by=None).values().get())
    assert link.split("/")[-2] not in row
    assert code.replace(" ", "") not in row


def test_ten_invitations_a_day_are_enough(keeper, world):
    for _ in range(A_DAY):
        keeper.post(reverse("journal:invitation_add"), {"journal": world.journal.pk})
    assert MemberInvitation.objects.filter(journal=world.journal).count() == A_DAY


def test_what_is_missing_comes_back_with_what_was_written(keeper, guest, world):
    guest.get(invited(keeper, world)[0])
    response = guest.post(reverse("journal:invitation_accept"), {**NEW, "understood": ""})
    assert response.status_code == 422
    assert 'value="Peter"' in response.content.decode()


def test_a_parent_with_a_journal_is_asked_for_a_name_alone_and_stays_in_their_own(keeper, world):
    link, _code = invited(keeper, world)
    world.roles["guest"] = user = world.roles["stranger"]
    other = sign_in(Client(), user)
    other.post(reverse("journal:journal_start"))
    user.consents.create(what="journal", text_version="1")
    other.get(link)
    assert "country" not in other.get(reverse("journal:invitation_join")).content.decode().partition("<main")[2]
    other.post(reverse("journal:invitation_accept"), {"display_name": "Aki"})
    confirm(keeper, world)
    own, theirs = Membership.objects.of_user(user)
    assert (own.keeps, theirs.journal) == (True, world.journal)
    other.post(
        reverse("journal:entry_add"), {"journal": own.journal_id, "submission": uuid.uuid4(), "kind": "greet", "when": "now"}
    )
    assert own.journal.entries.count() == 2


def test_refused_or_taken_back_there_is_nothing_to_confirm(keeper, guest, world):
    link, _code = invited(keeper, world)
    come(guest, link)
    first = waiting(world)
    guest.post(reverse("journal:invitation_cancel"))
    assert confirm_status(keeper, first) == 404
    come(guest, invited(keeper, world)[0])
    second = waiting(world)
    keeper.post(reverse("journal:invitation_end", args=[second.pk]))
    assert confirm_status(keeper, second) == 404
    assert not Membership.objects.filter(user=world.roles["guest"]).exists()


def confirm_status(client, invitation):
    return client.post(reverse("journal:invitation_confirm", args=[invitation.pk]), {"earlier": "no"}).status_code


def test_a_yes_that_nobody_confirmed_for_a_week_is_void(keeper, guest, world):
    come(guest, invited(keeper, world)[0])
    MemberInvitation.objects.update(accepted_at=timezone.now() - timedelta(days=7))
    assert not MemberInvitation.objects.of_invited(world.roles["guest"]).exists()
    assert confirm_status(keeper, MemberInvitation.objects.get(accepted_by=world.roles["guest"])) == 404


def test_invitations_that_lead_nowhere_are_deleted_and_others_stay(keeper, guest, world):
    come(guest, invited(keeper, world)[0])
    old = waiting(world)
    MemberInvitation.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=12))
    delete_invitations(timezone.now())
    assert not MemberInvitation.objects.filter(pk=old.pk).exists()
    assert MemberInvitation.objects.filter(pk=world.rows["invitation"]).exists()


def test_every_form_without_an_id_in_its_address_says_which_journal_it_is_of(keeper, world):
    neutral = {reverse("journal:journal_switch"), reverse("journal:journal_add")}
    for method, name, _ in ROWS:
        if method != "GET" or URLS[name] or not name.startswith("journal:"):
            continue
        response = keeper.get(reverse(name))
        if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
            continue
        markup = Markup(response.content.decode())
        for form in markup.all("form"):
            address = form.get("action")
            if form.get("method") == "post" and "/notes/" in address and not re.search(r"-[0-9a-f]{12}/|/join/", address):
                inside = [field.get("name") for field in markup.all("input", "select") if form in field.above()]
                assert address in neutral or "journal" in inside, f"{name}: {address}"


@pytest.mark.parametrize(
    ("name", "address"),
    [("invitation_add", []), ("invitation_confirm", ["invitation"]), ("member_leave", []), ("member_remove", ["member"])],
)
def test_inviting_confirming_and_ending_ask_who_is_there(keeper, world, name, address):
    session = keeper.session
    session["account_authentication_methods"] = []
    session["began"] = 1
    session.save()
    response = keeper.post(reverse(f"journal:{name}", args=[world.rows[key] for key in address]), {"earlier": "no"})
    assert response.status_code == 303
    assert reverse("account_reauthenticate") in response["Location"] or "/again/" in response["Location"]
    assert Membership.objects.filter(journal=world.journal).count() == 2


def test_what_was_written_before_opens_only_when_it_is_chosen(keeper, guest, world):
    come(guest, invited(keeper, world)[0])
    confirm(keeper, world, "yes")
    page = guest.get(reverse("journal:entry_list")).content.decode()
    assert SECRET in page
    assert PRIVATE not in page
    assert MEMBER_PRIVATE not in page


def test_a_hard_day_from_before_they_came_shows_to_them_by_no_pause(keeper, guest, world):
    old = timezone.now() - timedelta(days=3)
    factories.make_entry(world.journal, world.roles["owner"], "loud", kind="hard", audience="family", happened_at=old)
    today = timezone.now().date()
    place(world, "owner").rest(today - timedelta(days=3), for_all=True)
    come(guest, invited(keeper, world)[0])
    confirm(keeper, world)
    assert place(world, "owner").resting_until(today)
    assert place(world, "guest").resting_until(today) is None
    place(world, "guest").lift_rest(today)
    assert place(world, "owner").resting_until(today)


def test_answers_to_all_and_the_log_from_before_they_came_stay_closed(keeper, guest, world):
    author = world.roles["counsellor"]
    Reply.objects.send(share=world.share, author=author, entry=None, submission=uuid.uuid4(), text="An older answer.")
    sign_in(Client(), author).get(reverse("journal:desk_family", args=[world.share.pk]))
    come(guest, invited(keeper, world)[0])
    confirm(keeper, world)
    assert not Reply.objects.visible_to(world.roles["guest"]).exists()
    assert [event.verb for event in AccessEvent.objects.of_family(world.roles["guest"], world.journal)] == ["joined"]
