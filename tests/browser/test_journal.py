"""The journal and the desk in a real browser: nothing is lost, nothing stays behind, and the focus is never nowhere."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from journal.models import Draft, Entry, Reply
from tests import factories
from tests.browser.conftest import DESKTOP
from tests.browser.looking import focused, left_behind, spoken, wait
from tests.conftest import SECRET

# ---- writing


def test_one_tap_saves_and_the_heading_that_says_so_has_the_focus(visit, family):
    page = visit("/en/notes/", who=family.roles["owner"])
    page.get_by_role("button", name="Made tea or a meal").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("^Saved at"))
    expect(heading).to_be_focused()
    assert spoken(page) == ""
    assert re.search(r"/en/notes/[0-9a-f-]{36}/$", page.url)
    assert page.title() == "Saved – Hallway Light"


def test_a_double_tap_saves_once(visit, family):
    before = Entry.objects.count()
    page = visit("/en/notes/", who=family.roles["owner"])
    page.get_by_role("button", name="Listened").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Saved at"))
    assert Entry.objects.count() == before + 1


def test_the_same_page_sent_twice_without_javascript_saves_once(visit, family):
    before = Entry.objects.count()
    page = visit("/en/notes/", who=family.roles["owner"], script=False)
    page.get_by_role("button", name="Listened").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Saved at"))
    assert Entry.objects.count() == before + 1


def test_undo_takes_it_back_and_says_so(visit, family):
    page = visit("/en/notes/", who=family.roles["owner"])
    page.get_by_role("button", name="Listened").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Removed. It can be put back from the bin for 30 days.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("How was today?")
    wait(page)
    assert "Removed." in focused(page)
    page.goto("/en/notes/bin/")
    expect(page.get_by_text("Listened")).to_be_visible()


def test_after_a_hard_day_the_numbers_stand_first(visit, family):
    page = visit("/ja/notes/", who=family.roles["owner"], language="ja")
    page.get_by_role("button", name="今日はつらかった").click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    first = page.locator("main h2").first
    expect(first).to_have_text("今も続いているとき")
    expect(first).to_be_in_viewport()
    page.get_by_label("怖い思いをした人がいる").or_(page.get_by_label(re.compile("怖"))).first.check()
    page.get_by_role("button", name="次へ").click()
    expect(page.get_by_text("手引きはお休みです")).to_be_visible()


def test_words_for_another_day_come_back_with_what_is_wrong(visit, family, watch):
    watch.expect("422")
    page = visit("/en/notes/", who=family.roles["owner"])
    page.get_by_text("In your own words, or for another day").click()
    form = page.locator("details form")
    form.get_by_label("Listened").check()
    form.get_by_label("Another day").check()
    form.get_by_label("What I said or wrote").fill("Tea & <b>toast</b>\nおやすみ 👨‍👩‍👧")
    form.get_by_role("button", name="Save").click()
    expect(page.locator("#errors")).to_be_focused()
    assert page.title().startswith("Error: ")
    expect(form.get_by_label("What I said or wrote")).to_have_value("Tea & <b>toast</b>\nおやすみ 👨‍👩‍👧")
    page.locator("#errors a").click()
    expect(form.get_by_label("Which day?")).to_be_focused()
    form.get_by_label("Yesterday").check()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Saved at"))


# ---- the list


def test_changing_an_entry_in_the_list_moves_the_focus_in_and_back(visit, family):
    page = visit("/en/notes/timeline/", who=family.roles["owner"])
    entry = page.locator(f"#entry-{family.entry.pk}")
    entry.get_by_role("link", name=re.compile("^Change")).click()
    expect(entry.get_by_role("heading")).to_be_focused()
    entry.get_by_label("What I said or wrote").fill("New words.")
    entry.get_by_role("button", name="Save").click()
    expect(entry.get_by_text("New words.")).to_be_visible()
    wait(page)
    assert focused(page) != "nowhere"
    assert spoken(page).startswith("Saved at")
    expect(page.locator("#live")).to_have_count(1)


def test_a_saved_change_stands_at_the_top_when_its_long_form_has_gone(visit, family):
    for _ in range(12):
        factories.make_entry(family.journal, family.roles["owner"], "A quiet day. " * 20)
    page = visit("/ja/notes/timeline/", who=family.roles["owner"], language="ja")
    entry = page.locator(".entry").first
    name = f"#{entry.get_attribute('id')}"
    entry.get_by_role("link", name=re.compile("^書き直す")).click()
    page.locator(f"{name} [name=words]").fill("短い言葉")
    page.locator(name).get_by_role("button", name="保存する").click()
    wait(page)
    expect(page.locator(name)).to_contain_text("短い言葉")
    # At the top, below the bar that stays: not somewhere among other days.
    assert 40 < page.locator(f"{name} h3").bounding_box()["y"] < 160


def test_keeping_an_entry_to_oneself_says_so_where_it_stands(visit, family):
    page = visit("/en/notes/timeline/", who=family.roles["owner"])
    entry = page.locator(f"#entry-{family.entry.pk}")
    entry.get_by_role("button", name=re.compile("^Keep this to myself")).click()
    expect(entry.locator(".readers")).to_contain_text("Only you can read this.")
    wait(page)
    assert spoken(page) == "Only you can read this now."
    assert focused(page) != "nowhere"
    family.entry.refresh_from_db()
    assert family.entry.audience == "author"


def test_earlier_entries_come_below_and_their_first_week_has_the_focus(visit, family):
    for _ in range(30):
        factories.make_entry(family.journal, family.roles["owner"], "Tea.")
    page = visit("/en/notes/timeline/", who=family.roles["owner"])
    shown = page.locator(".entry").count()
    page.get_by_role("link", name="Show earlier entries").click()
    expect(page.locator(".entry")).not_to_have_count(shown)
    wait(page)
    assert focused(page).startswith("<h2")
    assert spoken(page) == ""
    ids = page.locator("[id]").evaluate_all("all => all.map((one) => one.id)")
    assert len(ids) == len(set(ids))


def test_a_change_from_another_window_shows_both_texts(visit, family, watch):
    watch.expect("409")
    page = visit("/en/notes/timeline/", who=family.roles["owner"])
    entry = page.locator(f"#entry-{family.entry.pk}")
    entry.get_by_role("link", name=re.compile("^Change")).click()
    entry.get_by_label("What I said or wrote").fill("Mine, just now.")
    Entry.objects.filter(pk=family.entry.pk).update(version=7)
    entry.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two versions")
    expect(page.locator("main")).to_have_count(1)
    expect(page.get_by_text(SECRET)).to_be_visible()
    expect(page.get_by_label("What I said or wrote")).to_have_value("Mine, just now.")
    page.get_by_role("button", name="Save these words").click()
    expect(page.get_by_text("Mine, just now.")).to_be_visible()


# ---- sharing


def test_changing_and_stopping_a_share_keep_their_place(visit, family):
    page = visit("/en/notes/sharing/", who=family.roles["owner"])
    card = page.locator(f"#share-{family.share.pk}")
    card.get_by_label("Nothing for now").check()
    card.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#live")).to_have_text("Ms counsellor can now read nothing.")
    wait(page)
    assert focused(page) != "nowhere"
    card.get_by_text("Stop Ms counsellor reading").first.click()
    card.get_by_role("button", name="Stop Ms counsellor reading").click()
    expect(page.locator("#live")).to_have_text(re.compile("^Ms counsellor can no longer read"))
    expect(card.get_by_role("link", name="Start again")).to_be_visible()
    wait(page)
    assert focused(page) != "nowhere"


# ---- the desk


def test_a_family_opens_beside_the_queue_and_its_name_has_the_focus(visit, family):
    page = visit("/en/desk/", who=family.roles["counsellor"], size=DESKTOP)
    page.locator("#queue a").first.click()
    expect(page.get_by_text(SECRET)).to_be_visible()
    wait(page)
    assert family.journal.code_name("en") in focused(page)
    expect(page.locator("#queue a[aria-current]")).to_have_count(1)
    expect(page.locator("h1")).to_have_count(1)
    assert page.url.endswith(f"/en/desk/f/{family.share.pk}/")
    page.reload()
    expect(page.get_by_text(SECRET)).to_be_visible()


def test_a_draft_keeps_itself_and_comes_back(visit, family):
    page = visit(f"/en/desk/f/{family.share.pk}/", who=family.roles["counsellor"])
    page.get_by_label("Reply", exact=True).press_sequentially("Half a th")
    expect(page.locator("#draft-state")).to_have_text(re.compile("^Draft kept at"))
    assert spoken(page) == ""
    expect(page.get_by_label("Reply", exact=True)).to_be_focused()
    page.reload()
    expect(page.get_by_label("Reply", exact=True)).to_have_value("Half a th")
    assert not any("Half" in str(value) for value in left_behind(page).values())


def test_a_draft_that_was_being_typed_is_kept_when_the_page_goes(visit, family):
    page = visit(f"/en/desk/f/{family.share.pk}/", who=family.roles["counsellor"])
    page.get_by_label("Reply", exact=True).press_sequentially("Quick")
    page.goto("/en/desk/")
    page.goto(f"/en/desk/f/{family.share.pk}/")
    expect(page.get_by_label("Reply", exact=True)).to_have_value("Quick")


def test_an_answer_is_sent_once_and_leaves_no_draft(visit, family):
    page = visit(f"/en/desk/f/{family.share.pk}/", who=family.roles["counsellor"])
    page.get_by_label("Reply", exact=True).fill("Thank you.")
    page.get_by_role("button", name="Keep draft").click()
    expect(page.locator("#draft-state")).to_have_text(re.compile("^Draft kept at"))
    page.get_by_role("button", name="Send and mark as read").dblclick()
    expect(page.get_by_text("Sent. 1 waiting.")).to_be_visible()
    assert Reply.objects.filter(share=family.share).count() == 1
    assert not Draft.objects.filter(target=family.share.pk).exists()


# ---- what goes wrong on the way


@pytest.mark.parametrize("language", ["en", "ja"])
def test_without_a_connection_the_words_stay_and_the_page_says_so(visit, family, watch, language):
    watch.expect("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")
    lost = {"en": "Not saved: the connection was lost.", "ja": "通信が切れ、保存されていません。"}[language]
    page = visit(f"/{language}/notes/{family.entry.pk}/", who=family.roles["owner"], language=language)
    words = page.locator("textarea[name=words]")
    words.fill("I waited at the door.")
    page.context.set_offline(True)
    page.locator("form[hx-post$='/'] .btn:not(.plain)").first.click()
    expect(page.locator("main .note.warn")).to_contain_text(lost)
    expect(page.locator("#live")).to_contain_text(lost)
    expect(words).to_have_value("I waited at the door.")
    page.context.set_offline(False)
    page.locator("form[hx-post$='/'] .btn:not(.plain)").first.click()
    expect(page.get_by_text("I waited at the door.")).to_be_visible()
    expect(page.locator("main .note.warn")).to_have_count(0)


def test_when_the_session_has_ended_the_words_stay_and_a_sign_in_opens_beside_them(visit, family, watch):
    watch.expect("401", "htmx:responseError", "422")
    page = visit(f"/en/notes/{family.entry.pk}/", who=family.roles["owner"])
    words = page.locator("textarea[name=words]")
    words.fill("I waited at the door.")
    Session.objects.all().delete()
    page.get_by_role("button", name="Save").click()
    said = "You were signed out to keep this safe. Your words are kept."
    expect(page.locator("main .note.warn")).to_contain_text(said)
    expect(page.locator("#live")).to_contain_text(said)
    expect(words).to_have_value("I waited at the door.")
    assert not any("waited" in str(value) for value in left_behind(page).values())

    # Signing in, in the other tab: a new token for every page. The next press sends the page, which comes back once.
    factories_password(family)
    with page.context.expect_page() as opening:
        page.locator("main .note.warn a").click()
    other = opening.value
    other.get_by_label("E-mail").fill(family.roles["owner"].email)
    other.get_by_label("Password", exact=True).fill("a lamp in the hall 7")
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other).to_have_url(re.compile("/en/notes/$"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This page had grown old. Your words are kept.")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("I waited at the door.")).to_be_visible()
    (saved,) = Entry.objects.filter(pk=family.entry.pk).opened()
    assert saved.document.words == "I waited at the door."


def factories_password(family):
    family.roles["owner"].set_password("a lamp in the hall 7")
    family.roles["owner"].save()
