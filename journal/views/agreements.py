"""House agreements and their earlier versions."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.forms.agreements import AgreementForm
from journal.lines import agreement_state, text_label
from journal.models import Agreement, Conflict, Membership, Part, Topic
from journal.models.agreements import histories
from journal.parts import parts_of
from journal.requests import SignedInRequest
from journal.views.bin import say_removed
from journal.views.current import current_membership
from journal.views.rows import against, own_row, page_of, saved, says_the_same, unreadable, versions


@require_safe
def agreement_list(request: SignedInRequest) -> HttpResponse:
    """What holds now, what is being talked about, and below each what held before."""
    membership = current_membership(request)
    cards = [
        {"agreement": agreement, **_said(agreement), "earlier": [_said(row) for row in earlier if not row.unreadable]}
        for agreement, earlier in histories(request.user, membership.journal)
    ]
    context = page_of(membership, cards=cards, topics=Topic.choices, parts=parts_of(membership, Part.AGREEMENTS))
    return render(request, "journal/agreement_list.html", context)


def _said(agreement: Agreement) -> dict[str, object]:
    if agreement.unreadable:
        return {"content": None}
    content = agreement.document
    return {
        "content": content,
        "pk": agreement.pk,
        "topic": Topic(content.topic).label,
        "label": text_label(content.topic),
        "state": agreement_state(content),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_add(request: SignedInRequest, topic: str) -> HttpResponse:
    """Write a new one: an idea is enough."""
    if topic not in Topic.values:
        raise Http404
    membership = current_membership(request)
    form = AgreementForm(request.POST if request.method == "POST" else None, membership=membership, topic=topic)
    if form.is_bound and form.is_valid():
        try:
            form.save()
        except Conflict as conflict:
            return _differs(request, membership, conflict.current, topic)
        return saved(request, membership, "journal:agreement_list")
    context = page_of(membership, form=form, topic=Topic(topic))
    return render(request, "journal/agreement_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_edit(request: SignedInRequest, agreement_id: UUID) -> HttpResponse:
    """Change it; what was in use stays as an earlier version."""
    if request.method == "POST" and (answer := _moved_on(request, agreement_id)):
        return answer
    membership, agreement = own_row(request, Agreement.objects.editable_by(request.user), agreement_id)
    if agreement.unreadable:
        return unreadable(request, membership, "journal:agreement_list")
    topic = agreement.document.topic
    form = AgreementForm(request.POST if request.method == "POST" else None, membership=membership, topic=topic, row=agreement)
    if form.is_bound and form.is_valid():
        try:
            form.save()
        except Conflict as conflict:
            if not says_the_same(conflict, form):
                return _differs(request, membership, conflict.current, topic)
        return saved(request, membership, "journal:agreement_list")
    context = page_of(membership, form=form, topic=Topic(topic), agreement=agreement)
    return render(request, "journal/agreement_edit.html", context, status=422 if form.is_bound else 200)


def _moved_on(request: SignedInRequest, agreement_id: UUID) -> HttpResponse | None:
    # "Not found" would drop the words of who sent a form for a version that was followed or put in the bin meanwhile.
    row = Agreement.objects.of_member(request.user).filter(pk=agreement_id).first()
    if row is None or row.unreadable:
        return None
    current = row.standing()
    if current.pk == row.pk and current.deleted_at is None:
        return None
    membership = own_row(request, Agreement.objects.of_member(request.user), agreement_id)[0]
    if str(current.submission) == request.POST.get("submission") and current.deleted_at is None:
        return saved(request, membership, "journal:agreement_list")  # the same press twice
    return _differs(request, membership, current, row.document.topic)


def _differs(request: SignedInRequest, membership: Membership, current: Agreement, topic: str) -> HttpResponse:
    gone = current.deleted_at is not None
    row = None if gone or current.unreadable else current
    form = AgreementForm(against(request, current), membership=membership, topic=topic, row=row)
    context = page_of(membership, form=form, topic=Topic(topic), agreement=row, **versions(current))
    return render(request, "journal/agreement_edit.html", context, status=409)


@require_POST
def agreement_delete(request: SignedInRequest, agreement_id: UUID) -> HttpResponse:
    """Put it in the bin, with what held before it."""
    agreement = own_row(request, Agreement.objects.editable_by(request.user), agreement_id)[1]
    agreement.put_in_bin()
    say_removed(request, "row", agreement.pk)
    return redirect("journal:agreement_list")
