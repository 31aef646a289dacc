"""The list of everything a parent may read, and looking for something in it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from config.htmx import page_or_fragment
from journal import wording
from journal.cover import Readers
from journal.forms.timeline import FilterForm
from journal.models import Entry, Membership, Reply
from journal.replies import for_family
from journal.requests import SignedInRequest, identity
from journal.search import look_back
from journal.timeline import family_cards, page_of, weeks
from journal.views.current import current_membership, page_context

# More of what is new than fits on the first page of the list is not repeated above it.
MOST_NEWS = 10


@require_http_methods(["GET", "HEAD", "POST"])
def entry_list(request: SignedInRequest) -> HttpResponse:
    """By week, newest first; a POST narrows it, so that no word looked for stands in an address."""
    membership = current_membership(request)
    readers = Readers(membership)
    form = FilterForm(request.POST if request.method == "POST" else None, readers=readers)
    valid = form.is_valid()
    if valid and not form.asks:
        return redirect("journal:entry_list")
    context = _found(request, readers, form) if valid else _everything(request, readers)
    template = page_or_fragment(request, "journal/entry_list.html", "weeks", "more")
    # Named, though empty here: a template looks long for what nobody gave it, and would for each of its rows.
    context |= {"form": form, "filtered": valid, "said": "", **page_context(membership)}
    return render(request, template, context, status=422 if form.is_bound and not valid else 200)


def _everything(request: SignedInRequest, readers: Readers) -> dict[str, Any]:
    membership = readers.membership
    rows = Entry.objects.for_member(membership)
    before = _place(rows, membership, identity(request.GET["before"])) if "before" in request.GET else None
    # Where nobody else writes nothing can be new from them.
    looks = readers.others and not before
    news = list(Entry.objects.new_to(membership)[:MOST_NEWS].opened(membership.journal)) if looks else []
    entries, last = page_of(rows, before, membership.journal)
    listed = [*entries, *(entry for entry in news if entry not in entries)]
    replies = Reply.objects.around(membership, listed, before and before.happened_at, last and last.happened_at)
    cards = family_cards(listed, readers, [reply for reply in replies if reply.entry_id])
    for card in cards:
        card.new = card.entry in news
    Reply.objects.mark_read(request.user, replies)
    # Where nothing was new there is nothing to remember: a page that only shows writes nothing.
    if news and not before:
        membership.look()
    shown, elsewhere = cards[: len(entries)], cards[len(entries) :]
    general = for_family((reply for reply in replies if not reply.entry_id), readers)
    by_week = weeks(shown, general, wording.today_of(membership.user), membership.user.zone)
    return {"weeks": by_week, "last": last and last.pk, "before": before, "news": [(card, None) for card in elsewhere]}


def _found(request: SignedInRequest, readers: Readers, form: FilterForm) -> dict[str, Any]:
    membership = readers.membership
    rows = Entry.objects.for_member(membership)
    key = form.cleaned_data["before"]
    before = _place(rows, membership, key) if key else None
    narrowed = form.narrow(rows)
    if before:
        narrowed = narrowed.before(before.day, before.happened_at, before.pk)
    found = look_back(narrowed.contents(membership.journal, form.search.most + 1), form.search)
    cards = family_cards(rows.filter(pk__in=found.pks).opened(membership.journal), readers)
    Reply.objects.mark_read(request.user, [reply.row for card in cards for reply in card.replies])
    today = wording.today_of(membership.user)
    listed = weeks(cards, [], today, membership.user.zone)
    return {"weeks": listed, "last": found.last, "before": before, "looked_to": found.looked_to, "today": today}


def _place(rows: Any, membership: Membership, pk: UUID | None) -> Entry:
    # The last row of the page before may lie in the bin by now, put there in another window: its place is still known.
    entry: Entry | None = rows.filter(pk=pk).first()
    binned = Entry.objects.in_bin_of(membership.user).filter(journal=membership.journal)
    return entry or get_object_or_404(binned, pk=pk)
