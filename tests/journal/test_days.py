"""Which day an evening belongs to, in whatever zone a parent is."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from journal import wording
from journal.forms.entries import CHIPS, EntryEditForm, moment_of
from journal.forms.visits import VisitEditForm
from journal.models import Entry, VisitPlan, day_of
from tests import factories
from tests.conftest import sign_in
from tests.screens import form_of_entry

# Half hours, summer time both ways and by half an hour, both ends of the date line, and Apia, which left out a day.
NAMES = [
    "Asia/Tokyo", "Europe/London", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia",
    "Pacific/Kiritimati", "Pacific/Niue", "UTC",
]  # fmt: skip
ZONES = st.sampled_from([ZoneInfo(name) for name in NAMES])
# When clocks change in one of them, and the day Apia had no day: hours around these as often as any other.
CHANGES = [
    datetime(2011, 12, 30, 10, tzinfo=UTC), datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
]  # fmt: skip
MOMENTS = st.datetimes(datetime(2011, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)) | st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes), st.sampled_from(CHANGES), st.integers(-40 * 60, 40 * 60)
)


def exists(day, zone):
    """Whether a day has a noon there: Apia went from 29 to 31 December 2011."""
    noon = datetime.combine(day, time(12), tzinfo=zone)
    return noon.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == noon.replace(tzinfo=None)


@contextmanager
def at(now):
    """The clock stands at ``now``; what is written meanwhile is taken back."""
    with mock.patch("django.utils.timezone.now", return_value=now), transaction.atomic():
        yield
        transaction.set_rollback(True)


def changed(entry, owner, journal, **fields):
    """Send the form of an entry as its page made it, with some fields changed; return the entry as it is kept."""
    membership = factories.make_membership(journal, owner)
    entry = Entry.objects.get(pk=entry.pk)
    form = EntryEditForm(entry=entry, membership=membership)
    data = {name: form.initial.get(name) for name in ("version", "kind", "day", "response", "words", "noticed", "strain", "next")}
    form = EntryEditForm({**data, **fields}, entry=entry, membership=membership)
    assert form.is_valid(), form.errors
    form.save()
    return Entry.objects.get(pk=entry.pk)


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
    assume(exists(expected[chip], zone))
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


@settings(max_examples=60, deadline=None)
@given(wrote=MOMENTS, first=ZONES, then=ZONES, later=st.integers(0, 72 * 60))
def test_changing_the_words_moves_neither_day_nor_moment_wherever_the_writer_is_now(lasting_world, wrote, first, then, later):
    owner, journal = lasting_world.roles["owner"], lasting_world.journal
    owner.time_zone = first.key
    with at(wrote):
        entry = factories.make_entry(journal, owner, happened_at=wrote)
        owner.time_zone = then.key
        with mock.patch("django.utils.timezone.now", return_value=wrote + timedelta(minutes=later)):
            kept = changed(entry, owner, journal, words="Other words.")
    assert (kept.happened_at, kept.day, kept.zone) == (wrote, day_of(wrote, first), first.key)


@settings(max_examples=60, deadline=None)
@given(wrote=MOMENTS, first=ZONES, then=ZONES, later=st.integers(0, 72 * 60), back=st.integers(0, 400))
def test_another_day_is_kept_as_that_day_wherever_the_writer_is_now(lasting_world, wrote, first, then, later, back):
    owner, journal = lasting_world.roles["owner"], lasting_world.journal
    owner.time_zone = first.key
    now = wrote + timedelta(minutes=later)
    chosen = day_of(now, then) - timedelta(days=back)
    assume(exists(chosen, first) and exists(chosen, then))
    with at(wrote):
        entry = factories.make_entry(journal, owner, happened_at=wrote)
        owner.time_zone = then.key
        with mock.patch("django.utils.timezone.now", return_value=now):
            kept = changed(entry, owner, journal, day=chosen)
    assert kept.day == chosen == day_of(kept.happened_at, ZoneInfo(kept.zone))
    assert kept.happened_at <= now
    # The entry keeps its zone, unless the day has not come there yet: then it is a day where the writer is now.
    assert kept.zone == (first.key if chosen <= day_of(now, first) or chosen == entry.day else then.key)


def test_after_a_flight_a_day_that_has_only_come_here_is_kept_as_that_day(client, world):
    # Written in New York on the evening of the 20th; read in Tokyo, where it is the 21st.
    owner = world.roles["owner"]
    owner.time_zone = "America/New_York"
    now = datetime(2026, 11, 21, 1, tzinfo=UTC)
    entry = factories.make_entry(world.journal, owner, happened_at=now)
    assert entry.day == date(2026, 11, 20)
    owner.time_zone = "Asia/Tokyo"
    with mock.patch("django.utils.timezone.now", return_value=now):
        moved = changed(entry, owner, world.journal, day=date(2026, 11, 21))
    assert (moved.day, moved.zone) == (date(2026, 11, 21), "Asia/Tokyo")


def test_after_a_flight_back_the_words_of_a_day_not_yet_here_can_be_changed(client, world):
    # Written in Tokyo on the 21st; changed in New York, where it is still the 20th.
    owner = world.roles["owner"]
    now = datetime(2026, 11, 21, 1, tzinfo=UTC)
    entry = factories.make_entry(world.journal, owner, happened_at=now)
    owner.time_zone = "America/New_York"
    with mock.patch("django.utils.timezone.now", return_value=now):
        kept = changed(entry, owner, world.journal, words="She smiled.")
    assert (kept.day, kept.zone, kept.happened_at) == (date(2026, 11, 21), "Asia/Tokyo", now)


@pytest.mark.parametrize("name", NAMES)
def test_a_fortnight_of_late_evenings_over_a_change_of_the_clocks_is_a_day_each(lasting_world, name):
    owner, journal = lasting_world.roles["owner"], lasting_world.journal
    owner.time_zone = name
    zone = ZoneInfo(name)
    for change in CHANGES[1:]:
        first = change.astimezone(zone).date() - timedelta(days=7)
        days = []
        for number in range(14):
            # Half past three at night: the evening of the day before, also in the night the clocks change.
            night = datetime.combine(first + timedelta(days=number + 1), time(3, 30), tzinfo=zone).astimezone(UTC)
            with at(night):
                days.append(factories.make_entry(journal, owner, happened_at=night).day)
        assert days == [first + timedelta(days=number) for number in range(14)]


def test_on_the_day_itself_a_parent_already_in_tomorrow_can_still_change_the_words(world):
    plan = factories.make_visit(world.journal, days=0, at="23:00")
    now = plan.document.start - timedelta(hours=2)
    owner = world.roles["owner"]
    owner.time_zone = "Pacific/Kiritimati"
    form = {"share": "other", **{name: getattr(plan.document, name) for name in ("visitor", "day", "at", "length", "aftercare")}}
    with mock.patch("django.utils.timezone.now", return_value=now):
        sent = VisitEditForm(
            {**form, "purpose": "Tea.", "version": plan.version},
            plan=plan,
            membership=factories.make_membership(world.journal, owner),
        )
        assert sent.is_valid(), sent.errors
        sent.save()
    said = VisitPlan.objects.get(pk=plan.pk).document
    assert (said.purpose, said.day, said.zone) == ("Tea.", plan.document.day, "Asia/Tokyo")


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
