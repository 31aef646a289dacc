"""Which day an evening belongs to, in whatever zone a parent is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from journal import wording
from journal.forms.entries import CHIPS, moment_of
from journal.models import Entry, day_of
from tests import factories
from tests.conftest import sign_in
from tests.screens import form_of_entry

# Half hours, summer time both ways, both ends of the date line.
ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("Asia/Tokyo", "Europe/London", "America/St_Johns", "Pacific/Kiritimati", "Pacific/Niue", "UTC")]
)
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


@given(now=MOMENTS, zone=ZONES)
def test_until_four_in_the_morning_it_is_the_day_before_and_then_it_is_not(now, zone):
    local = now.astimezone(zone)
    earlier = local.time() < time(4)
    assert day_of(now, zone) == local.date() - timedelta(days=1 if earlier else 0)


@given(now=MOMENTS, zone=ZONES, chip=st.sampled_from([value for value, _label in CHIPS]), back=st.integers(0, 20_000))
def test_a_chip_means_the_day_it_says_and_never_a_moment_to_come(now, zone, chip, back):
    today = day_of(now, zone)
    chosen = today - timedelta(days=back)
    meant = moment_of(chip, chosen if chip == "other" else None, zone, now)
    small_hours = now.astimezone(zone).date() != today
    expected = {
        "now": today,
        "morning": today,
        "last_night": today if small_hours else today - timedelta(days=1),
        "yesterday": today - timedelta(days=1),
        "other": chosen,
    }
    assert meant <= now
    assert day_of(meant, zone) == expected[chip]


def test_a_late_evening_is_saved_under_the_day_before_and_says_night(client, world, monkeypatch):
    sign_in(client, world.roles["owner"])
    half_past_one = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # 01:30 on the 21st in Tokyo
    monkeypatch.setattr("django.utils.timezone.now", lambda: half_past_one)
    form = form_of_entry(world)
    client.post(reverse("journal:entry_add"), form)
    entry = Entry.objects.get(submission=form["submission"])
    assert (entry.day, entry.zone) == (date(2026, 11, 20), "Asia/Tokyo")
    assert "Night of Friday 20 November, 1:30 am" in client.get(reverse("journal:entry_list")).content.decode()


def test_an_entry_keeps_the_zone_it_was_written_in_when_its_writer_moves(client, world):
    owner = world.roles["owner"]
    entry = factories.make_entry(world.journal, owner, happened_at=datetime(2026, 11, 20, 12, 42, tzinfo=UTC))
    owner.time_zone = "America/New_York"
    owner.save()
    sign_in(client, owner)
    assert "Friday 20 November, 9:42 pm" in client.get(reverse("journal:entry_list")).content.decode()
    client.post(reverse("journal:entry_detail", args=[entry.pk]), {"version": 1, "words": "", "day": "2026-11-18"})
    moved = Entry.objects.get(pk=entry.pk)
    assert (moved.day, moved.zone, moved.local.hour) == (date(2026, 11, 18), "Asia/Tokyo", 12)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 20), "today"),
        (date(2026, 11, 19), "yesterday"),
        (date(2026, 11, 18), "Wednesday 18 November"),
        (date(2025, 11, 20), "Thursday 20 November 2025"),
    ],
)
def test_a_day_in_passing_is_said_plainly(day, said):
    assert wording.plain_day(day, date(2026, 11, 20)) == said


def test_many_entries_of_one_day_stand_under_it(client, world):
    sign_in(client, world.roles["owner"])
    before = Entry.objects.filter(author=world.roles["owner"]).count()
    for _ in range(7):
        client.post(reverse("journal:entry_add"), form_of_entry(world))
    assert Entry.objects.filter(author=world.roles["owner"]).count() == before + 7
