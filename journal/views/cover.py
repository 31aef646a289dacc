"""For parents: whether a colleague may read while a counsellor is away, and whether another counsellor takes over."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from journal import wording
from journal.forms.centre import AgreeForm
from journal.models import AccessEvent, Cover, Handover, Membership, Share, SharedPart, Verb
from journal.requests import SignedInRequest
from journal.views.current import confirmed_lately, membership_in, page_context


@require_POST
def share_cover(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    """Allow that one named colleague reads when the counsellor is away, or end it at once."""
    if "allowed" in request.POST:
        return _allow(request, share_id)
    share = _own(request, share_id)
    if share.cover_allowed:
        _log(request, share, Verb.NARROWED)
        share.allow_cover(False)
    said = _("Nobody reads instead of %(c)s.") % {"c": share.counsellor.name(get_language() or "en")}
    return _back(request, share, said)


@confirmed_lately
def _allow(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    share = get_object_or_404(Share.objects.kept_by(request.user).active().select_related("counsellor__user"), pk=share_id)
    if not share.cover_allowed:
        _log(request, share, Verb.WIDENED)
        share.allow_cover(True)
    said = _("If %(c)s is away, one colleague may read. You are told the name before it starts.")
    return _back(request, share, said % {"c": share.counsellor.name(get_language() or "en")})


@require_POST
@confirmed_lately
def cover_begin(request: SignedInRequest, cover_id: UUID) -> HttpResponse:
    """The family agrees that the named colleague begins before the day they were told."""
    covers = Cover.objects.beginnable_by(request.user).select_related("share", "counsellor")
    cover = get_object_or_404(covers, pk=cover_id)
    with transaction.atomic():
        _log(request, cover.share, Verb.WIDENED)
        cover.begin_now(request.user)
    return _back(request, cover.share, _("%(d)s reads from now on.") % {"d": cover.counsellor.name(get_language() or "en")})


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_lately
def handover_detail(request: SignedInRequest, handover_id: UUID) -> HttpResponse:
    """See who would take over, and agree: a new beginning with one, the end with the other."""
    membership, handover = _proposal(request, handover_id)
    may_agree = Handover.objects.agreeable_by(request.user).filter(pk=handover.pk)
    form = AgreeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = _page(membership, handover, may_agree=may_agree.exists())
        return render(request, "journal/handover_detail.html", context)
    with transaction.atomic():
        get_object_or_404(may_agree.select_for_update(of=("self",)))
        _log(request, handover.share, Verb.STOPPED)
        share = form.save(handover, request.user)
        _log_taking_over(request, share, handover)
    said = _("%(c)s can now read what you chose.") % {"c": share.counsellor.name(get_language() or "en")}
    return _back(request, share, said)


def _log_taking_over(request: SignedInRequest, share: Share, handover: Handover) -> None:
    # The line is about who may read from now on; that a parent ended the other share stands in the line before it.
    AccessEvent.objects.record(
        journal=share.journal_id,
        who=share.counsellor.user,
        role="counsellor",
        verb=Verb.TOOK_OVER,
        share=handover.share_id,
    )
    if SharedPart.objects.of_family(request.user, share.journal).filter(share=share).exists():
        _log(request, share, Verb.WIDENED)


@require_POST
def handover_decline(request: SignedInRequest, handover_id: UUID) -> HttpResponse:
    """Say no: nothing changes."""
    _membership, handover = _proposal(request, handover_id)
    handover.decline(request.user)
    return _back(request, handover.share, _("You said no. Nothing changes."))


def _proposal(request: SignedInRequest, handover_id: UUID) -> tuple[Membership, Handover]:
    membership = membership_in(request, journal__shares__handovers=handover_id)
    return membership, get_object_or_404(Handover.objects.of_member(request.user, membership.journal), pk=handover_id)


def _page(membership: Membership, handover: Handover, *, may_agree: bool) -> dict[str, object]:
    others = Membership.objects.beside(membership.user, membership.journal)
    return page_context(membership) | {
        "handover": handover,
        "old": handover.share.counsellor,
        "new": handover.counsellor,
        "reads": handover.share.is_active,
        "days": wording.days(handover.counsellor.weekdays),
        "takes_new": handover.share.choice_of(membership.user) == Share.Default.NEW,
        "others": [wording.parent_name(other.user) for other in others],
        "may_agree": may_agree,
        "may_take_page": handover.may_take_page(membership.user),
    }


def _own(request: SignedInRequest, share_id: UUID) -> Share:
    membership = get_object_or_404(Membership.objects.of_user(request.user), journal__shares=share_id)
    return get_object_or_404(Share.objects.of_member(request.user, membership.journal), pk=share_id)


def _log(request: SignedInRequest, share: Share, verb: Verb) -> None:
    AccessEvent.objects.record(journal=share.journal_id, who=request.user, role="parent", verb=verb, share=share.pk)


def _back(request: SignedInRequest, share: Share, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("journal:share_list")
