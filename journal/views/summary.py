"""One page on paper for an appointment."""

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from journal import wording
from journal.forms.copies import SummaryForm
from journal.lines import agreement_state
from journal.models import (
    AccessEvent,
    Agreement,
    Closeness,
    Entry,
    FamilyPage,
    Kind,
    Membership,
    Stage,
    SupportPerson,
    Topic,
    Verb,
)
from journal.requests import SignedInRequest
from journal.views.current import current_membership
from journal.views.rows import page_of

# More than this is no page for an appointment; the paper says so.
MOST = 400


@require_http_methods(["GET", "HEAD", "POST"])
def summary_print(request: SignedInRequest) -> HttpResponse:
    """Choose the days and what goes on the paper; the answer is the page itself, and a line in the log."""
    membership = current_membership(request)
    form = SummaryForm(request.POST if request.method == "POST" else None, membership=membership)
    context = page_of(membership, form=form)
    if not form.is_bound:
        return render(request, "journal/summary_print.html", context)
    if not form.is_valid():
        return render(request, "journal/summary_print.html", context, status=422)
    AccessEvent.objects.record(journal=membership.journal_id, who=request.user, role="parent", verb=Verb.PRINTED)
    return render(request, "journal/summary_print.html", context | {"paper": _paper(membership, form.cleaned_data)})


def _paper(membership: Membership, chosen: dict[str, Any]) -> dict[str, Any]:
    user, journal, parts = membership.user, membership.journal, chosen["parts"]
    paper: dict[str, Any] = {
        "first": wording.full_day(chosen["first"]),
        "last": wording.full_day(chosen["last"]),
        "ask": chosen["ask"],
        "name": user.display_name,
    }
    if {"counts", "words"} & set(parts):
        paper |= _days(membership, chosen)
    if "agreements" in parts:
        paper["agreements"] = _agreements(Agreement.objects.of_family(user, journal).opened())
    if "page" in parts:
        page = FamilyPage.objects.of_family(user, journal).first()
        paper["page"] = [] if page is None or page.unreadable else page.document.parts
    if "people" in parts:
        people = SupportPerson.objects.of_family(user, journal).opened()
        # Who is not told, or may not be told, stands on no paper.
        shown = {Closeness.KNOWS, Closeness.COULD}
        paper["people"] = [row.document for row in people if not row.unreadable and row.document.state in shown]
    return paper


def _days(membership: Membership, chosen: dict[str, Any]) -> dict[str, Any]:
    rows = Entry.objects.for_member(membership)
    rows = rows.filter(day__gte=chosen["first"], day__lte=chosen["last"])
    if not chosen["private"]:
        rows = rows.exclude(audience=Entry.Audience.AUTHOR)
    entries = [entry for entry in rows[: MOST + 1].opened() if not entry.unreadable]
    counted = Counter(entry.document.kind for entry in entries[:MOST])
    found: dict[str, Any] = {"more": len(entries) > MOST, "days": [], "kinds": []}
    if "counts" in chosen["parts"]:
        # In the order of the buttons, never by how often: nothing here is ranked.
        found["kinds"] = [(kind.label, counted[kind.value]) for kind in Kind if counted[kind.value]]
    if "words" in chosen["parts"]:
        found["days"] = entries[:MOST][::-1]
    return found


def _agreements(rows: list[Any]) -> list[dict[str, Any]]:
    found = [row.document for row in rows if not row.unreadable and row.document.state in {Stage.OPEN, Stage.NOW}]
    return [{"label": Topic(content.topic).label, "content": content, "state": agreement_state(content)} for content in found]
