"""The main job in one go: a parent notes a small thing, a counsellor reads and answers, the parent stops."""

import re

from django.core import mail
from playwright.sync_api import Page, expect

from journal.models import CentreRole, Entry, User
from tests import factories
from tests.browser.conftest import DESKTOP
from tests.screens import PASSWORD, code_in


def a_counsellor():
    """Ms Ono, who reads on Fridays and signs in with a password."""
    user = factories.make_user("ono", password=PASSWORD, email="ono@centre.example.test")
    return factories.make_role(factories.make_centre(), user)


def press(page: Page, name: str | re.Pattern[str], role: str = "button") -> None:
    page.get_by_role(role, name=name, exact=isinstance(name, str)).first.click()


def test_the_whole_story_in_japanese(visit):
    a_counsellor()
    parent = visit("/", language="ja")
    expect(parent).to_have_url(re.compile("/ja/$"))
    assert parent.get_by_role("heading", level=1).inner_text().replace("\n", "") == "家の中で、また少し話せるように"

    # A page for this evening, a step, then the journal it leads to.
    parent.get_by_role("link", name=re.compile("まったく話をしていない")).click()
    expect(parent).to_have_url(re.compile("/ja/tonight/silent/$"))
    parent.locator("main").get_by_role("link", name="あいさつから始める").click()
    expect(parent).to_have_url(re.compile("/ja/steps/3/$"))
    press(parent, "書いておく", "link")
    expect(parent).to_have_url(re.compile("/ja/account/sign-in/"))
    press(parent, "ノートを始める", "link")

    # An account: an address, a code from the mail, no name and no password.
    parent.get_by_label("メールアドレス").fill("mei@example.test")
    press(parent, "番号をメールで受け取る")
    assert mail.outbox[-1].subject == "確認の番号"
    parent.get_by_label("番号", exact=True).fill(code_in(mail.outbox[-1].body))
    press(parent, "次へ")
    expect(parent).to_have_url(re.compile("/ja/notes/start/"))
    parent.get_by_label("お住まいはどの国ですか").select_option("jp")
    parent.get_by_label("ほかの読む人に、どう呼ばれたいですか").fill("芽衣")
    parent.get_by_label("読みました").check()
    parent.get_by_label("同意します").check()
    press(parent, "ノートを始める")

    # One tap saves.
    press(parent, "あいさつをした")
    saved = parent.get_by_role("heading", level=1)
    expect(saved).to_have_text(re.compile("保存"))
    expect(saved).to_be_focused()
    (entry,) = Entry.objects.all().opened()
    assert (entry.document.kind, entry.document.words, entry.audience) == ("greet", "", "author")
    parent.get_by_label(re.compile("小さな返事")).check()
    parent.get_by_label("言ったこと・書いたこと").fill("廊下で「おやすみ」と言った。\n小さくうなずいた。")
    press(parent, "保存する")
    expect(parent.get_by_text("小さくうなずいた。")).to_be_visible()

    # The counsellor signs in and makes a code.
    desk = visit("/ja/account/sign-in/", language="ja", size=DESKTOP)
    desk.get_by_label("メールアドレス").fill("ono@centre.example.test")
    desk.get_by_label("パスワード", exact=True).fill(PASSWORD)
    desk.locator("form").filter(has=desk.locator("[name=password]")).get_by_role("button").last.click()
    expect(desk).to_have_url(re.compile("/ja/desk/$"))
    press(desk, "自分のページ", "link")
    press(desk, "番号を作る")
    code = desk.locator("#code").inner_text()

    # The parent lets them read: the code, who it is, what may be read.
    press(parent, "読める人", "link")
    press(parent, "相談員に読んでもらう", "link")
    parent.get_by_label("相談員から聞いた番号を入れてください。").fill(code.lower())
    press(parent, "次へ")
    expect(parent.get_by_role("heading", name="Onoさん", exact=True)).to_be_visible()
    expect(parent.get_by_text("命の危険があるときと、法律で決められたときは別です。")).to_be_visible()
    parent.get_by_label("自分で選んだものだけ").check()
    press(parent, "Onoさんに読んでもらう")
    expect(parent.get_by_text("Onoさんが、選んだ範囲を読めるようになりました。")).to_be_visible()
    desk.goto("/ja/desk/")
    expect(desk.locator("#queue li")).to_have_text(re.compile("新しいものはありません"))

    # One entry, chosen.
    press(parent, "これまで", "link")
    parent.get_by_role("link", name=re.compile("^書き直す")).click()
    parent.get_by_label(re.compile("ここに書く人と、Onoさん")).check()
    press(parent, "保存する")
    expect(parent.locator(".entry .readers")).to_have_text(re.compile("あなたとOnoさん.*次に読むのは.*（金）です。"))

    # The counsellor finds the family, reads, and writes back.
    desk.goto("/ja/desk/")
    expect(desk.get_by_text("1家族が待っています。")).to_be_visible()
    desk.locator("#queue a").click()
    expect(desk.locator("#family .family-view")).to_be_visible()
    expect(desk.get_by_text("小さくうなずいた。")).to_be_visible()
    family_address = desk.url
    desk.get_by_role("link", name=re.compile("^これについて返事を書く")).click()
    desk.get_by_label(re.compile("^返事")).fill("おやすみの一言、届いていますね。\n続けなくても大丈夫です。")
    press(desk, re.compile("読み終え"))
    expect(desk.get_by_text(re.compile("送りました"))).to_be_visible()
    expect(desk.get_by_text("0家族が待っています。")).to_be_visible()

    # The parent reads it, sees who read what, and stops in two taps.
    parent.goto("/ja/notes/")
    press(parent, "Onoさんから返事があります", "link")
    expect(parent.locator(".reply")).to_contain_text("おやすみの一言、届いていますね。")
    expect(parent.locator(".entry .readers")).to_contain_text("Onoさん")
    press(parent, "読める人", "link")
    press(parent, "だれが、いつ読んだかを見る", "link")
    expect(parent.locator("main")).to_contain_text("1件を読みました")
    press(parent, "読める人", "link")
    parent.get_by_text("Onoさんに読んでもらうのをやめる").first.click()
    press(parent, "Onoさんに読んでもらうのをやめる")
    expect(parent.get_by_text(re.compile("Onoさんは、もう読めません。")).first).to_be_visible()

    # With the next request there is nothing any more.
    assert desk.request.get(family_address, headers={"Cookie": cookie(desk)}).status == 404
    desk.goto("/ja/desk/")
    expect(desk.locator("#queue li")).to_have_count(0)
    assert User.objects.count() == 2
    assert CentreRole.objects.count() == 1


def cookie(page: Page) -> str:
    return "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())


def test_the_whole_story_in_english_without_javascript(visit, watch):
    watch.expect("404")
    a_counsellor()
    parent = visit("/en/", script=False)
    parent.get_by_role("link", name=re.compile("We do not speak at all")).click()
    expect(parent).to_have_url(re.compile("/en/tonight/silent/$"))
    parent.locator("main").get_by_role("link", name="Start with a greeting").click()
    expect(parent).to_have_url(re.compile("/en/steps/3/$"))
    press(parent, "Write it down", "link")
    press(parent, "Begin a journal", "link")
    parent.get_by_label("E-mail").fill("ann@example.test")
    press(parent, "Send me a code")
    assert mail.outbox[-1].subject == "Your code"
    parent.get_by_label("Code", exact=True).fill(code_in(mail.outbox[-1].body))
    press(parent, "Continue")
    parent.get_by_label("Where do you live? For the phone numbers").select_option("gb")
    parent.get_by_label("I have read this.").check()
    parent.get_by_label("I agree that").check()
    press(parent, "Begin the journal")

    press(parent, "Said hello or good night")
    expect(parent.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Saved at \d+:\d\d [ap]m$"))
    parent.get_by_label(re.compile("A small sign")).check()
    parent.get_by_label("What I said or wrote").fill("I said good night from the hall.")
    press(parent, "Save")
    expect(parent.get_by_text("I said good night from the hall.")).to_be_visible()

    desk = visit("/en/account/sign-in/", script=False, size=DESKTOP)
    desk.get_by_label("E-mail").fill("ono@centre.example.test")
    desk.get_by_label("Password", exact=True).fill(PASSWORD)
    press(desk, "Sign in")
    press(desk, "My page", "link")
    press(desk, "Make a code")
    code = desk.locator("#code").inner_text()

    press(parent, "Who can read", "link")
    press(parent, "Let a counsellor read", "link")
    parent.get_by_label("Type the code your counsellor gave you.").fill(code)
    press(parent, "Continue")
    expect(parent.get_by_role("heading", name="Ms Ono", exact=True)).to_be_visible()
    press(parent, "Let Ms Ono read")
    press(parent, "Earlier", "link")
    parent.get_by_role("link", name=re.compile("^Change")).click()
    parent.get_by_label("Everyone who writes here, and Ms Ono").check()
    press(parent, "Save")
    expect(parent.get_by_text("You and Ms Ono can read this. Not read yet. Ms Ono: next reading day Friday")).to_be_visible()

    desk.goto("/en/desk/")
    desk.locator("#queue a").click()
    family_address = desk.url
    expect(desk.get_by_text("I said good night from the hall.")).to_be_visible()
    desk.get_by_role("link", name=re.compile("^Write back about this")).click()
    desk.get_by_label("Reply", exact=True).fill("That was enough.")
    press(desk, "Send and mark as read")
    expect(desk.get_by_text("Sent. 0 waiting.")).to_be_visible()

    parent.goto("/en/notes/")
    press(parent, "Ms Ono wrote back", "link")
    expect(parent.locator(".reply")).to_contain_text("That was enough.")
    press(parent, "Who can read", "link")
    press(parent, "See who has read, and when", "link")
    expect(parent.locator("main")).to_contain_text("Read 1 entry")
    press(parent, "Who can read", "link")
    parent.get_by_text("Stop Ms Ono reading").first.click()
    press(parent, "Stop Ms Ono reading")
    expect(parent.get_by_text(re.compile("Ms Ono can no longer read")).first).to_be_visible()
    assert desk.goto(family_address).status == 404
