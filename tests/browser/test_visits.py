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
