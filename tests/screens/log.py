"""Screens of the access log, of what is new, and of an account that is told by mail."""

from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone

from journal.models import AccessEvent, AccessHead, Notice, Outbox, Share, Verb
from tests.screens.stage import Stage, page, screen

page("journal:log_list", "owner")


def _read(stage: Stage, times: int) -> None:
    for _ in range(times):
        AccessEvent.objects.record_reading(stage.world.roles["counsellor"], stage.world.share, [stage.world.entry])


@screen("journal:log_list with every kind of line", "owner")
def _log(stage: Stage) -> HttpResponse:
    people = [stage.user, stage.world.roles["member"], stage.world.roles["stranger"]]
    of_parents = [Verb.STARTED, Verb.WIDENED, Verb.NARROWED, Verb.STOPPED, Verb.INVITED, Verb.JOINED, Verb.LEFT, Verb.REMOVED,
                  Verb.KEEPS, Verb.TOOK_OUT, Verb.PRINTED]  # fmt: skip
    _read(stage, 6)
    for number, verb in enumerate([*of_parents, *(set(Verb) - set(of_parents))]):
        parent = verb in of_parents
        AccessEvent.objects.record(
            journal=stage.world.journal.pk,
            who=people[number % 3] if parent else stage.world.roles["counsellor"],
            role="parent" if parent else "counsellor",
            verb=verb,
            share=stage.world.share.pk,
            at=timezone.now() - timedelta(days=(14 - number) // 4),
        )
    return stage.get("journal:log_list")


@screen("journal:log_list earlier", "owner")
def _log_earlier(stage: Stage) -> HttpResponse:
    _read(stage, 25)
    return stage.get("journal:log_list", "?before=6")


@screen("journal:log_list where something does not fit", "owner")
def _log_fault(stage: Stage) -> HttpResponse:
    _read(stage, 3)
    AccessHead.objects.update(number=4)
    return stage.get("journal:log_list")


@screen("journal:desk_family while the log cannot be written", "counsellor", status=503)
def _unavailable(stage: Stage) -> HttpResponse:
    AccessHead.objects.update_or_create(journal=stage.world.journal, defaults={"number": 0})
    _write_first_line(stage)
    AccessHead.objects.update(number=0)
    return stage.get("journal:desk_family", share_id=stage.world.share.pk)


def _write_first_line(stage: Stage) -> None:
    AccessEvent.objects.record(journal=stage.world.journal.pk, who=stage.world.roles["owner"], role="parent", verb=Verb.PRINTED)


@screen("journal:home with something new", "owner")
def _home_new(stage: Stage) -> HttpResponse:
    Notice.objects.tell_parents([stage.world.journal.pk], Notice.Kind.VISIT)
    Share.objects.filter(pk=stage.world.share.pk).update(ends_at=timezone.now() + timedelta(days=3))
    return stage.get("journal:home")


@screen("journal:account_edit told by mail", "owner")
def _told(stage: Stage) -> HttpResponse:
    Outbox.objects.choose(stage.user, 8)
    return stage.get("journal:account_edit")
