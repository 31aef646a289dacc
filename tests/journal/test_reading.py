"""When something will be read, was not read, and usually is."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from journal.reading import Overdue, next_reading_day, overdue, usual_delay, wait

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
WEEKDAYS = st.sets(st.integers(0, 6))
AWAY = st.lists(st.builds(lambda first, length: (first, first + timedelta(days=length)), DAYS, st.integers(0, 60)), max_size=4)


def is_away(day, away):
    return any(first <= day <= last for first, last in away)


@given(weekdays=WEEKDAYS, after=DAYS, away=AWAY)
def test_the_next_reading_day_is_the_first_later_one_on_which_nobody_is_away(weekdays, after, away):
    found = next_reading_day(weekdays, after, away)
    later = [after + timedelta(days=ahead) for ahead in range(1, 367)]
    fitting = [day for day in later if day.weekday() in weekdays and not is_away(day, away)]
    assert found == (fitting[0] if fitting else None)


@given(weekdays=WEEKDAYS.filter(bool), opened=DAYS, waited=st.integers(0, 200), away=AWAY)
def test_nothing_is_called_missed_before_a_reading_day_is_over(weekdays, opened, waited, away):
    today = opened + timedelta(days=waited)
    found = wait(weekdays, opened, today, away)
    passed = [opened + timedelta(days=ahead) for ahead in range(1, waited)]
    missed = [day for day in passed if day.weekday() in weekdays and not is_away(day, away)]
    assert found.missed == (missed[0] if missed else None)
    assert found.next is None or (found.next >= today and found.next.weekday() in weekdays and not is_away(found.next, away))


def test_what_is_opened_on_a_reading_day_is_promised_for_the_next():
    friday = date(2026, 11, 20)
    assert wait([4], friday, friday).next == friday + timedelta(days=7)
    assert wait([4], friday, friday + timedelta(days=7)).missed is None
    late = wait([4], friday, friday + timedelta(days=8))
    assert (late.missed, late.next) == (friday + timedelta(days=7), friday + timedelta(days=14))


def test_without_a_reading_day_nothing_is_promised_and_nothing_missed():
    assert wait([], date(2026, 1, 1), date(2026, 12, 1)).missed is None
    assert wait([], date(2026, 1, 1), date(2026, 12, 1)).next is None


def test_what_is_late_is_counted_with_the_age_of_the_oldest():
    assert overdue([date(2026, 11, 6), date(2026, 11, 13)], date(2026, 11, 16)) == Overdue(count=2, oldest=10)


@given(st.lists(st.integers(0, 40), min_size=3, max_size=20))
def test_half_of_what_was_read_was_read_within_the_usual_delay(days):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    usual = usual_delay([(start, start + timedelta(days=waited)) for waited in days])
    assert sum(waited <= usual for waited in days) * 2 >= len(days)


def test_two_readings_say_nothing_about_what_is_usual():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert usual_delay([(start, start + timedelta(days=2))] * 2) is None
