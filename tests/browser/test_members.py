"""Two parents and one journal, from the invitation to reading, handing over and leaving."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from journal.models import Entry, Membership
from tests import factories
from tests.browser.test_story import press
from tests.screens import PASSWORD, code_in

WORDS = {
    "ja": {
        "sign in": "入る",
        "password": "パスワード",
        "email": "メールアドレス",
        "readers": "読める人",
        "together": "ほかの人と一緒に書く",
        "invite": "招く",
        "make": "招待を作る",
        "new": "はじめて使う",
        "send": "番号をメールで受け取る",
        "code": "番号",
        "go on": "次へ",
        "name": "ここに書くほかの人に、どう呼ばれたいですか。",
        "country": "お住まいはどの国ですか",
        "read": "読みました",
        "agree": "同意します",
        "yes": "はい、一緒に書く",
        "came": "健一さんが来ました。あなたが招いた人ですか。",
        "confirm": "番号は同じ。確認する",
        "look": "開いたかどうか見る",
        "greet": "あいさつをした",
        "save": "保存する",
        "everyone": "ここに書く人だけ",
        "past": "これまで",
        "sentence": "これを読めるのは、あなたと健一さんです。",
        "hand": "健一さんに持ち主をたのむ",
        "ask": "健一さんにたのむ",
        "keep": "はい、持ち主になる",
        "leave": "このノートから抜ける",
        "left": "ノートから抜けました。",
        "words": "言ったこと・書いたこと",
        "own": "あなた。このノートの持ち主です。",
    },
    "en": {
        "sign in": "Sign in",
        "password": "Password",
        "email": "E-mail",
        "readers": "Who can read",
        "together": "Write together with someone",
        "invite": "Invite someone",
        "make": "Make an invitation",
        "new": "I am new here",
        "send": "Send me a code",
        "code": "Code",
        "go on": "Continue",
        "name": "What shall the others who write here call you?",
        "country": "Where do you live?",
        "read": "I have read this.",
        "agree": "I agree that",
        "yes": "Yes, write together",
        "came": "健一 has come. Is it the person you asked?",
        "confirm": "The numbers are the same: confirm",
        "look": "Look whether it is open",
        "greet": "Said hello or good night",
        "save": "Save",
        "everyone": "Everyone who writes here",
        "past": "Earlier",
        "sentence": "You and 健一 can read this.",
        "hand": "Let 健一 keep this journal",
        "ask": "Ask 健一",
        "keep": "Yes, I keep it",
        "leave": "Leave this journal",
        "left": "You have left that journal.",
        "words": "What I said or wrote",
        "own": "You. You are the one who keeps this journal.",
    },
}


@pytest.mark.parametrize(("language", "script"), [("ja", True), ("en", False)])
def test_two_parents_from_the_invitation_to_leaving(visit, watch, language, script):
    watch.expect("404")
    says = WORDS[language]
    owner = factories.make_user("mei", password=PASSWORD, email="mei@example.test", language=language)
    journal = factories.make_journal(owner)
    factories.make_entry(journal, owner, "Before.", audience="family")
    one = visit(f"/{language}/notes/", language=language, script=script)
    one.get_by_label(says["email"]).fill("mei@example.test")
    one.get_by_label(says["password"], exact=True).fill(PASSWORD)
    one.locator("form").filter(has=one.locator("[name=password]")).get_by_role("button").last.click()

    # The one who keeps the journal makes an invitation: a link, a code, a square.
    press(one, says["readers"], "link")
    press(one, says["together"], "link")
    press(one, says["invite"], "link")
    press(one, says["make"])
    expect(one.locator("svg.qr")).to_be_visible()
    link = one.locator("#link").input_value()

    # The other opens it, signs up, and finds the question again.
    other = visit(re.sub(r"^https?://[^/]+", "", link), language=language, script=script)
    expect(other).to_have_url(re.compile("/notes/join/hello/$"))
    press(other, says["new"], "link")
    other.get_by_label(says["email"]).fill("ken@example.test")
    press(other, says["send"])
    other.get_by_label(says["code"], exact=True).fill(code_in(mail.outbox[-1].body))
    press(other, says["go on"])
    expect(other).to_have_url(re.compile("/notes/join/$"))
    other.get_by_label(says["name"]).fill("健一")
    other.get_by_label(says["country"]).select_option("jp")
    other.get_by_label(says["read"]).check()
    other.get_by_label(says["agree"]).check()
    press(other, says["yes"])
    number = other.locator("#number").inner_text()
    press(other, says["look"], "link")
    expect(other.locator("#number")).to_have_text(number)

    # Both see the same number; then it is confirmed.
    one.goto(f"/{language}/notes/")
    press(one, says["came"], "link")
    expect(one.locator("#number")).to_have_text(number)
    press(one, says["confirm"])
    press(other, says["look"], "link")

    # What is written from now on can be read, if it is let.
    one.goto(f"/{language}/notes/")
    press(one, says["greet"])
    one.get_by_label(says["words"]).fill("After.")
    one.get_by_label(says["everyone"]).check()
    press(one, says["save"])
    expect(one.get_by_text(says["sentence"]).first).to_be_visible()
    other.goto(f"/{language}/notes/timeline/")
    expect(other.get_by_text("After.")).to_be_visible()
    expect(other.get_by_text("Before.")).to_have_count(0)
    assert Entry.objects.visible_to(Membership.objects.get(role="member").user).count() == 1

    # Another keeps it from now on; the first leaves, and meets nothing any more.
    one.goto(f"/{language}/notes/members/")
    one.get_by_text(says["hand"]).click()
    press(one, says["ask"])
    other.goto(f"/{language}/notes/members/")
    press(other, says["keep"])
    expect(other.get_by_text(says["own"])).to_be_visible()
    one.goto(f"/{language}/notes/members/leave/")
    press(one, says["leave"])
    expect(one.get_by_text(says["left"])).to_be_visible()
    assert one.goto(f"/{language}/notes/timeline/").status == 404
    other.goto(f"/{language}/notes/timeline/")
    expect(other.get_by_text("After.")).to_be_visible()
    assert list(Membership.objects.values_list("role", flat=True)) == ["owner"]
