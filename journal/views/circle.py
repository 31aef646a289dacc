"""People to lean on, and the family's own page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.forms.circle import PageForm, PersonForm
from journal.models import AskedNotTo, Closeness, Conflict, FamilyPage, Membership, Part, SupportPerson
from journal.parts import parts_of
from journal.requests import SignedInRequest
from journal.views.bin import say_removed
from journal.views.current import current_membership
from journal.views.rows import against, own_row, page_of, saved, says_the_same, unreadable, versions

# Where nobody stands yet, these two say that there is no hurry; the other two say nothing.
GAPS = {Closeness.KNOWS, Closeness.COULD}


@require_safe
def person_list(request: SignedInRequest) -> HttpResponse:
    """Who knows, who could help, who is not told now, and whom they asked not to tell."""
    membership = current_membership(request)
    people = SupportPerson.objects.of_family(request.user, membership.journal).opened()
    groups = []
    for state in Closeness:
        found = [person for person in people if not person.unreadable and person.document.state == state]
        if found or state in GAPS:
            label = _("They asked you not to tell") if state == Closeness.ASKED else state.label
            groups.append({"state": state.value, "label": label, "people": found})
    shut = [person for person in people if person.unreadable]
    return render(request, "journal/person_list.html", page_of(membership, groups=groups, shut=shut))


@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: SignedInRequest) -> HttpResponse:
    """Add somebody."""
    membership = current_membership(request)
    form = PersonForm(request.POST if request.method == "POST" else None, membership=membership)
    if form.is_bound and form.is_valid():
        try:
            form.save()
        except Conflict as conflict:
            return _person_differs(request, membership, conflict.current)
        return saved(request, membership, "journal:person_list")
    return render(request, "journal/person_edit.html", page_of(membership, form=form), status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: SignedInRequest, person_id: UUID) -> HttpResponse:
    """Change what stands about somebody."""
    binned = SupportPerson.objects.in_bin_of(request.user).filter(pk=person_id)
    if request.method == "POST" and binned.exists():
        return _person_differs(request, *own_row(request, binned, person_id))
    membership, person = own_row(request, SupportPerson.objects.editable_by(request.user), person_id)
    if person.unreadable:
        return unreadable(request, membership, "journal:person_list")
    form = PersonForm(request.POST if request.method == "POST" else None, membership=membership, row=person)
    if form.is_bound and form.is_valid():
        try:
            form.save()
        except Conflict as conflict:
            if not says_the_same(conflict, form):
                return _person_differs(request, membership, conflict.current)
        return saved(request, membership, "journal:person_list")
    context = page_of(membership, form=form, person=person)
    return render(request, "journal/person_edit.html", context, status=422 if form.is_bound else 200)


def _person_differs(request: SignedInRequest, membership: Membership, current: SupportPerson) -> HttpResponse:
    gone = current.deleted_at is not None
    row = None if gone or current.unreadable else current
    form = PersonForm(against(request, current), membership=membership, row=row)
    context = page_of(membership, form=form, person=row, **versions(current))
    return render(request, "journal/person_edit.html", context, status=409)


@require_POST
def person_delete(request: SignedInRequest, person_id: UUID) -> HttpResponse:
    """Put somebody in the bin; what the person asked stands, so those stay."""
    _membership, person = own_row(request, SupportPerson.objects.editable_by(request.user), person_id)
    try:
        person.put_in_bin()
    except AskedNotTo:
        messages.error(request, _("They asked you not to tell this person. That stands until they take it back."))
        return redirect("journal:person_edit", person.pk)
    say_removed(request, "row", person.pk)
    return redirect("journal:person_list")


@require_http_methods(["GET", "HEAD", "POST"])
def family_page(request: SignedInRequest) -> HttpResponse:
    """The family's own page: read and changed in one place."""
    membership = current_membership(request)
    page = FamilyPage.of(membership)
    if page.unreadable:
        return unreadable(request, membership, "journal:more")
    form = PageForm(request.POST if request.method == "POST" else None, membership=membership, row=page)
    if form.is_bound and form.is_valid():
        try:
            form.save()
        except Conflict as conflict:
            if not says_the_same(conflict, form):
                current = get_object_or_404(FamilyPage.objects.of_family(request.user, membership.journal))
                form = PageForm(against(request, current), membership=membership, row=current)
                context = page_of(membership, form=form, page=current, **versions(current))
                return render(request, "journal/family_page.html", context, status=409)
        return saved(request, membership, "journal:family_page")
    context = page_of(membership, form=form, page=page, parts=parts_of(membership, Part.PAGE))
    return render(request, "journal/family_page.html", context, status=422 if form.is_bound else 200)
