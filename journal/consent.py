"""While a parent has not agreed, or has taken it back, nothing new of theirs is kept; everything else goes on.

One rule for every form a parent sends: what is not named here waits for the agreement. Its words come back with the
question, and one press answers it and sends them. Reading, help, closing, taking out and erasing wait for nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import reselect, reswap, retarget

from config.errors import typed
from config.htmx import shows_nothing, wants_fragment
from journal.models import Answer, Consent, Entry, Membership, Share, consents
from journal.models.visit_content import GRAVE, AfterVisit

# What only reads, closes, ends, takes out or erases, and what asks for the agreement itself.
FREE = {
    "journal:entry_list", "journal:summary_print", "journal:picture_edit", "journal:journal_switch",
    "journal:export_add",
    "journal:entry_delete", "journal:entry_restore", "journal:entry_erase", "journal:row_restore", "journal:row_erase",
    "journal:person_delete", "journal:agreement_delete", "journal:visit_off", "journal:visit_erase",
    "journal:share_stop", "journal:handover_decline",
    "journal:invitation_end", "journal:invitation_join", "journal:invitation_cancel", "journal:member_remove",
    "journal:member_offer", "journal:member_leave", "journal:journal_keep", "journal:journal_erase",
    "journal:journal_start", "journal:invitation_accept",
}  # fmt: skip
# What lets somebody read more or less, as the form says: less waits for nothing. A "no" of the person does not either.
LESS: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "journal:entry_readers": lambda sent: sent.get("readers") == Entry.Audience.AUTHOR and "also" not in sent,
    "journal:share_edit": lambda sent: sent.get("default") == Share.Default.NOTHING,
    "journal:share_cover": lambda sent: "allowed" not in sent,
    "journal:share_answer": lambda sent: "later" in sent,
    "journal:part_edit": lambda sent: sent.get("open") != "1",
    "journal:visit_sheet_readers": lambda sent: "close" in sent,
    "journal:visit_answer": lambda sent: sent.get("answer") in {Answer.NO, Answer.NONE},
}


class ConsentMiddleware:
    """Ask before anything is kept that the words a parent agreed to do not cover."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do before the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> HttpResponse | None:
        """Let through what needs no agreement or has one; take one that comes with the form; else ask for it."""
        if request.method != "POST" or not waits(request) or not request.user.is_authenticated or request.user.may_write:
            return None
        if request.POST.get("agree") == consents.VERSION:
            Consent.objects.give(request.user)
            return None
        # For whoever writes nowhere there is nothing here, and the view says so.
        return _ask(request) if Membership.objects.of_user(request.user).exists() else None


def waits(request: HttpRequest) -> bool:
    """Whether what is sent waits for the agreement: a form of the parents' half that is not free."""
    match = request.resolver_match
    if match is None or match.route.split("/")[1:2] != ["notes"] or match.view_name in FREE:
        return False
    if match.view_name.endswith("_draft") and "discard" in request.POST:
        return False
    return match.view_name not in LESS or not LESS[match.view_name](request.POST)


def _ask(request: HttpRequest) -> HttpResponse:
    """422: nothing was kept; every word once more, help first after a hard day, and the button that answers."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    if name.endswith("_draft") and (wants_fragment(request) or shows_nothing(request)):
        # A page sends half-written words by itself: nothing is said to be kept, and they stay in their form.
        return HttpResponse(status=204)
    answers = {request.POST.get("hard"), request.POST.get("answer") if name == "journal:visit_after" else None}
    if AfterVisit.DYING in answers:
        return redirect("guidance:help_page", page="words")
    fields = [field for field in typed(request) if field["name"] != "agree"]
    hard = request.POST.get("kind") == "hard" or name == "journal:entry_hard" or bool(answers & GRAVE)
    response = render(request, "journal/consent_ask.html", {**asked(), "fields": fields, "hard": hard}, status=422)
    if wants_fragment(request):
        return reswap(retarget(reselect(response, "#main"), "#main"), "outerHTML")
    return response


def asked() -> dict[str, Any]:
    """The words that are asked for, and their version."""
    return {"consent_words": consents.WORDS[consents.VERSION], "consent_asked": consents.VERSION}
