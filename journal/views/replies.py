"""A counsellor's answers, their drafts, and the end of a review."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.htmx import shows_nothing, wants_fragment
from journal import wording
from journal.forms.replies import ReplyForm
from journal.models import AccessEvent, Draft, Verb, finish_review
from journal.views.desk import family_page, open_share, waiting_families


@require_POST
def reply_add(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """Send an answer and take the family off the queue."""
    share = open_share(request, share_id)
    form = ReplyForm(request.POST, share=share, author=request.user)
    if not form.is_valid():
        return family_page(request, share, form)
    with transaction.atomic():
        AccessEvent.objects.record(journal=share.journal_id, who=request.user, role="counsellor", verb=Verb.WROTE, share=share.pk)
        form.save()
        finish_review(share)
    return _next(request, _("Sent. %(n)s waiting."))


@require_POST
def review_finish(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """Take the family off the queue without an answer."""
    share = open_share(request, share_id)
    finish_review(share)
    return _next(request, _("Marked as read. %(n)s waiting."))


def _next(request: HttpRequest, said: str) -> HttpResponse:
    waits = sum(family.waits for family in waiting_families(request))
    messages.success(request, said % {"n": waits})
    return redirect("journal:desk_queue")


@require_POST
def reply_draft(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """Keep the words of an unsent answer on the server, sealed; nothing of it stays in the browser."""
    share = open_share(request, share_id)
    text = request.POST.get("text", "").replace("\r\n", "\n").replace("\x00", "")[:5000]
    sequence = request.POST.get("sequence", "")
    kept = Draft.objects.keep(
        user=request.user,
        journal=share.journal,
        form="reply",
        target=share.pk,
        sequence=int(sequence) if sequence.isdecimal() and len(sequence) < 16 else 0,
        text=text,
    )
    if not kept:
        # A page opened later keeps other words: nothing is said to be kept, and these stay in their form.
        if wants_fragment(request):
            return HttpResponse(status=204)
        return family_page(request, share, ReplyForm(request.POST, share=share, author=request.user))
    said = _("Draft kept at %(time)s") % {"time": wording.clock(timezone.now().astimezone(request.user.zone))}  # type: ignore[union-attr]
    if wants_fragment(request):
        return render(request, "journal/desk_family.html#draft-state", {"said": said})
    if shows_nothing(request):
        return HttpResponse(status=204)
    messages.success(request, said)
    return redirect("journal:desk_family", share.pk)
