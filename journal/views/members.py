"""Who writes in a journal: asking somebody, confirming, handing over, leaving; and the switch between two journals."""

import uuid
from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal import wording
from journal.forms.members import ConfirmForm, JournalForm, LeaveForm
from journal.models import AccessEvent, Entry, MemberInvitation, Membership, StillKeeps, Verb, leave, offer, take_over
from journal.requests import SignedInRequest
from journal.views.current import confirmed_lately, current_membership, page_context


@require_safe
def member_list(request: SignedInRequest) -> HttpResponse:
    """Who writes here, who was asked, and the ways out."""
    membership = current_membership(request)
    zone = membership.user.zone
    invitations = MemberInvitation.objects.of_keeper(request.user).filter(journal=membership.journal)
    context = {
        "others": [
            (other, wording.parent_name(other.user), wording.since(other, zone))
            for other in Membership.objects.beside(request.user, membership.journal)
        ],
        "offered": membership.offered_at is not None,
        "came": [(one, wording.parent_name(one.accepted_by)) for one in invitations if one.accepted_by],
        "asked": [
            (one, wording.moment(one.created_at.astimezone(zone)), wording.moment(one.expires_at.astimezone(zone)))
            for one in invitations
            if not one.accepted_by
        ],
    }
    return _page(request, "journal/member_list.html", membership, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_lately
def invitation_add(request: SignedInRequest) -> HttpResponse:
    """What it means to ask somebody; then the link, the code and the square, once. The site mails none of them."""
    membership = _kept(request)
    if request.method != "POST":
        return _page(request, "journal/invitation_new.html", membership)
    with transaction.atomic():
        made = MemberInvitation.make(membership)
        if made is not None:
            _log(membership, Verb.INVITED)
    if made is None:
        messages.error(request, _("That was the tenth invitation today. Tomorrow you can make another."))
        return redirect("journal:member_list")
    return _page(request, "journal/invitation_new.html", membership, **_shown_once(request, *made))


def _shown_once(request: SignedInRequest, invitation: MemberInvitation, token: str, code: str) -> dict[str, str]:
    link = request.build_absolute_uri(reverse("journal:invitation_open", args=[token]))
    return {
        "link": link,
        "code": f"{code[:4]} {code[4:]}",
        "square": segno.make(link, error="m", micro=False).svg_inline(omitsize=True, border=4, svgclass="qr", lineclass=None),
        "until": wording.moment(invitation.expires_at.astimezone(request.user.zone)),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_lately
def invitation_confirm(request: SignedInRequest, invitation_id: UUID) -> HttpResponse:
    """The person who came, the six digits both see, and what they will be able to read."""
    invitations = MemberInvitation.objects.of_keeper(request.user).filter(accepted_by__isnull=False)
    invitation = get_object_or_404(invitations, pk=invitation_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    name = wording.parent_name(invitation.accepted_by)
    if not form.is_bound or not form.is_valid():
        context = {"invitation": invitation, "name": name, "number": wording.digits(invitation.number), "form": form}
        return render(request, "journal/invitation_confirm.html", context, status=422 if form.is_bound else 200)
    with transaction.atomic():
        joined = invitation.confirm(request.user, earlier=form.cleaned_data["earlier"] == "yes")
        if joined is not None:
            _log(joined, Verb.JOINED)
    if joined is None:
        raise Http404
    messages.success(request, _("%(p)s now writes here too.") % {"p": name})
    return redirect("journal:member_list")


@require_POST
def invitation_end(request: SignedInRequest, invitation_id: UUID) -> HttpResponse:
    """Withdraw it, or say that this is not the person: from now on the link leads nowhere."""
    get_object_or_404(MemberInvitation.objects.of_keeper(request.user), pk=invitation_id).end()
    messages.success(request, _("The invitation has ended. Nobody has seen anything by it."))
    return redirect("journal:member_list")


@require_POST
@confirmed_lately
def member_remove(request: SignedInRequest, member_id: UUID) -> HttpResponse:
    """Somebody writes here no longer: their next request meets what was never there."""
    other = get_object_or_404(Membership.objects.of_keeper(request.user), pk=member_id)
    with transaction.atomic():
        leave(other)
        AccessEvent.objects.record(journal=other.journal_id, who=request.user, role="parent", verb=Verb.REMOVED)
    messages.success(request, _("%(p)s no longer writes or reads here.") % {"p": wording.parent_name(other.user)})
    return redirect("journal:member_list")


@require_POST
@confirmed_lately
def member_offer(request: SignedInRequest, member_id: UUID) -> HttpResponse:
    """Ask another parent to keep the journal from now on, or take that back."""
    other = get_object_or_404(Membership.objects.of_keeper(request.user), pk=member_id)
    asked = "back" not in request.POST
    offer(other, asked=asked)
    said = _("%(p)s is asked. Until they say yes, you keep the journal.") if asked else _("You go on keeping this journal.")
    messages.success(request, said % {"p": wording.parent_name(other.user)})
    return redirect("journal:member_list")


@require_POST
@confirmed_lately
def journal_keep(request: SignedInRequest) -> HttpResponse:
    """Say yes or no to keeping the journal from now on."""
    membership = current_membership(request)
    asked = get_object_or_404(Membership.objects.offered_to(request.user), pk=membership.pk)
    with transaction.atomic():
        keeps = take_over(asked, keeps="no" not in request.POST)
        if keeps:
            _log(membership, Verb.KEEPS)
    messages.success(request, _("You keep this journal from now on.") if keeps else _("All stays as it was."))
    return redirect("journal:member_list")


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_lately
def member_leave(request: SignedInRequest) -> HttpResponse:
    """What goes, what stays, and what becomes of one's own words; then it holds at once."""
    membership = current_membership(request)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    others = Membership.objects.beside(request.user, membership.journal)
    if form.is_bound and form.is_valid() and not membership.keeps:
        return _leave(request, membership, form.cleaned_data["mine"])
    mine = Entry.objects.editable_by(request.user).filter(journal=membership.journal)
    context = {
        "form": form,
        "others": [wording.parent_name(other.user) for other in others],
        "private": mine.filter(audience=Entry.Audience.AUTHOR).count(),
    }
    return _page(request, "journal/member_leave.html", membership, **context)


def _leave(request: SignedInRequest, membership: Membership, mine: str) -> HttpResponse:
    try:
        with transaction.atomic():
            _log(membership, Verb.LEFT)
            leave(membership, mine)
    except StillKeeps:
        return redirect("journal:member_leave")  # it was handed to them in this moment
    messages.success(request, _("You have left that journal."))
    return redirect("journal:home")


@require_POST
def journal_switch(request: SignedInRequest) -> HttpResponse:
    """Go on in another journal of one's own: the one the form names."""
    current_membership(request).use()
    return redirect("journal:home")


@require_http_methods(["GET", "HEAD", "POST"])
def journal_add(request: SignedInRequest) -> HttpResponse:
    """One more journal, kept by this person: about somebody else, or apart from the other parent's."""
    membership = current_membership(request)
    form = JournalForm(request.POST if request.method == "POST" else None, initial={"submission": uuid.uuid4()})
    if form.is_bound and form.is_valid():
        if form.save(request.user) is None:
            raise Http404
        return redirect("journal:home")
    return _page(request, "journal/journal_new.html", membership, form=form)


def _kept(request: SignedInRequest) -> Membership:
    membership = current_membership(request)
    if not membership.keeps:
        raise Http404
    return membership


def _log(membership: Membership, verb: Verb) -> None:
    AccessEvent.objects.record(journal=membership.journal_id, who=membership.user, role="parent", verb=verb)


def _page(request: SignedInRequest, template: str, membership: Membership, **context: Any) -> HttpResponse:
    form = context.get("form")
    status = 422 if form is not None and form.is_bound else 200
    return render(request, template, {**context, **page_context(membership)}, status=status)
