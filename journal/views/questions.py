"""What a parent writes to a counsellor: an answer, a question, or the answers to "before you act"."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from config.public import comes_from_here
from guidance.checkpoint import Answers
from guidance.phrases import close_up
from journal import wording
from journal.cover import Readers
from journal.forms.replies import AskForm, CheckForm, QuestionForm
from journal.models import Membership, Reply
from journal.replies import Receipt, for_family, told
from journal.requests import SignedInRequest, identity
from journal.views.current import current_membership, page_context


@require_http_methods(["GET", "HEAD", "POST"])
def question_add(request: SignedInRequest) -> HttpResponse:
    """Ask a counsellor something, or write back; it stands on the list of earlier days, with whether it was read."""
    membership = current_membership(request)
    answered = answered_by(request, membership)
    form = QuestionForm(request.POST if request.method == "POST" else None, membership=membership, answers_to=answered)
    if form.is_bound and form.is_valid():
        return _sent(request, form)
    return question_page(request, form, answered, 422 if form.is_bound else 200)


def question_page(request: SignedInRequest, form: QuestionForm, answered: Reply | None, status: int) -> HttpResponse:
    """The form, below the reply it answers."""
    membership = form.membership
    context = _page(membership, form) | {"answered": for_family([answered], Readers(membership)) if answered else []}
    return render(request, "journal/question_add.html", context, status=status)


def answered_by(request: SignedInRequest, membership: Membership) -> Reply | None:
    """The reply that is answered, where it can still be: its counsellor reads for this family now."""
    pk = identity(request.POST.get("reply") or request.GET.get("reply") or "")
    if pk is None:
        return None
    replies = Reply.objects.for_member(membership).with_reads()
    return get_object_or_404(replies.filter(from_family=False), pk=pk)


@csrf_exempt
@require_POST
def check_ask(request: SignedInRequest) -> HttpResponse:
    """Show the answers a public page hands over once more, with a token: nothing is kept by that."""
    if not comes_from_here(request):
        return HttpResponse(status=403)
    answers = Answers.read(request.POST)
    if answers.danger == "yes":
        return redirect("guidance:help_detail")
    membership = current_membership(request)
    if not answers.given:
        return redirect("guidance:checkpoint_start")
    form = CheckForm(membership=membership, initial=answers.given)
    return render(request, "journal/check_ask.html", _page(membership, form) | {"told": told(answers)})


@require_POST
def check_add(request: SignedInRequest) -> HttpResponse:
    """Send the answers to one counsellor."""
    membership = current_membership(request)
    form = CheckForm(request.POST, membership=membership)
    if not form.answers.given:
        return redirect("guidance:checkpoint_start")
    if form.is_valid():
        return _sent(request, form)
    return render(request, "journal/check_ask.html", _page(membership, form) | {"told": told(form.answers)}, status=422)


@transaction.atomic
def _sent(request: SignedInRequest, form: AskForm) -> HttpResponse:
    # With what is read to say so: where that fails, nothing was sent, and "not sent" is true.
    reply = form.save()
    assert reply.share is not None
    said = wording.reading_state(Receipt(reply.share, reply.created_at), request.user.zone)
    messages.success(request, close_up(f"{_('Sent.')} {said}"))
    return redirect("journal:entry_list")


def _page(membership: Membership, form: AskForm) -> dict[str, Any]:
    """What both forms say beside their fields: who will read it, and when."""
    others = [other.user for other in Membership.objects.beside(membership.user, membership.journal)]
    key = str(form["share"].value() or "")
    chosen = [share for share in form.readers if str(share.pk) == key or len(form.readers) == 1]
    return {
        "form": form,
        "readers": wording.who_can_read("family", others, [share.counsellor for share in chosen]) if chosen else "",
        "states": [wording.reading_state(Receipt(share, timezone.now()), membership.user.zone) for share in chosen],
        **page_context(membership),
    }
