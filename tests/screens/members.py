"""Screens of writing together: asking, coming, confirming, handing over, leaving."""

from django.http import HttpResponse

from journal.models import FormerMember, MemberInvitation, Membership, Share, leave
from tests import factories
from tests.screens.stage import Stage, page, screen

page("journal:member_list", "owner", "with somebody who came")
page("journal:member_list", "member", "asked to keep it")
page("journal:invitation_add", "owner")
page("journal:invitation_hello")
page("journal:invitation_join", "pending", "waiting")
page("journal:invitation_join", "stranger", "with a code")
page("journal:member_leave", "member")
page("journal:member_leave", "owner", "with others")
page("journal:member_leave", "stranger", "alone")
page("journal:journal_add", "owner")


@screen("journal:left_detail", "member")
def _left(stage: Stage) -> HttpResponse:
    return stage.get("journal:left_detail", former_id=_former(stage).pk)


@screen("journal:left_detail with nothing written", "removed")
def _left_nothing(stage: Stage) -> HttpResponse:
    return stage.get("journal:left_detail", former_id=stage.world.rows["former"])


@screen("journal:journal_start for somebody who was removed", "member")
def _removed(stage: Stage) -> HttpResponse:
    _former(stage)
    return stage.get("journal:journal_start")


def _former(stage: Stage) -> FormerMember:
    leave(factories.make_membership(stage.world.journal, stage.world.roles["member"]))
    return FormerMember.objects.get(user=stage.world.roles["member"])


@screen("journal:member_list with an open invitation", "owner")
def _asked(stage: Stage) -> HttpResponse:
    MemberInvitation.objects.all().delete()
    Membership.objects.update(offered_at=None)
    factories.make_invitation(stage.world.journal)
    return stage.get("journal:member_list")


@screen("journal:member_list alone", "stranger")
def _alone(stage: Stage) -> HttpResponse:
    return stage.get("journal:member_list")


@screen("journal:invitation_add made", "owner")
def _made(stage: Stage) -> HttpResponse:
    return stage.post("journal:invitation_add", {"journal": stage.world.journal.pk})


@screen("journal:invitation_confirm", "owner")
def _confirm(stage: Stage) -> HttpResponse:
    return stage.get("journal:invitation_confirm", invitation_id=stage.world.rows["invitation"])


@screen("journal:invitation_confirm with errors", "owner", status=422)
def _confirm_nothing(stage: Stage) -> HttpResponse:
    return stage.post("journal:invitation_confirm", invitation_id=stage.world.rows["invitation"])


@screen("journal:home with somebody who came", "owner")
def _came(stage: Stage) -> HttpResponse:
    return stage.get("journal:home")


@screen("journal:invitation_join asked, with a journal of one's own", "stranger")
def _asked_stranger(stage: Stage) -> HttpResponse:
    return _come(stage)


@screen("journal:invitation_join asked, new here", "newcomer")
def _asked_newcomer(stage: Stage) -> HttpResponse:
    return _come(stage)


@screen("journal:invitation_join asked, with errors", "newcomer", status=422, url_name="journal:invitation_accept")
def _asked_errors(stage: Stage) -> HttpResponse:
    _come(stage)
    return stage.post("journal:invitation_accept", {"display_name": ""})


@screen("journal:invitation_join with an old link", "newcomer")
def _old(stage: Stage) -> HttpResponse:
    stage.get("journal:invitation_open", token="used-up")
    return stage.get("journal:invitation_join")


@screen("journal:invitation_join with a wrong code", "newcomer", status=422)
def _wrong(stage: Stage) -> HttpResponse:
    return stage.post("journal:invitation_join", {"code": "AAAA BBBB"})


@screen("journal:member_leave with errors", "member", status=422)
def _leave_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:member_leave", {"journal": stage.world.journal.pk, "mine": "all of it"})


@screen("journal:home with two journals", "owner")
def _switch(stage: Stage) -> HttpResponse:
    factories.make_journal(stage.user, relation="娘")
    return stage.get("journal:home")


@screen("journal:share_list after the other has left", "owner")
def _left(stage: Stage) -> HttpResponse:
    member = factories.make_membership(stage.world.journal, stage.world.roles["member"])
    Share.objects.filter(pk=stage.world.share.pk).update(granted_by=member.user, default="new")
    leave(member)
    return stage.get("journal:share_list")


@screen("journal:journal_add with errors", "owner", status=422)
def _another_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:journal_add", {"submission": "no number", "relation": "x" * 30})


def _come(stage: Stage) -> HttpResponse:
    _invitation, token, _code = factories.make_invitation(stage.world.journal)
    stage.get("journal:invitation_open", token=token)
    return stage.get("journal:invitation_join")
