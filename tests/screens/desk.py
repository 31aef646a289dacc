"""Screens of the counsellor's desk and the centre."""

import uuid

from django.http import HttpResponse

from journal.models import Draft
from tests import factories
from tests.screens.stage import Stage, page, reply, screen

page("journal:desk_queue", "counsellor")
page("journal:desk_profile", "counsellor")
page("journal:centre_detail", "manager")


@screen("journal:desk_queue with every mark", "counsellor")
def _queue(stage: Stage) -> HttpResponse:
    entry = factories.make_entry(stage.world.journal, stage.world.roles["owner"], "A door.", kind="hard")
    factories.choose(entry, stage.world.share)
    return stage.get("journal:desk_queue")


@screen("journal:desk_queue empty", "chosen")
def _queue_empty(stage: Stage) -> HttpResponse:
    stage.world.shares["chosen"].revoke()
    return stage.get("journal:desk_queue")


@screen("journal:desk_profile with a code", "counsellor")
def _code(stage: Stage) -> HttpResponse:
    return stage.post("journal:desk_code")


@screen("journal:desk_family", "counsellor")
def _family(stage: Stage) -> HttpResponse:
    return stage.get("journal:desk_family", share_id=stage.world.share.pk)


@screen("journal:desk_family about an entry, with a draft", "counsellor")
def _family_draft(stage: Stage) -> HttpResponse:
    share = stage.world.share
    Draft.objects.keep(user=stage.user, journal=share.journal, form="reply", target=share.pk, sequence=1, text="Half a")
    return stage.get("journal:desk_family", f"?entry={stage.world.entry.pk}", share_id=share.pk)


@screen("journal:desk_family read and answered", "counsellor")
def _family_read(stage: Stage) -> HttpResponse:
    for _ in range(12):
        factories.choose(factories.make_entry(stage.world.journal, stage.world.roles["owner"], "Tea."), stage.world.share)
    stage.get("journal:desk_family", share_id=stage.world.share.pk)
    stage.post("journal:review_finish", share_id=stage.world.share.pk)
    reply(stage.world)
    return stage.get("journal:desk_family", share_id=stage.world.share.pk)


@screen("journal:reply_add with errors", "counsellor", status=422)
def _reply_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:reply_add", {"submission": str(uuid.uuid4()), "text": " "}, share_id=stage.world.share.pk)
