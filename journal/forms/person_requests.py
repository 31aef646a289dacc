"""What somebody who is written about can send, and what they are answered."""

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.forms.fields import TextField
from journal.models import PersonRequest, User
from journal.models.person_requests import TOKEN, Outcome

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


class AnswerForm(forms.Form):
    """The answer, and what became of the request; it replaces nothing that somebody else answered meanwhile."""

    version = forms.IntegerField(min_value=0, max_value=10**6, widget=forms.HiddenInput)
    text = TextField(
        label=_("Your answer"),
        help_text=_("Whoever asked finds it behind the link that only they have. Write in the language they wrote in."),
        missing=_("Write the answer first. Nothing has been sent."),
    )
    outcome = forms.ChoiceField(
        label=_("What became of it?"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what became of it. Your answer is still here.")},
    )

    def save(self, row: PersonRequest, who: User) -> None:
        """Keep it; raise Conflict where somebody else answered meanwhile."""
        data = self.cleaned_data
        row.answer(data["text"], data["outcome"], who, data["version"])
