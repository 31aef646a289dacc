"""What a parent writes: saved once, never overwritten unseen, on the day they mean."""

import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from journal.forms.entries import moment_of
from journal.models import Conflict, Entry, EntryContent, Journal, Membership, SharedEntry, day_of
from tests import factories

TOKYO = ZoneInfo("Asia/Tokyo")
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("local", "day"),
    [
        (datetime(2026, 11, 20, 23, 50), date(2026, 11, 20)),
        (datetime(2026, 11, 21, 0, 10), date(2026, 11, 20)),
        (datetime(2026, 11, 21, 3, 59), date(2026, 11, 20)),
        (datetime(2026, 11, 21, 4, 0), date(2026, 11, 21)),
    ],
)
def test_a_late_evening_belongs_to_the_day_before_until_four(local, day):
    assert day_of(local.replace(tzinfo=TOKYO), TOKYO) == day


@pytest.mark.parametrize("changes_on", [datetime(2026, 3, 29, 12, tzinfo=LONDON), datetime(2026, 10, 25, 12, tzinfo=LONDON)])
def test_the_days_on_which_clocks_change_are_ordinary_days(changes_on):
    for hour in range(24):
        moment = changes_on.replace(hour=hour)
        expected = changes_on.date() if hour >= 4 else changes_on.date() - timedelta(days=1)
        assert day_of(moment, LONDON) == expected


@pytest.mark.parametrize(
    ("chip", "day", "expected"),
    [
        ("now", None, datetime(2026, 11, 20, 21, 30)),
        ("morning", None, datetime(2026, 11, 20, 8)),
        ("last_night", None, datetime(2026, 11, 19, 21)),
        ("yesterday", None, datetime(2026, 11, 19, 12)),
        ("other", date(2026, 11, 3), datetime(2026, 11, 3, 12)),
    ],
)
def test_a_chip_means_an_hour_of_a_day(chip, day, expected):
    now = datetime(2026, 11, 20, 21, 30, tzinfo=TOKYO)
    assert moment_of(chip, day, TOKYO, now) == expected.replace(tzinfo=TOKYO)


def test_last_night_in_the_small_hours_is_the_night_that_is_not_over():
    now = datetime(2026, 11, 21, 1, 30, tzinfo=TOKYO)
    assert day_of(moment_of("last_night", None, TOKYO, now), TOKYO) == date(2026, 11, 20)


def test_no_chip_reaches_into_the_future():
    now = datetime(2026, 11, 20, 6, 0, tzinfo=TOKYO)
    assert moment_of("morning", None, TOKYO, now) == now


def test_the_same_submission_is_saved_once(world):
    owner = Membership.objects.get(journal=world.journal, user=world.roles["owner"])
    submission, content, at = uuid.uuid4(), EntryContent(kind="greet"), datetime.now(UTC)
    first, new = Entry.objects.write(membership=owner, submission=submission, content=content, happened_at=at)
    second, again = Entry.objects.write(membership=owner, submission=submission, content=content, happened_at=at)
    assert (new, again) == (True, False)
    assert first.pk == second.pk


def test_the_same_submission_with_other_words_is_a_conflict_that_keeps_both(world):
    owner = Membership.objects.get(journal=world.journal, user=world.roles["owner"])
    submission, at = uuid.uuid4(), datetime.now(UTC)
    first, _new = Entry.objects.write(
        membership=owner, submission=submission, content=EntryContent(kind="greet", words="one"), happened_at=at
    )
    with pytest.raises(Conflict) as caught, transaction.atomic():
        Entry.objects.write(
            membership=owner, submission=submission, content=EntryContent(kind="greet", words="two"), happened_at=at
        )
    assert caught.value.current.pk == first.pk
    assert caught.value.current.document.words == "one"


def test_the_same_submission_in_another_journal_or_by_another_parent_is_another_entry(world):
    submission, at, content = uuid.uuid4(), datetime.now(UTC), EntryContent(kind="rest")
    rows = {
        Entry.objects.write(membership=membership, submission=submission, content=content, happened_at=at)[0].pk
        for membership in Membership.objects.all()
    }
    assert len(rows) == Membership.objects.count()


def test_an_older_version_never_overwrites_a_newer_one(world):
    stale = Entry.objects.get(pk=world.entry.pk)
    Entry.objects.get(pk=world.entry.pk).rewrite(1, EntryContent(kind="greet", words="first"))
    with pytest.raises(Conflict) as caught:
        stale.rewrite(1, EntryContent(kind="greet", words="second"))
    assert caught.value.current.document.words == "first"
    assert caught.value.current.version == 2


def test_an_unknown_audience_is_refused_by_the_database(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=world.entry.pk).update(audience="nobody")


def test_a_new_entry_is_private_unless_a_share_takes_new_ones(world):
    owner = world.roles["owner"]
    quiet = Membership.objects.get(journal=world.journal, user=owner)
    entry, _ = Entry.objects.write(
        membership=quiet, submission=uuid.uuid4(), content=EntryContent(kind="greet"), happened_at=datetime.now(UTC)
    )
    assert entry.audience == "author"
    world.share.set_default("new")
    entry, _ = Entry.objects.write(
        membership=quiet, submission=uuid.uuid4(), content=EntryContent(kind="greet"), happened_at=datetime.now(UTC)
    )
    assert entry.audience == "family"
    assert list(SharedEntry.objects.filter(entry=entry).values_list("share", flat=True)) == [world.share.pk]


def test_keeping_an_entry_to_oneself_closes_it_for_every_reader(world):
    world.entry.let_read("author")
    assert not SharedEntry.objects.filter(entry=world.entry).exists()
    for name in ("member", "counsellor"):
        assert world.entry not in Entry.objects.visible_to(world.roles[name])


def test_an_entry_in_the_bin_is_nobodys_to_read_and_comes_back_as_it_was(world):
    world.entry.put_in_bin()
    for name in ("owner", "member", "counsellor"):
        assert world.entry not in Entry.objects.visible_to(world.roles[name])
    Entry.objects.in_bin_of(world.roles["owner"]).get(pk=world.entry.pk).put_back()
    for name in ("owner", "member", "counsellor"):
        assert world.entry in Entry.objects.visible_to(world.roles[name])


def test_after_thirty_days_the_bin_shows_nothing_whether_a_job_ran_or_not(world):
    Entry.objects.filter(pk=world.binned.pk).update(deleted_at=datetime.now(UTC) - timedelta(days=30, seconds=1))
    assert world.binned not in Entry.objects.in_bin_of(world.roles["owner"])


def test_a_shared_hard_day_rests_every_parent_and_a_private_one_only_its_author(world):
    owner, member = (Membership.objects.get(journal=world.journal, user=world.roles[name]) for name in ("owner", "member"))
    today = date(2026, 11, 20)
    owner.rest(today, for_all=False)
    assert owner.resting_until(today) == date(2026, 11, 27)
    assert Membership.objects.get(pk=member.pk).resting_until(today) is None
    owner.rest(today, for_all=True)
    assert Membership.objects.get(pk=member.pk).resting_until(today) == date(2026, 11, 27)
    assert Membership.objects.get(pk=member.pk).resting_until(date(2026, 11, 28)) is None


def test_an_older_document_without_a_field_still_opens():
    assert EntryContent.load('{"v":1,"kind":"greet"}') == EntryContent(kind="greet")
    assert EntryContent.load('{"v":2,"kind":"greet","of_tomorrow":1}') == EntryContent(kind="greet", v=2)


def test_a_page_begins_after_the_row_it_was_asked_for(world):
    owner = world.roles["owner"]
    same_moment = datetime(2026, 11, 1, 12, tzinfo=UTC)
    for _ in range(5):
        factories.make_entry(world.journal, owner, happened_at=same_moment)
    rows = list(Entry.objects.of_family(owner, world.journal))
    for index, row in enumerate(rows):
        after = Entry.objects.of_family(owner, world.journal).before(row.day, row.happened_at, row.pk)
        assert [entry.pk for entry in after] == [entry.pk for entry in rows[index + 1 :]]


def test_who_can_read_is_part_of_a_version(world):
    before = world.entry.version
    world.entry.let_read("author")
    assert Entry.objects.get(pk=world.entry.pk).version == world.entry.version == before + 1


def test_words_sent_once_more_after_the_entry_was_changed_are_a_conflict_and_a_bare_tap_is_not(world):
    owner = Membership.objects.get(journal=world.journal, user=world.roles["owner"])
    once = {"membership": owner, "submission": uuid.uuid4(), "happened_at": datetime.now(UTC)}
    entry, _ = Entry.objects.write(**once, content=EntryContent(kind="greet"))
    entry.rewrite(1, EntryContent(kind="greet", response="sign"))
    assert Entry.objects.write(**once, content=EntryContent(kind="greet"))[1] is False
    with pytest.raises(Conflict):
        Entry.objects.write(**once, content=EntryContent(kind="greet", words="more"))


def test_two_changes_of_a_journals_settings_at_once_are_both_kept(world):
    one, other = (Journal.objects.get(pk=world.journal.pk) for _ in range(2))
    assert one.document == other.document
    one.remember(resting_until="2026-12-01")
    other.remember(step=3)
    kept = Journal.objects.get(pk=world.journal.pk).document
    assert (kept.resting_until, kept.step) == ("2026-12-01", 3)


def test_a_time_zone_this_machine_does_not_know_counts_as_utc(world):
    owner = world.roles["owner"]
    owner.time_zone = "Mars/Olympus"
    owner.save()
    assert factories.make_entry(world.journal, owner).zone == "UTC"
    Entry.objects.filter(pk=world.entry.pk).update(zone="Mars/Olympus")
    assert Entry.objects.get(pk=world.entry.pk).local.tzinfo == ZoneInfo("UTC")
