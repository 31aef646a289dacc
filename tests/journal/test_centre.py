"""The centre's page: people, ages and counts; holidays; approval by two; and that no page of a centre shows a family."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from journal.centre import COUNTED_DAYS, missed_days, workers
from journal.models import Absence, CentreRole, Draft, Share, SharedEntry
from tests import factories
from tests.conftest import PRIVATE, SECRET, send_away, sign_in

TOKYO = ZoneInfo("Asia/Tokyo")


def role_of(world, name):
    return CentreRole.objects.get(user=world.roles[name])


def worker(world, name):
    return next(found for found in workers(world.roles["manager"]) if found.role == role_of(world, name))


# ---- counts


def test_the_page_counts_families_ages_covers_and_proposals(world):
    send_away(world)
    SharedEntry.objects.filter(share=world.share).update(shared_at=timezone.now() - timedelta(days=9, hours=1))
    found = worker(world, "counsellor")
    assert (found.families, found.covered, found.proposals, found.oldest_days) == (1, 1, 1, 9)
    SharedEntry.objects.filter(share=world.share).update(read_at=timezone.now())
    assert worker(world, "counsellor").oldest_days is None


def test_what_a_family_keeps_or_throws_away_is_no_unread_entry(world):
    world.entry.let_read("author")
    assert worker(world, "counsellor").oldest_days is None


def test_no_page_of_a_centre_shows_a_family(client, world):
    send_away(world)
    sign_in(client, world.roles["manager"])
    role = role_of(world, "counsellor")
    for address in (
        reverse("journal:centre_detail"),
        reverse("journal:absence_list", args=[role.pk]),
        reverse("journal:role_handover", args=[role.pk]),
    ):
        page = client.get(address).content.decode()
        for word in (
            SECRET,
            PRIVATE,
            world.journal.code_name("en"),
            world.journal.code_name("ja"),
            str(world.share.pk),
            str(world.journal.pk),
        ):
            assert word not in page, address


def test_the_page_costs_the_same_for_two_counsellors_and_for_twenty(client, world):
    sign_in(client, world.roles["manager"])
    numbers = []
    for more in (1, 18):
        for _ in range(more):
            role = factories.make_role(world.share.counsellor.centre, factories.make_user("another"), name="Another")
            parent = factories.make_user("parent")
            journal = factories.make_journal(parent)
            factories.choose(factories.make_entry(journal, parent, "Tea."), factories.make_share(journal, role))
            Absence.objects.create(counsellor=role, first_day=role.today, last_day=role.today, colleague=world.share.counsellor)
        client.get(reverse("journal:centre_detail"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("journal:centre_detail")).status_code == 200
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


class Days:
    def __init__(self, first_day, last_day):
        self.first_day, self.last_day = first_day, last_day


def morning(day):
    return datetime.combine(day, datetime.min.time(), tzinfo=TOKYO).replace(hour=9).astimezone(UTC)


TODAY = datetime(2026, 11, 24).date()  # a Tuesday
FRIDAYS = [4]


def test_a_reading_day_is_missed_when_something_waited_and_was_not_opened_on_it():
    friday = TODAY - timedelta(days=4)
    given_before, given_on_it = morning(friday - timedelta(days=1)), morning(friday)
    assert missed_days(FRIDAYS, [(given_before, None)], [], TODAY, TOKYO) == 1
    assert missed_days(FRIDAYS, [(given_before, morning(friday))], [], TODAY, TOKYO) == 0
    assert missed_days(FRIDAYS, [(given_before, morning(friday + timedelta(days=1)))], [], TODAY, TOKYO) == 1
    assert missed_days(FRIDAYS, [(given_on_it, None)], [], TODAY, TOKYO) == 0
    assert missed_days(FRIDAYS, [(given_before, None)], [Days(friday, friday)], TODAY, TOKYO) == 0


@given(
    rows=st.lists(st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 60))), max_size=8),
    away=st.lists(st.tuples(st.integers(-5, 40), st.integers(0, 10)), max_size=3),
    weekdays=st.sets(st.integers(0, 6)),
)
def test_never_more_days_are_missed_than_somebody_reads_and_what_is_opened_the_same_day_misses_none(rows, away, weekdays):
    given_rows = [
        (morning(TODAY - timedelta(days=ago)), None if read is None else morning(TODAY - timedelta(days=read)))
        for ago, read in rows
    ]
    absences = [Days(TODAY - timedelta(days=ago), TODAY - timedelta(days=ago - length)) for ago, length in away]
    missed = missed_days(sorted(weekdays), given_rows, absences, TODAY, TOKYO)
    assert 0 <= missed <= COUNTED_DAYS // 7 * len(weekdays)
    assert missed <= missed_days(sorted(weekdays), given_rows, [], TODAY, TOKYO)
    prompt = [(shared, shared) for shared, _read in given_rows]
    assert missed_days(sorted(weekdays), prompt, absences, TODAY, TOKYO) == 0


# ---- approval and leaving


def test_a_manager_approves_once_and_another_person_completes_it(client, world, settings):
    settings.SECOND_APPROVAL_REQUIRED = True
    role = role_of(world, "unapproved")
    second = factories.make_user("second")
    factories.make_role(role.centre, second, "manager", name="Second")
    for person in (world.roles["manager"], world.roles["manager"], second):
        assert not CentreRole.objects.active().filter(pk=role.pk).exists()
        sign_in(client, person)
        client.post(reverse("journal:role_approve", args=[role.pk]))
    assert CentreRole.objects.active().filter(pk=role.pk).exists()
    role.refresh_from_db()
    assert (role.approved_by, role.second_approved_by) == (world.roles["manager"], second)


def test_nobody_approves_or_ends_themself_or_somebody_of_another_centre(client, world):
    mine = role_of(world, "manager")
    CentreRole.objects.filter(pk=mine.pk).update(second_approved_at=None)
    elsewhere = factories.make_role(factories.make_centre(), factories.make_user("south"), approved=False, name="South")
    sign_in(client, world.roles["manager"])
    client.post(reverse("journal:role_approve", args=[mine.pk]))
    assert client.post(reverse("journal:role_deactivate", args=[mine.pk])).status_code == 404
    assert client.post(reverse("journal:role_approve", args=[elsewhere.pk])).status_code == 404
    assert client.post(reverse("journal:role_deactivate", args=[elsewhere.pk])).status_code == 404
    mine.refresh_from_db()
    assert (mine.second_approved_at, mine.deactivated_at) == (None, None)


@pytest.mark.parametrize("name", ["role_approve", "role_deactivate"])
def test_approving_and_ending_ask_who_is_there(client, world, name):
    sign_in(client, world.roles["manager"])
    session = client.session
    session["account_authentication_methods"] = []
    session["began"] = 0
    session.save()
    response = client.post(reverse(f"journal:{name}", args=[role_of(world, "unapproved").pk]))
    assert "/account/again/" in response["Location"]


def test_ending_somebodys_work_closes_everything_at_once(client, world):
    send_away(world)
    counsellor, role = world.roles["counsellor"], role_of(world, "counsellor")
    Draft.objects.keep(user=counsellor, journal=world.journal, form="reply", target=world.share.pk, sequence=1, text="half")
    sign_in(client, world.roles["manager"])
    client.post(reverse("journal:role_deactivate", args=[role.pk]))
    assert not Draft.objects.filter(user=counsellor).exists()
    assert not Share.objects.of_counsellor(counsellor).exists()
    assert not Absence.objects.filter(counsellor=role).exists()
    sign_in(client, counsellor)
    for address in (
        reverse("journal:desk_queue"),
        reverse("journal:desk_family", args=[world.share.pk]),
        reverse("journal:desk_visit", args=[world.share.pk, world.visit.pk]),
        reverse("journal:handover_new", args=[world.share.pk]),
        reverse("journal:absence_list", args=[role.pk]),
    ):
        assert client.get(address).status_code == 404


# ---- holidays


def plan(client, role, first, last, **fields):
    data = {"first_day": role.today + timedelta(days=first), "last_day": role.today + timedelta(days=last), **fields}
    return client.post(reverse("journal:absence_list", args=[role.pk]), data)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (3, 2, "The last day is before the first."),
        (-9, -8, "These days are over."),
        (0, 92, "Longer than three months"),
        (5, 6, "Some of these days are in the list already."),
    ],
)
def test_days_that_cannot_be_are_refused_with_what_was_typed(client, world, first, last, said):
    role = role_of(world, "counsellor")
    sign_in(client, role.user)
    plan(client, role, 6, 8)
    response = plan(client, role, first, last)
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert str(role.today + timedelta(days=last)) in page
    assert Absence.objects.count() == 1


def test_only_a_colleague_of_the_same_centre_reads_instead(client, world):
    role = role_of(world, "counsellor")
    elsewhere = factories.make_role(factories.make_centre(), factories.make_user("south"), name="South")
    sign_in(client, role.user)
    for colleague in (elsewhere.pk, role.pk, role_of(world, "deactivated").pk, role_of(world, "manager").pk):
        assert plan(client, role, 1, 2, colleague=colleague).status_code == 422
    assert plan(client, role, 1, 2, colleague=role_of(world, "covering").pk).status_code == 303


def test_taking_days_back_ends_the_reading_and_keeps_the_days_that_are_over(client, world):
    send_away(world)
    absence = Absence.objects.get(pk=world.rows["absence"])
    first = absence.first_day - timedelta(days=3)
    Absence.objects.filter(pk=absence.pk).update(first_day=first)
    sign_in(client, world.roles["counsellor"])
    client.post(reverse("journal:absence_end", args=[absence.pk]))
    assert not Share.objects.of_counsellor(world.roles["covering"]).exists()
    absence.refresh_from_db()
    assert (absence.first_day, absence.last_day) == (first, world.share.counsellor.today - timedelta(days=1))
