"""Half-written words about people and visits: kept for their writer as they were typed, cleared and unticked too."""

import uuid

import pytest
from django.urls import reverse

from journal.models import Draft, SupportPerson, VisitPlan
from tests import factories
from tests.conftest import sign_in
from tests.tools.markup import Markup

HTMX = {"HX-Request": "true", "HX-Target": "draft-state"}


@pytest.fixture
def plan(world):
    return factories.make_visit(world.journal, sheet="She likes cats.", show_sheet=True)


def page(client, name, *arguments):
    return client.get(reverse(f"journal:{name}", args=arguments)).content.decode()


def stands(html):
    """What the form of a page says, by name; a box that is not ticked is not there."""
    markup = Markup(html)
    found = {area.get("name"): "".join(area.parts).removeprefix("\n") for area in markup.all("textarea")}
    for field in markup.all("input"):
        if field.get("type") not in {"radio", "checkbox"} or "checked" in field.attrs:
            found[field.get("name")] = field.get("value")
    return found


def keep(client, url_name, /, *arguments, **fields):
    answer = client.post(reverse(f"journal:{url_name}", args=arguments), {"sequence": 1, **fields}, headers=HTMX)
    assert "Draft kept at" in answer.content.decode()


def test_words_about_somebody_new_are_kept_sealed_for_their_writer_alone(parent, client, world):
    keep(parent, "person_new_draft", submission=uuid.uuid4(), version=0, name="ZEBRA the neighbour", state="could", next="Ask.")
    said = stands(page(parent, "person_add"))
    assert (said["name"], said["state"], said["next"]) == ("ZEBRA the neighbour", "could", "Ask.")
    assert b"ZEBRA" not in bytes(Draft.objects.get().sealed)
    sign_in(client, world.roles["member"])
    assert "ZEBRA" not in page(client, "person_add")


def test_what_was_cleared_about_a_person_does_not_come_back(parent, world):
    person = factories.make_person(world.journal, world.roles["owner"], "My sister", state="could", next="Ask her to tea.")
    keep(parent, "person_draft", person.pk, version=1, name="My sister", state="knows", next="")
    said = stands(page(parent, "person_edit", person.pk))
    assert (said["state"], said["next"]) == ("knows", "")


def test_saving_somebody_lets_go_of_the_draft_and_a_late_packet_brings_none_back(parent, world):
    form = {"submission": uuid.uuid4(), "version": 0, "name": "A neighbour", "state": "could", "next": "Ask."}
    keep(parent, "person_new_draft", **form)
    assert parent.post(reverse("journal:person_add"), form).status_code == 303
    assert not Draft.objects.exists()
    keep(parent, "person_new_draft", **form)
    assert "A neighbour" not in page(parent, "person_add")
    assert SupportPerson.objects.filter(submission=form["submission"]).count() == 1


def test_words_of_a_new_plan_are_kept_until_it_is_begun(parent, world):
    form = {
        "journal": world.journal.pk, "submission": uuid.uuid4(), "share": "other", "visitor": "Mr Sato", "day": "2100-01-01",
        "at": "10:00", "length": "Half an hour", "purpose": "Tea.", "aftercare": "",
    }  # fmt: skip
    keep(parent, "visit_new_draft", **form)
    said = stands(page(parent, "visit_add"))
    assert {name: said[name] for name in form if name != "journal"} == {
        name: str(value) for name, value in form.items() if name != "journal"
    }
    soon = factories.make_visit(world.journal).document.day
    assert parent.post(reverse("journal:visit_add"), form | {"day": soon, "aftercare": "We are."}).status_code == 303
    assert not Draft.objects.exists()
    keep(parent, "visit_new_draft", **form)
    assert "Mr Sato" not in page(parent, "visit_add")


@pytest.mark.parametrize(
    ("task", "name", "cleared", "typed"),
    [
        ("who", "visit_edit", "purpose", {"visitor": "Ms Ono", "length": "An hour", "aftercare": "Both of us."}),
        ("sheet", "visit_sheet", "sheet", {}),
        ("briefing", "visit_briefing", "how", {"day": "2026-11-01"}),
        ("told", "visit_told", "off_way", {"how": "note", "day": "2026-11-01"}),
    ],
)
def test_each_task_of_a_plan_comes_back_as_it_was_typed_and_cleared(parent, world, plan, task, name, cleared, typed):
    plan.confirm_briefing(plan.version, plan.created_at, "By telephone.")
    plan.tell(plan.version, how="said", at=plan.created_at, off_way="Knock.", no_why=True)
    keep(parent, "visit_draft", plan.pk, task, version=plan.version, **{cleared: "", **typed})
    said = stands(page(parent, name, plan.pk))
    assert {field: said[field] for field in (cleared, *typed)} == {cleared: "", **typed}
    # A box that was let go of is not ticked again.
    assert not {"show_sheet", "all_said", "no_why"} & said.keys()
    assert "Delete the draft" in page(parent, name, plan.pk)
    parent.post(reverse("journal:visit_draft", args=[plan.pk, task]), {"discard": "1"})
    assert stands(page(parent, name, plan.pk))[cleared] != ""


def test_saving_a_task_lets_go_of_its_draft_alone(parent, world, plan):
    form = {"version": plan.version, "sheet": "She likes cats and old games."}
    keep(parent, "visit_draft", plan.pk, "sheet", **form)
    keep(parent, "visit_draft", plan.pk, "told", version=plan.version, off_way="Two knocks")
    assert parent.post(reverse("journal:visit_sheet", args=[plan.pk]), form).status_code == 303
    assert Draft.objects.count() == 1
    keep(parent, "visit_draft", plan.pk, "sheet", **form)
    assert "Delete the draft" not in page(parent, "visit_sheet", plan.pk)
    plan.refresh_from_db()
    plan.erase()
    assert not Draft.objects.exists()


def test_a_draft_from_before_the_plan_changed_shows_both_and_replaces_nothing(parent, world, plan):
    keep(parent, "visit_draft", plan.pk, "sheet", version=plan.version, sheet="OTTER half a line")
    old = plan.version
    plan.write_sheet(plan.version, "KOALA of the other parent", show_sheet=False)
    said = stands(page(parent, "visit_sheet", plan.pk))
    assert (said["sheet"], said["version"]) == ("OTTER half a line", str(old))
    answer = parent.post(reverse("journal:visit_sheet", args=[plan.pk]), {"version": old, "sheet": "OTTER half a line"})
    assert answer.status_code == 409
    assert "KOALA of the other parent" in answer.content.decode()
    assert stands(answer.content.decode())["sheet"] == "OTTER half a line"
    assert VisitPlan.objects.get(pk=plan.pk).document.sheet == "KOALA of the other parent"
    assert Draft.objects.exists(), "nothing was saved: the words are kept"


def test_a_task_that_is_none_has_no_draft(parent, plan):
    assert parent.post(reverse("journal:visit_draft", args=[plan.pk, "ready"]), {"sequence": 1}).status_code == 404


def test_without_a_script_a_draft_of_a_task_is_kept_and_an_older_page_gives_its_words_back(parent, plan):
    url = reverse("journal:visit_draft", args=[plan.pk, "sheet"])
    answer = parent.post(url, {"sequence": 5, "version": plan.version, "sheet": "newer"})
    assert answer.headers["Location"] == reverse("journal:visit_sheet", args=[plan.pk])
    assert "older" in parent.post(url, {"sequence": 2, "version": plan.version, "sheet": "older"}).content.decode()
    assert stands(page(parent, "visit_sheet", plan.pk))["sheet"] == "newer"
