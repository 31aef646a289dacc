"""The journal and the desk in a real browser: nothing is lost, nothing stays behind, and the focus is never nowhere."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from journal.models import Draft, Entry, Reply
from tests import factories
from tests.browser.conftest import DESKTOP
from tests.conftest import SECRET

# What a page may leave in the tab: htmx's own note of the address, which holds no word of anybody.
LEFT_BY_HTMX = {"htmx-current-path-for-history"}


def left_behind(page: Page):
    """Everything this page's origin keeps in the browser."""
    return page.evaluate(
        """async () => ({
            local: Object.entries(localStorage), session: Object.entries(sessionStorage),
            caches: "caches" in window ? await caches.keys() : [],
            databases: indexedDB.databases ? (await indexedDB.databases()).map((one) => one.name) : [],
            workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
            cookies: document.cookie,
        })"""
    )


def focused(page: Page) -> str:
    """What has the focus, as a tag and a class or an id."""
    return page.evaluate("document.activeElement === document.body ? 'nowhere' : document.activeElement.outerHTML")


def spoken(page: Page) -> str:
    return page.locator("#live").inner_text().strip()


def wait(page: Page) -> None:
    """Until htmx has swapped and settled."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)


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


# ---- leaving


def weather(page: Page) -> None:
    expect(page).to_have_url(re.compile("^https://(worldweather.wmo.int|www.jma.go.jp)/"))


@pytest.mark.parametrize("how", ["click", "shift"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_leaving_quickly_ends_the_session_and_back_shows_nothing(visit, family, how, language):
    page = visit(f"/{language}/notes/timeline/", who=family.roles["owner"], language=language)
    expect(page.get_by_text(SECRET)).to_be_visible()
    if how == "click":
        page.locator("a.leave").click()
    else:
        for _ in range(3):
            page.keyboard.press("Shift")
    weather(page)
    assert not Session.objects.exists()
    page.go_back()
    assert SECRET not in page.content()
    page.goto(f"/{language}/notes/timeline/")
    expect(page).to_have_url(re.compile(f"/{language}/account/sign-in/"))


def test_leaving_quickly_without_javascript_ends_the_session(visit, family):
    page = visit("/en/notes/timeline/", who=family.roles["owner"], script=False)
    page.locator("a.leave").click()
    weather(page)
    assert not Session.objects.exists()
    page.go_back()
    expect(page).to_have_url(re.compile("/en/account/sign-in/"))
    assert SECRET not in page.content()


def test_the_page_is_blank_before_the_next_one_comes(visit, family):
    page = visit("/en/notes/timeline/", who=family.roles["owner"])
    seen = []
    page.expose_function("seen", lambda found: seen.append(found))
    page.evaluate(
        """addEventListener("click", () =>
            seen([document.documentElement.checkVisibility(), document.title, document.documentElement.className]))"""
    )
    page.locator("a.leave").click()
    weather(page)
    assert seen == [[False, "\u00a0", "gone"]]


def test_after_signing_out_back_shows_nothing_private(visit, family):
    page = visit("/en/notes/", who=family.roles["owner"])
    page.goto("/en/notes/timeline/")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", level=1).wait_for()
    for _ in range(2):
        page.go_back()
        assert SECRET not in page.content()
        assert "/account/" in page.url


def test_nothing_stays_in_the_browser_after_the_journal_was_used(visit, family):
    page = visit("/en/notes/", who=family.roles["owner"])
    page.get_by_role("button", name="Listened").click()
    page.locator("textarea[name=words]").fill(f"{SECRET} once more")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"{SECRET} once more")).to_be_visible()
    page.locator(f"#change-{family.entry.pk}").click()
    page.go_back()
    wait(page)
    left = left_behind(page)
    assert {name for name, _value in left["session"]} <= LEFT_BY_HTMX
    assert all(re.fullmatch(r"/en/notes/[0-9a-z/?=-]*", value) for _name, value in left["session"])
    left.pop("session")
    assert left == {"local": [], "caches": [], "databases": [], "workers": 0, "cookies": ""}


# ---- how it looks


def test_dark_and_large_last_over_pages_and_the_sign_in(visit, family):
    page = visit("/en/display/", who=family.roles["owner"])
    page.get_by_label("Large").check()
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save").click()
    for address in ("/en/steps/3/", "/en/notes/", "/en/help/jp/"):
        page.goto(address)
        root = page.locator("html")
        expect(root).to_have_attribute("data-theme", "dark")
        expect(root).to_have_attribute("data-text", "large")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == pytest.approx(22.5)
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_the_other_language_shows_the_same_page(visit, family):
    page = visit("/en/notes/timeline/", who=family.roles["owner"])
    page.get_by_role("link", name="日本語").click()
    expect(page).to_have_url(re.compile("/ja/notes/timeline/$"))
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.get_by_text(SECRET)).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile("/en/notes/timeline/$"))


def test_the_check_goes_on_with_each_answer_and_keeps_none(visit, watch):
    page = visit("/en/before-you-act/")
    page.get_by_role("link", name="Start").click()
    page.get_by_label(re.compile("^No")).first.check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Question 2 of 5")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    for number in (3, 4, 5):
        page.get_by_role("button", name="Skip this question").click()
        expect(page.get_by_text(f"Question {number} of 5")).to_be_visible()
    page.get_by_role("button", name="Skip this question").click()
    expect(page.get_by_text("Our advice")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert "?" not in page.url
    assert not page.context.cookies()


def test_a_step_page_offers_the_journal_to_a_parent_and_rests_after_a_hard_day(visit, family):
    page = visit("/en/steps/3/", who=family.roles["owner"])
    expect(page.locator("#place a")).to_have_attribute("href", "/en/notes/?kind=greet")
    hard = page.context.new_page()
    hard.goto("/en/notes/")
    hard.get_by_role("button", name="It was hard today").click()
    hard.get_by_role("heading", level=1).wait_for()
    page.reload()
    expect(page.locator("#place")).to_contain_text("Paused until")
    expect(page.locator("#place").get_by_role("link")).to_have_count(0)
