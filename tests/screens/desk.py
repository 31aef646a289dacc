"""Screens of the counsellor's desk and the centre."""

import uuid
from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone

from journal.models import Draft, SharedEntry
from tests import factories
from tests.screens.stage import Stage, page, reply, screen

page("journal:desk_queue", "counsellor")
page("journal:desk_profile", "counsellor")
page("journal:centre_detail", "manager")


@screen("journal:desk_queue with every mark", "counsellor")
def _queue(stage: Stage) -> HttpResponse:
    entry = factories.make_entry(stage.world.journal, stage.world.roles["owner"], "A door.", kind="hard")
    factories.choose(entry, stage.world.share)
    _neighbours(stage)
    return stage.get("journal:desk_queue")


def _neighbours(stage: Stage) -> None:
    """A family with a question, one that shared its answers, and one that has been quiet."""
    for number, kind in enumerate(["question", "check", "quiet"]):
        parent = factories.make_user(kind)
        journal = factories.make_journal(parent)
        share = factories.make_share(journal, stage.world.share.counsellor, "new")
        if kind == "quiet":
            row = factories.choose(factories.make_entry(journal, parent, "Tea."), share)
            at = timezone.now() - timedelta(days=30)
            SharedEntry.objects.filter(pk=row.pk).update(shared_at=at, read_at=at, reviewed_at=at)
        else:
            factories.ask(share, parent, kind=kind, answers={"plan": "visit"} if kind == "check" else None)
        type(journal).objects.filter(pk=journal.pk).update(tree=number)


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


@screen("journal:desk_family with everything the family opened", "counsellor")
def _family_open(stage: Stage) -> HttpResponse:
    world, owner = stage.world, stage.world.roles["owner"]
    world.share.set_default("new")
    for days in (1, 2, 3, 5, 8, 13, 20):
        at = timezone.now() - timedelta(days=days)
        factories.choose(factories.make_entry(world.journal, owner, "Tea.", happened_at=at), world.share)
    for part in ("page", "agreements"):
        factories.open_part(world.share, part, owner)
    for parent in (owner, world.roles["member"]):
        factories.open_part(world.share, "count", parent)
    factories.ask(world.share, owner, entry=world.entry)
    told = {"danger": "no", "plan": "visit", "know": "unsure", "tonight": "tired"}
    factories.ask(world.share, owner, "Is that too much?", kind="check", answers=told)
    factories.make_reply(world.share)
    return stage.get("journal:desk_family", share_id=world.share.pk)


@screen("journal:desk_page", "counsellor")
def _page(stage: Stage) -> HttpResponse:
    factories.open_part(stage.world.share, "page", stage.world.roles["owner"])
    return stage.get("journal:desk_page", share_id=stage.world.share.pk)


@screen("journal:desk_agreements", "counsellor")
def _agreements(stage: Stage) -> HttpResponse:
    factories.open_part(stage.world.share, "agreements", stage.world.roles["owner"])
    return stage.get("journal:desk_agreements", share_id=stage.world.share.pk)


@screen("journal:reply_edit", "counsellor")
def _reply_edit(stage: Stage) -> HttpResponse:
    sent = reply(stage.world)
    return stage.get("journal:reply_edit", share_id=stage.world.share.pk, reply_id=sent.pk)


@screen("journal:reply_edit changed meanwhile", "counsellor", status=409)
def _reply_edit_twice(stage: Stage) -> HttpResponse:
    sent = reply(stage.world)
    sent.rewrite(1, "Other words.")
    return stage.post("journal:reply_edit", {"version": "1", "text": "Third words."}, share_id=sent.share_id, reply_id=sent.pk)


@screen("journal:reply_edit too late", "counsellor", status=409)
def _reply_edit_late(stage: Stage) -> HttpResponse:
    sent = reply(stage.world)
    type(sent).objects.filter(pk=sent.pk).update(created_at=timezone.now() - timedelta(minutes=11))
    return stage.post("journal:reply_edit", {"version": "1", "text": "Third words."}, share_id=sent.share_id, reply_id=sent.pk)
