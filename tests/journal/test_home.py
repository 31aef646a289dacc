"""The first page of the journal: writing comes first, one tap away; what happened lately stands below it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from journal.models import Kind, Membership, leave
from journal.models.entries import MORE, QUICK
from tests import factories
from tests.conftest import sign_in
from tests.screens import reply
from tests.screens.journal import everything_new


def home(client, **query):
    return client.get(reverse("journal:home"), query).content.decode()


def test_every_kind_is_one_button_and_stands_also_in_the_form_with_words(parent):
    page = home(parent)
    buttons = re.findall(r'<button name="kind" value="(\w+)"', page)
    assert buttons == [*QUICK, *MORE]
    assert re.findall(r'type="radio" name="kind" value="(\w+)"', page) == buttons
    assert set(buttons) == set(Kind.values)


def test_a_new_journal_says_that_an_empty_page_is_all_right(client, db):
    owner = factories.make_user("new")
    factories.make_journal(owner)
    page = home(sign_in(client, owner))
    assert "Nothing here yet. That is all right." in page
    assert "Last written" not in page
    assert "New from" not in page


def test_when_one_last_wrote_and_what_last_came_back_are_said_in_plain_days(parent, world):
    owner, now = world.roles["owner"], timezone.now()
    factories.make_entry(world.journal, owner, kind="greet", response="sign", happened_at=now - timedelta(days=1))
    page = home(parent)
    assert "Last written: today." in page
    assert re.search(r"The last thing that came back: A small sign \(a nod, a wave\), \w+\.", page)
    assert "You need not write every day." in page


def test_what_the_other_parent_keeps_shows_through_nowhere(client, world):
    factories.make_entry(world.journal, world.roles["owner"], kind="greet", response="came")
    page = home(sign_in(client, world.roles["member"]))
    assert "They came to me" not in page


def test_an_answer_that_waits_and_what_the_other_parent_wrote_lead_to_the_list(parent, world):
    parent.get(reverse("journal:entry_list"))
    reply(world)
    factories.make_entry(world.journal, world.roles["member"], audience="family")
    page = home(parent)
    lines = page[page.index('class="news"') : page.index("<h1")]
    assert "Ms counsellor wrote back" in lines
    assert "New from member" in lines
    assert lines.count(reverse("journal:entry_list")) == 2


def test_writing_comes_before_everything_but_one_line_of_news(parent, world):
    page = home(parent)
    order = ["<h1", 'value="greet"', 'value="hard"', "In your own words", "Last written"]
    assert [page.index(part) for part in order] == sorted(page.index(part) for part in order)


def above_the_buttons(page):
    """What stands open over the heading, and what is behind the line that folds the rest."""
    top = page[page.index("<main") : page.index("<h1")]
    behind = "".join(re.findall(r'<details class="panel rest">.*?</details>', top, re.S))
    return re.sub(r"(<details.*?</summary>).*?</details>", r"\1", top, flags=re.S), behind


def test_however_much_is_new_a_few_lines_of_it_stand_above_the_buttons(parent, world):
    everything_new(world)
    shown, behind = above_the_buttons(home(parent))
    assert "10 notices" in shown
    for line in ("wrote back", "New from member", "pending has come", "The steps are paused until"):
        assert line in shown, line
    told = (
        "is away until",
        "can no longer read",
        "could take over",
        "Is Ms counsellor to go on reading?",
        "Take out what you wrote",
    )
    for line in told:
        assert line not in shown, line
        assert line in behind, line


def test_one_long_notice_stands_open_and_that_nobody_reads_always_does(client, db):
    owner = factories.make_user("owner")
    journal = factories.make_journal(owner)
    counsellor = factories.make_role(factories.make_centre(), factories.make_user("ono"))
    factories.make_share(journal, counsellor)
    leave(factories.make_journal(factories.make_user("aunt")).add_member(owner, Membership.Role.MEMBER))
    sign_in(client, owner)
    shown, behind = above_the_buttons(home(client))
    assert "Take out what you wrote" in shown
    assert not behind
    counsellor.deactivate()
    shown, behind = above_the_buttons(home(client))
    assert "2 notices" in shown
    assert "No counsellor is reading at present." in shown
    assert "In danger, call first." in shown
    assert "can no longer read. The centre ended this, not you." in behind
    assert "Take out what you wrote" in behind


@pytest.mark.parametrize("number", range(1, 10))
def test_write_it_down_on_a_step_chooses_its_kind(parent, number):
    target = parent.get(reverse("journal:place", args=[number])).headers["Location"]
    page = parent.get(target).content.decode()
    chosen = re.findall(r'name="kind" value="(\w+)" class="chosen"', page)
    expected = {1: "own", 2: "food", 3: "greet", 4: "note", 5: "ask", 6: "listen", 7: "money", 8: "help"}
    assert chosen == ([expected[number]] if number < 9 else [])
    if number < 9:
        assert re.search(rf'type="radio" name="kind" value="{expected[number]}"[^>]* checked', page)
    assert ("<details open" in page) == (chosen and chosen[0] in MORE or False)


def test_a_made_up_kind_chooses_nothing(parent):
    page = home(parent, kind='"><script>')
    assert "chosen" not in page
    assert "<script>" not in page.replace('<script src="', "")
