"""Screens of who can read: several counsellors, the question before the end, entries from before, a reply that hurt."""

from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone

from journal.models import CentreRole, Share
from tests import factories
from tests.screens.stage import Stage, screen


def _ends(share: Share, days: int, **fields: object) -> None:
    Share.objects.filter(pk=share.pk).update(ends_at=timezone.now() + timedelta(days=days), **fields)


def _behind(stage: Stage) -> str:
    day = timezone.localdate() - timedelta(days=20)
    for audience in ("family", "family", "author"):
        factories.make_entry(stage.world.journal, stage.user, audience=audience)  # type: ignore[arg-type]
    return day.isoformat()


@screen("journal:share_list that asks whether to go on", "owner")
def _asks(stage: Stage) -> HttpResponse:
    _ends(stage.world.share, 9)
    return stage.get("journal:share_list")


@screen("journal:share_list of who did not begin it", "member")
def _asks_other(stage: Stage) -> HttpResponse:
    _ends(stage.world.share, 9)
    return stage.get("journal:share_list")


@screen("journal:share_list stopped", "owner")
def _stopped(stage: Stage) -> HttpResponse:
    stage.post("journal:share_stop", share_id=stage.world.share.pk)
    return stage.get("journal:share_list")


@screen("journal:home that asks whether to go on", "owner")
def _home_asks(stage: Stage) -> HttpResponse:
    _ends(stage.world.share, 9)
    return stage.get("journal:home")


@screen("journal:home of who is told that it ended", "member")
def _home_ended(stage: Stage) -> HttpResponse:
    _ends(stage.world.share, -1, starts_at=timezone.now() - timedelta(days=90))
    return stage.get("journal:home")


@screen("journal:share_new checked, with entries from before counted", "owner", url_name="journal:share_add")
def _add_counted(stage: Stage) -> HttpResponse:
    code = factories.make_code(CentreRole.objects.get(user=stage.world.roles["other"]))
    fields = {"journal": stage.world.journal.pk, "code": code, "default": "new", "since": _behind(stage)}
    return stage.post("journal:share_add", fields)


@screen("journal:share_back", "owner")
def _back(stage: Stage) -> HttpResponse:
    return stage.get("journal:share_back", share_id=stage.world.share.pk)


@screen("journal:share_back counted", "owner")
def _back_counted(stage: Stage) -> HttpResponse:
    return stage.post("journal:share_back", {"since": _behind(stage)}, share_id=stage.world.share.pk)


@screen("journal:share_back of who writes alone", "stranger")
def _back_alone(stage: Stage) -> HttpResponse:
    share = Share.objects.get(journal__memberships__user=stage.user)
    return stage.get("journal:share_back", share_id=share.pk)


@screen("journal:share_back with errors", "owner", status=422)
def _back_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:share_back", {"since": "2999-01-01"}, share_id=stage.world.share.pk)


@screen("journal:hurt_edit", "owner")
def _hurt(stage: Stage) -> HttpResponse:
    reply = factories.make_reply(stage.world.share, entry=stage.world.entry)
    return stage.get("journal:hurt_edit", reply_id=reply.pk)


@screen("journal:hurt_edit said", "owner")
def _hurt_said(stage: Stage) -> HttpResponse:
    reply = factories.make_reply(stage.world.share, entry=stage.world.entry)
    stage.post("journal:hurt_edit", {"tell": "1"}, reply_id=reply.pk)
    return stage.get("journal:hurt_edit", reply_id=reply.pk)


@screen("journal:desk_family with a reply that hurt", "counsellor")
def _hurt_told(stage: Stage) -> HttpResponse:
    reply = factories.make_reply(stage.world.share, entry=stage.world.entry)
    reply.hurts.create(journal_id=reply.journal_id, user=stage.world.roles["owner"], told_counsellor=True)
    return stage.get("journal:desk_family", share_id=stage.world.share.pk)


@screen("journal:centre_detail with what is late", "manager")
def _late(stage: Stage) -> HttpResponse:
    stage.world.share.entries.update(shared_at=timezone.now() - timedelta(days=30))
    reply = factories.make_reply(stage.world.share, entry=stage.world.entry)
    reply.hurts.create(journal_id=reply.journal_id, user=stage.world.roles["owner"])
    return stage.get("journal:centre_detail")
