"""Visit plans: nobody comes without both conditions, a no always stands, and the person's page shows nothing else."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from journal.models import AccessEvent, Membership, NotReady, PlanChanged, VisitPlan
from journal.visits import card_of
from journal.wording import today_of
from tests import factories
from tests.conftest import SECRET, make_world, sign_in
from tests.plans import NOW, a_plan, agreed, fresh, ready, took_place, url, what
from tests.tools.examples import tried
from tests.tools.threads import at_once

# ---- the two conditions


ACTS = {
    "sheet": lambda plan, n: plan.write_sheet(plan.version, f"Sheet {n}", show_sheet=n % 2 == 0),
    "who": lambda plan, n: plan.describe(plan.version, **what(plan, visitor=f"Visitor {n % 3}")),
    "confirm": lambda plan, n: plan.confirm_briefing(plan.version, NOW(), "By telephone"),
    "tell": lambda plan, n: plan.tell(plan.version, how="said", at=NOW(), off_way="Knock.", no_why=True),
    "yes at home": lambda plan, n: plan.answer_at_home(plan.version, "yes", NOW()),
    "an early yes": lambda plan, n: plan.answer_at_home(plan.version, "yes", NOW() - timedelta(days=3)),
    "no at home": lambda plan, n: plan.answer_at_home(plan.version, "no", NOW()),
    "other at home": lambda plan, n: plan.answer_at_home(plan.version, "other", NOW()),
    "silence": lambda plan, n: plan.answer_at_home(plan.version, "none", NOW()),
    "link": lambda plan, n: plan.make_link(plan.version),
    "come": lambda plan, n: plan.answer_by_link(plan.version, "yes"),
    "come, from an old page": lambda plan, n: plan.answer_by_link(plan.version - 1, "yes"),
    "do not come": lambda plan, n: plan.answer_by_link(0, "no"),
    "a letter": lambda plan, n: plan.answer_by_link(0, "letter"),
    "ready": lambda plan, n: plan.mark_ready(plan.version),
    "ready, from an old page": lambda plan, n: plan.mark_ready(plan.version - 1),
    "done": lambda plan, n: plan.mark_done(plan.version),
    "off": lambda plan, n: plan.call_off(),
}


@tried(60)
@given(acts=st.lists(st.sampled_from(sorted(ACTS)), max_size=14))
def test_after_any_history_a_plan_is_ready_only_with_both_conditions(db, acts):
    with transaction.atomic():
        plan = factories.make_visit(factories.make_journal(factories.make_user()))
        briefed = told = said = called_off = False
        for number, act in enumerate(acts):
            before, words = fresh(plan), fresh(plan).document
            try:
                with transaction.atomic():
                    ACTS[act](plan, number)
            except (NotReady, PlanChanged):
                plan = fresh(plan)
                assert (plan.state, plan.version, plan.document) == (before.state, before.version, words)
                continue
            # What the person in the house would say, kept apart from what the model keeps.
            if act in {"sheet", "who"}:
                changed = act == "sheet" or plan.document.visitor != words.visitor
                briefed = briefed and not changed
                told = told and not (act == "who" and changed)
                said = said and told and not (act == "sheet" and (plan.document.show_sheet or words.show_sheet))
            briefed = briefed or act == "confirm"
            told = told or act == "tell"
            said = {"tell": False, "off": False}.get(act, act in {"yes at home", "come"} or (said and act not in REFUSALS))
            called_off = called_off or act in {"off", "no at home", "silence"}
            plan = fresh(plan)
            assert plan.state not in {"ready", "done"} or (briefed and told and said and not called_off)
            assert plan.conditions_met == bool(briefed and told and said)
            assert plan.agreed_at is None or plan.agreed_at >= plan.told_at
        transaction.set_rollback(True)


REFUSALS = {"no at home", "other at home", "silence", "do not come", "a letter"}


@pytest.mark.parametrize("state", ["ready", "done"])
@pytest.mark.parametrize("missing", ["briefing_confirmed_at", "told_at", "agreed_at", "order"])
def test_the_database_itself_refuses_a_visit_without_both_conditions(world, state, missing):
    plan = ready(world)
    change = {"agreed_at": plan.told_at - timedelta(seconds=1)} if missing == "order" else {missing: None}
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitPlan.objects.filter(pk=plan.pk).update(state=state, **change)
    assert fresh(plan).state == "ready"


def test_the_database_knows_no_other_state_and_no_yes_before_the_telling(world):
    plan = factories.make_visit(world.journal)
    for change in ({"state": "soon"}, {"agreed_at": NOW()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            VisitPlan.objects.filter(pk=plan.pk).update(**change)


def test_the_page_refuses_what_is_not_ready_with_words(parent, world):
    plan = a_plan(world)
    response = parent.post(url("ready", plan), {"version": plan.version})
    assert response.status_code == 422
    assert "A visit is ready only when both are done." in response.content.decode()
    assert fresh(plan).state == "draft"


def test_a_no_takes_state_and_time_away_in_one_update(world):
    plan = ready(world)
    with CaptureQueriesContext(connection) as queries:
        plan.answer_by_link(0, "no")
    (update,) = [query["sql"] for query in queries if query["sql"].startswith("UPDATE")]
    assert '"state"' in update
    assert '"agreed_at" = NULL' in update
    assert (fresh(plan).state, fresh(plan).agreed_at) == ("off", None)


def test_silence_is_never_ready_and_a_parents_only_meeting_is_offered(parent, world):
    plan = a_plan(world)
    day = NOW().date().isoformat()
    data = {"version": plan.version, "answer": "none", "day": day}
    page = parent.post(url("answer", plan), data, follow=True).content.decode()
    assert "No answer. That counts as no for now." in page
    assert "Meet without them: parents only, away from home" in page
    assert fresh(plan).state == "off"
    with pytest.raises(PlanChanged):
        plan.mark_ready(fresh(plan).version)


def test_a_yes_from_before_the_telling_counts_for_nothing(parent, world):
    plan = a_plan(world)
    yesterday = (NOW() - timedelta(days=2)).date().isoformat()
    response = parent.post(url("answer", plan), {"version": plan.version, "answer": "yes", "day": yesterday})
    assert response.status_code == 422
    assert "before they were told" in response.content.decode()
    untold = factories.make_visit(world.journal)
    response = parent.post(url("answer", untold), {"version": 1, "answer": "yes", "day": NOW().date().isoformat()})
    assert response.status_code == 422


def test_the_telling_needs_who_when_why_a_way_to_refuse_and_the_promise(parent, world):
    plan = factories.make_visit(world.journal)
    response = parent.post(url("told", plan), {"version": 1, "how": "said", "day": NOW().date().isoformat()})
    body = response.content.decode()
    assert response.status_code == 422
    for words in ("Tell them all of this first", "Write how they can call it off", "nobody can say no freely"):
        assert words in body
    assert fresh(plan).told_at is None


# ---- the visitor on the site


def desk(world):
    return reverse("journal:desk_visit", args=[world.share.pk, world.visit.pk])


def test_the_counsellor_reads_confirms_and_both_are_in_the_log(client, world):
    sign_in(client, world.roles["counsellor"])
    family = client.get(reverse("journal:desk_family", args=[world.share.pk])).content.decode()
    assert desk(world) in family
    assert "Plan to look at" in client.get(reverse("journal:desk_queue")).content.decode()
    assert SECRET in client.get(desk(world)).content.decode()
    assert client.post(desk(world), {"version": fresh(world.visit).version}).status_code == 303
    assert fresh(world.visit).briefing_confirmed_at is not None
    verbs = list(AccessEvent.objects.filter(journal=world.journal, shown=[str(world.visit.pk)]).values_list("verb", flat=True))
    assert verbs == ["briefed", "confirmed"]
    assert "Plan to look at" not in client.get(reverse("journal:desk_queue")).content.decode()
    sign_in(client, world.roles["owner"])
    assert "Read the sheet for a visit" in client.get(reverse("journal:log_list")).content.decode()


def test_a_sheet_that_changed_meanwhile_is_read_again_before_it_is_confirmed(client, world):
    sign_in(client, world.roles["counsellor"])
    old = fresh(world.visit).version
    world.visit.describe(old, **what(world.visit, aftercare="Changed"))
    assert client.post(desk(world), {"version": old}).status_code == 409
    assert fresh(world.visit).briefing_confirmed_at is None


@pytest.mark.parametrize("close", ["stop", "nothing", "taken back", "rewritten", "another visitor", "expired share", "long past"])
def test_a_sheet_closes_with_the_next_request_and_stays_closed(client, world, close):
    sign_in(client, world.roles["counsellor"])
    plan, share = world.visit, world.share
    assert client.get(desk(world)).status_code == 200
    match close:
        case "stop":
            share.revoke()
        case "nothing":
            share.set_default("nothing")
            share.set_default("chosen")  # opened again: what was chosen before stays closed
        case "taken back":
            plan.take_back_sheet()
        case "rewritten":
            plan.write_sheet(plan.version, "New words", show_sheet=False)
        case "another visitor":
            plan.describe(plan.version, **what(plan, visitor="Mr Sato", share=""))
        case "expired share":
            type(share).objects.filter(pk=share.pk).update(ends_at=NOW())
        case "long past":
            plan.seal(type(plan.document)(**{**vars(plan.document), "day": "2020-01-01"}))
            plan.save()
    assert client.get(desk(world)).status_code == 404
    assert desk(world) not in client.get(reverse("journal:desk_queue")).content.decode()


def test_a_visitor_learns_that_it_was_called_off_and_no_longer_reads_the_sheet(client, world):
    sign_in(client, world.roles["counsellor"])
    world.visit.call_off()
    body = client.get(desk(world)).content.decode()
    assert "Please do not come." in body
    assert SECRET not in body


def test_a_sheet_is_given_only_to_a_counsellor_who_reads_here_now(parent, world):
    plan = a_plan(world, share=str(world.shares["expired"].pk))
    page = parent.post(url("sheet_readers", plan), {"version": plan.version}, follow=True)
    assert "Nothing was opened." in page.content.decode()
    assert fresh(plan).document.sheet_to == ""


# ---- the days after, and rest


def test_on_three_days_it_asks_how_it_is_and_then_the_plan_closes(parent, world):
    for days in (1, 2, 3):
        plan = took_place(world, days)
        assert f"After the visit, day {days} of 3" in parent.get(url("detail", plan)).content.decode()
        assert parent.post(url("after", plan), {"answer": "usual"}).status_code == 303
        assert fresh(plan).document.after[days - 1] == "usual"
        assert card_of(fresh(plan)).closed == (days == 3)
    assert card_of(took_place(world, 4)).state == "This plan is closed"
    assert card_of(took_place(world, 0)).after_day == 0


@pytest.mark.parametrize("answer", ["afraid", "hurt"])
def test_hurt_or_afraid_shows_help_first_and_rests_the_steps_for_both_parents(parent, world, answer):
    plan = took_place(world)
    page = parent.post(url("after", plan), {"answer": answer}, follow=True).content.decode()
    assert page.index("If it is still going on") < page.index("<h1")
    assert "They may have been frightened too." in page
    for role in ("owner", "member"):
        membership = Membership.objects.get(journal=world.journal, user=world.roles[role])
        assert membership.resting_until(today_of(membership.user)) is not None


def test_a_rest_after_a_visit_is_not_lifted_by_taking_an_entry_back(parent, world):
    parent.post(url("after", took_place(world)), {"answer": "hurt"})
    hard = factories.make_entry(world.journal, world.roles["owner"], kind="hard", audience="family")
    parent.post(reverse("journal:entry_delete", args=[hard.pk]), {"undo": "1"})
    membership = Membership.objects.get(journal=world.journal, user=world.roles["owner"])
    assert membership.resting_until(today_of(membership.user)) is not None


def test_talk_of_dying_opens_the_words_to_say(parent, world):
    response = parent.post(url("after", took_place(world)), {"answer": "dying"})
    assert response["Location"] == reverse("guidance:help_page", kwargs={"page": "words"})


def test_help_stands_even_where_saving_fails(parent, world, monkeypatch):
    plan = took_place(world)

    def full(*args):
        raise DatabaseError

    monkeypatch.setattr(VisitPlan, "follow_up", full)
    response = parent.post(url("after", plan), {"answer": "hurt"})
    assert response.status_code == 503
    assert "This could not be saved. The numbers above still work." in response.content.decode()


def test_while_the_steps_rest_no_page_asks_for_the_next_task_and_calling_off_still_works(parent, world):
    membership = Membership.objects.get(journal=world.journal, user=world.roles["owner"])
    plan = agreed(world)
    membership.rest(today_of(membership.user), for_all=True)
    for address in (url("list"), url("detail", plan), url("add"), url("told", plan)):
        body = parent.get(address).content.decode()
        assert "The steps are paused until" in body
        for nudge in (f'href="{url("add")}"', f'href="{url("told", plan)}"', "Mark as ready", 'name="purpose"', 'name="off_way"'):
            assert nudge not in body, (address, nudge)
    assert parent.post(url("ready", plan), {"version": plan.version}).status_code == 422
    assert parent.get(url("answer", plan)).status_code == 200
    assert parent.post(url("off", plan)).status_code == 303
    assert fresh(plan).state == "off"


# ---- the rest


def test_clear_are_only_the_state_and_the_times(world):
    plan = ready(world)
    row = VisitPlan.objects.filter(pk=plan.pk).values().get()
    assert set(row) == {
        "id", "journal_id", "state", "briefing_confirmed_at", "told_at", "agreed_at", "token_hash", "token_expires_at",
        "submission", "version", "created_at", "sealed",
    }  # fmt: skip
    for word in (b"Ono", b"Cats", b"yes", b"note"):
        assert word not in bytes(row["sealed"])


def test_a_plan_that_cannot_be_opened_can_still_be_called_off(parent, world):
    plan = ready(world)
    VisitPlan.objects.filter(pk=plan.pk).update(sealed=b"\x01" * 80)
    assert "cannot be opened" in parent.get(url("detail", plan)).content.decode()
    assert parent.post(url("off", plan)).status_code == 303
    assert (fresh(plan).state, fresh(plan).agreed_at, bytes(fresh(plan).sealed)) == ("off", None, b"\x01" * 80)


def test_the_list_costs_the_same_for_three_plans_and_for_thirty(parent, world):
    numbers = []
    for more in (2, 27):
        for _ in range(more):
            ready(world)
        parent.get(url("list"))
        with CaptureQueriesContext(connection) as queries:
            parent.get(url("list"))
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


def test_an_erased_plan_is_in_the_ledger_and_its_link_is_gone(parent, world):
    plan = a_plan(world)
    plan.call_off()
    assert parent.post(url("erase", plan)).status_code == 303
    assert not VisitPlan.objects.filter(pk=plan.pk).exists()


@pytest.mark.skipif("sqlite" in connection.vendor, reason="SQLite lets one transaction write at a time")
def test_two_answers_in_the_same_moment_end_with_the_no(transactional_db):
    world = make_world()
    plan = a_plan(world)
    plan.make_link(plan.version)
    version = plan.version
    raised = at_once(lambda: fresh(plan).answer_by_link(version, "yes"), lambda: fresh(plan).answer_by_link(version, "no"))
    assert all(isinstance(error, PlanChanged) for error in raised)
    assert (fresh(plan).state, fresh(plan).agreed_at, fresh(plan).document.answer) == ("off", None, "no")
