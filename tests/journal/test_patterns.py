"""The last four weeks as marks: true to what was written, and nothing that could be read as a score."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal import patterns
from journal.models import EntryContent, Hard, Kind, Response
from journal.models.entries import WITHOUT_RESPONSE
from journal.patterns import Mark, four_weeks, mark_of

FRIDAY = date(2026, 11, 20)


def entry(ago, kind="greet", response="", today=FRIDAY, **fields):
    return today - timedelta(days=ago), EntryContent(kind=kind, response=response, **fields)


@st.composite
def writings(draw):
    day = FRIDAY - timedelta(days=draw(st.integers(-10, 40)))
    if draw(st.integers(0, 20)) == 0:
        return day, None
    kind = draw(st.sampled_from(list(Kind)))
    response = "" if kind in WITHOUT_RESPONSE else draw(st.sampled_from(["", *Response]))
    return day, EntryContent(kind=kind, response=response, hard=draw(st.sampled_from(["", "", *Hard])))


journals = st.lists(writings(), max_size=40)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_picture_has_four_weeks_from_monday_to_sunday_and_today_is_in_the_last(today):
    weeks = four_weeks([], today).weeks
    assert [len(week) for week in weeks] == [7, 7, 7, 7]
    assert all(week[0].day.weekday() == 0 for week in weeks)
    assert today in [day.day for day in weeks[-1]]
    assert [day.day > today for week in weeks for day in week] == [day.ahead for week in weeks for day in week]


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_picture_never_needs_more_than_the_last_twenty_eight_days(today):
    assert (today - patterns.first_day(today)).days < 28


@given(journals)
def test_without_the_switch_nothing_that_came_back_changes_the_picture(entries):
    silent = [
        (
            day,
            content
            and EntryContent(kind=content.kind, hard=content.hard, response="upset" if content.response == "upset" else ""),
        )
        for day, content in entries
    ]
    assert four_weeks(entries, FRIDAY) == four_weeks(silent, FRIDAY)
    assert {day.mark for day in four_weeks(entries, FRIDAY).marked} <= {Mark.DID, Mark.REST, Mark.HARD}


@given(journals, st.booleans())
def test_a_day_has_a_mark_exactly_where_something_readable_was_written(entries, with_came):
    picture = four_weeks(entries, FRIDAY, with_came=with_came)
    shown = {day.day for week in picture.weeks for day in week}
    assert {day.day for day in picture.marked} == {day for day, content in entries if content} & shown


@given(journals, st.booleans())
def test_the_words_under_the_picture_name_every_mark_in_it(entries, with_came):
    picture = four_weeks(entries, FRIDAY, with_came=with_came)
    assert {day.mark for day in picture.marked} <= set(picture.legend)
    assert sum(picture.count(mark) for mark in Mark) == len(picture.marked)


@given(journals)
def test_a_hard_day_is_marked_as_one_whatever_else_came_that_day(entries):
    picture = four_weeks(entries, FRIDAY, with_came=True)
    hard = {day for day, content in entries if content and content.is_hard}
    assert {day.day for day in picture.marked if day.mark is Mark.HARD} == hard & {day.day for day in picture.marked}


@given(journals, st.randoms())
def test_the_order_of_the_entries_changes_nothing(entries, random):
    mixed = list(entries)
    random.shuffle(mixed)
    assert four_weeks(entries, FRIDAY, with_came=True) == four_weeks(mixed, FRIDAY, with_came=True)


@pytest.mark.parametrize(
    ("content", "plain", "with_came"),
    [
        (EntryContent(kind="greet", response="sign"), Mark.DID, Mark.CAME),
        (EntryContent(kind="greet", response="came"), Mark.DID, Mark.CAME),
        (EntryContent(kind="greet", response="none"), Mark.DID, Mark.NOTHING),
        (EntryContent(kind="greet"), Mark.DID, Mark.DID),
        (EntryContent(kind="food"), Mark.DID, Mark.DID),
        (EntryContent(kind="own"), Mark.DID, Mark.DID),
        (EntryContent(kind="rest"), Mark.REST, Mark.REST),
        (EntryContent(kind="peace"), Mark.REST, Mark.REST),
        (EntryContent(kind="hard"), Mark.HARD, Mark.HARD),
        (EntryContent(kind="greet", response="upset"), Mark.HARD, Mark.HARD),
        (EntryContent(kind="greet", response="talk", hard="afraid"), Mark.HARD, Mark.HARD),
    ],
)
def test_each_entry_has_one_mark(content, plain, with_came):
    assert (mark_of(content, False), mark_of(content, True)) == (plain, with_came)


def test_how_somebody_felt_is_never_drawn():
    calm, tired = ([entry(ago, strain=strain) for ago in range(8)] for strain in ("calm", "tired"))
    assert four_weeks(calm, FRIDAY) == four_weeks(tired, FRIDAY)


def test_rest_counts_like_any_other_entry():
    assert four_weeks([entry(ago, "rest") for ago in range(6)], FRIDAY).enough
    assert not four_weeks([entry(ago) for ago in range(5)], FRIDAY).enough


def test_what_cannot_be_opened_leaves_no_mark_and_is_counted_as_that():
    picture = four_weeks([(FRIDAY, None), entry(1)], FRIDAY)
    assert (picture.written, picture.unopened, Counter(day.mark for day in picture.marked)) == (1, 1, {Mark.DID: 1})
