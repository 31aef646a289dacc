"""The counsellor's desk: who waits, one family, and the counsellor's own page."""

import time
import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.htmx import page_or_fragment, wants_part
from journal import wording
from journal.forms.accounts import ReadingDaysForm
from journal.forms.replies import ReplyForm
from journal.models import (
    AccessEvent,
    CentreRole,
    Draft,
    Entry,
    Invitation,
    Reply,
    ReplyHurt,
    Share,
    SharedEntry,
    VisitPlan,
    open_rows,
)
from journal.models.sharing import CODE_HOURS
from journal.queue import MOST_OPENED, Family, families
from journal.timeline import desk_cards, page_of
from journal.visits import card_of

EARLIER = 10


def own_role(request: HttpRequest) -> CentreRole:
    """Return this person's active counsellor role; raise Http404 for everybody else."""
    role = CentreRole.objects.counsellor_of(request.user).first()
    if role is None:
        raise Http404
    return role


def waiting_families(request: HttpRequest) -> list[Family]:
    """The counsellor's families in reading order, with the same number of queries for one and for 130."""
    shares = list(Share.objects.of_counsellor(request.user))
    waiting = list(SharedEntry.objects.waiting_for(request.user)[:MOST_OPENED])
    open_rows([row.entry for row in waiting])
    newest = SharedEntry.objects.readable_by(request.user).values("share").annotate(newest=Max("shared_at"))
    last_shared = {row["share"]: row["newest"] for row in newest}
    now = timezone.now()
    plans = VisitPlan.objects.unconfirmed_by(request.user)
    found = families(shares, waiting, last_shared, now, get_language() or "en", plans)
    for family in found:
        family.tags = _tags(family, now.date())
    return found


def waiting_sentence(count: int) -> str:
    """How many families wait."""
    return ngettext("%(n)s family is waiting.", "%(n)s families are waiting.", count) % {"n": count}


@require_safe
def desk_queue(request: HttpRequest) -> HttpResponse:
    """Who waits and why, in an order that is printed on the page; never a word of an entry."""
    role = own_role(request)
    found = waiting_families(request)
    zone = request.user.zone  # type: ignore[union-attr]
    waits = sum(family.waits for family in found)
    context = {"role": role, "families": found, "waits": waits, "sentence": waiting_sentence(waits), "zone": zone}
    return render(request, "journal/desk_queue.html", context)


def _tags(family: Family, today: Any) -> list[tuple[str, str]]:
    tags = []
    if family.hard:
        tags.append(("hard", _("Hard day")))
    if family.plan:
        tags.append(("plan", _("Plan to look at")))
    if family.unreadable:
        tags.append(("question", _("An entry cannot be opened")))
    if family.waits:
        tags.append(("new", _("%(n)s new") % {"n": family.new}))
    if family.quiet_since:
        tags.append(("quiet", wording.quiet_for(family.quiet_since, today)))
    return tags


@require_safe
def desk_family(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """One family: what is new since the last review, what was before, and the reply."""
    share = get_object_or_404(Share.objects.of_counsellor(request.user), pk=share_id)
    return family_page(request, share)


def family_page(request: HttpRequest, share: Share, form: ReplyForm | None = None) -> HttpResponse:
    """Render a family after the log has its line: nothing is shown that the family cannot see was read."""
    rows = Entry.objects.visible_to(request.user).select_related("author")
    # Both conditions in one call: they speak of the same row, this counsellor's and not another's of the same entry.
    new = list(rows.filter(shared__share=share, shared__reviewed_at=None).order_by("day", "happened_at", "id")[:100].opened())
    reviewed = rows.filter(shared__share=share, shared__reviewed_at__isnull=False).order_by("-day", "-happened_at", "-id")
    before = get_object_or_404(reviewed, pk=_uuid(request.GET["before"])) if "before" in request.GET else None
    earlier, last = page_of(reviewed, before, EARLIER)
    AccessEvent.objects.record_reading(request.user, share, [*new, *earlier])
    replies = list(Reply.objects.visible_to(request.user).filter(share=share).opened())
    visits = VisitPlan.objects.of_visitor(request.user).filter(journal=share.journal_id).opened()
    draft = Draft.objects.of_user(request.user).filter(form="reply", target=share.pk).first()
    # New or reviewed long ago: an answer meant for one entry may not become one to the whole family.
    about = rows.filter(shared__share=share, pk=_uuid(request.GET["entry"])).first() if "entry" in request.GET else None
    initial = {"submission": uuid.uuid4(), "sequence": int(time.time() * 1000), "entry": about and about.pk}
    initial["text"] = draft.document.text if draft and not draft.unreadable else ""
    context = {
        "share": share,
        "name": share.journal.code_name(get_language() or "en"),
        "new": desk_cards(new, replies),
        "earlier": desk_cards(earlier, replies),
        "last": last,
        "before": before,
        "general": [reply for reply in replies if reply.entry_id is None],
        "seen": rows.filter(shared__share=share).count(),
        "since": wording.day(share.starts_at.date()),
        "draft": draft,
        "visits": [card_of(plan) for plan in visits],
        "about": about,
        "zone": request.user.zone,  # type: ignore[union-attr]
        "form": form or ReplyForm(initial=initial, share=share, author=request.user),
    }
    if wants_part(request, "family"):
        # Beside the queue: the list shows which family is open.
        context |= {"families": waiting_families(request), "current": share.pk}
    template = page_or_fragment(request, "journal/desk_family.html", "family", "family")
    return render(request, template, context, status=422 if form else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def desk_profile(request: HttpRequest) -> HttpResponse:
    """The counsellor's own page: how families see them, reading days, and a code for a new family."""
    role = own_role(request)
    form = ReadingDaysForm(request.POST if request.method == "POST" else None, role=role)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("journal:desk_profile")
    return render(request, "journal/desk_profile.html", {"role": role, "form": form}, status=422 if form.is_bound else 200)


@require_POST
def desk_code(request: HttpRequest) -> HttpResponse:
    """Make a code for one family. It is shown once, on this page, and kept nowhere."""
    role = own_role(request)
    code = Invitation.make(Invitation.Kind.CODE, role)
    context = {"role": role, "form": ReadingDaysForm(role=role), "code": f"{code[:4]} {code[4:]}", "hours": CODE_HOURS}
    return render(request, "journal/desk_profile.html", context)


@require_safe
def centre_detail(request: HttpRequest) -> HttpResponse:
    """For managers: people and counts, never a name of a family or a word of a journal."""
    roles = list(CentreRole.objects.of_manager(request.user).select_related("centre", "user").order_by("role", "name_en"))
    if not roles:
        raise Http404
    counts = Share.objects.count_by_counsellor([role.pk for role in roles])
    hurts = ReplyHurt.objects.count_by_counsellor([role.pk for role in roles])
    # Shown here, it is told: the families' pages say so from now on.
    missed = SharedEntry.objects.tell_missed(roles, timezone.now())
    rows = [
        (role, counts.get(role.pk, 0), wording.days(role.weekdays), missed.get(role.pk), hurts.get(role.pk, 0)) for role in roles
    ]
    return render(request, "journal/centre_detail.html", {"rows": rows, "centre": roles[0].centre.name(get_language() or "en")})


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
