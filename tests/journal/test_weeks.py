"""Looking back and the week's suggestion, as a parent meets them."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from journal import rhythm
from journal.models import Entry, EntryContent, Journal, JournalKey, Membership
from journal.weeks import Weeks
from journal.wording import today_of
from tests import factories
from tests.conftest import PRIVATE, sign_in

WEEKS = "journal:week_list"
# Seven of them lie inside the picture on a Monday too.
ANSWERED = (1, 2, 3, 4, 9, 14, 17, 20, 27)


@pytest.fixture
def mother():
    return factories.make_user("hana")


@pytest.fixture
def father():
    return factories.make_user("ken")


@pytest.fixture
def journal(db, mother, father):
    made = factories.make_journal(mother, father)
    made.remember(step=3)
    return made


@pytest.fixture
def page(client):
    """Open "Look back" as somebody."""

    def opened(user):
        sign_in(client, user)
        return client.get(reverse(WEEKS)).content.decode()

    return opened


def write(journal, author, days=ANSWERED, **fields):
    fields = {"kind": "greet", "response": "sign", "audience": "family", **fields}
    return [factories.make_entry(journal, author, happened_at=timezone.now() - timedelta(days=ago), **fields) for ago in days]


def answer(client, value, name="answer"):
    url = reverse("journal:suggestion_edit" if name == "answer" else "journal:picture_edit")
    return client.post(url, {name: value})


def without_tokens(page):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|delay:\d+s', "", page)


def membership(journal, user):
    return Membership.objects.get(journal=journal, user=user)


# ---- the picture


def test_the_picture_shows_what_the_parent_did_and_nothing_that_came_back(journal, mother, page):
    write(journal, mother)
    shown = page(mother)
    assert "you wrote down what you did" in shown
    assert 'href="#mark-did"' in shown
    assert not re.search('days, something came back|href="#mark-came"', shown)


def test_what_came_back_is_shown_after_a_parent_asks_for_it_and_until_they_do_not(journal, mother, father, client, page):
    write(journal, mother)
    page(mother)
    assert answer(client, "came", "picture").status_code == 303
    assert "something came back." in page(mother)
    assert "something came back." not in page(father)
    page(mother)
    answer(client, "plain", "picture")
    assert "something came back." not in page(mother)


def test_the_picture_waits_for_six_entries_and_says_that_nobody_needs_to_write_for_it(journal, mother, page):
    write(journal, mother, range(5))
    assert '<svg class="marks"' not in page(mother)
    assert "There is no need to write more because of it." in page(mother)
    write(journal, mother, [6])
    assert '<svg class="marks"' in page(mother)


def test_the_picture_can_be_hidden_and_shown_again(journal, mother, father, client, page):
    write(journal, mother)
    page(mother)
    answer(client, "hide", "picture")
    assert "The picture is hidden." in page(mother)
    assert "The picture is hidden." not in page(father)
    page(mother)
    answer(client, "show", "picture")
    assert '<svg class="marks"' in page(mother)


def test_the_table_says_what_the_picture_shows(journal, mother, page):
    write(journal, mother, range(6), kind="rest", response="")
    shown = page(mother)
    in_picture = len(re.findall(r'<use href="#mark-rest" x=', shown))
    assert in_picture == len(re.findall(r"<td>Rested</td>", shown)) > 0


def test_nobody_sees_in_the_picture_what_the_other_keeps_to_themself(journal, mother, father, page):
    write(journal, father, audience="family")
    before = without_tokens(page(father))
    write(journal, mother, [3, 5, 6], kind="rest", response="", words=PRIVATE, audience="author")
    assert without_tokens(page(father)) == before


def test_an_entry_that_cannot_be_opened_is_named_and_breaks_nothing(journal, mother, page):
    rows = write(journal, mother)
    Entry.objects.filter(pk=rows[0].pk).update(sealed=b"\x01" * 80)
    assert "1 entry cannot be opened, and is not in the picture." in page(mother)


# ---- the suggestion


def test_a_parent_goes_on_only_by_choosing_it_and_is_led_to_reading(journal, mother, client, page):
    write(journal, mother)
    assert "Read the next step" in page(mother)
    assert Journal.objects.get(pk=journal.pk).document.step == 3
    answer(client, "go_on")
    settings = Journal.objects.get(pk=journal.pk).document
    assert (settings.step, settings.went_on) == (4, today_of(mother).isoformat())
    assert reverse("guidance:step_detail", args=[4]) in page(mother)


def test_going_on_chosen_twice_goes_on_once(journal, mother, client, page):
    write(journal, mother)
    page(mother)
    assert answer(client, "go_on").status_code == answer(client, "go_on").status_code == 303
    assert Journal.objects.get(pk=journal.pk).document.step == 4


def test_the_other_parent_cannot_go_on_within_the_same_four_weeks(journal, mother, father, client, page):
    write(journal, mother)
    page(mother)
    answer(client, "go_on")
    write(journal, father, kind="note")
    assert "Read the next step" not in page(father)
    assert answer(client, "go_on").status_code == 409
    assert Journal.objects.get(pk=journal.pk).document.step == 4


def test_two_who_go_on_at_the_same_moment_go_on_once(journal, mother):
    today = today_of(mother)
    first, second = Journal.objects.get(pk=journal.pk), Journal.objects.get(pk=journal.pk)
    assert first.go_on(4, today)
    assert not second.go_on(4, today)
    assert second.go_on(5, today + timedelta(days=28))


def test_what_is_not_offered_cannot_be_chosen(journal, mother, client, page):
    page(mother)
    response = answer(client, "go_on")
    assert response.status_code == 409
    assert "Nothing was chosen." in response.content.decode()
    assert Journal.objects.get(pk=journal.pk).document.went_on == ""


@pytest.mark.parametrize(("way", "days"), [("stay", 7), ("smaller", 7), ("pause", 28)])
def test_after_a_choice_nothing_else_is_suggested_for_a_while(journal, mother, client, page, way, days):
    page(mother)
    answer(client, way)
    assert "This week’s suggestion" not in page(mother)
    today = today_of(mother)
    own = membership(journal, mother)
    assert Weeks(own, today + timedelta(days=days - 1)).panel().suggestion is None
    assert Weeks(own, today + timedelta(days=days)).panel().suggestion is not None


def test_not_now_asks_nothing_this_week_and_can_be_taken_back(journal, mother, client, page):
    page(mother)
    answer(client, "not-now")
    assert "No suggestion this week." in page(mother)
    answer(client, "again")
    assert "This week’s suggestion" in page(mother)


def test_suggestions_can_be_switched_off_for_oneself_and_on_again(journal, mother, father, client, page):
    page(mother)
    answer(client, "off")
    assert "No suggestions are shown." in page(mother)
    assert "This week’s suggestion" in page(father)
    page(mother)
    answer(client, "again")
    assert "This week’s suggestion" in page(mother)


def test_nothing_is_suggested_while_the_steps_rest_by_page_or_by_form(journal, mother, client, page):
    write(journal, mother)
    membership(journal, mother).rest(today_of(mother), for_all=True)
    shown = page(mother)
    assert "The steps are paused until" in shown
    assert "One thought for this week" not in shown
    assert answer(client, "go_on").status_code == 409
    assert answer(client, "stay").status_code == 409


def test_danger_leads_to_a_break_with_whom_to_ask(journal, mother, page):
    write(journal, mother, [8], hard="hurt")
    shown = page(mother)
    assert "Ask a counsellor or a doctor when to begin again." in shown
    assert re.search(r'<li class="thought">\s*<h3>Take a break', shown)


# ---- what one keeps to oneself


@pytest.mark.parametrize(
    "kept", [{"kind": "hard", "response": ""}, {"response": "upset"}, {"hard": "afraid"}, {"response": "came"}], ids=str
)
def test_what_one_keeps_to_oneself_silently_holds_the_other_back(journal, mother, father, client, page, kept):
    write(journal, father)
    assert "Read the next step" in page(father)
    write(journal, mother, [2], words=PRIVATE, audience="author", **kept)
    held = without_tokens(page(father))
    assert "Read the next step" not in held
    assert answer(client, "go_on").status_code == 409
    # The same page, letter for letter, as when she had only read on a week before.
    Entry.objects.filter(author=mother).delete()
    journal.remember(went_on=(today_of(father) - timedelta(days=7)).isoformat())
    assert without_tokens(page(father)) == held


def test_a_hard_day_before_the_four_weeks_or_in_the_bin_holds_nobody_back(journal, mother, father, page):
    write(journal, father)
    write(journal, mother, [29], kind="hard", response="", audience="author")
    for entry in write(journal, mother, [3], kind="hard", response="", audience="author"):
        entry.put_in_bin()
    assert "Read the next step" in page(father)


def test_an_ordinary_stay_gives_no_reason(journal, mother, father, page):
    few = without_tokens(page(father))
    section = few[few.index("One thought for this week") :]
    write(journal, mother, [3], kind="hard", response="", audience="author")
    shown = without_tokens(page(father))
    assert shown[shown.index("One thought for this week") :] == section


def test_answers_keep_what_else_is_remembered(journal, mother, client, page):
    own = membership(journal, mother)
    stale = membership(journal, mother)
    own.rest(today_of(mother), for_all=False)
    stale.remember(no_suggestions=True)
    notes = membership(journal, mother).document
    assert notes.no_suggestions
    assert notes.resting_until


# ---- cost, words


def fill(journal, author, number):
    key = JournalKey.objects.newest(journal.pk)
    now = timezone.now()
    rows = []
    for count in range(number):
        at = now - timedelta(days=3 * count if number < 60 else count % 900, minutes=count)
        row = Entry(
            id=uuid.uuid4(), journal=journal, author=author, happened_at=at, day=at.date(), zone="Asia/Tokyo",
            audience="family", submission=uuid.uuid4(),
        )  # fmt: skip
        row.seal(EntryContent(kind="greet", response="sign"), key)
        rows.append(row)
    Entry.objects.bulk_create(rows, batch_size=500)


def test_looking_back_costs_as_many_queries_for_5000_entries_as_for_10(journal, mother, client):
    sign_in(client, mother)
    client.get(reverse(WEEKS))  # the first page of a session asks once who this is
    counts, opened = [], []
    for number in (10, 4990):
        fill(journal, mother, number)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(WEEKS)).status_code == 200
        counts.append(len(queries))
        opened.append(len(Weeks(membership(journal, mother), today_of(mother)).entries))
    assert counts[0] == counts[1] <= 12
    assert opened[1] < 300


def test_the_page_of_the_rules_prints_the_numbers_they_use(journal, mother, client):
    sign_in(client, mother)
    with translation.override("en"):
        shown = client.get(reverse("journal:suggestion_rules")).content.decode()
    assert f"the last {rhythm.WINDOW_DAYS} days" in shown
    assert f"on {rhythm.BACK_DAYS} days or more" in shown
    assert f"no {rhythm.GAP_DAYS} days in a row" in shown
    assert f"within the last {rhythm.CAME_DAYS} days" in shown
    assert "Our own rule." in shown
    assert "#source-kubo-rct-2023" in shown


@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_score_streak_or_comparison_is_shown(journal, mother, client, language):
    write(journal, mother)
    sign_in(client, mother)
    with translation.override(language):
        shown = client.get(reverse(WEEKS)).content.decode()
    main = shown[shown.index("<main") : shown.index("</main>")]
    assert not re.search("%|percent|streak|in a row|more than last|fewer than last|パーセント|連続|先週より|前より", main)
