"""Taking a copy out: asked for, made, fetched for a day."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from config.htmx import wants_part
from journal import wording
from journal.copies.files import file_name
from journal.copies.making import make_export
from journal.models import AccessEvent, Export, Membership, Verb
from journal.requests import SignedInRequest
from journal.views.current import confirmed_lately, current_membership
from journal.views.rows import own_row, page_of


@require_safe
def export_list(request: SignedInRequest) -> HttpResponse:
    """Print, take out, bring in; and the copies of today."""
    membership = current_membership(request)
    exports = Export.objects.of_user(request.user).filter(journal=membership.journal).defer("sealed")
    made = [{"export": export, **_times(export, membership)} for export in exports if not export.is_failed]
    return render(request, "journal/export_list.html", page_of(membership, made=made))


@require_POST
@confirmed_lately
def export_add(request: SignedInRequest) -> HttpResponse:
    """Begin a copy; one that is being made already is shown instead."""
    membership = current_membership(request)
    export, new = Export.ask(membership)
    if export is None:
        messages.error(request, _("That was the fifth copy today. Those you made can still be fetched below."))
        return redirect("journal:export_list")
    if new:
        make_export.enqueue(str(export.pk), get_language() or "en")
    return redirect("journal:export_detail", export.pk)


@require_safe
def export_detail(request: SignedInRequest, export_id: UUID) -> HttpResponse:
    """How far it is. The page asks again by itself; that keeps nobody signed in, and swaps nothing where nothing is new."""
    membership, export = own_row(request, Export.objects.of_user(request.user).defer("sealed"), export_id)
    context = page_of(membership, export=export, total=Export.PARTS, **_times(export, membership))
    if not wants_part(request, "progress"):
        return render(request, "journal/export_detail.html", context)
    waits = export.state == Export.State.WAITING and not export.is_failed
    if waits and request.GET.get("seen") == str(export.parts):
        return HttpResponse(status=204)
    return render(request, "journal/export_detail.html#progress", {**context, "asked": True})


@require_safe
@confirmed_lately
def export_file(request: SignedInRequest, export_id: UUID) -> HttpResponse:
    """The file. The line in the log is written before a byte leaves."""
    export = get_object_or_404(Export.objects.of_user(request.user).filter(state=Export.State.READY), pk=export_id)
    if export.unreadable:
        raise Http404
    AccessEvent.objects.record(journal=export.journal_id, who=request.user, role="parent", verb=Verb.TOOK_OUT)
    response = HttpResponse(export.document.content, content_type="application/zip")
    name = file_name(export.made_at.astimezone(request.user.zone).date())
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _times(export: Export, membership: Membership) -> dict[str, str]:
    zone = membership.user.zone
    return {
        "made": wording.moment(export.made_at.astimezone(zone)),
        "until": wording.moment(export.expires_at.astimezone(zone)),
    }
