"""Looking back over four weeks, and the week's suggestion."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from journal import rhythm, wording
from journal.forms.weeks import OFF, PictureForm, SuggestionForm
from journal.models import Membership
from journal.models.journals import GO_ON_DAYS, RESTING_DAYS
from journal.patterns import ENOUGH
from journal.requests import SignedInRequest
from journal.views.current import current_membership
from journal.weeks import BREAK_DAYS, QUIET_DAYS, Weeks

# The page of the rules prints these: a number that is changed in the code is changed there too.
NUMBERS = {
    "window": rhythm.WINDOW_DAYS,
    "back": rhythm.BACK_DAYS,
    "gap": rhythm.GAP_DAYS,
    "came": rhythm.CAME_DAYS,
    "red": rhythm.RED_DAYS,
    "go_on": GO_ON_DAYS,
    "resting": RESTING_DAYS,
    "quiet": QUIET_DAYS,
    "pause": BREAK_DAYS,
    "read_only": rhythm.READ_ONLY_FROM,
    "last": rhythm.LAST_STEP,
}


@require_safe
def week_list(request: SignedInRequest) -> HttpResponse:
    """The last four weeks as sentence, marks and table, and the week's suggestion."""
    return render(request, "journal/week_list.html", _page(current_membership(request)))


@require_POST
def picture_edit(request: SignedInRequest) -> HttpResponse:
    """Hide the picture, show it again, or show when something came back."""
    membership = current_membership(request)
    form = PictureForm(request.POST)
    if not form.is_valid():
        return render(request, "journal/week_list.html", {"form": form, **_page(membership)}, status=422)
    form.save(membership)
    messages.success(request, _("Noted."))
    return redirect("journal:week_list")


@require_POST
def suggestion_edit(request: SignedInRequest) -> HttpResponse:
    """Answer the suggestion. What it offered may have changed since the page was made: then nothing is chosen."""
    membership = current_membership(request)
    form = SuggestionForm(request.POST)
    if not form.is_valid():
        return render(request, "journal/week_list.html", {"form": form, **_page(membership)}, status=422)
    if not form.save(membership, wording.today_of(membership.user)):
        return render(request, "journal/week_list.html", {"changed": True, **_page(membership)}, status=409)
    messages.success(request, _("No suggestions are shown any more.") if form.cleaned_data["answer"] == OFF else _("Noted."))
    return redirect("journal:week_list")


@require_safe
def suggestion_rules(request: SignedInRequest) -> HttpResponse:
    """How the suggestion is made, in plain words, with where each number comes from."""
    membership = current_membership(request)
    # While the steps rest, this page does not speak of the next one either.
    resting = membership.resting_until(wording.today_of(membership.user))
    context = {"numbers": NUMBERS, "country": membership.user.country, "resting_until": resting}
    return render(request, "journal/suggestion_rules.html", context)


def _page(membership: Membership) -> dict[str, Any]:
    today = wording.today_of(membership.user)
    weeks = Weeks(membership, today)
    picture = None if weeks.notes.hides_picture else weeks.picture()
    return {
        "membership": membership,
        "country": membership.user.country,
        "picture": picture,
        "said": wording.four_weeks(picture) if picture else "",
        "enough": ENOUGH,
        "panel": weeks.panel(),
    }
