"""The journal's first page, its start, and the place a public page asks about."""

import time
import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from config.htmx import wants_fragment
from journal import cover, wording
from journal.consent import asked
from journal.forms.accounts import StartForm
from journal.forms.entries import EntryAddForm
from journal.middleware import is_covered, is_over, lacks_second_factor, set_length
from journal.models import (
    CentreRole,
    Draft,
    Entry,
    EntryContent,
    FormerMember,
    Kind,
    MemberInvitation,
    Membership,
    PrivacyContact,
    Reply,
)
from journal.models.entries import MORE, QUICK, STEP_OF
from journal.notices import News, news_in, told_of_readers
from journal.readers import endings, new_entry_readers
from journal.requests import SignedInRequest
from journal.views.current import current_membership
from journal.views.invitations import comes_invited
from journal.weeks import Weeks

# What "Write it down" on a step page offers: the first kind that belongs to the step.
KIND_OF_STEP = {step: kind for kind, step in reversed(STEP_OF.items())}
# The first page opens no more than this for "the last thing that came back", and asks who wrote the newest few.
LOOKED_BACK = 200
NEWS = 20


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """The quick log; a counsellor goes to the desk, a new parent to the start."""
    memberships = list(Membership.objects.of_user(request.user))
    if not memberships:
        if comes_invited(request):
            return redirect("journal:invitation_join")
        role = CentreRole.objects.of_user(request.user).first()
        if role is None:
            answers = PrivacyContact.objects.answering(request.user).exists()
            return redirect("journal:request_list" if answers else "journal:journal_start")
        return redirect("journal:centre_detail" if role.role == CentreRole.Role.MANAGER else "journal:desk_queue")
    membership = current_membership(request, memberships)
    return render(request, "journal/home.html", home_context(request, membership))


def home_context(request: SignedInRequest, membership: Membership, form: EntryAddForm | None = None) -> dict[str, Any]:
    """What the quick log needs: a fresh submission id, so that a double tap saves once."""
    resting = membership.resting_until(wording.today_of(membership.user))
    # While the steps rest, no address proposes anything either.
    chosen = request.GET.get("kind", "") if not resting else ""
    draft = None if form else _draft(membership)
    readers, news = cover.Readers(membership), news_in(request.journals)
    weeks = Weeks(membership, wording.today_of(membership.user))
    context: dict[str, Any] = {
        "membership": membership,
        "country": membership.user.country,
        "zone": membership.user.zone,
        "form": form or _add_form(membership, draft, chosen),
        "draft": draft,
        "submission": uuid.uuid4(),
        "quick": [(kind.value, kind.label) for kind in QUICK],
        "more": [(kind.value, kind.label) for kind in MORE],
        "chosen": chosen if chosen in Kind.values else "",
        "chosen_more": chosen in {kind.value for kind in MORE},
        "resting_until": resting,
        "arrived": _arrived(membership) if news.waiting else None,
        "new_readers": new_entry_readers(membership.user, readers.others, readers.shares),
        "endings": endings(membership, readers.lately),
        "panel": weeks.panel(),
        "reader_notices": cover.notices(readers),
        "nobody_reads": cover.nobody_reads(readers),
        "left": FormerMember.objects.besides(request.user, request.journals),
        **({} if request.user.may_write else asked()),
        "something_new": told_of_readers(membership, news),
        **_lately(weeks, readers, resting is not None, news),
    }
    return context | {"folded": _folded(context)}


def _folded(context: dict[str, Any]) -> int:
    """How many notices go behind one line: a single one stands open, if no more than one line of news is above it.

    So the buttons to write with stay on the first screen of a phone, however much is new.
    """
    lines = [context["reply_waiting"], context["news_from"], context["something_new"].visit, context["arrived"]]
    notices = len(context["reader_notices"]) + len(context["left"]) + len(context["endings"])
    return notices if notices > 1 or sum(map(bool, lines)) > 1 else 0


def _arrived(membership: Membership) -> MemberInvitation | None:
    rows = MemberInvitation.objects.of_keeper(membership.user)
    return rows.filter(journal=membership.journal, accepted_by__isnull=False).first()


def _draft(membership: Membership) -> Draft | None:
    rows = Draft.objects.in_journal(membership.user, membership.journal_id).filter(
        form=Draft.Form.ENTRY, target=membership.journal_id
    )
    draft: Draft | None = rows.first()
    return draft if draft and not draft.unreadable else None


def _add_form(membership: Membership, draft: Draft | None, chosen: str) -> EntryAddForm:
    initial = {"when": "now", "kind": chosen, "submission": uuid.uuid4(), "sequence": int(time.time() * 1000)}
    return EntryAddForm(membership=membership, initial=initial | EntryAddForm.drafted(draft))


def _lately(weeks: Weeks, readers: cover.Readers, resting: bool, waits: News) -> dict[str, Any]:
    """When this parent last wrote, what came back last, and what is new to them."""
    membership = weeks.membership
    # Where nobody else writes nothing can be new from them.
    news = Entry.objects.new_to(membership)[:NEWS] if readers.others else []
    # While the steps rest nothing is held out: not what came back either.
    came = None if resting else _came_back(weeks)
    return {
        "today": weeks.today,
        "reply_waiting": _unread(membership) if waits.reply else None,
        "news_from": wording.together(list(dict.fromkeys(wording.parent_name(readers.author_of(entry)) for entry in news))),
        "last_day": _last_written(weeks),
        "came_day": came and came[0],
        "came": came and came[1],
    }


def _unread(membership: Membership) -> Reply | None:
    """The oldest answer that was not read."""
    rows = Reply.objects.unread_by(membership).from_counsellors()
    return rows.select_related("share__counsellor", "cover").first()


def _last_written(weeks: Weeks) -> date | None:
    """The day of this parent's newest entry: among the last weeks, or else before them."""
    mine = weeks.membership.user_id
    if recent := next((entry.day for entry in weeks.recent if entry.author_id == mine), None):
        return recent
    before = Entry.objects.for_member(weeks.membership).filter(author=mine)
    return before.values_list("day", flat=True).first()


def _came_back(weeks: Weeks) -> tuple[date, EntryContent] | None:
    """The newest entry after which something came back, with its day; no page looks back further than LOOKED_BACK entries."""
    recent = [(entry.day, entry.content) for entry in weeks.recent[:LOOKED_BACK]]
    found = next(((day, content) for day, content in recent if content and content.came_back), None)
    if found or len(recent) == LOOKED_BACK:
        return found
    journal, rows = weeks.membership.journal, Entry.objects.for_member(weeks.membership).filter(day__lt=weeks.since)
    before = rows.contents(journal, LOOKED_BACK - len(recent))
    return next(((day, content) for _pk, day, content in before if content and content.came_back), None)


@require_http_methods(["GET", "HEAD", "POST"])
def journal_start(request: SignedInRequest) -> HttpResponse:
    """One page, then the journal with its key exists. Whoever has one goes on to it."""
    if Membership.objects.of_user(request.user).exists():
        return redirect("journal:home")
    form = StartForm(request.POST) if request.method == "POST" else StartForm(initial=_guess(request))
    if request.method == "POST" and form.is_valid():
        form.save(request.user)
        set_length(request)
        return redirect("journal:home")
    context = {"form": form, "left": FormerMember.objects.of_user(request.user)}
    return render(request, "journal/journal_start.html", context, status=422 if form.is_bound else 200)


def _guess(request: SignedInRequest) -> dict[str, str]:
    # Only the time zone is proposed, from the language; a country is never guessed.
    return {"time_zone": "Asia/Tokyo" if request.LANGUAGE_CODE == "ja" else "Europe/London"}


@login_not_required
@require_safe
def place(request: HttpRequest, number: int) -> HttpResponse:
    """What a signed-in parent sees extra on a public step page; a visitor gets an empty answer without a query."""
    # Step 9 has no kind of its own: there is nothing to do in it.
    kind = KIND_OF_STEP.get(number)
    target = reverse("journal:home") + (f"?{urlencode({'kind': kind.value})}" if kind else "")
    if not wants_fragment(request):
        return HttpResponseRedirect(target)
    membership = _membership_of_visitor(request)
    if membership is None:
        return HttpResponse(status=204)
    journal = membership.journal
    if 1 <= number <= 9 and membership.user.may_write and not journal.unreadable and journal.document.step != number:
        journal.remember(step=number)
    resting = membership.resting_until(wording.today_of(membership.user))
    return render(request, "journal/place.html", {"resting_until": resting, "target": target, "number": number})


@login_not_required
@require_safe
def place_list(request: HttpRequest) -> HttpResponse:
    """Beside the overview of the steps: which one was read last, or that the steps are paused."""
    if not wants_fragment(request):
        return redirect("journal:home")
    membership = _membership_of_visitor(request)
    if membership is None:
        return HttpResponse(status=204)
    resting = membership.resting_until(wording.today_of(membership.user))
    number = 0 if membership.journal.unreadable else membership.journal.document.step
    return render(request, "journal/place_list.html", {"resting_until": resting, "number": number})


def _membership_of_visitor(request: HttpRequest) -> Membership | None:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    # These views are open to visitors, so no middleware asks: a pause is not shown to whoever finds the device later.
    if is_over(request) or is_covered(request) or lacks_second_factor(request.user):
        return None
    membership = Membership.objects.of_user(request.user).first()
    if membership is not None:
        membership.user = request.user
    return membership
