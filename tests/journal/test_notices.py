"""Being told that something is new: on the pages, and by a mail that says nothing else, at an hour one chose."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from journal import notices, tasks
from journal.models import MemberInvitation, Membership, Notice, Outbox, Reply, Share, User
from journal.models.notices import CLAIM, MOST_TRIES
from tests import factories
from tests.conftest import SECRET, sign_in
from tests.screens import reply

NEW = 'class="fresh"><span class="vh">something new<'


class DownBackend(EmailBackend):
    """A mail server that is away."""

    def send_messages(self, messages):
        raise ConnectionRefusedError


def mails(settings, backend):
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.{backend.__name__}"}}


@pytest.fixture
def world(world):
    """The cast, with nobody waiting to be confirmed: nothing is new to anybody yet."""
    MemberInvitation.objects.update(ended_at=timezone.now())
    Notice.objects.all().delete()
    return world


@pytest.fixture
def told(world):
    """The owner wants a mail at seven in the morning, and an answer waits."""
    Outbox.objects.choose(world.roles["owner"], 7)
    Outbox.objects.all().delete()
    reply(world)
    return world


def due():
    return Outbox.objects.get().due_at


# ---- what is new


def test_what_is_new_is_known_in_one_query_and_says_yes_or_no_alone(world):
    owner = world.roles["owner"]
    journals = list(Membership.objects.of_user(owner))
    with CaptureQueriesContext(connection) as queries:
        assert not notices.news_in(journals)
    assert len(queries) == 1
    assert not notices.news_of(owner)
    reply(world)
    assert notices.news_of(owner).reply
    Reply.objects.mark_read(owner, Reply.objects.all())
    assert not notices.news_of(owner)
    assert notices.news_of(world.roles["member"]).reply


def test_an_answer_to_what_another_parent_keeps_is_no_news(world):
    sent = reply(world)
    type(world.entry).objects.filter(pk=world.entry.pk).update(audience="author")
    assert notices.news_of(world.roles["owner"]).reply
    assert not notices.news_of(world.roles["member"]).reply
    assert sent.entry_id == world.entry.pk


def test_a_reading_that_ends_within_a_week_is_news_until_it_is_settled(world):
    share = Share.objects.filter(pk=world.share.pk)
    share.update(ends_at=timezone.now() + timedelta(days=6))
    assert notices.news_of(world.roles["member"]).ending
    share.update(ends_at=timezone.now() + timedelta(days=60))
    assert not notices.news_of(world.roles["member"])


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_the_persons_own_answer_about_a_visit_is_news_until_each_parent_has_looked(client, world, answer):
    Outbox.objects.choose(world.roles["owner"], 7)
    Outbox.objects.all().delete()
    world.visit.refresh_from_db()
    world.visit.answer_by_link(world.visit.version, answer)
    assert notices.news_of(world.roles["owner"]).visit
    assert [row.user for row in Outbox.objects.all()] == [world.roles["owner"]]
    sign_in(client, world.roles["owner"])
    assert "There is an answer about a visit" in client.get(reverse("journal:home")).content.decode()
    client.get(reverse("journal:visit_list"))
    assert not notices.news_of(world.roles["owner"]).visit
    assert notices.news_of(world.roles["member"]).visit


def test_somebody_to_confirm_is_news_to_who_keeps_the_journal_alone(client, world):
    Outbox.objects.choose(world.roles["owner"], 7)
    Outbox.objects.all().delete()
    made = MemberInvitation.make(factories.make_membership(world.journal, world.roles["owner"]))
    assert not notices.news_of(world.roles["owner"])
    assert made[0].accept(world.roles["stranger"])
    assert notices.news_of(world.roles["owner"]).waiting
    assert not notices.news_of(world.roles["member"])
    assert Outbox.objects.get().user == world.roles["owner"]
    sign_in(client, world.roles["owner"])
    assert "has come. Is it the person you asked?" in client.get(reverse("journal:home")).content.decode()


def test_a_counsellor_is_told_when_a_family_opens_an_entry(world):
    counsellor = world.roles["chosen"]
    Outbox.objects.choose(counsellor, 8)
    Outbox.objects.all().delete()
    assert not notices.news_of(counsellor).desk
    world.entry.let_read("family", [world.shares["chosen"]])
    assert notices.news_of(counsellor).desk
    assert Outbox.objects.get().user == counsellor


def test_strangers_and_those_who_may_no_longer_read_have_no_news(told):
    for name in ("stranger", "expired", "revoked", "unapproved", "deactivated", "manager"):
        assert not notices.news_of(told.roles[name]), name


@pytest.mark.parametrize("name", ["journal:share_list", "journal:entry_bin", "journal:log_list"])
def test_the_word_journal_carries_a_sign_on_every_page_until_it_was_read(client, world, name):
    sign_in(client, world.roles["owner"])
    assert NEW not in client.get(reverse(name)).content.decode()
    reply(world)
    assert NEW in client.get(reverse(name)).content.decode()
    client.get(reverse("journal:entry_list"))
    assert NEW not in client.get(reverse(name)).content.decode()


def test_a_public_page_knows_of_no_news(client, told):
    sign_in(client, told.roles["owner"])
    assert NEW not in client.get(reverse("guidance:step_list")).content.decode()


# ---- choosing


def test_nobody_is_told_by_mail_unless_they_chose_it(world):
    reply(world)
    assert not Outbox.objects.exists()


def test_an_hour_is_chosen_and_given_up_on_the_account_page(client, told):
    owner = told.roles["owner"]
    sign_in(client, owner)
    address = reverse("journal:account_edit")
    fields = {"display_name": "", "country": "jp", "time_zone": "Asia/Tokyo", "shared_device": "yes"}
    assert client.post(address, fields | {"notice_hour": "21"}).status_code == 303
    assert due().astimezone(ZoneInfo("Asia/Tokyo")).hour == 21
    client.post(address, fields | {"notice_hour": "21", "time_zone": "Europe/London"})
    assert due().astimezone(ZoneInfo("Europe/London")).hour == 21
    client.post(address, fields | {"notice_hour": ""})
    owner.refresh_from_db()
    assert owner.notice_hour is None
    assert not Outbox.objects.exists()
    assert client.post(address, fields | {"notice_hour": "3"}).status_code == 422


def test_a_new_hour_is_not_lost_because_of_what_is_new_already(world):
    reply(world)
    Outbox.objects.choose(world.roles["owner"], 7)
    assert notices.send_notices(due()) == 1


# ---- sending


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_mail_says_that_something_is_new_and_nothing_else(told, language):
    User.objects.filter(pk=told.roles["owner"].pk).update(language=language)
    with translation.override("en"):
        assert notices.send_notices(due()) == 1
    [sent] = mail.outbox
    says = {"en": ("Something new", "There is something new for you. Look when it suits you."),
            "ja": ("新しいお知らせ", "新しいお知らせがあります。ご都合のよいときにご覧ください。")}[language]  # fmt: skip
    assert (sent.subject, sent.body) == (says[0], f"{says[1]}\n\nhttps://example.org/{language}/\n")
    assert sent.to == [told.roles["owner"].email]
    assert SECRET not in sent.message().as_string()
    assert not getattr(sent, "alternatives", [])


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://example.org"


def test_however_much_is_new_there_is_one_mail_a_day(told):
    for _ in range(3):
        reply(told, text="Once more.")
    assert Outbox.objects.count() == 1
    at = due()
    assert notices.send_notices(at - timedelta(seconds=1)) == 0
    assert [notices.send_notices(at), notices.send_notices(at)] == [1, 0]
    # Another kind of news on the same day waits until the next.
    Outbox.objects.create(user=told.roles["owner"], kind="ending", day=at.date(), due_at=at)
    assert notices.send_notices(at + timedelta(hours=1)) == 0
    assert notices.send_notices(at + timedelta(days=1)) == 1
    assert len(mail.outbox) == 2


def test_who_has_looked_meanwhile_gets_no_mail(told):
    at = due()
    Reply.objects.mark_read(told.roles["owner"], Reply.objects.all())
    assert notices.send_notices(at) == 0
    assert not mail.outbox
    assert not Outbox.objects.exists()


def test_a_closed_account_gets_no_mail(told):
    at = due()
    User.objects.filter(pk=told.roles["owner"].pk).update(is_active=False)
    assert notices.send_notices(at) == 0
    assert not mail.outbox


def test_while_the_mail_server_is_away_nothing_is_lost_and_it_is_asked_less_and_less_often(told, settings, caplog):
    before = settings.MAILERS
    now, waits = due(), []
    mails(settings, DownBackend)
    for tries in range(1, 8):
        assert notices.send_notices(now) == 0
        row = Outbox.objects.get()
        assert row.tries == tries
        waits.append((row.due_at - now) // timedelta(minutes=1))
        assert notices.send_notices(row.due_at - timedelta(seconds=1)) == 0
        now = row.due_at
    assert waits == [1, 5, 30, 120, 360, 1440, 1440]
    assert notices.counts(now)["to be tried again"] == 1
    assert "ConnectionRefusedError" in caplog.text
    assert told.roles["owner"].email not in caplog.text
    settings.MAILERS = before
    assert notices.send_notices(now) == 1
    assert len(mail.outbox) == 1
    assert notices.counts(now + timedelta(hours=1))["sent in the last 24 hours"] == 1


def test_a_server_that_is_away_is_asked_once_a_run_not_once_a_person(told, settings):
    Outbox.objects.choose(told.roles["member"], 7)
    mails(settings, DownBackend)
    at = max(row.due_at for row in Outbox.objects.all())
    notices.send_notices(at)
    assert sorted(row.tries for row in Outbox.objects.all()) == [0, 1]


class PickyBackend(EmailBackend):
    """A mail server that refuses one address."""

    def send_messages(self, messages):
        from smtplib import SMTPRecipientsRefused

        if messages[0].to[0].startswith("owner"):
            raise SMTPRecipientsRefused({})
        return super().send_messages(messages)


def test_one_address_that_is_refused_keeps_nobody_else_from_being_told(told, settings):
    Outbox.objects.choose(told.roles["member"], 7)
    mails(settings, PickyBackend)
    at = max(row.due_at for row in Outbox.objects.all())
    assert notices.send_notices(at) == 1
    assert [sent.to for sent in mail.outbox] == [[told.roles["member"].email]]


def test_an_address_that_never_works_is_given_up_and_counted(told):
    Outbox.objects.update(tries=MOST_TRIES)
    assert notices.send_notices(due()) == 0
    assert notices.counts(timezone.now())["given up"] == 1


def test_what_another_run_has_taken_is_left_to_it_and_comes_back_if_that_run_died(told):
    owner, at = told.roles["owner"], due()
    assert len(Outbox.objects.claim(owner.pk, at)) == 1
    # As if the machine had died here: nobody knows whether it was handed over.
    assert notices.send_notices(at + timedelta(minutes=5)) == 0
    assert notices.send_notices(at + CLAIM + timedelta(minutes=5)) == 1


def test_a_mail_that_goes_out_again_has_the_same_id(told):
    at = due()
    notices.send_notices(at)
    Outbox.objects.update(sent_at=None)
    notices.send_notices(at)
    first, second = (sent.message()["Message-ID"] for sent in mail.outbox)
    assert first == second


def test_a_second_kind_that_comes_due_while_a_run_is_sending_is_left_to_the_next(told):
    owner, at = told.roles["owner"], due()
    Outbox.objects.claim(owner.pk, at)
    Outbox.objects.create(user=owner, kind="ending", day=at.date(), due_at=at)
    assert Outbox.objects.claim(owner.pk, at) == []


class SlowBackend(EmailBackend):
    """A mail server so slow that the next run begins while it is still being talked to."""

    def send_messages(self, messages):
        meanwhile.append(notices.send_notices(NOW[0]))
        return super().send_messages(messages)


NOW: list[datetime] = []
meanwhile: list[int] = []


def test_two_runs_at_once_send_one_mail(told, settings):
    Outbox.objects.choose(told.roles["member"], 7)
    at = max(row.due_at for row in Outbox.objects.all())
    Outbox.objects.create(user=told.roles["owner"], kind="ending", day=at.date(), due_at=at)
    NOW[:], meanwhile[:] = [at], []
    mails(settings, SlowBackend)
    sent = notices.send_notices(at)
    # The run that began meanwhile told the other person and no one twice.
    assert sent + sum(meanwhile) == 2
    assert sorted(one.to[0].split("-")[0] for one in mail.outbox) == ["member", "owner"]
    assert not Outbox.objects.unsent().exists()


def test_what_is_new_and_its_mail_are_kept_together_or_not_at_all(world):
    Outbox.objects.choose(world.roles["owner"], 7)
    Outbox.objects.all().delete()
    with transaction.atomic():
        reply(world)
        assert Outbox.objects.get().user == world.roles["owner"]
        transaction.set_rollback(True)
    assert not Outbox.objects.exists()
    assert not Reply.objects.exists()


# ---- by `tick`


def test_the_end_of_a_reading_is_told_once(world):
    for name in ("owner", "member"):
        Outbox.objects.choose(world.roles[name], 7)
    Outbox.objects.all().delete()
    Share.objects.filter(pk=world.share.pk).update(ends_at=timezone.now() + timedelta(days=6))
    for _ in range(2):
        tasks.JOBS["tell_endings"](timezone.now())
    assert sorted(row.user.display_name for row in Outbox.objects.all()) == ["member", "owner"]
    at = max(row.due_at for row in Outbox.objects.all())
    assert notices.send_notices(at) == 2
    tasks.JOBS["tell_endings"](timezone.now())
    assert notices.send_notices(at + timedelta(days=1)) == 0


def test_tick_sends_and_says_how_many_and_to_nobody_by_name(told, capsys):
    Outbox.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    call_command("tick")
    said = capsys.readouterr().out
    assert "send_notices: 1" in said
    assert "mails waiting: 0" in said
    assert "owner" not in said
    call_command("notices")
    assert "sent in the last 24 hours: 1" in capsys.readouterr().out


def test_no_transaction_is_open_while_a_mail_server_is_waited_for():
    assert "send_notices" in tasks.ALONE
    assert "erase_bin" not in tasks.ALONE


def test_what_was_sent_is_deleted_after_two_months(told):
    at = due()
    notices.send_notices(at)
    assert notices.delete_notices(at + timedelta(days=59)) == 0
    assert notices.delete_notices(at + timedelta(days=61)) == 1
