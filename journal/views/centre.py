"""For a centre: its people in numbers, holidays and who reads instead, and proposing that a colleague takes over."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.centre import COUNTED_DAYS, workers
from journal.forms.centre import AbsenceForm, CoverForm, ProposeForm
from journal.models import Absence, CentreRole, Handover, Share
from journal.models.recoveries import REST
from journal.requests import SignedInRequest
from journal.views.current import confirmed_lately

# A counsellor plans at their desk; the manager of a centre has no queue and no families.
DESK, MANAGER = "desk.html", "private.html"


@require_safe
def centre_detail(request: SignedInRequest) -> HttpResponse:
    """For managers: people and counts, never a name of a family or a word of a journal."""
    found = workers(request.user)
    if not found:
        raise Http404
    names = dict.fromkeys(worker.role.centre.name(get_language() or "en") for worker in found)
    context = {"workers": found, "centre": " · ".join(names), "several": len(names) > 1, "counted": COUNTED_DAYS // 7}
    context["rest"] = REST.days
    return render(request, "journal/centre_detail.html", context)


@require_POST
@confirmed_lately
def role_approve(request: SignedInRequest, role_id: UUID) -> HttpResponse:
    """Approve somebody, as the first or the second person; nobody approves themself, or twice."""
    role = get_object_or_404(CentreRole.objects.of_manager(request.user), pk=role_id)
    name = role.name(get_language() or "en")
    if not role.may_be_approved_by(request.user):
        messages.error(request, _("%(c)s is approved by somebody else, and each person counts once.") % {"c": name})
    else:
        role.approve(request.user)
        messages.success(request, _("Your approval of %(c)s is noted.") % {"c": name})
    return redirect("journal:centre_detail")


@require_POST
@confirmed_lately
def role_deactivate(request: SignedInRequest, role_id: UUID) -> HttpResponse:
    """End somebody's work here: whatever families let them read is closed at once, and the families are told."""
    role = get_object_or_404(CentreRole.objects.of_manager(request.user).exclude(user=request.user.pk), pk=role_id)
    if role.deactivated_at is None:
        role.deactivate()
    said = _("%(c)s can no longer read anything. The families are told.") % {"c": role.name(get_language() or "en")}
    messages.success(request, said)
    return redirect("journal:centre_detail")


@require_http_methods(["GET", "HEAD", "POST"])
def absence_list(request: SignedInRequest, role_id: UUID) -> HttpResponse:
    """Somebody's holidays, and who reads instead: planned by themself or by the manager of the centre."""
    role = get_object_or_404(CentreRole.objects.planned_by(request.user), pk=role_id)
    form = AbsenceForm(request.POST if request.method == "POST" else None, role=role)
    if form.is_bound and form.is_valid():
        _say(request, form.keep(), form.chosen)
        return redirect("journal:absence_list", role.pk)
    return _absence_page(request, role, form)


@require_POST
def absence_cover(request: SignedInRequest, absence_id: UUID) -> HttpResponse:
    """Name another colleague, or nobody."""
    absence = get_object_or_404(Absence.objects.planned_by(request.user), pk=absence_id)
    form = CoverForm(request.POST, role=absence.counsellor, auto_id=f"id_{absence.pk}_%s")
    if not form.is_valid():
        return _absence_page(request, absence.counsellor, AbsenceForm(role=absence.counsellor), form, absence)
    _say(request, form.save(absence), form.chosen)
    return redirect("journal:absence_list", absence.counsellor_id)


@require_POST
def absence_end(request: SignedInRequest, absence_id: UUID) -> HttpResponse:
    """Take holidays back: whoever reads instead stops at once."""
    absence = get_object_or_404(Absence.objects.planned_by(request.user), pk=absence_id)
    absence.end()
    messages.success(request, _("These days are no longer in the list. Nobody reads instead."))
    return redirect("journal:absence_list", absence.counsellor_id)


@require_http_methods(["GET", "HEAD", "POST"])
def handover_new(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    """A counsellor asks one family whether a colleague may take over."""
    share = get_object_or_404(Share.objects.named(request.user), pk=share_id)
    name = share.journal.code_name(get_language() or "en")
    context = {"frame": DESK, "share": share, "name": name, "role": share.counsellor, "families": 1}
    return _propose(request, share.counsellor, [share], context, redirect("journal:desk_family", share.pk))


@require_http_methods(["GET", "HEAD", "POST"])
def role_handover(request: SignedInRequest, role_id: UUID) -> HttpResponse:
    """The manager of a centre asks every family of one counsellor, also of one who has left, without seeing who they are."""
    role = get_object_or_404(CentreRole.objects.of_manager(request.user).filter(role=CentreRole.Role.COUNSELLOR), pk=role_id)
    shares = list(Share.objects.running_of(role))
    context = {"frame": MANAGER, "role": role, "families": len(shares)}
    return _propose(request, role, shares, context, redirect("journal:centre_detail"))


@require_POST
def handover_withdraw(request: SignedInRequest, handover_id: UUID) -> HttpResponse:
    """Take a proposal back."""
    handover = get_object_or_404(Handover.objects.of_counsellor(request.user), pk=handover_id)
    handover.withdraw()
    messages.success(request, _("The proposal is taken back."))
    return redirect("journal:desk_family", handover.share_id)


def _propose(
    request: SignedInRequest, role: CentreRole, shares: list[Share], context: dict[str, Any], done: HttpResponse
) -> HttpResponse:
    form = ProposeForm(request.POST if request.method == "POST" else None, role=role)
    if form.is_bound and form.is_valid():
        asked = form.save(shares, request.user)
        said = ngettext("%(n)s family is asked. It decides.", "%(n)s families are asked. They decide.", asked)
        messages.success(request, said % {"n": asked})
        return done
    status = 422 if form.is_bound else 200
    return render(request, "journal/handover_new.html", {**context, "form": form}, status=status)


def _say(request: SignedInRequest, families: int, colleague: CentreRole | None) -> None:
    said = _("Saved. Nobody reads instead.")
    if colleague:
        said = ngettext(
            "Saved. %(d)s reads instead for %(n)s family. It is told now.",
            "Saved. %(d)s reads instead for %(n)s families. They are told now.",
            families,
        ) % {"d": colleague.name(get_language() or "en"), "n": families}
    messages.success(request, said)


def _absence_page(
    request: SignedInRequest, role: CentreRole, form: AbsenceForm, wrong: CoverForm | None = None, about: Absence | None = None
) -> HttpResponse:
    rows = []
    for absence in Absence.objects.coming(role):
        initial = {"colleague": str(absence.colleague_id or "")}
        cover = CoverForm(role=role, initial=initial, auto_id=f"id_{absence.pk}_%s")
        cover = wrong if wrong and about == absence else cover
        rows.append((absence, cover, len(absence.covers.standing())))
    allowed = Share.objects.running_of(role).active().filter(cover_allowed=True).count()
    families = Share.objects.count_by_counsellor([role.pk]).get(role.pk, 0)
    own = role.user_id == request.user.pk
    context = {"frame": DESK if own else MANAGER, "own": own, "role": role, "rows": rows, "form": wrong or form, "new": form}
    context |= {"allowed": allowed, "families": families}
    return render(request, "journal/absence_list.html", context, status=422 if (wrong or form).errors else 200)
