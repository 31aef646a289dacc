"""The list of entries: looking for something, earlier pages, and what is new from the other parent."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.signals import post_init
from django.forms import Select
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from journal.forms.fields import PlainSelect
from journal.models import Entry, EntryContent, Membership
from tests import factories
from tests.conftest import MEMBER_PRIVATE, PRIVATE, SECRET, sign_in

URL = "journal:entry_list"


def find(client, world, headers=None, **asked):
    return client.post(reverse(URL), {"journal": world.journal.pk, **asked}, headers=headers or {})


def shown(response):
    return re.findall(r'id="entry-([0-9a-f-]{36})"', response.content.decode())


def ids(*entries):
    return [str(entry.pk) for entry in entries]


def test_words_are_looked_for_in_what_this_parent_may_read_and_stand_in_no_address(parent, world):
    response = find(parent, world, words="zebra")
    assert shown(response) == ids(world.entry)
    assert "zebra" not in "".join(re.findall(r'(?:href|action|hx-\w+)="([^"]*)"', response.content.decode()))
    for words in (MEMBER_PRIVATE, "heron", "nothing of the kind"):
        page = find(parent, world, words=words).content.decode()
        assert "Nothing matches." in page
        assert "Show everything" in page


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({"kind": "food"}, 0),
        ({"response": "sign"}, 1),
        ({"step": "5"}, 1),
        ({"kind": "ask", "response": "sign"}, 1),
        ({"kind": "food", "response": "sign"}, None),
        ({"audience": "family", "kind": "chat"}, 2),
        ({"words": "umbrella"}, 2),
    ],
)
def test_each_choice_narrows_the_list(parent, world, asked, number):
    owner = world.roles["owner"]
    entries = [
        factories.make_entry(world.journal, owner, kind="food"),
        factories.make_entry(world.journal, owner, kind="ask", response="sign", step=5),
        factories.make_entry(world.journal, owner, kind="chat", noticed="An Umbrella.", audience="family"),
    ]
    assert shown(find(parent, world, **asked)) == ([] if number is None else ids(entries[number]))


def test_the_list_is_narrowed_by_who_wrote_and_by_who_can_read(client, world):
    hers = factories.make_entry(world.journal, world.roles["owner"], audience="family")
    sign_in(client, world.roles["member"])
    assert shown(find(client, world, author=world.roles["owner"].pk)) == ids(hers, world.entry)
    assert shown(find(client, world, author=world.roles["member"].pk)) == ids(world.member_private)
    assert shown(find(client, world, audience="author")) == ids(world.member_private)
    assert find(client, world, author=world.roles["stranger"].pk).status_code == 422


def test_asking_for_nothing_leads_to_the_whole_list(parent, world):
    response = find(parent, world)
    assert (response.status_code, response.headers["Location"]) == (303, reverse(URL))


def test_too_long_words_come_back_with_what_is_wrong(parent, world):
    response = find(parent, world, words="x" * 201)
    assert response.status_code == 422
    assert "x" * 201 in response.content.decode()


def test_a_journal_of_somebody_else_cannot_be_looked_through(client, world):
    sign_in(client, world.roles["stranger"])
    assert find(client, world, words="zebra").status_code == 404


@pytest.mark.parametrize("before", ["x", "9" * 5000, "00000000-0000-4000-8000-000000000000"])
def test_a_made_up_page_is_no_fault(parent, world, before):
    assert find(parent, world, kind="greet", before=before).status_code in {404, 422}
    assert parent.get(reverse(URL), {"before": before}).status_code == 404


def next_page(response):
    (form,) = re.findall(r'<form id="more".*?</form>', response.content.decode(), re.S)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_every_page_of_what_was_found_follows_the_one_before_with_and_without_a_script(parent, world):
    owner = world.roles["owner"]
    contents = [EntryContent(kind="greet" if number % 2 else "food", words="tea") for number in range(120)]
    wanted = ids(*[entry for entry in factories.make_many(world.journal, owner, contents) if entry.document.kind == "food"])
    response, seen = find(parent, world, kind="food", words="tea"), []
    while True:
        seen += shown(response)
        if 'id="more"' not in response.content.decode():
            break
        fields = next_page(response)
        page, response = (
            parent.post(reverse(URL), fields),
            parent.post(reverse(URL), fields, headers={"HX-Request": "true", "HX-Target": "more"}),
        )
        assert shown(page) == shown(response)
        assert "<main" not in response.content.decode()
        assert "autofocus" in response.content.decode()
    assert seen == wanted


def test_a_long_journal_says_how_far_back_it_looked_and_goes_on_from_there(parent, world, monkeypatch):
    monkeypatch.setattr("journal.search.MOST_FILTERED", 10)
    owner = world.roles["owner"]
    last = factories.make_entry(world.journal, owner, kind="help", happened_at=world.entry.happened_at.replace(year=2020))
    factories.make_many(world.journal, owner, [EntryContent(kind="greet")] * 15)
    response = find(parent, world, kind="help")
    assert re.search(r"Looked back to [\w ]+\.", response.content.decode())
    assert "Look further back" in response.content.decode()
    assert "Nothing matches" not in response.content.decode()
    further = parent.post(reverse(URL), next_page(response))
    assert shown(further) == ids(last)


def test_what_was_found_does_not_count_as_having_looked_at_everything(parent, world):
    before = Membership.objects.get(user=world.roles["owner"], journal=world.journal).seen_at
    find(parent, world, kind="greet")
    assert Membership.objects.get(user=world.roles["owner"], journal=world.journal).seen_at == before


# ---- what is new from the other parent


def news(client):
    return "New from owner" in client.get(reverse("journal:home")).content.decode()


def test_what_the_other_parent_wrote_is_new_until_it_was_looked_at(client, world):
    member = sign_in(client, world.roles["member"])
    member.get(reverse(URL))
    assert not news(member)
    entry = factories.make_entry(world.journal, world.roles["owner"], "Said good night.", audience="family")
    assert news(member)
    page = member.get(reverse(URL)).content.decode()
    line = page[page.index(f'id="entry-{entry.pk}"') :]
    assert ">New<" in line[: line.index("</h3>")]
    assert not news(member)
    assert ">New<" not in member.get(reverse(URL)).content.decode()


def test_what_one_keeps_to_oneself_is_news_to_nobody_and_is_when_it_is_opened(client, world):
    member = sign_in(client, world.roles["member"])
    member.get(reverse(URL))
    entry = factories.make_entry(world.journal, world.roles["owner"], PRIVATE)
    assert not news(member)
    entry.let_read("family")
    assert news(member)
    member.get(reverse(URL))
    Entry.objects.get(pk=entry.pk).let_read("family", [world.share])
    assert not news(member)
    entry.put_in_bin()
    assert PRIVATE not in member.get(reverse(URL)).content.decode()


def test_ones_own_entries_are_no_news(parent, world):
    factories.make_entry(world.journal, world.roles["owner"], audience="family")
    assert "New from" not in parent.get(reverse("journal:home")).content.decode()


def test_something_new_about_an_earlier_day_stands_above_the_list_once(client, world):
    member = sign_in(client, world.roles["member"])
    member.get(reverse(URL))
    factories.make_many(world.journal, world.roles["member"], [EntryContent(kind="greet")] * 30)
    long_ago = world.entry.happened_at.replace(year=2024)
    entry = factories.make_entry(world.journal, world.roles["owner"], "In the garden.", audience="family", happened_at=long_ago)
    response = member.get(reverse(URL))
    assert shown(response).count(str(entry.pk)) == 1
    assert "New to you, about earlier days" in response.content.decode()
    assert str(entry.pk) not in shown(member.get(reverse(URL)))


# ---- the cost


def cost(client, send):
    send(client)
    with CaptureQueriesContext(connection) as queries:
        assert send(client).status_code == 200
    return len(queries)


def test_every_page_costs_the_same_for_ten_entries_and_for_five_thousand(parent, world):
    words = EntryContent(kind="greet", words="We had tea.", response="sign")
    asks = [
        lambda client: client.get(reverse("journal:home")),
        lambda client: client.get(reverse(URL)),
        lambda client: find(client, world, kind="greet"),
        lambda client: find(client, world, words="tea"),
        lambda client: find(client, world, words="nowhere"),
    ]
    factories.make_many(world.journal, world.roles["owner"], [words] * 10)
    few = [cost(parent, ask) for ask in asks]
    factories.make_many(world.journal, world.roles["owner"], [words] * 4990)
    many = [cost(parent, ask) for ask in asks]
    assert many == few
    assert max(few) <= 25, few


def test_looking_through_makes_a_model_for_no_more_than_a_page(parent, world):
    factories.make_many(world.journal, world.roles["owner"], [EntryContent(kind="greet", words="tea")] * 300)
    made = []
    post_init.connect(note := lambda **_kwargs: made.append(1), sender=Entry, weak=False)
    try:
        assert SECRET not in find(parent, world, words="tea").content.decode()
    finally:
        post_init.disconnect(note, sender=Entry)
    assert len(made) == 25


def test_the_next_page_comes_though_the_last_row_before_it_went_into_the_bin_meanwhile(client, world):
    owner = world.roles["owner"]
    older, last = (
        factories.make_entry(world.journal, owner, words, happened_at=timezone.now() - timedelta(days=days))
        for days, words in ((9, "older"), (2, "newer"))
    )
    last.put_in_bin()
    sign_in(client, owner)
    page = client.get(reverse("journal:entry_list"), {"before": last.pk})
    assert page.status_code == 200
    assert "older" in page.content.decode()
    found = client.post(reverse("journal:entry_list"), {"journal": world.journal.pk, "words": "older", "before": last.pk})
    assert found.status_code == 200
    erased = last.pk
    last.erase()
    assert client.get(reverse("journal:entry_list"), {"before": erased}).status_code == 404
    assert older in Entry.objects.of_family(owner, world.journal)


SIGNS = st.text("ab あ<>&\"'", max_size=6)


@given(st.lists(st.tuples(SIGNS, SIGNS), max_size=6), SIGNS)
def test_a_list_written_in_one_go_is_the_one_django_writes(choices, value):
    quick, slow = (widget(attrs={"id": "find"}, choices=choices).render("kind", value) for widget in (PlainSelect, Select))
    assert re.sub(r">\s+<", "><", quick) == re.sub(r">\s+<", "><", slow)
