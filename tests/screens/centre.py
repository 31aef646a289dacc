"""Screens of a centre, of holidays and who reads instead, and of what families are told about it."""

from datetime import timedelta

from django.http import HttpResponse

from journal.models import Absence, CentreRole, Cover, Recovery
from tests import factories
from tests.conftest import send_away
from tests.screens.stage import Stage, screen


def _role(stage: Stage, name: str) -> CentreRole:
    return CentreRole.objects.get(user=stage.world.roles[name])


@screen("journal:centre_detail with holidays, cover and somebody to approve", "manager")
def _centre(stage: Stage) -> HttpResponse:
    send_away(stage.world)
    return stage.get("journal:centre_detail")


@screen("journal:absence_list", "counsellor")
def _away(stage: Stage) -> HttpResponse:
    return stage.get("journal:absence_list", role_id=_role(stage, "counsellor").pk)


@screen("journal:absence_list with cover", "manager")
def _cover(stage: Stage) -> HttpResponse:
    send_away(stage.world)
    return stage.get("journal:absence_list", role_id=_role(stage, "counsellor").pk)


@screen("journal:absence_list with errors", "counsellor", status=422)
def _away_errors(stage: Stage) -> HttpResponse:
    role = _role(stage, "counsellor")
    data = {"first_day": role.today, "last_day": role.today - timedelta(days=1), "colleague": "nobody"}
    return stage.post("journal:absence_list", data, role_id=role.pk)


@screen("journal:absence_cover with errors", "counsellor", status=422)
def _cover_errors(stage: Stage) -> HttpResponse:
    send_away(stage.world)
    return stage.post("journal:absence_cover", {"colleague": "nobody"}, absence_id=stage.world.rows["absence"])


@screen("journal:handover_new", "counsellor")
def _handover(stage: Stage) -> HttpResponse:
    return stage.get("journal:handover_new", share_id=stage.world.share.pk)


@screen("journal:handover_new with errors", "counsellor", status=422)
def _handover_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:handover_new", {}, share_id=stage.world.share.pk)


@screen("journal:role_handover", "manager")
def _families(stage: Stage) -> HttpResponse:
    return stage.get("journal:role_handover", role_id=_role(stage, "counsellor").pk)


@screen("journal:handover_detail", "owner")
def _proposal(stage: Stage) -> HttpResponse:
    send_away(stage.world)
    return stage.get("journal:handover_detail", handover_id=stage.world.rows["handover"])


@screen("journal:handover_detail for the other parent", "member")
def _proposal_other(stage: Stage) -> HttpResponse:
    send_away(stage.world)
    return stage.get("journal:handover_detail", handover_id=stage.world.rows["handover"])


@screen("journal:share_list with cover and a proposal", "owner")
def _readers(stage: Stage) -> HttpResponse:
    send_away(stage.world)
    Cover.objects.all().delete()
    Absence.objects.all().delete()
    factories.make_cover(stage.world.share, _role(stage, "covering"), begun=False)
    return stage.get("journal:share_list")


@screen("journal:home with a counsellor away", "owner")
def _home(stage: Stage) -> HttpResponse:
    send_away(stage.world)
    return stage.get("journal:home")


@screen("journal:home with nobody who reads", "owner")
def _nobody(stage: Stage) -> HttpResponse:
    for name in ("counsellor", "chosen"):
        _role(stage, name).deactivate()
    return stage.get("journal:home")


@screen("journal:desk_family as cover", "covering")
def _instead(stage: Stage) -> HttpResponse:
    send_away(stage.world)
    return stage.get("journal:desk_family", share_id=stage.world.share.pk)


@screen("journal:desk_family with a proposal", "counsellor")
def _proposed(stage: Stage) -> HttpResponse:
    send_away(stage.world)
    return stage.get("journal:desk_family", share_id=stage.world.share.pk)


@screen("journal:desk_queue while the second check is about to be taken away", "counsellor")
def _recovery(stage: Stage) -> HttpResponse:
    role = CentreRole.objects.get(user=stage.user)
    Recovery.objects.begin(role, stage.world.roles["manager"])
    stage.user.refresh_from_db()
    return stage.get("journal:desk_queue")
