"""For whoever has left a journal, or was removed: a copy of what they wrote themselves, for thirty days."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from journal import wording
from journal.copies.entries import own_words
from journal.copies.files import file_name, make_left
from journal.models import AccessEvent, Entry, FormerMember, Verb
from journal.requests import SignedInRequest
from journal.views.current import confirmed_lately


@require_safe
def left_detail(request: SignedInRequest, former_id: UUID) -> HttpResponse:
    """What can be taken out, until when, and what becomes of the rest."""
    former = get_object_or_404(FormerMember.objects.of_user(request.user), pk=former_id)
    written = own_words(request.user, former.journal)
    context = {
        "former": former,
        "until": wording.day(former.until.astimezone(request.user.zone).date()),
        "written": len(written),
        "private": sum(entry.audience == Entry.Audience.AUTHOR for entry in written),
    }
    return render(request, "journal/left_detail.html", context)


@require_safe
@confirmed_lately
def left_file(request: SignedInRequest, former_id: UUID) -> HttpResponse:
    """The file, made as it is fetched. The line in that journal's log is written before a byte leaves."""
    former = get_object_or_404(FormerMember.objects.of_user(request.user), pk=former_id)
    content = make_left(request.user, former.journal)
    AccessEvent.objects.record(journal=former.journal_id, who=request.user, role="parent", verb=Verb.TOOK_OUT)
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{file_name(wording.today_of(request.user))}"'
    return response
