"""Who can read: starting, changing and stopping."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.htmx import wants_fragment
from journal import cover, wording
from journal.forms.sharing import BackForm, Behind, CodeForm, ShareAddForm, ShareForm, writes_alone
from journal.models import AccessEvent, Membership, Part, Share, SharedPart, Verb
from journal.notices import news_in, told_of_readers
from journal.parts import parts_of
from journal.readers import ShareCard, share_cards
from journal.requests import SignedInRequest
from journal.views.current import confirmed_lately, current_membership, membership_in, page_context

# Where each part stands, with the switch for it.
PAGE_OF_PART = {
    Part.PAGE: "journal:family_page",
    Part.AGREEMENTS: "journal:agreement_list",
    Part.COUNT: "journal:share_list",
}


@require_safe
def share_list(request: SignedInRequest) -> HttpResponse:
    """Who can read now, and who could before."""
    membership = current_membership(request)
    readers = cover.Readers(membership)
    shares = list(Share.objects.of_member(request.user, membership.journal))
    cards = cover.told_beside([_with_form(card) for card in share_cards(membership, shares)], readers)
    context = {
        "cards": cards,
        "somebody_reads": any(card.active for card in cards),
        "nobody_reads": cover.nobody_reads(readers),
        "others": [wording.parent_name(other.user) for other in readers.others],
        "country": membership.user.country,
        "something_new": told_of_readers(membership, news_in(request.journals)),
    }
    return render(request, "journal/share_list.html", context)


def _with_form(card: ShareCard, form: ShareForm | None = None) -> ShareCard:
    user = card.membership.user
    initial = {"default": card.share.choice_of(user), "ends": card.share.last_day(user.zone)}
    counted = card.active and card.share.default == Share.Default.NEW
    card.parts = parts_of(card.membership, Part.COUNT, [card.share]) if counted else []
    card.form = form or ShareForm(initial=initial, user=user, auto_id=f"id_%s_{card.share.pk}")
    return card


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_lately
def share_new(request: SignedInRequest) -> HttpResponse:
    """Type the counsellor's code; then see who it is, what stays confidential and what cannot, and choose."""
    membership = current_membership(request)
    form = CodeForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_bound and form.is_valid():
        code = {"code": form.cleaned_data["code"]}
        return _check_page(request, membership, form, ShareAddForm(initial=code, user=request.user), 200)
    context = {"form": form, "membership": membership, "country": membership.user.country}
    return render(request, "journal/share_new.html", context, status=422 if form.is_bound else 200)


@require_POST
@confirmed_lately
def share_add(request: SignedInRequest) -> HttpResponse:
    """Confirm: the code is used up and the counsellor may read what was chosen, from now; from before, once it was counted."""
    membership = current_membership(request)
    form = ShareAddForm(request.POST, user=request.user)
    if not form.is_valid():
        if form.invitation is None:
            code = CodeForm(request.POST, user=request.user)
            code.errors["code"] = form.errors.get("code", form.error_class())
            return render(request, "journal/share_new.html", {"form": code, "membership": membership}, status=422)
        return _check_page(request, membership, form, form, 422)
    if not form.is_confirmed(behind := form.count(membership.journal)):
        return _check_page(request, membership, form, form, 200, behind)
    with transaction.atomic():
        share = form.save(membership.journal)
        if share is not None:
            _log(request, share, Verb.STARTED)
    if share is None:
        messages.error(request, _("That code has just been used. Ask your counsellor for a new one."))
        return redirect("journal:share_new")
    messages.success(request, _("%(c)s can now read what you chose.") % {"c": share.counsellor.name(get_language() or "en")})
    return redirect("journal:share_list")


def _check_page(
    request: SignedInRequest,
    membership: Membership,
    code: CodeForm,
    form: ShareAddForm,
    status: int,
    behind: Behind | None = None,
) -> HttpResponse:
    assert code.invitation is not None
    counsellor = code.invitation.counsellor
    language = get_language() or "en"
    context = {
        "code": code.cleaned_data["code"],
        "form": form,
        "behind": behind,
        "alone": writes_alone(membership),
        "name": counsellor.name(language),
        "licence": counsellor.licence(language),
        "centre": counsellor.centre.name(language),
        "days": wording.days(counsellor.weekdays),
        **page_context(membership),
    }
    return render(request, "journal/share_check.html", context, status=status)


@require_POST
def share_edit(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    """Change what this parent's new entries do, and the end; narrowing closes what was open, at once."""
    membership, share = _own_share(request, share_id)
    form = ShareForm(request.POST, user=request.user, auto_id=f"id_%s_{share.pk}")
    if not share.is_active:
        # An old page of a share that does not hold: nothing opens, nothing is said to have opened, and it stays so.
        share.set_default(Share.Default.NOTHING)
        said = _("%(c)s can now read nothing.") % {"c": share.counsellor.name(get_language() or "en")}
        return _answer(request, membership, share, said, 200)
    if not form.is_valid():
        said = str((form.errors.get("default") or form.errors["ends"])[0])
        return _answer(request, membership, share, said, 422, form)
    default, mine = form.cleaned_data["default"], share.granted_by == request.user
    if not mine and share.default == Share.Default.NOTHING != default:
        said = _("Only who began this can let more be read again.")
        form.add_error("default", said)
        return _answer(request, membership, share, said, 422, form)
    with transaction.atomic():
        if default != share.choice_of(request.user):
            _log(request, share, Verb.WIDENED if share.would_widen(request.user, default) else Verb.NARROWED)
            share.choose(request.user, default)
        _move_end(request, share, form.cleaned_data["ends"])
    return _answer(request, membership, share, _said(share, default, mine), 200)


def _move_end(request: SignedInRequest, share: Share, day: date | None) -> None:
    """Set another last day. Who did not begin it can bring it nearer, and let nobody read for longer."""
    zone = request.user.zone
    last = share.last_day(zone)
    if day is None or last is None or day == last or (day > last and share.granted_by != request.user):
        return
    _log(request, share, Verb.CONTINUED if day > last else Verb.NARROWED)
    share.end_on(day, zone)


def _said(share: Share, default: str, mine: bool) -> str:
    sentences = {
        Share.Default.NEW: _("%(c)s can now read new entries, unless you keep one to yourself."),
        Share.Default.CHOSEN: _("%(c)s can now read only the entries you choose."),
        Share.Default.NOTHING: _("%(c)s can now read nothing.") if mine else _("%(c)s can now read nothing you write."),
    }
    return sentences[Share.Default(default)] % {"c": share.counsellor.name(get_language() or "en")}


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_lately
def share_back(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    """Also entries since a day: choose it, see how many that are, confirm."""
    membership, share = _own_share(request, share_id)
    get_object_or_404(Share.objects.of_member(request.user, membership.journal).open_to(request.user), pk=share.pk)
    form = BackForm(request.POST if request.method == "POST" else None, user=request.user)
    behind = form.count(membership.journal, share) if form.is_valid() else None
    if behind and behind.opens and form.is_confirmed(behind):
        with transaction.atomic():
            _log(request, share, Verb.WIDENED)
            opened = share.reach_back(request.user, behind.since, private=behind.private)
        messages.success(request, _("%(c)s: %(n)s more can now be read.") % {"c": share_name(share), "n": opened})
        return redirect("journal:share_list")
    context = {"form": form, "behind": behind, "share": share, "name": share_name(share), "alone": writes_alone(membership)}
    status = 422 if form.errors else 200
    return render(request, "journal/share_back.html", context | page_context(membership), status=status)


def share_name(share: Share) -> str:
    """The counsellor's name in the page's language."""
    return share.counsellor.name(get_language() or "en")


@require_POST
def share_answer(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    """The question before the end: go on for six months, or later. Stopping has its own button; no answer lets it end."""
    membership, share = _own_share(request, share_id)
    if "later" in request.POST:
        share.ask_later(request.user, wording.today_of(membership.user))
        return redirect("journal:home")
    if share.is_active and share.is_asking and share.granted_by == request.user:
        with transaction.atomic():
            _log(request, share, Verb.CONTINUED)
            share.go_on()
        last = wording.day(share.last_day(membership.user.zone) or date.max)
        messages.success(request, _("%(c)s reads on until %(date)s.") % {"c": share_name(share), "date": last})
    else:
        messages.error(request, _("Nothing was changed."))
    return redirect("journal:share_list")


@require_POST
def share_stop(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    """Stop: the counsellor's next request meets what was never there."""
    membership, share = _own_share(request, share_id)
    if share.revoked_at is None:
        with transaction.atomic():
            _log(request, share, Verb.STOPPED)
            share.revoke()
    said = _("%(c)s can no longer read. Ended at %(time)s.") % {
        "c": share_name(share),
        "time": wording.clock((share.revoked_at or timezone.now()).astimezone(membership.user.zone)),
    }
    return _answer(request, membership, share, said, 200)


@require_POST
def part_edit(request: SignedInRequest, share_id: UUID, part: str) -> HttpResponse:
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


def _log(request: SignedInRequest, share: Share, verb: Verb) -> None:
    AccessEvent.objects.record(journal=share.journal_id, who=request.user, role="parent", verb=verb, share=share.pk)


def _own_share(request: SignedInRequest, share_id: UUID) -> tuple[Membership, Share]:
    # The share says which journal: a parent of two can stop a reader of either.
    membership = membership_in(request, journal__shares=share_id)
    share = get_object_or_404(Share.objects.of_member(request.user, membership.journal), pk=share_id)
    return membership, share


def _answer(
    request: SignedInRequest, membership: Membership, share: Share, said: str, status: int, form: ShareForm | None = None
) -> HttpResponse:
    if wants_fragment(request):
        (card,) = cover.told_beside([_with_form(share_cards(membership, [share])[0], form)], cover.Readers(membership))
        context = {"card": card, "said": said, **page_context(membership)}
        context["others"] = not writes_alone(membership)
        return render(request, "journal/share_list.html#share", context, status=status)
    messages.add_message(request, messages.SUCCESS if status == 200 else messages.ERROR, said)
    return redirect("journal:share_list")
