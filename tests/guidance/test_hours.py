"""A line is called open or closed only where its hours are sure, by the clock of the people who answer."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance import hours

TOKYO, ROME, NEW_YORK, LONDON = "Asia/Tokyo", "Europe/Rome", "America/New_York", "Europe/London"


def at(local, zone, fold=0):
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize("zone", [TOKYO, LONDON, NEW_YORK])
@pytest.mark.parametrize(
    ("clock", "is_open"),
    [("23:59", True), ("00:00", False), ("00:01", False), ("08:59", False), ("09:00", True)],
)
def test_a_line_that_closes_at_midnight_is_closed_at_midnight_there(zone, clock, is_open):
    assert hours.read(("daily 09:00-24:00",)).open_at(at(f"2026-11-24 {clock}", zone), zone) == is_open


@pytest.mark.parametrize(
    ("local", "is_open"),
    [
        ("2026-11-28 22:00", True),  # Saturday evening
        ("2026-11-29 01:59", True),  # the same night, already Sunday
        ("2026-11-29 02:00", False),
        ("2026-11-28 01:00", False),  # Friday's night has no hours
        ("2026-11-30 01:00", False),  # nor Sunday's
    ],
)
def test_hours_past_midnight_belong_to_the_day_they_began_on(local, is_open):
    assert hours.read(("sat 22:00-02:00",)).open_at(at(local, TOKYO), TOKYO) == is_open


@pytest.mark.parametrize(
    ("local", "is_open"),
    [("2026-12-10 07:59", False), ("2026-12-10 08:00", True), ("2026-12-11 07:59", True), ("2026-12-11 08:00", False)],
)
def test_one_day_of_the_month_can_be_open_for_a_day_and_a_night(local, is_open):
    assert hours.read(("10th 08:00-08:00",)).open_at(at(local, TOKYO), TOKYO) == is_open


@pytest.mark.parametrize(
    ("zone", "local", "fold", "is_open"),
    [
        (ROME, "2026-10-24 09:00", 0, True),
        (ROME, "2026-10-25 02:30", 0, False),  # the hour that comes twice, first time
        (ROME, "2026-10-25 02:30", 1, False),
        (ROME, "2026-10-25 08:59", 0, False),  # the clocks went back in the night
        (ROME, "2026-10-25 09:00", 0, True),
        (ROME, "2026-03-29 08:59", 0, False),  # the clocks went forward in the night
        (ROME, "2026-03-29 09:00", 0, True),
        (NEW_YORK, "2026-11-01 09:00", 0, True),
        (LONDON, "2026-03-29 23:59", 0, True),
    ],
)
def test_on_the_days_when_the_clocks_change_a_line_keeps_to_its_own_clock(zone, local, fold, is_open):
    assert hours.read(("daily 09:00-24:00",)).open_at(at(local, zone, fold), zone) == is_open


def test_a_night_is_an_hour_longer_or_shorter_when_the_clocks_change():
    night = hours.read(("daily 22:00-06:00",))

    def lasts(evening):
        begin = at(f"{evening} 22:00", ROME)
        return next(step for step in range(24) if not night.open_at(begin + timedelta(hours=step), ROME))

    assert (lasts("2026-10-20"), lasts("2026-10-24"), lasts("2026-03-28")) == (8, 9, 7)


def test_days_of_the_week_are_named_alone_in_rows_and_over_the_weekend():
    span = hours.read(("mon,wed-fri,sat-sun 10:00-11:00",)).spans[0]
    assert span.weekdays == {0, 2, 3, 4, 5, 6}
    assert hours.read(("fri-mon 10:00-11:00",)).spans[0].weekdays == {4, 5, 6, 0}


@given(st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_a_line_that_is_always_open_is_open_and_two_halves_of_the_day_leave_no_gap(moment):
    halves = [hours.read((part,)).open_at(moment, ROME) for part in ("daily 06:00-18:00", "daily 18:00-06:00")]
    assert hours.read("always").open_at(moment, ROME)
    assert sorted(halves) == [False, True]


@pytest.mark.parametrize(
    "written",
    ["sometimes", (), ("daily",), ("daily 9:00-17:00",), ("daily 09:00-25:00",), ("someday 09:00-17:00",), ("31st 09:00-17:00",)],
)
def test_hours_that_say_nothing_are_refused(written):
    with pytest.raises(ValueError, match=r".+"):
        hours.read(written)
