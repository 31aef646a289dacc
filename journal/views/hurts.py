"""A parent says that a reply hurt: a number for the centre, and, only if they choose, a word to who wrote it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from journal.forms.sharing import HurtForm
from journal.models import Membership, Reply, ReplyHurt
from journal.requests import SignedInRequest
from journal.views.current import membership_in, page_context


@require_http_methods(["GET", "HEAD", "POST"])
def hurt_edit(request: SignedInRequest, reply_id: UUID) -> HttpResponse:
    """What is told to whom, before anything is told; afterwards the same page says it, and takes it back."""
    membership, reply = _received(request, reply_id)
    form = HurtForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if "undo" in request.POST:
            ReplyHurt.objects.take_back(user=request.user, reply=reply)
            messages.success(request, _("Taken back. It is not counted any more."))
        else:
            ReplyHurt.objects.say(user=request.user, reply=reply, told_counsellor=form.cleaned_data["tell"])
            messages.success(request, _("Said. No words were passed on."))
        return redirect("journal:hurt_edit", reply.pk)
    assert reply.counsellor is not None  # a counsellor wrote it
    centre, language = reply.counsellor.centre, get_language() or "en"
    context = {
        "reply": reply,
        "hurt": ReplyHurt.objects.of_user(request.user, reply),
        "name": reply.counsellor.name(language),
        "centre": centre.name(language),
        "complaints": centre.complaints(language),
        **page_context(membership),
    }
    return render(request, "journal/hurt_edit.html", context)


def _received(request: SignedInRequest, reply_id: UUID) -> tuple[Membership, Reply]:
    membership = membership_in(request, journal__replies=reply_id)
    replies = Reply.objects.for_member(membership).from_counsellors()
    return membership, get_object_or_404(replies.select_related("share__counsellor__centre", "cover__centre"), pk=reply_id)
