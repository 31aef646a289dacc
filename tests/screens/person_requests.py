"""Screens of the door for whoever is written about."""

from django.http import HttpResponse

from journal.models import PersonRequest
from journal.views.person_requests import SENT
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
