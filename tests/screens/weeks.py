"""Screens of looking back and of the week's suggestion."""

from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone

from tests import factories
from tests.screens.stage import Stage, page, screen

page("journal:week_list", "owner")
page("journal:suggestion_rules", "owner")


def written(stage: Stage, *, step: int = 3, **fields: str) -> None:
    """Four weeks in which something came back and which earn the next step."""
    fields = {"response": "sign", **fields}
    for days in (1, 2, 3, 4, 9, 14, 17, 20, 27):
        at = timezone.now() - timedelta(days=days)
        factories.make_entry(stage.world.journal, stage.user, kind="greet", happened_at=at, **fields)
    factories.make_entry(stage.world.journal, stage.user, kind="rest", happened_at=timezone.now() - timedelta(days=5))
    stage.world.journal.remember(step=step)


@screen("journal:week_list with a picture", "owner")
def _picture(stage: Stage) -> HttpResponse:
    written(stage, response="none")
    return stage.get("journal:week_list")


@screen("journal:week_list with what came back", "owner")
def _came(stage: Stage) -> HttpResponse:
    written(stage)
    stage.post("journal:picture_edit", {"picture": "came"})
    return stage.get("journal:week_list")


@screen("journal:week_list without the picture and suggestions", "owner")
def _hidden(stage: Stage) -> HttpResponse:
    written(stage)
    stage.post("journal:picture_edit", {"picture": "hide"})
    stage.post("journal:suggestion_edit", {"answer": "off"})
    return stage.get("journal:week_list")


@screen("journal:week_list after a choice", "owner")
def _chosen(stage: Stage) -> HttpResponse:
    written(stage)
    stage.post("journal:suggestion_edit", {"answer": "go_on"})
    return stage.get("journal:week_list")


@screen("journal:week_list resting", "owner")
def _resting(stage: Stage) -> HttpResponse:
    written(stage)
    hard = factories.make_entry(stage.world.journal, stage.user, kind="hard")
    stage.post("journal:entry_hard", {"hard": "afraid"}, entry_id=hard.pk)
    return stage.get("journal:week_list")


@screen("journal:week_list with a button nobody made", "owner", status=422, url_name="journal:picture_edit")
def _no_button(stage: Stage) -> HttpResponse:
    return stage.post("journal:picture_edit", {"picture": "up"})


@screen("journal:week_list with a choice that is not offered", "owner", status=409, url_name="journal:suggestion_edit")
def _changed(stage: Stage) -> HttpResponse:
    return stage.post("journal:suggestion_edit", {"answer": "go_on"})
