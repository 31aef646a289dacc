"""Starting and changing what a counsellor can read."""

from typing import Any

from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from journal.models import Invitation, Journal, Share

TRIES = 5
TRIES_SECONDS = 3600

SCOPES = [
    (Share.Default.CHOSEN, _("Only the ones I choose")),
    (Share.Default.NEW, _("New entries, unless I keep one to myself")),
    (Share.Default.NOTHING, _("Nothing for now")),
]


class CodeForm(forms.Form):
    """The code a counsellor gave. Five wrong ones an hour, then a pause: codes cannot be guessed."""

    code = forms.CharField(
        label=_("Type the code your counsellor gave you."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Type the code your counsellor gave you.")},
    )

    too_many = _("Too many codes did not match. Wait an hour, and look at the code together with your counsellor.")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        self.invitation: Any = None
        super().__init__(*args, **kwargs)

    def find(self, code: str) -> Any:
        """The invitation behind a code."""
        return Invitation.objects.by_code(code)

    def clean_code(self) -> str:
        """Find the invitation; count the misses, in the database, so that they hold for every process."""
        key = f"code-tries:{self.user.pk}"
        used = cache.get(key, 0)
        if used >= TRIES:
            raise forms.ValidationError(self.too_many)
        self.invitation = self.find(self.cleaned_data["code"])
        if self.invitation is None:
            cache.set(key, used + 1, TRIES_SECONDS)
            left = TRIES - used - 1
            message = ngettext(
                "That code does not match. Look once more. %(n)s try left.",
                "That code does not match. Look once more. %(n)s tries left.",
                left,
            )
            raise forms.ValidationError(message % {"n": left})
        return str(self.cleaned_data["code"])


class ShareForm(forms.Form):
    """What a counsellor may read."""

    default = forms.ChoiceField(choices=SCOPES, widget=forms.RadioSelect, initial=Share.Default.CHOSEN)


class ShareAddForm(CodeForm, ShareForm):
    """The last step: code, scope and journal once more, then it begins."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def save(self, journal: Journal) -> Share | None:
        """Use the code up and begin; None when the code was used in this moment by somebody else."""
        assert self.invitation is not None
        if not self.invitation.use():
            return None
        return Share.start(
            journal=journal, counsellor=self.invitation.counsellor, granted_by=self.user, default=self.cleaned_data["default"]
        )
