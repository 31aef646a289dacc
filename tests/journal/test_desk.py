"""The desk: who stands where, what a page about a family says, and that it costs the same for any number of families."""

import re
import uuid
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.shortcuts import render
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from journal import queue, wording
from journal.models import (
    AccessEvent,
    Draft,
    Entry,
    EntryContent,
    Journal,
    JournalKey,
    Membership,
    Reply,
    ReplyKind,
    Share,
    SharedEntry,
    SharedPart,
    User,
    finish_review,
)
from tests import factories
from tests.conftest import MEMBER_PRIVATE, PRIVATE, SECRET, sign_in


@pytest.fixture
def counsellor(client, world):
    world.visit.delete()  # the sheet of the cast's visit would stand on the queue too
    return sign_in(client, world.roles["counsellor"])


def family_of(world, default="new"):
    parent = factories.make_user("parent")
    return factories.make_share(factories.make_journal(parent), world.share.counsellor, default), parent


def listed(page):
    """The families of a queue, in its order."""
    return re.findall(r'<a href="/en/desk/f/([0-9a-f-]{36})/" hx-get', page)


def order(client):
    page = client.get(reverse("journal:desk_queue")).content.decode()
    return listed(page), page


def open_family(client, share, query=""):
    return client.get(reverse("journal:desk_family", args=[share.pk]) + query).content.decode()


def test_the_queue_stands_in_the_order_that_is_printed_on_it(counsellor, world):
    waits = world.share
    quiet, parent = family_of(world)
    row = factories.choose(factories.make_entry(quiet.journal, parent), quiet)
    at = timezone.now() - timedelta(days=30)
    SharedEntry.objects.filter(pk=row.pk).update(shared_at=at, reviewed_at=at)
    nothing, _parent = family_of(world)
    question, parent = family_of(world)
    factories.ask(question, parent)
    plan, parent = family_of(world)
    factories.ask(plan, parent, "", kind=ReplyKind.CHECK, answers={"plan": "visit"})
    hard, parent = family_of(world)
    factories.choose(factories.make_entry(hard.journal, parent, "A door.", kind="hard"), hard)
    found, page = order(counsellor)
    assert found == [str(share.pk) for share in (hard, plan, question, waits, quiet, nothing)]
    assert "Hard days first, then plans to look at, questions, the longest wait, quiet families." in page
    for words in ("Hard day", "Plan to look at", "Question", "1 new", "Quiet for 4 weeks", "4 families are waiting."):
        assert words in page
    # Each mark has a shape of its own, and no word of an entry stands there.
    marks = re.findall(r'class="tag[^"]*">.*?#([a-z]+)"', page)
    assert len(set(marks)) == 5
    assert "A door." not in page
    assert SECRET not in page


def test_the_next_waiting_family_is_one_press_away_after_sending(counsellor, world):
    hard, parent = family_of(world)
    factories.choose(factories.make_entry(hard.journal, parent, kind="hard"), hard)
    open_family(counsellor, hard)
    data = {"submission": uuid.uuid4(), "text": "I have read it."}
    page = counsellor.post(reverse("journal:reply_add", args=[hard.pk]), data, follow=True).content.decode()
    assert "Sent. 1 waiting." in page
    assert f"Next: {world.journal.code_name('en')}" in page
    assert f'class="btn" href="{reverse("journal:desk_family", args=[world.share.pk])}"' in page


def test_beyond_the_number_that_is_opened_the_page_says_so_and_those_families_come_first(counsellor, world, monkeypatch):
    monkeypatch.setattr("journal.views.desk.MOST_OPENED", 2)
    hard, parent = family_of(world)
    factories.choose(factories.make_entry(hard.journal, parent, kind="hard"), hard)
    many, parent = family_of(world)
    for _ in range(3):
        factories.choose(factories.make_entry(many.journal, parent, kind="hard"), many)
    found, page = order(counsellor)
    assert found[0] == str(many.pk)
    assert "More than 2 entries wait." in page
    assert "Too many to look through" in page
    assert "3 new" in page


def test_a_long_queue_shows_the_first_families_and_a_link_to_the_others(counsellor, world, monkeypatch):
    shares = [world.share, *(family_of(world)[0] for _ in range(3))]
    whole, page = order(counsellor)
    assert set(whole) == {str(share.pk) for share in shares}
    assert "?all=1" not in page
    monkeypatch.setattr("journal.views.desk.FIRST", 2)
    found, page = order(counsellor)
    assert found == whole[:2]
    assert "4 families" in page
    assert f'href="{reverse("journal:desk_queue")}?all=1#rest"' in page
    page = counsellor.get(reverse("journal:desk_queue"), {"all": "1"}).content.decode()
    assert listed(page) == whole
    assert listed(page[page.index('id="rest"') :]) == whole[2:]
    # Beside a family that is open, the list reaches as far as that family.
    beside = {"HX-Request": "true", "HX-Target": "family"}
    for share, shown in ((whole[0], whole[:2]), (whole[3], whole)):
        page = counsellor.get(reverse("journal:desk_family", args=[share]), headers=beside).content.decode()
        assert listed(page) == shown


def test_days_at_the_desk_are_those_of_where_the_counsellor_is(counsellor, world):
    tokyo = ZoneInfo("Asia/Tokyo")
    world.roles["counsellor"].time_zone = "Asia/Tokyo"
    world.roles["counsellor"].save()
    # Eight in the morning in Japan is the evening before in UTC.
    eight = timezone.now().astimezone(tokyo).replace(hour=8, minute=0) - timedelta(days=27)
    share, parent = family_of(world)
    Share.objects.filter(pk=share.pk).update(starts_at=eight)
    row = factories.choose(factories.make_entry(share.journal, parent), share)
    SharedEntry.objects.filter(pk=row.pk).update(shared_at=eight, reviewed_at=eight)
    _found, page = order(counsellor)
    assert "Quiet for 3 weeks" in page
    assert f"Has let you read since {wording.day(eight.date())}" in open_family(counsellor, share)


def test_families_read_for_a_colleague_stand_apart_each_part_in_the_printed_order(rf, world):
    shares = [world.share, *(family_of(world)[0] for _ in range(3))]
    shares[0].covering_for = shares[2].covering_for = "Mr Hale"
    waiting = queue.Waiting(plans={shares[2].pk, shares[3].pk})
    found = queue.families(shares, waiting, timezone.now(), "en")
    context = {"queue": found, "waits": 2, "next": found[0], "role": world.share.counsellor, "zone": UTC}
    page = render(rf.get("/"), "journal/desk_queue.html#queue", context).content.decode()
    parts = [part.split('hx-get="/en/desk/f/') for part in page.split("<h2")[1:]]
    assert "Your own families" in parts[0][0]
    assert "Read for Mr Hale" in parts[1][0]
    order = [[part[:36] for part in listed[1:]] for listed in parts]
    assert order == [[str(shares[3].pk), str(shares[1].pk)], [str(shares[2].pk), str(shares[0].pk)]]


def bulk_families(role, number, entries):
    """Families with five years of entries, some of them waiting, as rows alone: made in a second."""
    now = timezone.now()
    users = User.objects.bulk_create([User(email=f"{uuid.uuid4()}@example.test") for _ in range(number)])
    made, shared = [], []
    for user in users:
        journal = Journal.start(user)
        share = Share.objects.create(journal=journal, counsellor=role, granted_by=user, default="new")
        key = JournalKey.objects.newest(journal.pk)
        for index in range(entries):
            at = now - timedelta(days=index * 30 + 1)
            fields = {"journal": journal, "author": user, "submission": uuid.uuid4(), "happened_at": at, "day": at.date()}
            entry = Entry(id=uuid.uuid4(), zone="UTC", audience="family", created_at=at, **fields)
            entry.seal(EntryContent(kind="hard" if index % 7 == 0 else "greet", words="Good night."), key)
            made.append(entry)
            reviewed = None if index < 4 else at
            shared.append(SharedEntry(share=share, entry=entry, journal=journal, shared_at=at, reviewed_at=reviewed))
        factories.ask(share, user)
    Entry.objects.bulk_create(made)
    SharedEntry.objects.bulk_create(shared)


def test_the_queue_costs_the_same_for_three_families_and_for_130_with_five_years_each(counsellor, world):
    costs = []
    for number in (2, 127):
        bulk_families(world.share.counsellor, number, entries=60)
        counsellor.get(reverse("journal:desk_queue"))
        with CaptureQueriesContext(connection) as queries:
            found, page = order(counsellor)
        costs.append(len(queries))
    assert len(found) == 50
    assert "Show all 130 families" in page
    assert costs[0] == costs[1]
    assert costs[1] <= 12, "\n".join(query["sql"] for query in queries)


# ---- one family


def test_a_chosen_only_family_gives_no_picture_and_no_number(counsellor, world):
    for parent in ("owner", "member"):
        factories.open_part(world.share, "count", world.roles[parent])
    page = open_family(counsellor, world.share)
    assert 'class="marks"' not in page
    assert "the family chooses each entry for you" in page
    assert "are private" not in page
    assert "You see 1. The family keeps others private." in page


def test_how_many_are_private_is_said_once_every_parent_allows_it(counsellor, world):
    world.share.set_default("new")
    factories.open_part(world.share, "count", world.roles["owner"])
    assert "are private" not in open_family(counsellor, world.share)
    factories.open_part(world.share, "count", world.roles["member"])
    assert "You see 1; 2 are private." in open_family(counsellor, world.share)
    Membership.objects.filter(user=world.roles["member"]).delete()
    SharedPart.objects.filter(granted_by=world.roles["owner"], part="count").delete()
    assert "are private" not in open_family(counsellor, world.share)


def test_the_picture_is_drawn_from_what_this_counsellor_may_read_and_says_so(counsellor, world):
    world.share.set_default("new")
    for days in range(1, 8):
        at = timezone.now() - timedelta(days=days)
        entry = factories.make_entry(world.journal, world.roles["owner"], happened_at=at, kind="greet", response="sign")
        factories.choose(entry, world.share)
        factories.make_entry(world.journal, world.roles["owner"], happened_at=at, kind="hard")
    page = open_family(counsellor, world.share)
    assert "Drawn from the entries you may read, not from all that was written." in page
    assert "they wrote down what they did" in page
    assert "day was hard" not in page
    assert "days were hard" not in page
    legend = page.split('class="legend"')[1].split("</ul>")[0]
    assert "mark-came" not in legend
    assert "Something a parent did" in legend
    assert "<td>Something a parent did</td>" in page  # in the table too
    assert "Something you did" not in page
    with translation.override("ja"):
        assert "親御さんがしたこと" in open_family(counsellor, world.share).split('class="legend"')[1].split("</ul>")[0]


def test_new_entries_and_questions_stand_together_and_leave_the_queue_when_marked_as_read(counsellor, world):
    asked = factories.ask(world.share, world.roles["owner"], "Is good night enough?")
    page = open_family(counsellor, world.share)
    assert page.index("Since your last review") < page.index("Is good night enough?") < page.index("Reply to")
    late = factories.ask(world.share, world.roles["member"], "One more.")
    counsellor.post(reverse("journal:review_finish", args=[world.share.pk]))
    assert Reply.objects.get(pk=asked.pk).reviewed_at
    assert Reply.objects.get(pk=late.pk).reviewed_at is None
    page = open_family(counsellor, world.share)
    assert page.index("One more.") < page.index("Earlier entries") < page.index("Is good night enough?")


def test_a_question_about_an_entry_goes_where_the_entry_goes(counsellor, world):
    factories.ask(world.share, world.roles["owner"], "About that one.", entry=world.entry)
    assert "About that one." in open_family(counsellor, world.share)
    world.entry.let_read("author")
    assert "About that one." not in open_family(counsellor, world.share)
    assert not Reply.objects.visible_to(world.roles["member"]).exists()


def test_more_new_entries_than_are_shown_stay_on_the_queue(counsellor, world, monkeypatch):
    monkeypatch.setattr("journal.family.MOST_NEW", 2)
    for _ in range(3):
        factories.choose(factories.make_entry(world.journal, world.roles["owner"]), world.share)
    assert "2 more entries wait." in open_family(counsellor, world.share)
    counsellor.post(reverse("journal:review_finish", args=[world.share.pk]))
    assert SharedEntry.objects.waiting_in([world.share]).count() == 2


def test_earlier_pages_follow_one_another_without_a_gap_and_each_leaves_a_line(counsellor, world):
    for days in range(1, 26):
        at = timezone.now() - timedelta(days=days)
        factories.choose(factories.make_entry(world.journal, world.roles["owner"], f"Day {days}.", happened_at=at), world.share)
    open_family(counsellor, world.share)
    finish_review(world.share, world.roles["counsellor"])
    seen, query = [], ""
    while True:
        lines = AccessEvent.objects.count()
        page = open_family(counsellor, world.share, query)
        assert AccessEvent.objects.count() == lines + 1
        seen += re.findall(r"Day \d+\.", page)
        onward = re.search(r"\?before=[0-9a-f-]+", page)
        if onward is None:
            break
        query = onward[0]
    assert seen == [f"Day {days}." for days in range(1, 26)]


def test_page_and_agreements_open_by_a_parents_own_act_and_leave_a_line_each(client, world):
    addresses = {"page": reverse("journal:desk_page", args=[world.share.pk])}
    addresses["agreements"] = reverse("journal:desk_agreements", args=[world.share.pk])
    sign_in(client, world.roles["counsellor"])
    for part, address in addresses.items():
        assert client.get(address).status_code == 404
        switch = reverse("journal:part_edit", args=[world.share.pk, part])
        sign_in(client, world.roles["member"])
        client.post(switch, {"open": "1"})
        sign_in(client, world.roles["counsellor"])
        assert address in open_family(client, world.share)
        assert SECRET in client.get(address).content.decode()
        sign_in(client, world.roles["owner"])
        log = client.get(reverse("journal:log_list")).content.decode()
        assert ("Read our page" if part == "page" else "Read the house agreements") in log
        assert "May now read more" in log
        client.post(switch, {"open": "0"})
        assert "May now read less" in client.get(reverse("journal:log_list")).content.decode()
        sign_in(client, world.roles["counsellor"])
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("act", ["nothing", "stop", "leave", "expire"])
def test_what_was_opened_closes_with_the_reading_and_with_whoever_opened_it(client, world, act):
    factories.open_part(world.share, "page", world.roles["member"])
    sign_in(client, world.roles["counsellor"])
    address = reverse("journal:desk_page", args=[world.share.pk])
    assert client.get(address).status_code == 200
    if act == "nothing":
        world.share.set_default("nothing")
        world.share.set_default("new")
    elif act == "stop":
        world.share.revoke()
        Share.start(journal=world.journal, counsellor=world.share.counsellor, granted_by=world.roles["owner"], default="new")
    elif act == "expire":
        Share.objects.filter(pk=world.share.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    else:
        Membership.objects.filter(user=world.roles["member"]).delete()
    assert client.get(address).status_code == 404


def test_nothing_a_counsellor_writes_is_hidden_from_the_family(counsellor, world):
    data = {"submission": uuid.uuid4(), "text": "MAGPIE-9"}
    counsellor.post(reverse("journal:reply_draft", args=[world.share.pk]), {"text": "half", "sequence": "1"})
    counsellor.post(reverse("journal:reply_add", args=[world.share.pk]), data)
    assert not Draft.objects.exists()
    (written,) = Reply.objects.filter(author=world.roles["counsellor"])
    assert written in Reply.objects.of_family(world.roles["owner"], world.journal)
    assert written in Reply.objects.of_family(world.roles["member"], world.journal)


@pytest.mark.parametrize("private", [PRIVATE, MEMBER_PRIVATE])
def test_no_page_of_the_desk_shows_what_stays_in_the_family(counsellor, world, private):
    world.share.set_default("new")
    for query in ("", f"?entry={world.private.pk}", f"?entry={world.member_private.pk}"):
        assert private not in open_family(counsellor, world.share, query)
    assert counsellor.get(reverse("journal:desk_family", args=[world.share.pk]), {"before": world.private.pk}).status_code == 404
