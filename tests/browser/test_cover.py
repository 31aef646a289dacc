"""Who reads changes, as two parents, two counsellors and the head of their centre see it: cover, handover, stop and leaving."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from journal.models import Part
from tests import factories
from tests.browser.conftest import DESKTOP
from tests.browser.test_story import press

WORDS = {
    "ja": {
        "readers": "読める人",
        "allow": "Onoさんが休みのときは、ほかの相談員1人に読んでもらう",
        "save choice": "この選択を保存する",
        "away": "休みの日",
        "first": "休みの最初の日",
        "last": "休みの最後の日",
        "instead": "代わりに読む人",
        "save": "保存する",
        "named": "今、ご家族に伝わります。",
        "told": "代わりにHaleさんが読みます。",
        "will read": "Onoさんの代わりに1家族の分を読みます。",
        "begin": "今からHaleさんに読んでもらう",
        "read for": "Onoさんの代わりに読む家族",
        "covers": "Onoさんの代わりに読んでいます。ご家族に伝えてあります。",
        "no family": "今、読める家族はいません。",
        "propose": "ほかの相談員への引き継ぎをたずねる",
        "who": "引き継ぐ人",
        "ask": "親御さんにたずねる",
        "proposed": "OnoさんからHaleさんに引き継ぐ話があります。",
        "look": "引き継ぎの話を見る",
        "not mine": "引き継ぎを決められるのは、この相談員に読んでもらうことにした人です。",
        "entries": re.compile("自分が書いたものはHaleさんにも読んでもらう"),
        "page": re.compile("「わが家の1枚」も、Haleさんに読んでもらう"),
        "agree": "Haleさんに引き継ぐ",
        "our page": "わが家の1枚",
        "stop": "Haleさんに読んでもらうのをやめる",
        "stopped": re.compile("Haleさんは、もう読めません。"),
        "end": "Onoさんの担当を終える",
        "left": "Onoさんは、もう読めません。あなたではなく、センターの都合で終わりました。",
        "nobody": "今、読む相談員はいません。",
    },
    "en": {
        "readers": "Who can read",
        "allow": "If Ms Ono is away, one named colleague may read",
        "save choice": "Save this choice",
        "away": "Days away",
        "first": "First day away",
        "last": "Last day away",
        "instead": "Who reads instead",
        "save": "Save",
        "named": "It is told now.",
        "told": "Ms Hale reads instead.",
        "will read": "you read instead of Ms Ono, for 1 family.",
        "begin": "Ms Hale may read from now",
        "read for": "Read for Ms Ono",
        "covers": "The family knows.",
        "no family": "No family lets you read at present.",
        "propose": "Propose that a colleague takes over",
        "who": "Who could take over",
        "ask": "Ask the parents",
        "proposed": "Ms Hale could take over from Ms Ono.",
        "look": "Look at the proposal",
        "not mine": "Only the parent who let this counsellor read can agree.",
        "entries": re.compile("Ms Hale may also read those of my entries"),
        "page": re.compile("Ms Hale may also read our page"),
        "agree": "Agree: Ms Hale takes over",
        "our page": "Our page",
        "stop": "Stop Ms Hale reading",
        "stopped": re.compile("Ms Hale can no longer read."),
        "end": "End the work of Ms Ono",
        "left": "Ms Ono can no longer read. The centre ended this, not you.",
        "nobody": "No counsellor is reading at present.",
    },
}
TEA = "Tea stood in the hall."


def told(page, language):
    """Open what a parent comes to first, and what is folded there because much is new."""
    page.goto(f"/{language}/notes/")
    fold = page.locator("details.panel.rest > summary")
    if fold.count():
        fold.click()


@pytest.mark.parametrize(("language", "script"), [("ja", True), ("en", False)])
def test_who_reads_changes_only_as_the_parents_say_and_both_are_told(visit, watch, language, script):
    watch.expect("404")
    says = WORDS[language]
    mei, ken, ono, hale, kase = (factories.make_user(name, language=language) for name in ("mei", "ken", "ono", "hale", "kase"))
    journal, centre = factories.make_journal(mei, ken), factories.make_centre()
    role, _other = factories.make_role(centre, ono), factories.make_role(centre, hale, name="Hale")
    factories.make_role(centre, kase, "manager", name="Kase")
    share = factories.make_share(journal, role)
    factories.choose(factories.make_entry(journal, mei, TEA, audience="family"), share)
    factories.make_page(journal, ken, who="Four of us.")
    factories.open_part(share, Part.PAGE, ken)

    def page_of(user, path, size=DESKTOP):
        return visit(f"/{language}/{path}", who=user, language=language, script=script, size=size)

    def status(page, path):
        answer = page.goto(f"/{language}/{path}")
        assert answer is not None
        return answer.status

    # A parent lets one colleague read when Ms Ono is away; the head of the centre names who that is.
    one = page_of(mei, "notes/sharing/", {"width": 390, "height": 844})
    one.get_by_label(says["allow"]).check()
    press(one, says["save choice"])
    expect(one.get_by_label(says["allow"])).to_be_checked()
    head = page_of(kase, "desk/centre/")
    head.locator(f"#role-{role.pk}").get_by_role("link", name=re.compile(says["away"])).click()
    head.get_by_label(says["first"]).fill((role.today + timedelta(days=1)).isoformat())
    head.get_by_label(says["last"]).fill((role.today + timedelta(days=5)).isoformat())
    head.get_by_label(says["instead"]).select_option(index=1)
    press(head, says["save"])
    expect(head.get_by_text(says["named"]).first).to_be_visible()

    # Both parents are told, and the colleague; who reads nothing until the family lets them begin.
    two = page_of(ken, "notes/", {"width": 390, "height": 844})
    expect(two.get_by_text(says["told"])).to_be_visible()
    colleague = page_of(hale, "desk/me/")
    expect(colleague.get_by_text(says["will read"])).to_be_visible()
    assert status(colleague, f"desk/f/{share.pk}/") == 404
    one.reload()
    press(one, says["begin"])
    colleague.goto(f"/{language}/desk/")
    expect(colleague.get_by_role("heading", name=says["read for"])).to_be_visible()
    colleague.locator("#queue a").click()
    expect(colleague.get_by_text(says["covers"])).to_be_visible()
    expect(colleague.get_by_text(TEA)).to_be_visible()
    assert status(colleague, f"desk/f/{share.pk}/page/") == 404

    # The other parent ends it: with the next request there is nothing.
    two.goto(f"/{language}/notes/sharing/")
    two.get_by_label(says["allow"]).uncheck()
    press(two, says["save choice"])
    assert status(colleague, f"desk/f/{share.pk}/") == 404
    colleague.goto(f"/{language}/desk/")
    expect(colleague.get_by_text(says["no family"])).to_be_visible()

    # Handing over: asked at the desk, answered by who began the reading.
    desk = page_of(ono, f"desk/f/{share.pk}/")
    press(desk, says["propose"], "link")
    desk.get_by_label(says["who"]).select_option(index=1)
    press(desk, says["ask"])
    told(two, language)
    expect(two.get_by_text(says["proposed"])).to_be_visible()
    press(two, says["look"], "link")
    expect(two.get_by_text(says["not mine"])).to_be_visible()
    told(one, language)
    press(one, says["look"], "link")
    one.get_by_label(says["entries"]).check()
    one.get_by_label(says["page"]).check()
    press(one, says["agree"])
    colleague.goto(f"/{language}/desk/")
    colleague.locator("#queue a").click()
    expect(colleague.get_by_text(TEA)).to_be_visible()
    handed = colleague.url
    press(colleague, re.compile(f"^{says['our page']}"), "link")
    expect(colleague.get_by_text("Four of us.")).to_be_visible()
    assert status(desk, f"desk/f/{share.pk}/") == status(desk, f"desk/f/{share.pk}/page/") == 404

    # Stopped in two taps.
    one.goto(f"/{language}/notes/sharing/")
    card = one.locator("section.card").filter(has=one.locator("summary", has_text=says["stop"]))
    card.locator("summary").click()
    card.get_by_role("button", name=says["stop"]).click()
    expect(one.get_by_text(says["stopped"]).first).to_be_visible()
    answer = colleague.goto(handed)
    assert answer is not None
    assert answer.status == 404

    # Somebody leaves the centre: everything is closed, both parents are told, and that nobody reads.
    again = factories.make_share(journal, role)
    assert status(desk, f"desk/f/{again.pk}/") == 200
    head.goto(f"/{language}/desk/centre/")
    assert TEA not in head.content()
    assert journal.code_name(language) not in head.content()
    ending = head.locator(f"#role-{role.pk} details").last
    ending.locator("summary").click()
    ending.get_by_role("button", name=says["end"]).click()
    assert status(desk, f"desk/f/{again.pk}/") == status(desk, "desk/") == 404
    for parent in (one, two):
        told(parent, language)
        expect(parent.get_by_text(says["left"])).to_be_visible()
        expect(parent.get_by_text(says["nobody"])).to_be_visible()
