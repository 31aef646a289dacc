"""Screens of what a parent writes to a counsellor, and of the parts of a journal that can be opened."""

import uuid

from django.http import HttpResponse

from tests import factories
from tests.screens.stage import Stage, page, reply, screen

ANSWERS = {"danger": "no", "plan": "company", "know": "no", "pay": "asked", "tonight": "exhausted"}

page("journal:question_add", "stranger", note="without a counsellor who reads")


@screen("journal:question_add", "owner")
def _ask(stage: Stage) -> HttpResponse:
    for name in ("chosen", "expired"):
        stage.world.shares[name].revoke()
    return stage.get("journal:question_add")


@screen("journal:question_add with two who read", "owner")
def _ask_two(stage: Stage) -> HttpResponse:
    return stage.get("journal:question_add")


@screen("journal:question_add with a draft", "owner")
def _half_a_question(stage: Stage) -> HttpResponse:
    stage.post("journal:question_draft", {"submission": uuid.uuid4(), "sequence": 1, "text": "Is good night"})
    return stage.get("journal:question_add")


@screen("journal:question_add as an answer", "owner")
def _answer(stage: Stage) -> HttpResponse:
    return stage.get("journal:question_add", f"?reply={reply(stage.world).pk}")


@screen("journal:question_add with errors", "owner", status=422)
def _ask_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:question_add", {"text": " "})


@screen("journal:check_ask", "owner")
def _check(stage: Stage) -> HttpResponse:
    return stage.post("journal:check_ask", ANSWERS)


@screen("journal:check_add with errors", "owner", status=422)
def _check_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:check_add", ANSWERS)


@screen("journal:entry_list with a question and its answer", "owner")
def _list(stage: Stage) -> HttpResponse:
    world = stage.world
    factories.ask(world.share, stage.user)
    factories.ask(world.share, world.roles["member"], "And this.", kind="check", answers=ANSWERS)
    reply(world, entry=world.entry).rewrite(1, "Good night is quite enough.")
    return stage.get("journal:entry_list")


@screen("journal:family_page open to a counsellor", "owner")
def _family_page(stage: Stage) -> HttpResponse:
    stage.post("journal:part_edit", {"open": "1"}, share_id=stage.world.share.pk, part="page")
    return stage.get("journal:family_page")


@screen("journal:share_list with a count", "owner")
def _count(stage: Stage) -> HttpResponse:
    stage.world.share.set_default("new")
    stage.post("journal:part_edit", {"open": "1"}, share_id=stage.world.share.pk, part="count")
    return stage.get("journal:share_list")
