"""Lists cost the same for three rows and for thirty."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from journal.models import Entry, EntryContent, Journal, Reply
from tests import factories
from tests.conftest import sign_in


def count(client, address):
    client.get(address)  # what is done once a session: the moment of the first request, the log's head
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code == 200
    return len(queries), [query["sql"] for query in queries]


def make_reply(share, entry):
    author = share.counsellor.user
    return Reply.objects.send(share=share, author=author, entry=entry, submission=uuid.uuid4(), text="Good.")[0]


@pytest.mark.parametrize("name", ["home", "entry_list", "entry_bin", "share_list", "desk_family"])
def test_a_page_costs_the_same_for_three_entries_and_for_thirty(client, world, name):
    role = "counsellor" if name == "desk_family" else "owner"
    sign_in(client, world.roles[role])
    address = reverse(f"journal:{name}", args=[world.share.pk] if name == "desk_family" else [])
    numbers = []
    for more in (2, 30):
        for _ in range(more):
            entry = factories.make_entry(world.journal, world.roles["owner"], "Tea.", response="sign")
            factories.choose(entry, world.share)
            make_reply(world.share, entry)
            make_reply(world.share, None)
            factories.make_entry(world.journal, world.roles["owner"]).put_in_bin()
        numbers.append(count(client, address))
    assert numbers[0][0] == numbers[1][0], "\n".join(numbers[1][1])


@pytest.mark.parametrize("name", ["home", "entry_list", "week_list", "suggestion_rules"])
def test_a_page_costs_the_same_for_ten_entries_and_for_five_thousand(client, world, name):
    owner, numbers = world.roles["owner"], []
    sign_in(client, owner)
    for more in (10, 4990):
        contents = (EntryContent(kind="greet", words=f"Good night {number}", response="sign") for number in range(more))
        factories.make_many(world.journal, owner, contents, audience="family")
        numbers.append(count(client, reverse(f"journal:{name}")))
    assert numbers[0][0] == numbers[1][0], "\n".join(numbers[1][1])


def test_the_queue_costs_the_same_for_two_families_and_for_twenty(client, world):
    sign_in(client, world.roles["counsellor"])
    role = world.share.counsellor
    numbers = []
    for more in (1, 18):
        for _ in range(more):
            parent = factories.make_user("parent")
            journal = factories.make_journal(parent)
            share = factories.make_share(journal, role)
            factories.choose(factories.make_entry(journal, parent, "Tea."), share)
        numbers.append(count(client, reverse("journal:desk_queue")))
    assert Journal.objects.of_counsellor(world.roles["counsellor"]).count() == 20
    assert numbers[0][0] == numbers[1][0], "\n".join(numbers[1][1])


def test_a_list_that_shows_nothing_new_writes_nothing(client, world):
    entry = factories.make_entry(world.journal, world.roles["owner"], "Tea.")
    factories.choose(entry, world.share)
    make_reply(world.share, entry)
    sign_in(client, world.roles["owner"])
    _number, asked = count(client, reverse("journal:entry_list"))
    assert not [sql for sql in asked if sql.startswith(("INSERT", "UPDATE", "DELETE", "BEGIN"))]


def test_what_a_parent_reads_is_kept_once_and_what_is_new_to_them_until_they_look(client, world):
    owner, other = world.roles["owner"], world.roles["member"]
    sign_in(client, owner)
    client.get(reverse("journal:entry_list"))
    entry = factories.make_entry(world.journal, other, "Tea.", audience="family")
    reply = make_reply(world.share, None)
    membership = factories.make_membership(world.journal, owner)
    assert list(Entry.objects.new_to(membership)) == [entry]
    for _ in range(2):
        client.get(reverse("journal:entry_list"))
    assert not Entry.objects.new_to(factories.make_membership(world.journal, owner)).exists()
    assert reply.reads.filter(user=owner).count() == 1


# With answers, messages, a holiday, a cover and a plan to confirm: everything a page can ask for at once. Each number is what
# was measured, and no aim: a change that lowers one lowers it here too.
MOST = {
    "home": 18,
    "entry_list": 13,
    "week_list": 6,
    "log_list": 10,
    "desk_queue": 10,
    "desk_family": 28,
}


@pytest.mark.parametrize("name", MOST)
def test_no_page_asks_more_often_than_it_did(client, world, name):
    make_reply(world.share, world.entry)
    asked = {"share": world.share, "author": world.roles["owner"], "entry": None, "submission": uuid.uuid4(), "text": "When?"}
    Reply.objects.send(**asked, from_family=True)
    role = "counsellor" if name.startswith("desk") else "owner"
    sign_in(client, world.roles[role])
    number, sql = count(client, reverse(f"journal:{name}", args=[world.share.pk] if name == "desk_family" else []))
    assert number == MOST[name], "\n".join(sql)


def test_a_page_unwraps_the_key_of_its_journal_once(client, world):
    make_reply(world.share, world.entry)
    sign_in(client, world.roles["owner"])
    for name in ("home", "entry_list", "week_list"):
        _number, sql = count(client, reverse(f"journal:{name}"))
        assert len([query for query in sql if '"journal_journalkey"' in query]) == 1, name
