"""The buttons of "Look back": each says one thing, and what was said is remembered for this parent alone."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.models import Membership
from journal.rhythm import Way
from journal.weeks import Weeks

PICTURE = {
    "hide": {"hides_picture": True},
    "show": {"hides_picture": False},
    "came": {"shows_came": True},
    "plain": {"shows_came": False},
}
NOT_NOW, OFF, AGAIN = "not-now", "off", "again"
UNKNOWN = {"required": _("Choose one of the buttons."), "invalid_choice": _("Choose one of the buttons.")}


class PictureForm(forms.Form):
    """Whether the picture is shown, and with what came back."""

    picture = forms.ChoiceField(choices=[(name, name) for name in PICTURE], widget=forms.HiddenInput, error_messages=UNKNOWN)

    def save(self, membership: Membership) -> None:
        """Remember it."""
        membership.remember(**PICTURE[self.cleaned_data["picture"]])


class SuggestionForm(forms.Form):
    """The answer to a suggestion: one of the ways it offers, not now, none any more, or again."""

    answer = forms.ChoiceField(
        choices=[(way.value, way.value) for way in Way] + [(name, name) for name in (NOT_NOW, OFF, AGAIN)],
        widget=forms.HiddenInput,
        error_messages=UNKNOWN,
    )

    def save(self, membership: Membership, today: date) -> bool:
        """Remember it; False where what was chosen is not offered any more."""
        answer = self.cleaned_data["answer"]
        weeks = Weeks(membership, today)
        if answer in set(Way):
            return weeks.choose(Way(answer))
        if answer == NOT_NOW:
            weeks.not_now()
        elif answer == OFF:
            membership.remember(no_suggestions=True)
        else:
            membership.remember(no_suggestions=False, chosen="", quiet_until="")
        return True
