"""The counsellor's desk: who waits, and the counsellor's own page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal import cover
from journal.forms.accounts import ReadingDaysForm
from journal.models import AccessEvent, CentreRole, Invitation, Reply, Share, SharedEntry, VisitPlan
from journal.models.invitations import CODE_HOURS
from journal.notices import News
from journal.queue import MOST_OPENED, Family, Waiting, families
from journal.requests import SignedInRequest

# So many families stand on the queue before a link to the others: the order needs all of them opened, a reader does not.
FIRST = 50


def own_role(request: SignedInRequest) -> CentreRole:
    """Return this person's active counsellor role; raise Http404 for everybody else."""
    role = CentreRole.objects.counsellor_of(request.user).first()
    if role is None:
        raise Http404
    return role


def open_share(request: SignedInRequest, share_id: UUID) -> Share:
    """Return the share through which this person reads now; raise Http404 for every other.

    Of one that has ended the family sees that it was tried; the answer is the same as for one that never was.
    """
    share = Share.objects.read_by(request.user, share_id)
    if share is None:
        AccessEvent.objects.record_refusal(request.user, share_id)
        raise Http404
    return share


def waiting_families(request: SignedInRequest, role: CentreRole | None = None) -> list[Family]:
    """The counsellor's families in reading order, with the same number of queries for one and for 130.

    ``role`` is who reads, where the page has looked that up.
    """
    user = request.user
    shares = list(SharedEntry.objects.with_newest(Share.objects.of_counsellor(user)))
    for share in shares:
        if role and share.counsellor_id == role.pk:
            share.counsellor = role
        own = share.counsellor.user_id == user.pk
        share.covering_for = "" if own else share.counsellor.name(get_language() or "en")
    keys = [share.pk for share in shares]
    replies, plans = list(Reply.objects.waiting_for(keys)), list(VisitPlan.objects.unconfirmed_in(user, shares))
    rows = SharedEntry.objects.waiting_in(keys).opened(MOST_OPENED, shares, beside=[*replies, *plans])
    waiting = Waiting(
        rows=rows,
        counts=SharedEntry.objects.count_waiting(keys) if len(rows) == MOST_OPENED else None,
        replies=replies,
        plans=VisitPlan.waiting(plans, user, shares),
    )
    return families(shares, waiting, timezone.now().astimezone(request.user.zone), get_language() or "en")


def on_queue(found: list[Family], *, whole: bool = False, current: UUID | None = None) -> dict[str, Any]:
    """The families that are shown, the one that is open among them; the others, and where they begin."""
    beyond = found[FIRST:]
    rest = [] if whole or current in {family.share for family in beyond} else beyond
    shown = found[: len(found) - len(rest)]
    return {"queue": shown, "rest": rest, "first_of_rest": beyond[0].share if beyond else None, "families": len(found)}


def waiting_sentence(count: int) -> str:
    """How many families wait."""
    return ngettext("%(n)s family is waiting.", "%(n)s families are waiting.", count) % {"n": count}


@require_safe
def desk_queue(request: SignedInRequest) -> HttpResponse:
    """Who waits and why, in an order that is printed on the page; never a word of an entry."""
    role = own_role(request)
    found = waiting_families(request, role)
    waits = sum(family.waits for family in found)
    context = {
        "role": role,
        **on_queue(found, whole="all" in request.GET),
        "waits": waits,
        "next": next((family for family in found if family.waits), None),
        "sentence": waiting_sentence(waits),
        "beyond": MOST_OPENED if any(family.beyond for family in found) else None,
        "zone": request.user.zone,
        "something_new": News(desk=any(family.new for family in found)),
        "current": None,
    }
    return render(request, "journal/desk_queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def desk_profile(request: SignedInRequest) -> HttpResponse:
    """The counsellor's own page: how families see them, reading days, and a code for a new family."""
    role = own_role(request)
    form = ReadingDaysForm(request.POST if request.method == "POST" else None, role=role)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("journal:desk_profile")
    context = {"role": role, "form": form, "instead": cover.at_own_page(role)}
    return render(request, "journal/desk_profile.html", context, status=422 if form.is_bound else 200)


@require_POST
def desk_code(request: SignedInRequest) -> HttpResponse:
    """Make a code for one family. It is shown once, on this page, and kept nowhere."""
    role = own_role(request)
    code = Invitation.make(Invitation.Kind.CODE, role)
    context = {"role": role, "form": ReadingDaysForm(role=role), "instead": cover.at_own_page(role)}
    context |= {"code": f"{code[:4]} {code[4:]}", "hours": CODE_HOURS}
    return render(request, "journal/desk_profile.html", context)
