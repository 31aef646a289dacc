"""The first days of two parents: from the address to the first tap and home, and both texts where two wrote at once."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from journal.models import Entry, FamilyPage
from tests import factories
from tests.browser.test_story import press
from tests.screens import code_in

WORDS = {
    "en": {
        "begin": "Begin a journal", "mail": "E-mail", "send": "Send me a code", "code": "Code", "on": "Continue",
        "country": "Where do you live? For the phone numbers", "read": "I have read this.",
        "agree": "I agree that", "start": "Begin the journal",
        "how": "How was today?", "greet": "Said hello or good night", "saved": r"^Saved at \d+:\d\d [ap]m$",
        "leave": "Leave it as it is", "write": "Write", "last": "Last written: today.", "page": "Our page", "save": "Save",
        "well": "What goes well", "two": "Two versions", "now": "What is saved now",
    },
    "ja": {
        "begin": "ノートを始める", "mail": "メールアドレス", "send": "番号をメールで受け取る", "code": "番号", "on": "次へ",
        "country": "お住まいはどの国ですか", "read": "読みました",
        "agree": "同意します", "start": "ノートを始める", "how": "今日は、どうでしたか",
        "greet": "あいさつをした", "saved": "保存しました", "leave": "このままにする", "write": "書く",
        "last": "前に書いたのは、今日です。", "page": "わが家の1枚", "save": "保存する", "well": "うまくいっていること",
        "two": "2つの版があります", "now": "今、保存されているもの",
    },
}  # fmt: skip
BOTH = pytest.mark.parametrize(("language", "script"), [("ja", True), ("en", False)])


@BOTH
def test_from_an_address_to_the_first_line_and_home(visit, language, script):
    words = WORDS[language]
    page = visit(f"/{language}/account/sign-in/", language=language, script=script)
    press(page, words["begin"], "link")
    page.get_by_label(words["mail"]).fill("mei@example.test")
    press(page, words["send"])
    page.get_by_label(words["code"], exact=True).fill(code_in(mail.outbox[-1].body))
    press(page, words["on"])
    # What is asked once: the country for the numbers, that the lines above were read, and the agreement.
    page.get_by_label(words["country"]).select_option("jp" if language == "ja" else "gb")
    page.get_by_label(words["read"]).check()
    page.get_by_label(words["agree"]).check()
    press(page, words["start"])

    # No tour stands between a new parent and the buttons, and nothing says that something is missing.
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(words["how"]))
    press(page, words["greet"])
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(words["saved"]))
    press(page, words["leave"], "link")
    press(page, words["write"], "link")
    expect(page.get_by_text(words["last"])).to_be_visible()
    (entry,) = Entry.objects.all().opened()
    assert (entry.document.kind, entry.zone) == ("greet", "Asia/Tokyo" if language == "ja" else "Europe/London")


@BOTH
def test_two_parents_who_wrote_our_page_at_once_see_both_texts_and_lose_neither(visit, watch, language, script):
    watch.expect("409")
    words = WORDS[language]
    mother, father = (factories.make_user(name, language=language) for name in ("Hana", "Ken"))
    journal = factories.make_journal(mother, father)
    factories.make_page(journal, mother, well="ZEBRA at first")
    pages = [visit(f"/{language}/notes/page/", who=who, language=language, script=script) for who in (mother, father)]
    for page, text in zip(pages, ("KOALA hers", "OTTER his"), strict=True):
        page.get_by_label(words["well"]).fill(text)
    press(pages[0], words["save"])
    expect(pages[0].get_by_label(words["well"])).to_have_value("KOALA hers")

    late = pages[1]
    press(late, words["save"])
    expect(late.get_by_role("heading", level=1)).to_have_text(words["two"])
    expect(late.get_by_role("heading", name=words["now"])).to_be_visible()
    expect(late.locator(".panel").first).to_contain_text("KOALA hers")
    expect(late.get_by_label(words["well"])).to_have_value("OTTER his")
    late.get_by_label(words["well"]).fill("KOALA hers. OTTER his")
    press(late, words["save"])
    expect(late.get_by_label(words["well"])).to_have_value("KOALA hers. OTTER his")
    (kept,) = FamilyPage.objects.filter(journal=journal).opened()
    assert kept.document.well == "KOALA hers. OTTER his"
