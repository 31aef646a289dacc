"""What somebody who is written about can send."""

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.forms.fields import TextField
from journal.models import PersonRequest
from journal.models.person_requests import TOKEN

LONGEST = 5_000


class PersonRequestForm(forms.Form):
    """A text, and the key of the page that will hold the answer: sent twice it is one request."""

    token = forms.RegexField(
        rf"^{TOKEN.pattern}\Z",
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ["invalid", "required", "null_characters_not_allowed"], _("Open this page once more, then send.")
        ),
    )
    text = TextField(
        label=_("What do you want to say, or to be done?"),
        missing=_("Write what you want first. Nothing has been sent."),
        max_length=LONGEST,
    )

    def save(self) -> str:
        """Keep it; return the key."""
        token: str = self.cleaned_data["token"]
        PersonRequest.objects.send(token, self.cleaned_data["text"])
        return token
