"""Screens of what a journal holds beside its days, and of what is printed, taken out and brought in."""

import io
import uuid
from datetime import date

from django.http import HttpResponse
from django.test import override_settings

from journal.copies import files
from journal.models import Agreement, FamilyPage, SupportPerson
from tests import factories
from tests.screens.stage import Stage, page, screen

WAITS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}

page("journal:more", "owner")
page("journal:person_list", "owner")
page("journal:person_add", "owner")
page("journal:agreement_list", "owner")
page("journal:agreement_add", "owner", topic="house")
page("journal:agreement_add", "owner", "money sheet", topic="sheet")
page("journal:family_page", "owner")
page("journal:summary_print", "owner")
page("journal:export_list", "owner")
page("journal:import_new", "owner", "into a journal with something in it")


@screen("journal:person_list empty", "stranger")
def _nobody(stage: Stage) -> HttpResponse:
    return stage.get("journal:person_list")


@screen("journal:person_list full", "owner")
def _people(stage: Stage) -> HttpResponse:
    for name, state in [("K", "could"), ("隣の人", "not_now"), ("My brother", "asked")]:
        factories.make_person(stage.world.journal, stage.user, name, state=state)
    return stage.get("journal:person_list")


@screen("journal:person_add with errors", "owner", status=422, url_name="journal:person_add")
def _person_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:person_add", {"journal": stage.world.journal.pk, "submission": uuid.uuid4(), "name": ""})


@screen("journal:person_edit", "owner")
def _person(stage: Stage) -> HttpResponse:
    return stage.get("journal:person_edit", person_id=stage.world.rows["person"])


@screen("journal:person_edit of somebody not to tell", "owner", status=422)
def _asked(stage: Stage) -> HttpResponse:
    person = factories.make_person(stage.world.journal, stage.user, "My brother", state="asked")
    form = {"version": 1, "submission": uuid.uuid4(), "name": "My brother", "state": "could", "next": "A lift."}
    return stage.post("journal:person_edit", form, person_id=person.pk)


@screen("journal:person_edit in two versions", "owner", status=409)
def _person_conflict(stage: Stage) -> HttpResponse:
    SupportPerson.objects.filter(pk=stage.world.rows["person"]).update(version=3)
    form = {"version": 1, "submission": uuid.uuid4(), "name": "My sister", "state": "could", "next": "An hour."}
    return stage.post("journal:person_edit", form, person_id=stage.world.rows["person"])


@screen("journal:person_edit that cannot be opened", "owner", status=409)
def _person_shut(stage: Stage) -> HttpResponse:
    SupportPerson.objects.filter(pk=stage.world.rows["person"]).update(sealed=b"\x01" * 80)
    return stage.get("journal:person_edit", person_id=stage.world.rows["person"])


@screen("journal:agreement_list with earlier versions", "owner")
def _agreements(stage: Stage) -> HttpResponse:
    agreement = Agreement.objects.get(pk=stage.world.rows["agreement"])
    agreement.revise(1, agreement.document.__class__(**{**vars(agreement.document), "text": "We knock, twice."}), uuid.uuid4())
    factories.make_agreement(stage.world.journal, stage.user, "30,000", topic="money", state="open")
    return stage.get("journal:agreement_list")


@screen("journal:agreement_edit", "owner")
def _agreement(stage: Stage) -> HttpResponse:
    return stage.get("journal:agreement_edit", agreement_id=stage.world.rows["agreement"])


@screen("journal:agreement_add with errors", "owner", status=422, url_name="journal:agreement_add")
def _agreement_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:agreement_add", {"submission": uuid.uuid4(), "text": "We knock.", "state": "now"}, topic="house")


@screen("journal:agreement_edit in two versions", "owner", status=409)
def _agreement_conflict(stage: Stage) -> HttpResponse:
    idea = factories.make_agreement(stage.world.journal, stage.user)
    Agreement.objects.filter(pk=idea.pk).update(version=2)
    form = {"version": 1, "submission": uuid.uuid4(), "text": "We knock, and wait.", "state": "idea"}
    return stage.post("journal:agreement_edit", form, agreement_id=idea.pk)


@screen("journal:family_page in two versions", "owner", status=409)
def _page_conflict(stage: Stage) -> HttpResponse:
    FamilyPage.objects.filter(journal=stage.world.journal).update(version=2)
    return stage.post("journal:family_page", {"version": 1, "submission": uuid.uuid4(), "who": "Three of us."})


@screen("journal:summary_print made", "owner")
def _paper(stage: Stage) -> HttpResponse:
    parts = ["counts", "words", "agreements", "page", "people"]
    return stage.post("journal:summary_print", {"parts": parts, "ask": "Could we come together?", "private": "on"})


@screen("journal:summary_print with errors", "owner", status=422)
def _paper_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:summary_print", {"first": "2020-01-01", "ask": "Could we come together?"})


@screen("journal:export_detail", "owner")
def _ready(stage: Stage) -> HttpResponse:
    return stage.get("journal:export_detail", export_id=stage.world.rows["export"])


@screen("journal:export_detail being made", "stranger")
def _waiting(stage: Stage) -> HttpResponse:
    with override_settings(TASKS=WAITS):
        return stage.client.get(stage.post("journal:export_add")["Location"])


@screen("journal:import_new", "newcomer")
def _import(stage: Stage) -> HttpResponse:
    factories.make_journal(stage.user)
    return stage.get("journal:import_new")


@screen("journal:import_new with errors", "newcomer", status=422)
def _import_errors(stage: Stage) -> HttpResponse:
    factories.make_journal(stage.user)
    text = '{"format": "hallway-light-journal",\n"version": 1,\n"people": [\n{"id": 7}\n]}'
    return stage.post("journal:import_new", {"file": io.BytesIO(text.encode())})


@screen("journal:import_check", "newcomer")
def _import_check(stage: Stage) -> HttpResponse:
    factories.make_journal(stage.user)
    file = io.BytesIO(files.as_json([], date(2026, 11, 20)))
    return stage.client.get(stage.post("journal:import_new", {"file": file})["Location"])
