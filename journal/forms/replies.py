"""What a counsellor writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.forms.entries import TextField
from journal.models import Entry, Reply, Share


class ReplyForm(forms.Form):
    """An answer to the family, or to one entry this counsellor may read."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    sequence = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**53)
    entry = forms.ModelChoiceField(queryset=Entry.objects.none(), required=False, widget=forms.HiddenInput)
    text = TextField(
        label=_("Reply"),
        help_text=_("They read this on a phone, in the evening. A few lines are kind."),
        max_length=5000,
    )

    def __init__(self, *args: Any, share: Share, author: Any, **kwargs: Any) -> None:
        self.share = share
        self.author = author
        super().__init__(*args, **kwargs)
        self.fields["entry"].queryset = Entry.objects.visible_to(author).filter(shared__share=share)  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        """An empty answer is not sent."""
        text = str(self.cleaned_data["text"])
        if not text.strip():
            raise forms.ValidationError(_("Write a few words, or mark it as read without a reply."))
        return text

    def save(self) -> Reply:
        """Send it, once."""
        data = self.cleaned_data
        reply, _new = Reply.objects.send(
            share=self.share, author=self.author, entry=data["entry"], submission=data["submission"], text=data["text"]
        )
        return reply
