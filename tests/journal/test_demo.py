"""`manage.py demo`: invented families, whole and consistent on whatever day it is run."""

from datetime import datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Max
from django.utils import timezone

from guidance.words import refused
from journal.demo.build import build
from journal.demo.story import load
from journal.models import (
    AccessEvent,
    Closeness,
    Entry,
    FamilyPage,
    Journal,
    Membership,
    Reply,
    Share,
    SharedEntry,
    SupportPerson,
    User,
    VisitPlan,
)
from journal.models.agreements import histories
from journal.queue import Waiting, families

STORY = load()
TOKYO = ZoneInfo("Asia/Tokyo")
# What a parent hears through a wall or finds on a tray is nobody's business, here least of all.
WATCHING_EN = [
    "light ",
    "lights",
    "footstep",
    "moving about",
    "bowl was",
    "tray",
    "empty",
    "toilet",
    "creak",
    "her door",
    "his door",
]
WATCHING_JA = [
    "明かり",
    "灯り",
    "電気がつ",
    "足音",
    "物音",
    "食器",
    "お皿",
    "湯のみ",
    "お盆",
    "空にな",
    "残し",
    "トイレ",
    "ドア",
    "洗って",
]
PRAISE_EN = ["well done", "proud", "brilliant", "great", "excellent", "good for you", "amazing", "brave", "progress"]
PRAISE_JA = ["すばらしい", "素晴らしい", "えらい", "さすが", "立派", "成長", "進歩", "よくでき", "がんば", "頑張", "お疲れさま"]


def desk(email, now, language="en"):
    """The queue as the desk builds it, by code name."""
    user = User.objects.get(email=email)
    shares = list(SharedEntry.objects.with_newest(Share.objects.of_counsellor(user)))
    rows = SharedEntry.objects.waiting_in(shares).opened(1000, shares)
    plans = VisitPlan.waiting(VisitPlan.objects.unconfirmed_in(user, shares).opened(), user, shares)
    waiting = Waiting(rows=rows, replies=Reply.objects.waiting_for(shares).opened(), plans=plans)
    return families(shares, waiting, now, language)


def test_the_first_family_has_people_agreements_with_a_version_before_and_a_page(db):
    now = timezone.now()
    build(load(), now)
    mother = User.objects.get(email="parent@example.test")
    journal = Journal.objects.of_member(mother).get()
    assert {row.document.state for row in SupportPerson.objects.of_family(mother, journal)} == set(Closeness.values)
    assert [len(earlier) for _newest, earlier in histories(mother, journal)] == [1, 0, 0]
    assert FamilyPage.objects.of_family(mother, journal).get().document.reach


def test_outside_the_demo_nothing_is_made(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo")
    assert not User.objects.exists()


def test_a_database_with_some_of_the_addresses_is_left_alone(db, settings):
    settings.DEMO = True
    User.objects.create_user("parent@example.test")
    with pytest.raises(CommandError, match="empty database"):
        call_command("demo")
    assert User.objects.count() == 1


def test_a_fault_in_the_middle_leaves_nothing_behind(db, settings):
    settings.DEMO = True
    with (
        mock.patch("journal.demo.build.ReplyRead.objects.bulk_create", side_effect=OSError("full")),
        pytest.raises(OSError, match="full"),
    ):
        call_command("demo")
    assert not User.objects.exists()
    assert not AccessEvent.objects.exists()


@pytest.mark.parametrize("hour", [3, 4, 9, 23])
def test_at_whatever_hour_it_is_run_nothing_lies_in_the_future(db, hour):
    now = datetime(2026, 3, 30, hour, 30, tzinfo=TOKYO)
    build(STORY, now)
    latest = [
        Entry.objects.aggregate(at=Max("created_at"))["at"],
        SharedEntry.objects.aggregate(at=Max("reviewed_at"))["at"],
        Reply.objects.aggregate(at=Max("reads__read_at"))["at"],
        AccessEvent.objects.aggregate(at=Max("at"))["at"],
        Membership.objects.aggregate(at=Max("used_at"))["at"],
    ]
    assert max(latest) <= now


# At eight in the morning in Tokyo it is still the day before in London; in the evening it is the same day.
@pytest.mark.parametrize(("days", "hour"), [(days, (8, 20)[days % 2]) for days in range(7)])
def test_on_every_day_of_the_week_the_desk_shows_each_state(db, days, hour):
    now = (timezone.now() - timedelta(days=days)).astimezone(TOKYO).replace(hour=hour)
    build(STORY, now)
    found = {family.name: family for family in desk("counsellor@example.test", now)}
    names = {family.relation: Journal(tree=family.tree).code_name("en") for family in STORY.families}
    assert len(found) == 6
    states = {name: (family.hard, family.waits, family.quiet_since is not None) for name, family in found.items()}
    assert states == {
        names["次男"]: (True, True, False),
        names["息子"]: (False, True, False),
        names["my daughter"]: (False, True, False),
        names["K"]: (False, True, False),
        names["長女"]: (False, False, True),
        names["J"]: (False, False, False),
    }
    assert {name for name in found if found[name].plan} == {names["息子"], names["K"]}
    assert [name for name in found if found[name].question] == [names["my daughter"]]
    in_order = list(found)
    assert in_order[0] == names["次男"]
    assert in_order[3:] == [names["my daughter"], names["長女"], names["J"]]
    assert len(desk("counsellor2@example.test", now)) == 3  # two of their own, and one that two counsellors read
    opened = SharedEntry.objects.filter(read_at__isnull=False, reviewed_at=None).select_related("share__journal")
    assert {row.share.journal.code_name("en") for row in opened} == {names["K"]}


@pytest.mark.parametrize("family", STORY.families, ids=lambda family: family.members[0].email)
def test_no_text_of_the_demo_breaks_the_rules_for_words(family):
    texts = [line.words for line in family.entries]
    if family.visit:
        texts += [family.visit.purpose, family.visit.aftercare, family.visit.sheet, family.visit.off_way]
    replies = [line.reply for line in family.entries] + [letter.text for letter in family.letters]
    watching, praise = (WATCHING_JA, PRAISE_JA) if family.language == "ja" else (WATCHING_EN, PRAISE_EN)
    for text in [*texts, *replies]:
        assert not list(refused(text, family.language)), text
        assert not [word for word in watching if word in text.lower()], text
    for text in replies:
        assert not [word for word in praise if word in text.lower()], text


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("{ago: 3, at: '08:00', kind: food, came: sign, words: a}", "where none is asked"),
        ("{ago: 3, at: '08:00', kind: greet, hard: afraid, words: a}", "nobody asked for"),
        ("{ago: 0, at: '08:00', kind: greet, words: a}", "not been"),
        ("{ago: 31, at: '08:00', kind: greet, words: a}", "before this parent"),
        ("{ago: 3, at: '08:00', kind: greet, words: a, reply: b}", "too early"),
        ("{ago: 3, at: '08:00', kind: dance, words: a}", "unknown kind"),
        ("{ago: 3, at: '08:00', kind: greet, words: a, for: everyone}", "unknown readers"),
    ],
)
def test_a_line_the_site_would_refuse_is_refused(tmp_path, change, fault):
    file = tmp_path / "families.yaml"
    file.write_text(
        "password: p\ncentre: {name_en: a, name_ja: a}\nstaff: []\nfamilies:\n"
        "  - {tree: 1, language: en, country: gb, time_zone: UTC, relation: '', step: 1, since: 30,"
        " members: [{key: a, email: a@example.test, name: A, since: 30}],"
        f" share: {{counsellor: a, default: new, since: 20}}, entries: [{change}]}}\n"
    )
    with pytest.raises(ValueError, match=fault):
        load(file)
