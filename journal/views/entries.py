"""Writing, reading and changing entries."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, reselect, retarget

from config.htmx import page_or_fragment, wants_part
from journal import wording
from journal.forms.entries import EntryAddForm, EntryEditForm, HardForm, ReadersForm
from journal.models import Conflict, Entry, Kind, Membership, Reply
from journal.models.entries import BIN_DAYS
from journal.timeline import family_cards, page_of, weeks
from journal.vault import Unreadable
from journal.views.current import current_membership
from journal.views.home import home_context

# How long after writing the page still says "Saved at" and offers to undo.
FRESH_SECONDS = 600


@require_POST
def entry_add(request: HttpRequest) -> HttpResponse:
    """One tap saves. After a hard day the help text comes first, and stands even where saving fails."""
    membership = current_membership(request)
    form = EntryAddForm(request.POST, membership=membership)
    if not form.is_valid():
        return render(request, "journal/home.html", home_context(request, membership, form), status=422)
    try:
        entry, _new = form.save()
    except Conflict as conflict:
        return words_differ(request, conflict.current, form.cleaned_data["words"])
    except (DatabaseError, Unreadable):
        if form.cleaned_data["kind"] != Kind.HARD:
            raise
        return _hard_not_saved(request, membership)
    if entry.deleted_at is not None:
        # The same form once more after "Undo": its page is not there any more.
        return words_differ(request, entry, form.cleaned_data["words"])
    name = "journal:entry_hard" if entry.document.kind == Kind.HARD else "journal:entry_detail"
    return redirect(name, entry.pk)


@require_safe
def entry_list(request: HttpRequest) -> HttpResponse:
    """Everything this parent may read, by week, newest first; answers under the entry they belong to."""
    membership = current_membership(request)
    rows = Entry.objects.of_family(request.user, membership.journal)
    before = get_object_or_404(rows, pk=_uuid(request.GET["before"])) if "before" in request.GET else None
    entries, last = page_of(rows, before)
    cards = family_cards(entries, membership)
    newest = before.happened_at if before else None
    oldest = last.happened_at if last else None
    general = Reply.objects.of_family(request.user, membership.journal).to_all(newest, oldest)
    Reply.objects.mark_read(request.user, [*general, *(reply for card in cards for reply in card.replies)])
    today = wording.today_of(membership.user)
    context = {
        "weeks": weeks(cards, general, today, membership.user.zone),
        "last": last,
        "before": before,
        "country": membership.user.country,
    }
    template = page_or_fragment(request, "journal/entry_list.html", "weeks", "more")
    return render(request, template, {**context, **_page(membership)})


@require_http_methods(["GET", "HEAD", "POST"])
def entry_detail(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """The saved page: what came back, words, who can read; and the edit page of an older entry."""
    binned = Entry.objects.in_bin_of(request.user).filter(pk=entry_id).first() if request.method == "POST" else None
    if binned is not None:
        # Put in the bin in another window: "not found" would drop the words.
        return words_differ(request, binned, request.POST.get("words", ""))
    membership, entry = _own_entry(request, entry_id)
    if entry.unreadable:
        return render(request, "journal/entry_unreadable.html", {"entry": entry, **_page(membership)}, status=409)
    form = EntryEditForm(request.POST if request.method == "POST" else None, entry=entry, membership=membership)
    if form.is_bound and form.is_valid():
        try:
            form.save()
        except Conflict as conflict:
            form.keep_closed(conflict.current)
            return words_differ(request, conflict.current, form.cleaned_data["words"])
        return _after_saving(request, entry, membership)
    status = 422 if form.is_bound else 200
    return render(request, _edit_template(request, entry), _detail(entry, form, membership), status=status)


def _after_saving(request: HttpRequest, entry: Entry, membership: Membership) -> HttpResponse:
    if entry.document.response == "upset" and not entry.document.hard:
        if _in_timeline(request, entry):
            return HttpResponseClientRedirect(reverse("journal:entry_hard", args=[entry.pk]))
        return redirect("journal:entry_hard", entry.pk)
    if _in_timeline(request, entry):
        return _one_card(request, entry, membership, wording.saved_at(timezone.now().astimezone(membership.user.zone)))
    messages.success(request, wording.saved_at(timezone.now().astimezone(membership.user.zone)))
    return redirect("journal:entry_list")


def _detail(entry: Entry, form: EntryEditForm, membership: Membership) -> dict[str, Any]:
    now = timezone.now()
    return {
        "card": family_cards([entry], membership)[0],
        "form": form,
        "fresh": (now - entry.created_at).total_seconds() < FRESH_SECONDS and entry.version == 1,
        "saved_at": wording.saved_at(entry.created_at.astimezone(membership.user.zone)),
        "enough": wording.enough(now.astimezone(membership.user.zone)),
        "today": wording.today_of(membership.user),
        **_page(membership),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def entry_hard(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """After a hard day: help first, then that it is saved, then one question that need not be answered."""
    membership, entry = _own_entry(request, entry_id)
    form = HardForm(request.POST if request.method == "POST" else None)
    today = wording.today_of(membership.user)
    if form.is_bound and form.is_valid():
        saved = _hard_saved(form, entry, membership, today)
        if form.cleaned_data["hard"] == "dying":
            return redirect("guidance:help_page", page="words")
        return redirect("journal:entry_hard", entry.pk) if saved else _hard_not_saved(request, membership)
    context = {"form": form, "card": family_cards([entry], membership)[0], **_page(membership)}
    context["saved_at"] = wording.saved_at(entry.created_at.astimezone(membership.user.zone))
    context["resting_until"] = membership.resting_until(today)
    return render(request, "journal/entry_hard.html", context, status=422 if form.is_bound else 200)


def _hard_saved(form: HardForm, entry: Entry, membership: Membership, today: date) -> bool:
    # Help does not wait for the database: whatever fails here, the page with the numbers follows.
    try:
        form.save(entry, membership, today)
    except (Conflict, DatabaseError, Unreadable):
        return False
    return True


def _hard_not_saved(request: HttpRequest, membership: Membership) -> HttpResponse:
    context = {"country": membership.user.country, "not_saved": True, "words": request.POST.get("words", "")}
    return render(request, "journal/entry_hard.html", context, status=503)


@require_POST
def entry_readers(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Keep an entry to oneself, or let others read it; it holds from the next request on."""
    membership, entry = _own_entry(request, entry_id)
    form = ReadersForm(request.POST, entry=entry, membership=membership)
    if not form.is_valid():
        messages.error(request, str(form.errors["readers"][0]))
        return redirect("journal:entry_detail", entry.pk)
    form.save_readers()
    done = (
        _("Only you can read this now.")
        if entry.audience == Entry.Audience.AUTHOR
        else family_cards([entry], membership)[0].readers
    )
    if _in_timeline(request, entry):
        return _one_card(request, entry, membership, done)
    messages.success(request, done)
    return redirect("journal:entry_list")


@require_POST
def entry_delete(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Take back what was just saved, or put an entry in the bin."""
    membership, entry = _own_entry(request, entry_id)
    entry.put_in_bin()
    if not entry.unreadable and entry.document.is_hard:
        membership.lift_rest(wording.today_of(membership.user))
    messages.success(request, _("Removed. It can be put back from the bin for %(n)s days.") % {"n": BIN_DAYS})
    return redirect("journal:home" if "undo" in request.POST else "journal:entry_list")


@require_safe
def entry_bin(request: HttpRequest) -> HttpResponse:
    """What this parent put in the bin, and until when it can be put back."""
    membership = current_membership(request)
    entries = list(Entry.objects.in_bin_of(request.user).filter(journal=membership.journal)[:100].opened())
    rows = [(card, wording.day(card.entry.bin_until)) for card in family_cards(entries, membership)]
    return render(request, "journal/entry_bin.html", {"rows": rows, **_page(membership)})


@require_POST
def entry_restore(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Put an entry back where it was."""
    entry = get_object_or_404(Entry.objects.in_bin_of(request.user), pk=entry_id)
    entry.put_back()
    messages.success(request, _("It is back."))
    return redirect("journal:entry_list")


@require_POST
def entry_erase(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Erase an entry in the bin for good."""
    entry = get_object_or_404(Entry.objects.in_bin_of(request.user), pk=entry_id)
    entry.erase()
    messages.success(request, _("It is erased."))
    return redirect("journal:entry_bin")


def words_differ(request: HttpRequest, current: Entry, words: str) -> HttpResponse:
    """409: the row was changed meanwhile. Both texts are shown, and saving again replaces nothing unseen."""
    content = None if current.unreadable else current.document
    # What was chosen beside the words comes back with them.
    chosen = [(name, request.POST[name]) for name in ("kind", "response", "day", "readers") if request.POST.get(name)]
    gone = current.deleted_at is not None
    context = {"entry": current, "content": content, "words": words, "gone": gone, "chosen": chosen}
    response = render(request, "journal/entry_conflict.html", context, status=409)
    if _in_timeline(request, current):
        # The list has no place for two texts: they take the page's.
        response = retarget(reselect(response, "#main"), "#main")
        response["HX-Reswap"] = "outerHTML show:window:top"
    return response


def _own_entry(request: HttpRequest, entry_id: UUID) -> tuple[Membership, Entry]:
    entry = get_object_or_404(Entry.objects.editable_by(request.user).select_related("author"), pk=entry_id)
    membership = get_object_or_404(Membership.objects.of_user(request.user), journal=entry.journal_id)
    membership.user = request.user  # type: ignore[assignment]
    entry.journal = membership.journal
    return membership, entry


def _page(membership: Membership) -> dict[str, Any]:
    return {"membership": membership, "country": membership.user.country, "zone": membership.user.zone}


def _in_timeline(request: HttpRequest, entry: Entry) -> bool:
    # Layout only: the same answer, as one line of the list instead of a page.
    return wants_part(request, f"entry-{entry.pk}")


def _edit_template(request: HttpRequest, entry: Entry) -> str:
    return "journal/entry_detail.html#edit" if _in_timeline(request, entry) else "journal/entry_detail.html"


def _one_card(request: HttpRequest, entry: Entry, membership: Membership, said: str) -> HttpResponse:
    card = family_cards([entry], membership)[0]
    return render(request, "journal/entry_list.html#entry", {"card": card, "said": said, **_page(membership)})


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
