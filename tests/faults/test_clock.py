"""The machine's clock is wrong and is put right: no word is lost, no day moves, nothing that ended opens again."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from journal.models import Entry
from tests.conftest import SECRET, sign_in
from tests.tools import clock

pytestmark = [pytest.mark.faults, pytest.mark.django_db]
MOVES = [timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)]
BACK = timedelta(days=-1)


@pytest.fixture(params=MOVES, ids=str)
def move(request):
    return request.param


def form(journal, words, **fields):
    return {"journal": journal.pk, "submission": uuid.uuid4(), "kind": "greet", "when": "now", "words": words, **fields}


def test_what_was_written_by_a_wrong_clock_keeps_its_words_and_its_chosen_day(client, world, move):
    owner = world.roles["owner"]
    chosen = timezone.localdate() - timedelta(days=3)
    with clock.moved(move):
        sign_in(client, owner)
        fields = form(world.journal, "by a wrong clock", when="other", day=chosen.isoformat())
        assert client.post("/en/notes/new/", fields).status_code == 303
    sign_in(client, owner)
    assert client.post("/en/notes/new/", form(world.journal, "by the right clock")).status_code == 303
    first, second = (client.get("/en/notes/timeline/").content.decode() for _ in range(2))
    order = [text.index("by the right clock") < text.index("by a wrong clock") for text in (first, second)]
    assert order == [True, True]
    entry = Entry.objects.get(submission=fields["submission"])
    assert entry.day == chosen
    address = reverse("journal:entry_detail", args=[entry.pk])
    assert "by a wrong clock" in client.get(address).content.decode()


def test_a_share_that_was_stopped_stays_stopped_when_the_clock_goes_back(client, world):
    address = reverse("journal:desk_family", args=[world.share.pk])
    sign_in(client, world.roles["counsellor"])
    assert SECRET in client.get(address).content.decode()
    world.share.revoke()
    with clock.moved(BACK):
        sign_in(client, world.roles["counsellor"])
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("shared", [True, False])
def test_a_session_used_by_a_clock_that_was_ahead_does_not_stay_open_for_that_long(client, world, shared):
    owner = world.roles["owner"]
    owner.shared_device = shared
    owner.save()
    with clock.moved(timedelta(days=1)):
        sign_in(client, owner)
        assert SECRET in client.get("/en/notes/timeline/").content.decode()
    answer = client.get("/en/notes/timeline/")
    assert SECRET not in answer.content.decode()
    assert answer.status_code == 302
