"""A visit is planned, and the person calls it off: the whole way, in both languages, without a script."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journal.models import VisitPlan
from tests import factories
from tests.browser.conftest import DESKTOP
from tests.browser.test_story import a_counsellor, press
from tests.conftest import make_world
from tests.plans import took_place

WORDS = {
    "en": {
        "plan": "Plan a visit", "save": "Save", "sheet": "What the visitor is told", "brief": "The visitor confirms",
        "give": "Let Ms Ono read this sheet", "confirm": "I have read this sheet, and confirm it", "told": "They are told",
        "note": "I left a note", "answer": "Their answer", "link": "Make a link", "come": "It is all right to come",
        "ready": "Mark as ready", "is_ready": "Ready for", "no": "Please do not come",
        "said_no": "They said no. Nobody will come.", "queue": "Plan to look at", "read": re.compile("^Read the sheet"),
    },
    "ja": {
        "plan": "訪問の計画を立てる", "save": "保存する", "sheet": "訪問する人に伝えておくこと", "brief": "訪問する人が確認する",
        "give": "Onoさんにこの紙を読んでもらう", "confirm": "この紙を読み、確認しました", "told": "ご本人に伝える",
        "note": "メモで伝えた", "answer": "ご本人の返事", "link": "リンクを作る", "come": "来てもいい",
        "ready": "準備ができたことにする", "is_ready": "準備ができました", "no": "来ないでほしい",
        "said_no": "「来てほしくない」とのことです。訪問はしません。", "queue": "計画を見る",
        "read": re.compile("訪問の紙を読む$"),
    },
}  # fmt: skip


@pytest.mark.parametrize(("language", "script"), [("en", False), ("ja", False), ("ja", True)])
def test_a_visit_is_planned_and_called_off_by_the_person(visit, language, script):
    words = WORDS[language]
    role = a_counsellor()
    owner = factories.make_user("hana", language=language)
    factories.make_share(factories.make_journal(owner), role)
    parent = visit(f"/{language}/notes/visits/", who=owner, language=language, script=script)

    press(parent, words["plan"], "link")
    parent.locator("input[name=share]").first.check()
    parent.locator("[name=day]").fill((timezone.now() + timedelta(days=9)).date().isoformat())
    parent.locator("[name=at]").fill("14:00")
    for name in ("length", "purpose", "aftercare"):
        parent.locator(f"[name={name}]").fill(name)
    press(parent, words["save"])

    press(parent, words["sheet"], "link")
    parent.locator("[name=sheet]").fill("Cats, please. No work.")
    press(parent, words["save"])
    press(parent, words["brief"], "link")
    press(parent, words["give"])

    desk = visit(f"/{language}/desk/", who=role.user, language=language, script=False, size=DESKTOP)
    expect(desk.get_by_text(words["queue"])).to_be_visible()
    desk.locator("#queue a").click()
    desk.get_by_role("link", name=words["read"]).click()
    expect(desk.get_by_text("Cats, please. No work.")).to_be_visible()
    press(desk, words["confirm"])

    plan = VisitPlan.objects.get()
    parent.goto(f"/{language}/notes/visits/{plan.pk}/")
    press(parent, words["told"], "link")
    parent.get_by_label(words["note"]).check()
    parent.locator("[name=all_said]").check()
    parent.locator("[name=off_way]").fill("Two knocks")
    parent.locator("[name=no_why]").check()
    press(parent, words["save"])
    press(parent, words["answer"], "link")
    press(parent, words["link"])
    address = parent.locator("code").inner_text()

    person = visit(address, language=language, script=False)
    assert "Cats" not in person.content()
    press(person, words["come"])
    parent.goto(f"/{language}/notes/visits/{plan.pk}/")
    press(parent, words["ready"])
    expect(parent.locator(".tag").first).to_contain_text(words["is_ready"])

    press(person, words["no"])
    assert person.context.cookies() == []
    parent.reload()
    expect(parent.locator(".tag").first).to_have_text(words["said_no"])
    desk.reload()
    expect(desk.get_by_text("Cats, please. No work.")).to_have_count(0)


AFTER = {
    "en": {
        "day": "After the visit, day 1 of 3", "second": "After the visit, day 2 of 3", "save": "Save",
        "tense": "Tense, or quieter than usual", "hurt": "Someone was hurt, or things were broken",
        "dip": "A dip after a visit is common.", "go": "If it is still going on",
    },
    "ja": {
        "day": "訪問のあと・1日目（3日間）", "second": "訪問のあと・2日目（3日間）", "save": "保存する",
        "tense": "張りつめている、または、いつもより静か", "hurt": "けがをした人がいる・物がこわれた",
        "dip": "訪問のあと、つらくなることはよくあります", "go": "今も続いているとき",
    },
}  # fmt: skip


@pytest.mark.parametrize(("language", "script"), [("en", False), ("ja", True)])
def test_after_a_visit_a_tense_day_is_met_calmly_and_a_bad_one_with_help_first(visit, site, language, script):
    words, world = AFTER[language], make_world()
    plan = took_place(world)
    parent = visit(f"/{language}/notes/visits/{plan.pk}/", who=world.roles["owner"], language=language, script=script)
    press(parent, words["day"], "link")
    parent.get_by_label(words["tense"]).check()
    press(parent, words["save"])
    expect(parent.locator("main")).to_contain_text(words["dip"])
    expect(parent.locator("dl.facts")).to_contain_text(words["tense"])
    expect(parent.get_by_role("heading", name=words["go"])).to_have_count(0)

    later = took_place(world, days=2)
    parent.goto(f"/{language}/notes/visits/{later.pk}/")
    press(parent, words["second"], "link")
    parent.get_by_label(words["hurt"]).check()
    press(parent, words["save"])
    help_first = parent.get_by_role("heading", name=words["go"])
    expect(help_first).to_be_visible()
    assert VisitPlan.objects.get(pk=later.pk).document.after == ["", "hurt", ""]
