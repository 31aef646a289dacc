"""Two parents and one journal: what each keeps to themself, who leaves or is removed, and what is seen after the end: nothing."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from config.retention import KEPT
from journal.copies import files
from journal.models import (
    AccessEvent,
    Draft,
    Entry,
    Erased,
    Export,
    FormerMember,
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
from tests import factories
from tests.conftest import PRIVATE, SECRET, send_away, sign_in
from tests.journal.coming import come, confirm, invited, place, write
from tests.test_access import ROWS, URLS
from tests.tools.examples import tried

# ---- what one parent keeps is in no list, count or copy of the other


@pytest.mark.parametrize("name", ["member", "counsellor"])
def test_what_one_parent_keeps_changes_no_page_of_another_reader(client, world, name):
    """Every address, before and after ten private entries: no list, count, pattern or suggestion differs by a byte."""
    send_away(world).reply_id()
    pages(client, world, name, [{}])  # what only the first opening changes: "new", "not read yet"
    before = pages(client, world, name)
    for _ in range(10):
        write(world, "owner", PRIVATE, "author")
    after = pages(client, world, name)
    assert [address for address in before if before[address] != after[address]] == []
    assert not any(PRIVATE in body for body in after.values())


def pages(client, world, name, kinds=({}, {"HX-Request": "true"})):
    """Each page and fragment a person opens, without what differs at each request."""
    sign_in(client, world.roles[name])
    found = {}
    for method, url_name, _ in ROWS:
        if method == "GET" and url_name.startswith("journal:") and url_name != "journal:invitation_open":
            address = reverse(url_name, kwargs=world.url_arguments(URLS[url_name], url_name))
            for headers in kinds:
                body = client.get(address, headers=headers).content.decode(errors="replace")
                if url_name == "journal:account_data":
                    # The moment, and the line this person leaves in the log with each page they open here.
                    body = re.sub(r'"lines_in_the_logs_of_journals": \[.*?\]|"made_at": "[^"]*"', "", body, flags=re.DOTALL)
                found[address, *headers] = re.sub(r'value="[^"]*"|\d+:\d\d|delay:\d+s', "", body)
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


@pytest.mark.parametrize("language", ["en", "ja"])
def test_leaving_promises_as_many_days_as_the_settings_give(client, world, monkeypatch, language):
    monkeypatch.setitem(KEPT, "leaving", timedelta(days=31))
    said = {
        "en": ("For 31 days you can take it", "For 31 days you can still", "take it out for 31 days"),
        "ja": ("全部閉じる（31日間は", "抜けたあとも31日間は", "31日間それ"),
    }
    sign_in(client, world.roles["member"])
    with translation.override(language):
        page = client.get(reverse("journal:member_leave")).content.decode()
        sign_in(client, world.roles["owner"])
        others = client.get(reverse("journal:member_list")).content.decode()
    assert said[language][0] in page
    assert said[language][1] in page
    assert said[language][2] in others


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


@tried(40)
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
            _same_with_the_membership_at_hand(world.roles[name])
        transaction.set_rollback(True)


def _same_with_the_membership_at_hand(user):
    # A page that has the membership asks without subqueries: what it finds is what the account may read there.
    for mine in Membership.objects.of_user(user):
        for model in (Entry, Reply):
            found = set(model.objects.for_member(mine))
            assert found == set(model.objects.of_family(user, mine.journal))
            assert found == set(model.objects.visible_to(user).filter(journal=mine.journal))
        assert set(Membership.objects.with_member(mine)) == set(Membership.objects.beside(user, mine.journal))
        unread = Reply.objects.visible_to(user).filter(journal=mine.journal).exclude(author=user).exclude(reads__user=user)
        assert set(Reply.objects.unread_by(mine)) == set(unread)
        theirs = Entry.objects.visible_to(user).filter(journal=mine.journal, family_at__gt=mine.seen_at).exclude(author=user)
        assert set(Entry.objects.new_to(mine)) == set(theirs)
    left = FormerMember.objects.besides(user, list(Membership.objects.of_user(user)))
    assert set(left) == set(FormerMember.objects.of_user(user))


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
