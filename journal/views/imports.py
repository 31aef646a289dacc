"""Bringing a copy into an empty journal: read, looked at, then written whole or not at all."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from journal import wording
from journal.copies.reading import Refused, fits, read
from journal.forms.copies import ImportForm
from journal.models import Import, Journal
from journal.requests import SignedInRequest, number
from journal.views.current import current_membership
from journal.views.rows import own_row, page_of


@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: SignedInRequest) -> HttpResponse:
    """Choose the file. It is read in memory and kept sealed until it is confirmed, for a day."""
    membership = current_membership(request)
    empty = fits(request.user, membership.journal)
    posted = request.method == "POST"
    size = number(request.headers.get("Content-Length", ""), 15) or 0
    form = ImportForm(request.POST if posted else None, request.FILES if posted else None, membership=membership, size=size)
    if empty and form.is_bound and form.is_valid():
        return redirect("journal:import_check", Import.hold(membership, form.content).pk)
    context = page_of(membership, form=form, empty=empty)
    return render(request, "journal/import_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def import_check(request: SignedInRequest, import_id: UUID) -> HttpResponse:
    """What is in the file, before anything is written; then all of it, or nothing."""
    membership, held = own_row(request, Import.objects.of_user(request.user), import_id)
    try:
        copy = read(held.document.content)
    except Refused:
        messages.error(request, _("This file cannot be brought in. Nothing was changed."))
        return redirect("journal:import_new")
    if request.method == "POST":
        with transaction.atomic():
            Journal.lock(membership.journal_id)
            fitting = fits(request.user, membership.journal)
            if fitting:
                copy.write(membership)
                held.delete()
        if not fitting:
            messages.error(request, _("There is something in this journal already. Nothing was changed."))
            return redirect("journal:import_new")
        messages.success(request, _("It is brought in. Nobody else was given anything to read."))
        return redirect("journal:entry_list")
    period = [wording.full_day(date.fromisoformat(day)) for day in copy.period or ()]
    context = page_of(membership, held=held, counts=copy.counts, period=period)
    return render(request, "journal/import_check.html", context)
