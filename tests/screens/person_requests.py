"""Screens of the door for whoever is written about, and of who answers."""

from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone

from journal.models import PersonRequest
from journal.models.person_requests import Outcome
from journal.views.person_requests import SENT
from tests import factories
from tests.screens.stage import Stage, page, screen

page("journal:person_request")


@screen("journal:person_request with errors", status=422)
def _errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:person_request", {"text": "", "token": PersonRequest.new_token()})


@screen("journal:person_request one too many", status=429)
def _too_many(stage: Stage) -> HttpResponse:
    for _ in range(SENT):
        stage.post("journal:person_request", {"text": "Please.", "token": PersonRequest.new_token()})
    return stage.post("journal:person_request", {"text": "Please.", "token": PersonRequest.new_token()})


@screen("journal:person_answer")
def _sent(stage: Stage) -> HttpResponse:
    return stage.get("journal:person_answer", token=stage.world.request_token)


@screen("journal:person_answer answered")
def _answered(stage: Stage) -> HttpResponse:
    row = PersonRequest.objects.by_link(stage.world.request_token)
    assert row is not None
    row.answer("Nothing is kept under that address.")
    return stage.get("journal:person_answer", token=stage.world.request_token)


def _request(stage: Stage) -> PersonRequest:
    return PersonRequest.objects.get(pk=stage.world.rows["request"])


@screen("journal:person_answer that takes longer")
def _later(stage: Stage) -> HttpResponse:
    _request(stage).answer("We are asking a lawyer.", Outcome.LATER)
    return stage.get("journal:person_answer", token=stage.world.request_token)


page("journal:request_list", "contact")


@screen("journal:request_list with one that is late and some answers", "contact")
def _list(stage: Stage) -> HttpResponse:
    for outcome in ("", *Outcome.values):
        factories.make_request("Please.")
        PersonRequest.objects.waiting().last().answer("Yes.", outcome)
    PersonRequest.objects.filter(pk=_request(stage).pk).update(asked_at=timezone.now() - timedelta(days=40))
    return stage.get("journal:request_list")


@screen("journal:request_list with nothing", "contact")
def _nothing(stage: Stage) -> HttpResponse:
    _request(stage).take_back()
    return stage.get("journal:request_list")


@screen("journal:request_detail", "contact")
def _detail(stage: Stage) -> HttpResponse:
    return stage.get("journal:request_detail", request_id=_request(stage).pk)


@screen("journal:request_detail answered", "contact")
def _detail_answered(stage: Stage) -> HttpResponse:
    _request(stage).answer("Nothing is kept under that address.", Outcome.NOT_DONE, stage.user)
    return stage.get("journal:request_detail", request_id=_request(stage).pk)


@screen("journal:request_detail with errors", "contact", status=422)
def _detail_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:request_detail", {"version": 1, "text": ""}, request_id=_request(stage).pk)


@screen("journal:request_detail answered by somebody else meanwhile", "contact", status=409)
def _detail_conflict(stage: Stage) -> HttpResponse:
    _request(stage).answer("Nothing is kept.", Outcome.DONE)
    data = {"version": 1, "text": "We look.", "outcome": "later"}
    return stage.post("journal:request_detail", data, request_id=_request(stage).pk)


@screen("journal:request_detail that cannot be opened", "contact", status=409)
def _detail_unreadable(stage: Stage) -> HttpResponse:
    PersonRequest.objects.filter(pk=_request(stage).pk).update(sealed=b"\1" * 80)
    return stage.get("journal:request_detail", request_id=_request(stage).pk)
