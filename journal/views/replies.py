"""A counsellor's answers, what is changed within ten minutes, and the end of a review."""

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
from django.views.decorators.http import require_http_methods, require_POST

from journal import wording
from journal.forms.replies import ReplyEditForm, ReplyForm
from journal.models import AccessEvent, Conflict, Reply, Share, TooLate, Verb, finish_review
from journal.requests import SignedInRequest
from journal.views.desk import open_share, waiting_families
from journal.views.family import family_page


@require_POST
def reply_add(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    """Send an answer and take the family off the queue."""
    share = open_share(request, share_id)
    form = ReplyForm(request.POST, share=share, author=request.user)
    if not form.is_valid():
        return family_page(request, share, form, 422)
    with transaction.atomic():
        AccessEvent.objects.record(journal=share.journal_id, who=request.user, role="counsellor", verb=Verb.WROTE, share=share.pk)
        form.save()
        finish_review(share, request.user)
        # Read together with it: where that fails, nothing was sent, and the page says so.
        return _next(request, _("Sent. %(n)s waiting."))


@require_http_methods(["GET", "HEAD", "POST"])
def reply_edit(request: SignedInRequest, share_id: UUID, reply_id: UUID) -> HttpResponse:
    """Change what was just sent: for ten minutes, in sight of the family, with a line in the log."""
    share = open_share(request, share_id)
    reply = get_object_or_404(Reply.objects.sent_by(request.user, share), pk=reply_id)
    if reply.unreadable or (request.method != "POST" and timezone.now() >= reply.editable_until):
        messages.error(request, _("Ten minutes after it was sent, a reply stays as it is."))
        return redirect("journal:desk_family", share.pk)
    initial = {"text": reply.document.text, "version": reply.version}
    form = ReplyEditForm(request.POST if request.method == "POST" else None, initial=initial)
    if not form.is_bound or not form.is_valid():
        return _edit_page(request, share, reply, form, 422 if form.is_bound else 200)
    try:
        _rewrite(request, share, reply, **form.cleaned_data)
    except TooLate:
        return _too_late(request, share, reply, form.cleaned_data["text"])
    except Conflict as conflict:
        current: Any = conflict.current
        data = request.POST.copy()
        data["version"] = str(current.version)
        return _edit_page(request, share, current, ReplyEditForm(data), 409)
    messages.success(request, _("Changed. The family can see that it was."))
    return redirect("journal:desk_family", share.pk)


@transaction.atomic
def _rewrite(request: SignedInRequest, share: Share, reply: Reply, version: int, text: str) -> None:
    if reply.rewrite(version, text):
        AccessEvent.objects.record(
            journal=share.journal_id, who=request.user, role="counsellor", verb=Verb.EDITED, share=share.pk
        )


def _edit_page(request: SignedInRequest, share: Share, reply: Reply, form: ReplyEditForm, status: int) -> HttpResponse:
    zone = request.user.zone
    until = wording.clock(reply.editable_until.astimezone(zone))
    name = share.journal.code_name(get_language() or "en")
    context = {"share": share, "reply": reply, "form": form, "until": until, "name": name, "two_versions": status == 409}
    return render(request, "journal/reply_edit.html", context, status=status)


def _too_late(request: SignedInRequest, share: Share, reply: Reply, text: str) -> HttpResponse:
    """409: the reply stays; the new words stand in the box of the next one."""
    messages.error(request, _("Ten minutes have passed, so the reply stays as it is. Your words are in the box for a new one."))
    initial = {"submission": uuid.uuid4(), "sequence": int(time.time() * 1000), "entry": reply.entry_id, "text": text}
    return family_page(request, share, ReplyForm(initial=initial, share=share, author=request.user), 409)


@require_POST
def review_finish(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    """Take the family off the queue without an answer."""
    share = open_share(request, share_id)
    finish_review(share, request.user)
    return _next(request, _("Marked as read. %(n)s waiting."))


def _next(request: SignedInRequest, said: str) -> HttpResponse:
    waits = sum(family.waits for family in waiting_families(request))
    messages.success(request, said % {"n": waits})
    return redirect("journal:desk_queue")
