"""A visit plan that is changed: what is asked again, and what an old page may not do."""

import uuid
from datetime import timedelta

import pytest

from journal.models import VisitPlan
from journal.visits import tasks
from tests import factories
from tests.plans import NOW, a_plan, fresh, ready, url, what


@pytest.mark.parametrize("change", [{"visitor": "Mr Sato"}, {"at": "15:00"}, {"purpose": "Another."}])
def test_another_visitor_time_or_purpose_asks_both_conditions_again(world, change):
    plan = ready(world)
    token = plan.make_link(plan.version)
    assert plan.describe(plan.version, **what(plan, **change))
    plan = fresh(plan)
    assert (plan.state, plan.briefing_confirmed_at, plan.told_at, plan.agreed_at) == ("draft", None, None, None)
    assert VisitPlan.objects.by_link(token) is None


def test_the_days_after_can_be_changed_without_asking_anybody_again(world):
    plan = ready(world)
    assert not plan.describe(plan.version, **what(plan, aftercare="My sister comes too."))
    assert fresh(plan).state == "ready"


@pytest.mark.parametrize(("shown", "still_agreed"), [(True, False), (False, True)])
def test_another_sheet_asks_the_visitor_again_and_whoever_read_it(world, shown, still_agreed):
    plan = ready(world, show_sheet=shown)
    plan.write_sheet(plan.version, "Cats and dogs.", shown)
    plan = fresh(plan)
    assert plan.briefing_confirmed_at is None
    assert plan.state == "draft"
    assert (plan.agreed_at is not None) == still_agreed


def test_a_change_is_said_kindly(parent, world):
    plan = ready(world)
    said = what(plan, visitor="Mr Sato", share="other")
    page = parent.post(url("edit", plan), said | {"version": plan.version}, follow=True)
    assert "the visitor confirms again, and they are told and asked again" in page.content.decode()


def test_an_old_page_shows_both_versions_and_changes_nothing(parent, world):
    plan = a_plan(world)
    old = plan.version
    plan.write_sheet(old, "The other parent's words", show_sheet=False)
    response = parent.post(url("sheet", plan), {"version": old, "sheet": "My words"})
    body = response.content.decode()
    assert response.status_code == 409
    assert "The other parent" in body
    assert "My words" in body
    assert f'name="version" value="{plan.version}"' in body
    assert fresh(plan).document.sheet == "The other parent's words"


def test_a_plan_that_was_called_off_meanwhile_gives_the_words_back(parent, world):
    plan = a_plan(world)
    old = plan.version
    plan.call_off()
    response = parent.post(url("sheet", plan), {"version": old, "sheet": "My words"})
    assert response.status_code == 409
    assert "My words" in response.content.decode()


def test_the_same_form_twice_makes_one_plan(parent, world):
    day = (NOW() + timedelta(days=5)).date().isoformat()
    data = {
        "journal": world.journal.pk,
        "submission": uuid.uuid4(),
        "share": "other",
        "visitor": "Mr Sato",
        "day": day,
        "at": "14:00",
    }
    data |= {"length": "Half an hour", "purpose": "Hello", "aftercare": "At home"}
    first, second = (parent.post(url("add"), data) for _ in range(2))
    assert first.status_code == 303
    assert first["Location"] == second["Location"]


def test_the_same_form_again_with_other_words_shows_both_and_keeps_the_first(parent, world):
    data = {"journal": world.journal.pk, "submission": uuid.uuid4(), "share": "other", "visitor": "Mr Sato", "at": "14:00"}
    data |= {"day": (NOW() + timedelta(days=5)).date().isoformat(), "length": "Half an hour", "aftercare": "At home"}
    parent.post(url("add"), data | {"purpose": "First words"})
    answer = parent.post(url("add"), data | {"purpose": "Second words"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "First words" in page
    assert "Second words" in page
    plan = VisitPlan.objects.get(journal=world.journal, submission=data["submission"])
    assert plan.document.purpose == "First words"
    target = url("edit", plan)
    assert f'action="{target}"' in page
    parent.post(target, data | {"purpose": "Second words", "version": plan.version})
    assert fresh(plan).document.purpose == "Second words"


def test_tasks_that_cannot_start_yet_say_so(parent, world):
    plan = factories.make_visit(world.journal)
    assert [task.blocked for task in tasks(plan)] == [False, False, True, False, True]
    body = parent.get(url("detail", plan)).content.decode()
    assert body.count("Something comes first") == 3
    assert url("briefing", plan) not in body
