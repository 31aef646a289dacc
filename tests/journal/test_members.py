"""Two parents and one journal: nothing is seen before the confirmation, and nothing after the end."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from journal.copies import files
from journal.models import (
    AccessEvent,
    Draft,
    Entry,
    Erased,
    Export,
    Journal,
    MemberInvitation,
    Membership,
    Mine,
    Reply,
    Share,
    SharedEntry,
    StillKeeps,
    leave,
    offer,
    take_over,
)
from journal.models.invitations import A_DAY
from journal.tasks import delete_invitations
from tests import factories
from tests.conftest import MEMBER_PRIVATE, PRIVATE, SECRET, send_away, sign_in
from tests.test_access import ROWS, URLS
from tests.tools.markup import Markup

NEW = {"display_name": "Peter", "shared_device": "no", "country": "gb", "time_zone": "Europe/London", "understood": "on"}


@pytest.fixture
def keeper(client, world):
    return sign_in(client, world.roles["owner"])


@pytest.fixture
def guest(world):
    """A browser of somebody who has just signed up."""
    world.roles["guest"] = factories.make_user("")
    return sign_in(Client(), world.roles["guest"])


def invited(keeper, world):
    """What the page shows once: the link's path and the code."""
    page = keeper.post(reverse("journal:invitation_add"), {"journal": world.journal.pk}).content.decode()
    link = re.search(r'id="link"[^>]*value="([^"]+)"', page)[1]
    return link.removeprefix("http://testserver"), re.search(r'id="code"[^>]*>([^<]+)<', page)[1]


def come(guest, link):
    guest.get(link)
    return guest.post(reverse("journal:invitation_accept"), NEW)


def number(client, address):
    return re.search(r'id="number"[^>]*>(\d{3} \d{3})<', client.get(address).content.decode())[1]


def waiting(world):
    return MemberInvitation.objects.open().get(accepted_by=world.roles["guest"])


def confirm(keeper, world, earlier="no"):
    return keeper.post(reverse("journal:invitation_confirm", args=[waiting(world).pk]), {"earlier": earlier})


def place(world, name):
    return factories.make_membership(world.journal, world.roles[name])


def write(world, name, words="Tea.", audience="family"):
    return factories.make_entry(world.journal, world.roles[name], words, audience=audience)


# ---- coming


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


# ---- what one parent keeps is in no list, count or copy of the other


@pytest.mark.parametrize("name", ["member", "counsellor"])
def test_what_one_parent_keeps_changes_no_page_of_another_reader(client, world, name):
    """Every address, before and after ten private entries: no list, count, pattern or suggestion differs by a byte."""
    send_away(world).reply_id()
    pages(client, world, name)  # what only the first opening changes: "new", "not read yet"
    before = pages(client, world, name)
    for _ in range(10):
        write(world, "owner", PRIVATE, "author")
    after = pages(client, world, name)
    assert [address for address in before if before[address] != after[address]] == []
    assert not any(PRIVATE in body for body in after.values())


def pages(client, world, name):
    """Each page and fragment a person opens, without what differs at each request."""
    sign_in(client, world.roles[name])
    found = {}
    for method, url_name, _ in ROWS:
        if method == "GET" and url_name.startswith("journal:") and url_name != "journal:invitation_open":
            address = reverse(url_name, kwargs=world.url_arguments(URLS[url_name], url_name))
            for headers in ({}, {"HX-Request": "true"}):
                body = client.get(address, headers=headers).content.decode(errors="replace")
                found[address, *headers] = re.sub(r'value="[^"]*"|\d+:\d\d', "", body)
    return found


def test_a_copy_taken_out_by_one_parent_holds_nothing_the_other_keeps(world):
    export, _new = Export.ask(place(world, "member"))
    copy = files.make(export)
    assert PRIVATE.encode() not in unzipped(copy)
    assert SECRET.encode() in unzipped(copy)


def unzipped(content):
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


# ---- ending


def remove(keeper, world, name="member"):
    return keeper.post(reverse("journal:member_remove", args=[place(world, name).pk]))


def test_who_is_removed_meets_with_the_next_request_what_never_was(keeper, world):
    entry = write(send_away(world), "member", "His own words.")
    factories.choose(entry, world.share)
    member = sign_in(Client(), world.roles["member"])
    Draft.objects.keep(
        user=world.roles["member"], journal=world.journal, form="x", target=world.journal.pk, sequence=1, text="half"
    )
    Export.ask(place(world, "member"))
    assert member.get(reverse("journal:entry_detail", args=[entry.pk])).status_code == 200
    assert remove(keeper, world).status_code == 303
    never = sign_in(Client(), world.roles["deactivated"])
    for method, name, expected in ROWS:
        address = reverse(name, kwargs=world.url_arguments({**URLS, "journal:member_remove": ()}[name] or URLS[name], name))
        if expected["removed"] == "404":
            gone, none = member.generic(method, address), never.generic(method, address)
            assert (gone.status_code, len(gone.content)) == (404, len(none.content)), name
    assert not Draft.objects.filter(user=world.roles["member"]).exists()
    assert not Export.objects.filter(requested_by=world.roles["member"]).exists()
    assert not SharedEntry.objects.filter(entry=entry).exists()
    assert entry in Entry.objects.visible_to(world.roles["owner"])
    assert world.member_private not in Entry.objects.visible_to(world.roles["owner"])
    assert AccessEvent.objects.filter(journal=world.journal).last().verb == "removed"
    assert AccessEvent.objects.faults(world.journal.pk) == []


def test_who_is_asked_back_finds_what_they_kept(keeper, guest, world):
    remove(keeper, world)
    world.roles["guest"] = world.roles["member"]
    come(sign_in(Client(), world.roles["member"]), invited(keeper, world)[0])
    confirm(keeper, world)
    assert world.member_private in Entry.objects.visible_to(world.roles["member"])
    assert world.entry not in Entry.objects.visible_to(world.roles["member"])


@pytest.mark.parametrize("mine", Mine.values)
def test_a_member_leaves_with_their_words_as_they_choose(client, world, mine):
    entry = write(world, "member", "His own words.")
    factories.choose(entry, world.share)
    member = sign_in(client, world.roles["member"])
    page = member.get(reverse("journal:member_leave")).content.decode()
    assert "You keep 1 entry to yourself." in page
    assert member.post(reverse("journal:member_leave"), {"journal": world.journal.pk, "mine": mine}).status_code == 303
    assert not Membership.objects.filter(user=world.roles["member"]).exists()
    assert (entry in Entry.objects.visible_to(world.roles["owner"])) == (mine == Mine.STAYS)
    assert entry not in Entry.objects.visible_to(world.roles["counsellor"])
    assert Entry.objects.filter(pk=entry.pk).exists() == (mine != Mine.ERASED)
    assert Erased.objects.filter(row_id=str(entry.pk)).exists() == (mine == Mine.ERASED)
    assert world.entry in Entry.objects.visible_to(world.roles["counsellor"])


def test_a_hard_day_taken_along_asks_nobody_else_to_rest(world):
    today = timezone.now().date()
    membership = place(world, "member")
    write_hard = factories.make_entry(world.journal, world.roles["member"], kind="hard", audience="family")
    membership.rest(write_hard.day, for_all=True)
    assert place(world, "owner").resting_until(today)
    leave(membership, Mine.CLOSED)
    assert place(world, "owner").resting_until(today) is None


def test_a_reader_let_in_by_who_leaves_stays_and_takes_no_new_entry(world):
    share = world.share
    Share.objects.filter(pk=share.pk).update(granted_by=world.roles["member"], default="new")
    leave(place(world, "member"))
    share.refresh_from_db()
    assert (share.granted_by, share.default, share.is_active) == (world.roles["owner"], "chosen", True)
    assert factories.make_entry(world.journal, world.roles["owner"], audience=None).audience == "author"


def test_who_keeps_a_journal_hands_it_over_before_leaving(keeper, world):
    data = {"journal": world.journal.pk, "mine": "stays"}
    assert keeper.post(reverse("journal:member_leave"), data).status_code == 422
    with pytest.raises(StillKeeps):
        leave(place(world, "owner"))
    member = sign_in(Client(), world.roles["member"])
    member.post(reverse("journal:journal_keep"), {"journal": world.journal.pk})
    assert place(world, "member").keeps
    assert not place(world, "owner").keeps
    assert keeper.post(reverse("journal:invitation_add"), data).status_code == 404
    assert keeper.post(reverse("journal:member_leave"), data).status_code == 303
    assert [event.verb for event in AccessEvent.objects.filter(journal=world.journal)] == ["keeps", "left"]


def test_invitations_end_when_another_keeps_the_journal(keeper, world):
    sign_in(keeper, world.roles["member"]).post(reverse("journal:journal_keep"), {"journal": world.journal.pk})
    assert not MemberInvitation.objects.open().exists()


@pytest.mark.parametrize("answer", ["no", "back"])
def test_nobody_is_made_to_keep_a_journal(keeper, world, answer):
    if answer == "back":
        keeper.post(reverse("journal:member_offer", args=[world.rows["member"]]), {"back": "1"})
        expected = 404
    else:
        expected = 303
    response = sign_in(keeper, world.roles["member"]).post(
        reverse("journal:journal_keep"), {"journal": world.journal.pk, "no": "1"}
    )
    assert response.status_code == expected
    assert place(world, "owner").keeps
    assert not Membership.objects.offered_to(world.roles["member"]).exists()


# ---- two journals


def test_the_switch_shows_only_where_there_are_two_and_goes_to_the_one_it_names(keeper, world):
    assert "journal_switch" not in keeper.get(reverse("journal:home")).content.decode()
    assert 'id="switch-journal"' not in keeper.get(reverse("journal:home")).content.decode()
    submission = uuid.uuid4()
    for _ in range(2):
        keeper.post(reverse("journal:journal_add"), {"submission": submission, "relation": "my daughter"})
    assert Journal.objects.of_member(world.roles["owner"]).count() == 2
    page = keeper.get(reverse("journal:home")).content.decode()
    assert re.search(r'<option value="[^"]+" selected>my daughter<', page)
    assert SECRET not in keeper.get(reverse("journal:entry_list")).content.decode()
    keeper.post(reverse("journal:journal_switch"), {"journal": world.journal.pk})
    assert SECRET in keeper.get(reverse("journal:entry_list")).content.decode()


def test_a_form_of_the_other_journal_writes_there_and_the_next_page_is_about_it(keeper, world):
    second = factories.make_journal(world.roles["owner"])
    data = {"submission": uuid.uuid4(), "kind": "greet", "when": "now"}
    keeper.post(reverse("journal:entry_add"), {**data, "journal": world.journal.pk})
    assert not second.entries.exists()
    assert SECRET in keeper.get(reverse("journal:entry_list")).content.decode()


def test_another_persons_id_begins_no_journal_and_opens_none(keeper, world):
    theirs = Membership.objects.get(user=world.roles["stranger"]).journal_id
    assert keeper.post(reverse("journal:journal_add"), {"submission": theirs}).status_code == 404
    assert keeper.post(reverse("journal:journal_switch"), {"journal": theirs}).status_code == 404


def test_a_journal_of_ones_own_is_unknown_to_the_other_parent(world):
    factories.make_journal(world.roles["member"], relation="OWN WORD")
    page = sign_in(Client(), world.roles["owner"]).get(reverse("journal:member_list")).content.decode()
    assert "OWN WORD" not in page


# ---- any history

PEOPLE = ["owner", "member", "guest", "stranger", "pending"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["invite", "accept", "confirm", "refuse", "back", "leave", "remove", "offer", "keep", "decline", "write"]
        ),
        st.sampled_from(PEOPLE),
    ),
    max_size=14,
)


@limits(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_after_any_history_one_person_keeps_the_journal_and_only_confirmed_ones_read(world, guest, steps):
    from django.db import transaction

    with transaction.atomic():
        confirmed = {"owner", "member"}
        for act, name in steps:
            _do(act, name, world, confirmed)
            here = Membership.objects.filter(journal=world.journal)
            assert here.filter(role="owner").count() == 1
            assert {row.user_id for row in here} == {world.roles[one].pk for one in confirmed}
        for name in PEOPLE:
            seen = Entry.objects.visible_to(world.roles[name]).filter(journal=world.journal)
            assert name in confirmed or not seen.exists()
            assert not seen.filter(audience="author").exclude(author=world.roles[name]).exists()
            assert not Reply.objects.visible_to(world.roles[name]).exclude(journal=world.journal).exists()
        transaction.set_rollback(True)


def _do(act, name, world, confirmed):
    user = world.roles[name]
    mine = Membership.objects.filter(journal=world.journal, user=user).select_related("journal", "user").first()
    unused = MemberInvitation.objects.open().filter(accepted_by=None).first()
    came = MemberInvitation.objects.of_keeper(user).filter(accepted_by__isnull=False).first()
    others = Membership.objects.of_keeper(user).filter(journal=world.journal)
    match act:
        case "invite" if mine and mine.keeps:
            MemberInvitation.make(mine)
        case "accept" if unused and MemberInvitation.objects.by_link(unused.token_hash, user):
            unused.accept(user)
        case "confirm" if came:
            if came.confirm(user, earlier=False):
                confirmed.update(one for one in PEOPLE if world.roles[one] == came.accepted_by)
        case "refuse" if came:
            came.end()
        case "back" if waits := MemberInvitation.objects.of_invited(user).first():
            waits.end()
        case "leave" if mine and not mine.keeps:
            leave(mine)
            confirmed.discard(name)
        case "remove" if other := others.first():
            leave(other)
            confirmed -= {one for one in PEOPLE if world.roles[one] == other.user}
        case "offer" if other := others.last():
            offer(other)
        case "keep" | "decline" if mine:
            take_over(mine, keeps=act == "keep")
        case "write" if mine:
            factories.make_entry(world.journal, user, SECRET, audience="family")
