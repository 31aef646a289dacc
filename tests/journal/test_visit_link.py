"""The page behind the link of a visit: without a sign-in, for the person who is to be visited."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from journal.models import NotReady, VisitPlan
from tests.conftest import SECRET
from tests.plans import NOW, a_plan, fresh, url


@pytest.fixture
def link(world):
    plan = a_plan(world)
    return plan, url("public", token=plan.make_link(plan.version))


def press(address, answer, version=0, **headers):
    return Client(enforce_csrf_checks=True).post(address, {"answer": answer, "version": version}, headers=headers)


def test_the_page_needs_no_session_sets_no_cookie_and_tells_no_other_site(link):
    _plan, address = link
    visitor = Client(enforce_csrf_checks=True)
    visitor.cookies["session"] = "s" * 32
    for response in (visitor.get(address), visitor.post(address, {"answer": "no"}), visitor.get(url("public", token="x"))):
        assert not response.wsgi_request.session.accessed
        assert not response.cookies
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"] == "no-store, private"
        assert "noindex" in response["X-Robots-Tag"]


@pytest.mark.parametrize(("language", "title"), [("en", "About a visit"), ("ja", "予定の確認")])
def test_the_page_shows_the_visitor_and_the_day_and_nothing_else(world, language, title):
    with translation.override(language):
        plan = a_plan(world, sheet=SECRET, purpose="WHY-1", length="LONG-2", aftercare="AFTER-3")
        address = url("public", token=plan.make_link(plan.version))
    body = Client().get(address).content.decode()
    assert f"<title>{title} –" in body
    assert "Ms Ono" in body
    for hidden in (SECRET, "WHY-1", "LONG-2", "AFTER-3", "owner", str(plan.pk), str(world.journal.pk), "withdrawn", "ひきこも"):
        assert hidden not in body


def test_the_sheet_is_there_only_where_the_parent_chose_it(world):
    plan = a_plan(world, sheet="She likes cats.", show_sheet=True)
    body = Client().get(url("public", token=plan.make_link(plan.version))).content.decode()
    assert "She likes cats." in body


def test_opening_the_page_changes_nothing(link):
    plan, address = link
    for _ in range(3):
        assert Client().get(address).status_code == 200
    assert fresh(plan).version == plan.version


def test_come_counts_and_can_be_taken_back_until_the_visit(link):
    plan, address = link
    assert press(address, "yes", plan.version).status_code == 303
    assert fresh(plan).agreed_at is not None
    body = Client().get(address).content.decode()
    assert "Only this answer is passed on. You can change it until" in body
    plan.confirm_briefing(fresh(plan).version, NOW(), "By telephone")
    plan.mark_ready(plan.version)
    assert press(address, "no").status_code == 303
    assert (fresh(plan).state, fresh(plan).agreed_at) == ("off", None)
    assert "Nobody comes on that day" in Client().get(address).content.decode()
    assert press(address, "yes", fresh(plan).version).status_code == 303
    assert fresh(plan).state == "draft"


@pytest.mark.parametrize("first", ["yes", "no"])
def test_of_two_answers_that_race_the_no_stands(link, first):
    plan, address = link
    made = plan.version
    for answer in [first, "no" if first == "yes" else "yes"]:
        press(address, answer, made)
    assert fresh(plan).document.answer == "no"
    assert (fresh(plan).state, fresh(plan).agreed_at) == ("off", None)


def test_a_parent_cannot_turn_their_own_no_into_a_yes(parent, link):
    plan, address = link
    press(address, "letter")
    version = fresh(plan).version
    day = NOW().date().isoformat()
    response = parent.post(url("answer", plan), {"version": version, "answer": "yes", "day": day})
    assert response.status_code == 422
    assert "Only they can change that answer." in response.content.decode()
    with pytest.raises(NotReady):
        plan.answer_at_home(version, "yes", NOW())


@pytest.mark.parametrize("end", ["off", "no at home", "expired", "erased", "unknown"])
def test_a_link_that_does_not_hold_says_only_that_nobody_comes(world, end):
    plan = a_plan(world)
    address = url("public", token=plan.make_link(plan.version))
    gone = Client().get(url("public", token="never-was"))
    match end:
        case "off":
            plan.call_off()
        case "no at home":
            plan.answer_at_home(plan.version, "no", NOW())
        case "expired":
            VisitPlan.objects.filter(pk=plan.pk).update(token_expires_at=NOW())
        case "erased":
            plan.erase()
        case "unknown":
            address = url("public", token="another")
    for response in (Client().get(address), press(address, "yes", plan.version)):
        assert response.status_code == 404
        assert "Nobody comes because of it." in response.content.decode()
    assert len(Client().get(address).content) == len(gone.content)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null"}, 303),
        ({}, 303),
    ],
)
def test_no_other_site_answers_and_an_old_browser_still_can(link, headers, status):
    _plan, address = link
    assert press(address, "no", **headers).status_code == status


def test_who_guesses_waits(db):
    cache.clear()
    statuses = {Client().get(url("public", token=f"guess-{number}")).status_code for number in range(20)}
    assert statuses == {404}
    assert Client().get(url("public", token="guess-20")).status_code == 429
    cache.clear()


def test_a_link_that_holds_opens_whoever_guessed_behind_the_same_address(link):
    plan, address = link
    cache.clear()
    for number in range(21):
        Client().get(url("public", token=f"guess-{number}"))
    assert Client().get(url("public", token="guess-21")).status_code == 429
    assert press(address, "no").status_code == 303
    assert fresh(plan).state == VisitPlan.State.OFF
    cache.clear()


def test_the_token_is_kept_nowhere(world):
    plan = a_plan(world)
    token = plan.make_link(plan.version)
    row = VisitPlan.objects.filter(pk=plan.pk).values().get()
    assert token not in str(row)
    assert token.encode() not in bytes(row["sealed"])
