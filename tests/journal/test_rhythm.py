"""The week's suggestion: each rule holds for every journal there could be."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal import rhythm
from journal.models import EntryContent, Hard, Kind, Response
from journal.models.entries import WITHOUT_RESPONSE
from journal.rhythm import Reason, Way, suggest

TODAY = date(2026, 11, 20)


def ago(days):
    return TODAY - timedelta(days=days)


def entry(days, kind="greet", response="sign", **fields):
    return ago(days), EntryContent(kind=kind, response=response, **fields)


# Four answered greetings, spread over four weeks, the last a few days ago: the least that earns "go on".
EARNED = [entry(1), entry(9), entry(14), entry(27)]


@st.composite
def writings(draw, newest=-1, oldest=40):
    days = st.integers(newest, oldest)
    if draw(st.integers(0, 30)) == 0:
        return ago(draw(days)), None
    kind = draw(st.sampled_from([Kind.GREET, Kind.GREET, *Kind]))
    response = "" if kind in WITHOUT_RESPONSE else draw(st.sampled_from(["", Response.SIGN, Response.WORDS, *Response]))
    return ago(draw(days)), EntryContent(
        kind=kind, response=response, hard=draw(st.sampled_from(["", "", "", "", "", "", *Hard]))
    )


# Half of the journals begin as one that earns it, so that the rules are tried where they matter.
journals = st.builds(
    lambda earned, more: earned + more,
    st.sampled_from([[], EARNED, EARNED, [entry(days, "note", "words") for days in (2, 8, 15, 22)]]),
    st.lists(writings(), max_size=12),
)
steps = st.sampled_from([0, 1, 2, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10])
last_times = st.none() | st.integers(0, 60).map(ago)


@st.composite
def situations(draw):
    return draw(journals), {
        "today": TODAY,
        "step": draw(steps),
        "went_on": draw(last_times),
        "held_back": draw(st.sampled_from([False, False, False, True])),
    }


def within(entries, days):
    return [(day, content) for day, content in entries if (TODAY - day).days < days]


def goes_on(situation):
    entries, known = situation
    found = suggest(entries, **known)
    assert found is not None
    return found.way is Way.GO_ON


# ---- the rules


@given(situations())
def test_stay_pause_and_smaller_are_always_offered_in_this_order_and_first(situation):
    entries, known = situation
    found = suggest(entries, **known)
    assert found.offered[:3] == (Way.STAY, Way.PAUSE, Way.SMALLER)
    assert found.way in found.offered
    assert (Way.GO_ON in found.offered) == (found.way is Way.GO_ON)


@given(situations())
def test_going_on_takes_four_days_of_what_belongs_to_the_step(situation):
    entries, known = situation
    kinds = rhythm.KINDS_OF.get(known["step"], set())
    days = {day for day, content in within(entries, 28) if content and content.kind in kinds}
    assert len(days) >= 4 or not goes_on(situation)


@given(situations())
def test_going_on_takes_four_days_on_which_something_came_back(situation):
    entries, known = situation
    kinds = rhythm.KINDS_OF.get(known["step"], set())
    days = {day for day, content in within(entries, 28) if content and content.kind in kinds and content.came_back}
    assert len(days) >= 4 or not goes_on(situation)


@given(situations(), st.integers(0, 27), st.sampled_from(["kind", "response", *sorted({"afraid", "hurt", "dying"})]))
def test_nobody_is_told_to_go_on_within_four_weeks_of_a_hard_day(situation, days, what):
    entries, known = situation
    red = {
        "kind": entry(days, "hard", ""),
        "response": entry(days, "chat", "upset"),
    }.get(what, entry(days, hard=what))
    assert not goes_on(([*entries, red], known))


@given(situations())
def test_nobody_is_told_to_go_on_over_a_gap_of_fourteen_days(situation):
    entries, known = situation
    kinds = rhythm.KINDS_OF.get(known["step"], set())
    days = {(TODAY - day).days for day, content in within(entries, 28) if content and content.kind in kinds}
    # A fortnight of the four weeks, wherever it lies, without one such day.
    gap = any(not days & set(range(start, start + 14)) for start in range(15))
    assert not gap or not goes_on(situation)


@given(situations(), st.integers(0, 6), st.sampled_from([Kind.GREET, Kind.NOTE, Kind.CHAT, Kind.ASK]))
def test_nobody_is_told_to_go_on_within_a_week_of_their_coming_by_themselves(situation, days, kind):
    entries, known = situation
    assert not goes_on(([*entries, entry(days, kind, "came")], known))


@given(situations(), st.integers(0, 27))
def test_nobody_is_told_to_go_on_twice_within_four_weeks(situation, days):
    entries, known = situation
    assert not goes_on((entries, {**known, "went_on": ago(days)}))


@given(situations())
def test_nothing_is_suggested_while_the_steps_rest(situation):
    entries, known = situation
    assert suggest(entries, **known, resting=True) is None


@given(situations(), st.integers(0, 27))
def test_an_entry_that_cannot_be_opened_means_that_nobody_is_told_to_go_on(situation, days):
    entries, known = situation
    assert not goes_on(([*entries, (ago(days), None)], known))


@given(steps, last_times)
def test_a_journal_with_nothing_in_it_means_stay(step, went_on):
    found = suggest([], today=TODAY, step=step, went_on=went_on)
    assert (found.way, found.next_step) == (Way.STAY, 0)


@given(situations())
def test_what_another_keeps_to_themself_means_that_nobody_is_told_to_go_on(situation):
    entries, known = situation
    assert not goes_on((entries, {**known, "held_back": True}))


@given(situations())
def test_the_next_step_is_the_one_after_the_last_read_and_exists(situation):
    entries, known = situation
    found = suggest(entries, **known)
    assert found.next_step == (known["step"] + 1 if found.way is Way.GO_ON else 0)
    assert 0 <= found.next_step <= 9


@given(situations())
def test_steps_six_to_nine_are_only_offered_to_be_read(situation):
    entries, known = situation
    found = suggest(entries, **known)
    assert found.read_only == (found.next_step in {6, 7, 8, 9})


@given(situations())
def test_danger_in_four_weeks_means_a_break(situation):
    entries, known = situation
    danger = any(content and content.hard in {"afraid", "hurt", "dying"} for _day, content in within(entries, 28))
    assert (suggest(entries, **known).way is Way.PAUSE) == danger


@given(situations())
def test_two_hard_days_in_four_weeks_mean_smaller_unless_there_was_danger(situation):
    entries, known = situation
    recent = [(day, content) for day, content in within(entries, 28) if content]
    danger = any(content.hard in {"afraid", "hurt", "dying"} for _day, content in recent)
    hard = {day for day, content in recent if content.kind == "hard" or content.response == "upset"}
    assert (suggest(entries, **known).way is Way.SMALLER) == (len(hard) >= 2 and not danger)


@given(situations(), st.lists(writings(28, 400), max_size=20))
def test_nothing_older_than_four_weeks_changes_anything(situation, older):
    entries, known = situation
    assert suggest(entries, **known) == suggest([*entries, *older], **known)


@given(situations(), st.randoms())
def test_the_order_of_the_entries_changes_nothing(situation, random):
    entries, known = situation
    mixed = list(entries)
    random.shuffle(mixed)
    assert suggest(entries, **known) == suggest(mixed, **known)


@given(situations(), st.text(max_size=20))
def test_words_and_how_somebody_was_are_never_counted(situation, words):
    entries, known = situation
    told = [(day, content and replace(content, words=words, strain=words, noticed=words)) for day, content in entries]
    assert suggest(entries, **known) == suggest(told, **known)


# ---- the journal that earns it, and each of its edges


def way(entries, step=3, **known):
    return suggest(entries, today=TODAY, step=step, **known).way


def test_four_answered_days_without_a_doubt_earn_the_next_step():
    found = suggest(EARNED, today=TODAY, step=3, went_on=ago(28))
    assert (found.way, found.reasons, found.next_step) == (Way.GO_ON, (Reason.EARNED,), 4)


@pytest.mark.parametrize("missing", range(4))
def test_it_takes_each_of_the_four(missing):
    assert way([one for number, one in enumerate(EARNED) if number != missing]) is Way.STAY


@pytest.mark.parametrize(
    ("entries", "known", "why"),
    [
        ([*EARNED[:3], entry(27, response="none")], {}, Reason.FEW_BACK),
        ([*EARNED[:3], entry(27, response="")], {}, Reason.FEW_BACK),
        ([entry(1), entry(1), entry(9), entry(14)], {}, Reason.FEW_BACK),
        ([*EARNED[:3], entry(28)], {}, Reason.FEW_BACK),
        ([*EARNED[:3], entry(27, kind="chat")], {}, Reason.FEW_BACK),
        ([*EARNED, entry(20, kind="hard", response="")], {}, Reason.RED),
        ([*EARNED, entry(27, response="upset")], {}, Reason.RED),
        ([entry(14), entry(17), entry(20), entry(24)], {}, Reason.GAP),
        ([entry(1), entry(4), entry(8), entry(14)], {}, Reason.GAP),
        ([entry(1), entry(3), entry(12), entry(26)], {}, Reason.GAP),
        ([*EARNED, entry(6, kind="ask", response="came")], {}, Reason.CAME),
        ([*EARNED, (ago(20), None)], {}, Reason.UNOPENED),
        (EARNED, {"went_on": ago(27)}, Reason.WENT_ON),
        (EARNED, {"held_back": True}, Reason.HELD_BACK),
        (EARNED, {"step": 0}, Reason.NO_STEP),
        (EARNED, {"step": 9}, Reason.NO_STEP),
    ],
)
def test_one_doubt_is_enough_to_stay_and_is_named(entries, known, why):
    found = suggest(entries, **{"today": TODAY, "step": 3, **known})
    assert found.way is Way.STAY
    assert why in found.reasons


@pytest.mark.parametrize(
    "more",
    [
        entry(28, "hard", ""),
        entry(7, "chat", "came"),
        entry(3, "rest", ""),
        entry(3, "peace", ""),
        entry(3, response="none"),
        entry(3, hard="no"),
        entry(3, hard="skip"),
    ],
)
def test_what_is_no_doubt_changes_nothing(more):
    assert way([*EARNED, more]) is Way.GO_ON


def test_steps_whose_kinds_ask_no_answer_are_stayed_at():
    for step, kind in ((1, "own"), (2, "food"), (2, "peace")):
        assert way([entry(days, kind, "") for days in range(0, 28, 2)], step) is Way.STAY


@pytest.mark.parametrize(
    ("step", "kind"), [(3, "greet"), (4, "note"), (4, "chat"), (5, "ask"), (6, "listen"), (7, "money"), (8, "help")]
)
def test_every_step_that_asks_for_an_answer_can_lead_to_reading_the_next(step, kind):
    found = suggest([entry(days, kind) for days in (1, 9, 14, 27)], today=TODAY, step=step)
    assert (found.way, found.next_step, found.read_only) == (Way.GO_ON, step + 1, step + 1 >= 6)
