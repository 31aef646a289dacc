"""The hour somebody is told at, whatever their clocks do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from journal.models.notices import next_hour

ZONES = ["Asia/Tokyo", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago", "UTC"]


@given(
    hour=st.integers(0, 23),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    now=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
)
def test_the_next_hour_lies_ahead_within_a_day_and_is_the_hour_of_that_day(hour, zone, now):
    day, at = next_hour(hour, zone, now)
    assert timedelta(0) < at - now <= timedelta(hours=25)
    local = at.astimezone(zone)
    assert local.date() == day
    # An hour the clocks leave out comes when they have moved on.
    assert local.hour == hour or local.replace(tzinfo=None) - datetime.combine(day, datetime.min.time()) > timedelta(hours=hour)
    # Asked again in that moment, it is the next day's: one a day, on the days the clocks change too.
    assert next_hour(hour, zone, at)[0] == day + timedelta(days=1)


def test_an_hour_the_clocks_leave_out_or_repeat_comes_once():
    zone = ZoneInfo("Europe/London")
    # One in the morning is left out on 29 March 2026, and comes twice on 25 October.
    assert next_hour(1, zone, datetime(2026, 3, 28, 12, tzinfo=UTC))[1] == datetime(2026, 3, 29, 1, tzinfo=UTC)
    first = next_hour(1, zone, datetime(2026, 10, 24, 12, tzinfo=UTC))[1]
    assert first == datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert next_hour(1, zone, first)[1] == datetime(2026, 10, 26, 1, tzinfo=UTC)
