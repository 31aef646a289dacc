"""One family on the counsellor's desk: what is new, what was before, and what else the family lets them read."""

import time
import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import push_url

from config.htmx import wants_part
from journal import cover, family
from journal.forms.replies import ReplyForm
from journal.lines import lines_of
from journal.models import (
    AccessEvent,
    Agreement,
    Draft,
    Entry,
    FamilyPage,
    NotReady,
    Part,
    PlanChanged,
    Reply,
    Share,
    SharedPart,
    Verb,
    VisitPlan,
)
from journal.notices import News
from journal.requests import SignedInRequest, identity, version_of
from journal.views.desk import on_queue, open_share, waiting_families
from journal.visits import card_of


@require_safe
def desk_family(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    """One family: what is new since the last review, what was before, and the reply."""
    share = open_share(request, share_id)
    return family_page(request, share)


def family_page(request: SignedInRequest, share: Share, form: ReplyForm | None = None, status: int = 200) -> HttpResponse:
    """Render a family after the log has its line: nothing is shown that the family cannot see was read."""
    rows = Entry.objects.through(share)
    before = get_object_or_404(rows, pk=identity(request.GET["before"])) if "before" in request.GET else None
    page = family.shown(share, request.user, before)
    AccessEvent.objects.record_reading(request.user, share, page.entries, page.messages)
    Reply.objects.mark_read(request.user, page.messages)
    # New or reviewed long ago: an answer meant for one entry may not become one to the whole family.
    about = rows.filter(pk=identity(request.GET["entry"])).first() if "entry" in request.GET else None
    draft = Draft.objects.in_journal(request.user, share.journal_id).filter(form=Draft.Form.REPLY, target=share.pk).first()
    initial = {"submission": uuid.uuid4(), "sequence": int(time.time() * 1000), "entry": about and about.pk}
    initial["text"] = draft.document.text if draft and not draft.unreadable else ""
    context: dict[str, Any] = {
        **_frame(request, share),
        "page": page,
        "before": before,
        "draft": draft,
        "visits": [card_of(plan) for plan in VisitPlan.objects.given_through(request.user, share)],
        "about": about,
        "form": form or ReplyForm(initial=initial, share=share, author=request.user),
        # Named, though empty here: a template looks long for what nobody gave it, and would for each of its rows.
        "queue": None,
        "membership": None,
        **cover.at_desk(request.user, share),
    }
    if page.new:
        context["something_new"] = News(desk=True)  # this family alone is reason for the sign: no other is asked about
    if not wants_part(request, "family"):
        return render(request, "journal/desk_family.html", context, status=status)
    # Beside the queue: the list shows which family is open, and the address is the family's.
    context |= {**on_queue(waiting_families(request), current=share.pk), "current": share.pk}
    response = render(request, "journal/desk_family.html#family", context, status=status)
    response["HX-Reswap"] = "innerHTML show:window:top"
    return push_url(response, request.get_full_path())


@require_safe
def desk_page(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    """The family's own page, where they let this counsellor read it."""
    share = _open_to(request, share_id, Part.PAGE)
    page = FamilyPage.objects.visible_to(request.user).filter(journal=share.journal_id).first()
    _log(request, share, Verb.READ_PAGE, [page] if page else [])
    lines = lines_of(page.document) if page and not page.unreadable else []
    context = {**_frame(request, share), "page": page, "lines": lines}
    return render(request, "journal/desk_page.html", context)


@require_safe
def desk_agreements(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    """The house agreements that hold or are talked about, where the family lets this counsellor read them."""
    share = _open_to(request, share_id, Part.AGREEMENTS)
    rows = Agreement.objects.visible_to(request.user).filter(journal=share.journal_id).opened()
    _log(request, share, Verb.READ_RULES, rows)
    cards = [(row, [] if row.unreadable else lines_of(row.document)) for row in rows]
    return render(request, "journal/desk_agreements.html", {**_frame(request, share), "cards": cards})


@require_http_methods(["GET", "HEAD", "POST"])
def desk_visit(request: SignedInRequest, share_id: UUID, visit_id: UUID) -> HttpResponse:
    """The sheet, for the counsellor it was given to; the family sees that it was read, and when it was confirmed."""
    share = open_share(request, share_id)
    plan = get_object_or_404(VisitPlan.objects.of_visitor(request.user, share.journal_id), pk=visit_id)
    status = 200
    if request.method == "POST":
        try:
            with transaction.atomic():
                plan.confirm_briefing(version_of(request), timezone.now())
                _log(request, share, Verb.CONFIRMED, [plan])
            messages.success(request, _("Confirmed. The family can see it."))
            return redirect("journal:desk_visit", share.pk, plan.pk)
        except (NotReady, PlanChanged):
            plan, status = get_object_or_404(VisitPlan.objects.of_visitor(request.user, share.journal_id), pk=visit_id), 409
    # Before anything renders: nothing is shown that the family cannot see was read.
    _log(request, share, Verb.BRIEFED, [plan])
    context = {**_frame(request, share), "card": card_of(plan), "said": plan.document, "two": status == 409}
    return render(request, "journal/desk_visit.html", context, status=status)


def _open_to(request: SignedInRequest, share_id: UUID, part: Part) -> Share:
    share = open_share(request, share_id)
    get_object_or_404(SharedPart.objects.readable_by(request.user), share=share, part=part)
    return share


def _log(request: SignedInRequest, share: Share, verb: Verb, rows: list[Any]) -> None:
    shown = [row.pk for row in rows]
    AccessEvent.objects.record(
        journal=share.journal_id, who=request.user, role="counsellor", verb=verb, share=share.pk, shown=shown
    )


def _frame(request: SignedInRequest, share: Share) -> dict[str, Any]:
    zone = request.user.zone
    return {"share": share, "name": share.journal.code_name(get_language() or "en"), "zone": zone}
