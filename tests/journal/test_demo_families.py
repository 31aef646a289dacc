"""The invented families of the demo, read as the people in it would."""

from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from journal.demo.story import load
from journal.models import (
    AccessEvent,
    CentreRole,
    Entry,
    Journal,
    JournalKey,
    Membership,
    PersonRequest,
    Reply,
    Response,
    Share,
    SharedEntry,
    User,
    Verb,
)
from journal.models.entries import WITHOUT_RESPONSE
from tests.conftest import sign_in

STORY = load()
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture(scope="module")
def printed(django_db_setup, django_db_blocker):
    """Build the demo once for this file; what each test changes is rolled back, and so is the demo at the end."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(DEMO=True):
        out = StringIO()
        with redirect_stdout(out):
            call_command("demo", stdout=out)
        yield out.getvalue()
        transaction.set_rollback(True)


@pytest.fixture
def demo(printed, db, settings):
    settings.DEMO = True
    return printed


def test_a_second_run_adds_nothing_and_says_so(demo, capsys):
    def counts():
        return [
            model.objects.count() for model in (User, Journal, Entry, Reply, SharedEntry, AccessEvent, JournalKey, CentreRole)
        ]

    before = counts()
    call_command("demo")
    assert counts() == before
    assert "Nothing was added" in capsys.readouterr().out


def test_it_prints_the_address_who_can_sign_in_and_what_differs_from_a_real_site(demo, capsys, monkeypatch):
    for part in (
        "http://localhost:8000/",
        STORY.password,
        "parent@example.test",
        "partner@example.test",
        "parent.en@example.test",
    ):
        assert part in demo
    for part in ("counsellor@example.test", "counsellor2@example.test", "manager@example.test", "console", "in the demo only"):
        assert part in demo
    monkeypatch.setenv("PORT", "9000")
    call_command("demo")
    assert "http://localhost:9000/" in capsys.readouterr().out
    call_command("demo", port=9001)
    assert "http://localhost:9001/" in capsys.readouterr().out


def test_everybody_can_sign_in_with_the_printed_password(demo):
    for email in STORY.emails():
        user = authenticate(None, email=email, password=STORY.password)
        assert user is not None, email
        assert "" not in {user.country, user.display_name}
        assert not user.shared_device
        assert EmailAddress.objects.filter(user=user, email=email, verified=True, primary=True).exists()


def test_the_counsellors_and_the_manager_are_approved_also_where_two_approvals_are_asked_for(demo, settings):
    settings.SECOND_APPROVAL_REQUIRED = True
    assert CentreRole.objects.active().count() == len(STORY.staff)
    assert not CentreRole.objects.filter(second_approved_by=F("user")).exists()


def test_one_family_is_told_who_reads_next_week_and_another_is_asked_about_a_handover(client, demo):
    sign_in(client, User.objects.get(email="family3@example.test"))
    said = client.get(reverse("journal:home")).content.decode()
    assert "Ms Ono is away from" in said
    assert "Mr Hale reads instead." in said
    assert not Share.objects.of_counsellor(User.objects.get(email="counsellor2@example.test")).filter(journal__tree=23).exists()
    sign_in(client, User.objects.get(email="parent.en@example.test"))
    assert "Mr Hale could take over from Ms Ono." in client.get(reverse("journal:home")).content.decode()


def test_every_entry_and_every_reply_opens(demo):
    written = sum(len(family.entries) for family in STORY.families)
    entries = Entry.objects.all().opened()
    assert (len(entries), sum(entry.unreadable for entry in entries)) == (written, 0)
    assert not any(reply.unreadable for reply in Reply.objects.all().opened())
    assert Reply.objects.count() >= 20


def test_the_access_log_of_every_journal_holds_and_runs_forward(demo):
    for journal in Journal.objects.all():
        assert AccessEvent.objects.faults(journal.pk) == []
        times = list(AccessEvent.objects.filter(journal=journal).order_by("number").values_list("at", flat=True))
        assert len(times) > 1
        assert times == sorted(times)


def test_everything_read_or_answered_stands_in_the_log(demo):
    for row in SharedEntry.objects.filter(read_at__isnull=False).select_related("share__counsellor"):
        lines = AccessEvent.objects.filter(journal=row.journal, verb=Verb.READ, at=row.read_at, share=row.share_id)
        assert str(row.entry_id) in lines.get().shown
    for reply in Reply.objects.filter(from_family=False):
        assert AccessEvent.objects.filter(
            journal=reply.journal, verb=Verb.WROTE, at=reply.created_at, who=reply.author_id
        ).exists()


def test_times_follow_one_another_and_counsellors_read_on_their_days(demo):
    for entry in Entry.objects.select_related("author"):
        assert timedelta(0) < entry.created_at - entry.happened_at < timedelta(hours=1)
        assert 7 <= entry.local.hour <= 23
    for row in SharedEntry.objects.select_related("entry", "share__counsellor"):
        assert row.shared_at >= row.entry.created_at
        assert row.shared_at >= row.share.starts_at
        if row.read_at:
            assert row.read_at > row.shared_at
            assert row.read_at.astimezone(TOKYO).weekday() in row.share.counsellor.weekdays
        if row.reviewed_at:
            assert row.reviewed_at > row.read_at
    for reply in Reply.objects.filter(entry__isnull=False).select_related("share__counsellor"):
        row = SharedEntry.objects.get(share=reply.share, entry=reply.entry)
        assert row.read_at < reply.created_at < row.reviewed_at


def test_what_a_parent_kept_back_is_shared_with_nobody(demo):
    private = Entry.objects.filter(audience=Entry.Audience.AUTHOR)
    assert private.count() >= 20
    assert not SharedEntry.objects.filter(entry__in=private).exists()
    assert Entry.objects.filter(audience=Entry.Audience.FAMILY, shared=None).exists()


def test_one_family_lets_the_counsellor_read_only_what_it_chose(demo):
    share = Share.objects.get(default=Share.Default.CHOSEN, counsellor__user__email="counsellor@example.test")
    chosen = SharedEntry.objects.filter(share=share).count()
    assert 0 < chosen < Entry.objects.filter(journal=share.journal).count()


def test_one_family_has_two_counsellors_and_each_reads_what_was_chosen_for_them(demo):
    japanese = Share.objects.active().filter(journal__memberships__user__email="parent@example.test")
    read = {share.counsellor.name_en: SharedEntry.objects.filter(share=share).count() for share in japanese}
    assert read.keys() == {"Ms Ono", "Mr Hale"}
    assert 0 < read["Mr Hale"] < read["Ms Ono"]


def test_one_family_is_asked_whether_reading_is_to_go_on(demo, client):
    sign_in(client, User.objects.get(email="parent.en@example.test"))
    assert "to go on reading?" in client.get(reverse("journal:home")).content.decode()


def test_each_parent_has_a_reply_that_is_not_read_yet(demo):
    for email in ("parent@example.test", "parent.en@example.test"):
        user = User.objects.get(email=email)
        assert Reply.objects.visible_to(user).filter(from_family=False).exclude(reads__user=user).count() == 1


def test_two_families_are_written_out_over_about_four_months(demo):
    japanese, english = STORY.families[:2]
    assert (japanese.language, len(japanese.members), english.language, len(english.members)) == ("ja", 2, "en", 1)
    for family in (japanese, english):
        days = [line.ago for line in family.entries]
        assert days == sorted(days, reverse=True)
        assert min(days) == 1
        assert max(days) >= 112
        assert len(days) >= 60
        weeks = [sum(1 for day in days if 7 * week < day <= 7 * week + 7) for week in range(17)]
        assert max(weeks) <= 7
        assert min(weeks) <= 1
        assert {"greet", "food", "note", "chat", "listen", "ask", "rest", "hard", "peace", "own", "money"} <= {
            line.kind for line in family.entries
        }


def test_after_a_hard_day_nothing_new_is_tried_for_a_week(demo):
    calm = {*WITHOUT_RESPONSE, "note"}
    for family in STORY.families[:2]:
        for hard in (line for line in family.entries if line.kind == "hard" and line.readers == "all"):
            week = [line for line in family.entries if hard.ago - 7 <= line.ago < hard.ago]
            assert len(week) >= 3
            assert all(line.kind in calm for line in week)


def test_kinds_that_ask_for_no_response_have_none(demo):
    for line in (line for family in STORY.families for line in family.entries):
        assert not (line.kind in WITHOUT_RESPONSE and line.came)
        assert line.came in ["", *Response.values]


@pytest.mark.parametrize(
    "email", ["parent@example.test", "partner@example.test", "parent.en@example.test", "family6@example.test"]
)
def test_a_parent_of_the_demo_can_open_the_journal(demo, client, email):
    sign_in(client, User.objects.get(email=email))
    for name in ("home", "entry_list", "share_list"):
        assert client.get(reverse(f"journal:{name}")).status_code == 200


def test_the_counsellor_of_the_demo_can_open_every_family_on_the_desk(demo, client):
    user = User.objects.get(email="counsellor@example.test")
    sign_in(client, user)
    assert client.get(reverse("journal:desk_queue")).status_code == 200
    for share in Share.objects.of_counsellor(user):
        assert client.get(reverse("journal:desk_family", args=[share.pk])).status_code == 200
        assert AccessEvent.objects.faults(share.journal_id) == []


def test_somebody_apart_from_all_families_answers_what_was_asked(demo, client):
    assert "requests@example.test" in demo
    client.force_login(authenticate(None, email="requests@example.test", password=STORY.password))
    page = client.get(reverse("journal:request_list")).content.decode()
    assert page.count("/desk/requests/") >= 3
    for row in PersonRequest.objects.all():
        opened = client.get(reverse("journal:request_detail", args=[row.pk])).content.decode()
        assert escape(row.document.text) in opened
        moments = [row.asked_at, *row.events.exclude(at__gt=timezone.now() - timedelta(minutes=5)).values_list("at", flat=True)]
        assert moments == sorted(moments)
    assert not Membership.objects.filter(user__email="requests@example.test").exists()


def test_a_demo_of_before_gets_that_person_and_keeps_all_it_had(demo):
    User.objects.get(email="requests@example.test").delete()
    PersonRequest.objects.all().delete()
    entries = Entry.objects.count()
    call_command("demo")
    assert (PersonRequest.objects.count(), Entry.objects.count()) == (3, entries)
