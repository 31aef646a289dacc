"""Who can read: starting, changing and stopping."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.htmx import wants_fragment
from journal import wording
from journal.forms.sharing import CodeForm, ShareAddForm, ShareForm
from journal.models import AccessEvent, Membership, Part, Share, SharedPart, Verb
from journal.parts import parts_of
from journal.views.current import confirmed_lately, current_membership

# Where each part stands, with the switch for it.
PAGE_OF_PART = {
    Part.PAGE: "journal:family_page",
    Part.AGREEMENTS: "journal:agreement_list",
    Part.COUNT: "journal:share_list",
}


@require_safe
def share_list(request: HttpRequest) -> HttpResponse:
    """Who can read now, and who could before."""
    membership = current_membership(request)
    shares = list(Share.objects.of_member(request.user, membership.journal))
    open_now = set(Share.objects.of_member(request.user, membership.journal).active().values_list("pk", flat=True))
    context = {
        "cards": [share_card(share, membership, active=share.pk in open_now) for share in shares],
        "others": [wording.parent_name(other.user) for other in Membership.objects.beside(request.user, membership.journal)],
        "country": membership.user.country,
    }
    return render(request, "journal/share_list.html", context)


def share_card(share: Share, membership: Membership, *, active: bool) -> dict[str, object]:
    """What the page says about one share."""
    zone = membership.user.zone
    return {
        "share": share,
        "active": active,
        "name": share.counsellor.name(get_language() or "en"),
        "licence": share.counsellor.licence(get_language() or "en"),
        "centre": share.counsellor.centre.name(get_language() or "en"),
        "days": wording.days(share.counsellor.weekdays),
        "since": wording.day(share.starts_at.astimezone(zone).date()),
        "asks_on": wording.day(share.ends_at.astimezone(zone).date()) if share.ends_at else "",
        "ended": wording.clock(share.revoked_at.astimezone(zone)) if share.revoked_at else "",
        "ended_day": wording.day(share.revoked_at.astimezone(zone).date()) if share.revoked_at else "",
        "form": ShareForm(initial={"default": share.default}),
        "parts": parts_of(membership, Part.COUNT, [share]) if active and share.default == Share.Default.NEW else [],
        "other": "" if share.granted_by in {None, membership.user} else wording.parent_name(share.granted_by),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_lately
def share_new(request: HttpRequest) -> HttpResponse:
    """Type the counsellor's code; then see who it is, what stays confidential and what cannot, and choose."""
    membership = current_membership(request)
    form = CodeForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_bound and form.is_valid():
        return _check_page(request, membership, form, ShareForm(), 200)
    context = {"form": form, "membership": membership, "country": membership.user.country}
    return render(request, "journal/share_new.html", context, status=422 if form.is_bound else 200)


@require_POST
@confirmed_lately
def share_add(request: HttpRequest) -> HttpResponse:
    """Confirm: the code is used up and the counsellor may read what was chosen, from now."""
    membership = current_membership(request)
    form = ShareAddForm(request.POST, user=request.user)
    if not form.is_valid():
        if form.invitation is None:
            code = CodeForm(request.POST, user=request.user)
            code.errors["code"] = form.errors.get("code", form.error_class())
            return render(request, "journal/share_new.html", {"form": code, "membership": membership}, status=422)
        return _check_page(request, membership, form, form, 422)
    with transaction.atomic():
        share = form.save(membership.journal)
        if share is not None:
            _log(request, share, Verb.STARTED)
    if share is None:
        messages.error(request, _("That code has just been used. Ask your counsellor for a new one."))
        return redirect("journal:share_new")
    messages.success(request, _("%(c)s can now read what you chose.") % {"c": share.counsellor.name(get_language() or "en")})
    return redirect("journal:share_list")


def _check_page(request: HttpRequest, membership: Membership, code: CodeForm, scope: ShareForm, status: int) -> HttpResponse:
    assert code.invitation is not None
    counsellor = code.invitation.counsellor
    language = get_language() or "en"
    context = {
        "membership": membership,
        "code": code.cleaned_data["code"],
        "form": scope,
        "name": counsellor.name(language),
        "licence": counsellor.licence(language),
        "centre": counsellor.centre.name(language),
        "days": wording.days(counsellor.weekdays),
        "country": membership.user.country,
    }
    return render(request, "journal/share_check.html", context, status=status)


@require_POST
def share_edit(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """Change what new entries do; narrowing closes what was open, at once."""
    membership, share = _own_share(request, share_id)
    form = ShareForm(request.POST)
    if not share.is_active:
        # An old page of a share that does not hold: nothing opens, nothing is said to have opened, and it stays so.
        share.set_default(Share.Default.NOTHING)
        said = _("%(c)s can now read nothing.") % {"c": share.counsellor.name(get_language() or "en")}
        return _answer(request, membership, share, said, 200)
    if not form.is_valid():
        return _answer(request, membership, share, _("Choose one of the three."), 422)
    default = form.cleaned_data["default"]
    if default == Share.Default.NEW and share.granted_by != request.user:
        said = _("Only who began this can let new entries be read. Choose your own one by one.")
        return _answer(request, membership, share, said, 422)
    if default != share.default:
        with transaction.atomic():
            _log(request, share, Verb.WIDENED if share.would_widen(default) else Verb.NARROWED)
            share.set_default(default)
    said = {
        "new": _("%(c)s can now read new entries, unless you keep one to yourself."),
        "chosen": _("%(c)s can now read only the entries you choose."),
        "nothing": _("%(c)s can now read nothing."),
    }[share.default]
    return _answer(request, membership, share, said % {"c": share.counsellor.name(get_language() or "en")}, 200)


@require_POST
def share_stop(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """Stop: the counsellor's next request meets what was never there."""
    membership, share = _own_share(request, share_id)
    if share.revoked_at is None:
        with transaction.atomic():
            _log(request, share, Verb.STOPPED)
            share.revoke()
    said = _("%(c)s can no longer read. Ended at %(time)s.") % {
        "c": share.counsellor.name(get_language() or "en"),
        "time": wording.clock((share.revoked_at or timezone.now()).astimezone(membership.user.zone)),
    }
    return _answer(request, membership, share, said, 200)


@require_POST
def part_edit(request: HttpRequest, share_id: UUID, part: str) -> HttpResponse:
    """Let one counsellor read the page, the agreements, or how much is kept private; or close it again, at once."""
    if part not in Part.values:
        raise Http404
    membership, share = _own_share(request, share_id)
    opened = request.POST.get("open") == "1"
    name = share.counsellor.name(get_language() or "en")
    if opened and (not share.is_active or share.default == Share.Default.NOTHING):
        messages.error(request, _("%(c)s can now read nothing.") % {"c": name})
        return redirect("journal:share_list")
    with transaction.atomic():
        if SharedPart.objects.set_open(request.user, share, part, opened=opened):
            _log(request, share, Verb.WIDENED if opened else Verb.NARROWED)
    said = _("%(c)s can read this now.") if opened else _("%(c)s can no longer read this.")
    if part == Part.COUNT:
        said = _("Saved.")
    messages.success(request, said % {"c": name} if "%" in said else said)
    return redirect(PAGE_OF_PART[Part(part)])


def _log(request: HttpRequest, share: Share, verb: Verb) -> None:
    AccessEvent.objects.record(journal=share.journal_id, who=request.user, role="parent", verb=verb, share=share.pk)


def _own_share(request: HttpRequest, share_id: UUID) -> tuple[Membership, Share]:
    # The share says which journal: a parent of two can stop a reader of either.
    membership = get_object_or_404(Membership.objects.of_user(request.user), journal__shares=share_id)
    membership.user = request.user  # type: ignore[assignment]
    share = get_object_or_404(Share.objects.of_member(request.user, membership.journal), pk=share_id)
    return membership, share


def _answer(request: HttpRequest, membership: Membership, share: Share, said: str, status: int) -> HttpResponse:
    if wants_fragment(request):
        context = {"card": share_card(share, membership, active=share.is_active), "said": said}
        return render(request, "journal/share_list.html#share", context, status=status)
    messages.add_message(request, messages.SUCCESS if status == 200 else messages.ERROR, said)
    return redirect("journal:share_list")
