"""What is printed for an appointment, and the file that is brought in."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from journal.copies.reading import LARGEST_FILE, Copy, Refused, read
from journal.forms.fields import DayField, TextField
from journal.models import Membership
from journal.wording import today_of

PERIOD = timedelta(days=27)
LONGEST_PERIOD = timedelta(days=366)
PARTS = [
    ("counts", _("How often I did what")),
    ("words", _("My days, with my words")),
    ("agreements", _("House agreements")),
    ("page", _("Our page")),
    ("people", _("People to lean on")),
]


class SummaryForm(forms.Form):
    """One page for an appointment: which days, and what stands on it. Nothing typed here is kept."""

    journal = forms.UUIDField(widget=forms.HiddenInput, required=False)
    first = DayField(label=_("From"))
    last = DayField(label=_("To"))
    parts = forms.MultipleChoiceField(
        label=_("What goes on the paper?"),
        choices=PARTS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what goes on the paper."), "invalid_choice": _("Choose what goes on the paper.")},
    )
    private = forms.BooleanField(label=_("Also what only I can read"), required=False)
    ask = TextField(label=_("What I want to say or ask (printed, not kept)"), max_length=2000)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        self.today = today_of(membership.user)
        kwargs["initial"] = {
            "journal": membership.journal_id,
            "first": self.today - PERIOD,
            "last": self.today,
            "parts": ["counts"],
        }
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Days that have been, in their order, and no more than a year of them."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if {"first", "last"} & self.errors.keys():
            return cleaned
        cleaned["last"] = min(cleaned.get("last") or self.today, self.today)
        cleaned["first"] = cleaned.get("first") or cleaned["last"] - PERIOD
        if cleaned["first"] > cleaned["last"]:
            self.add_error("first", _("The first day comes after the last one."))
        elif cleaned["last"] - cleaned["first"] > LONGEST_PERIOD:
            self.add_error("first", _("That is more than a year. Choose a later first day."))
        return cleaned


class ImportForm(forms.Form):
    """The file: it is read in memory, and looked at before anything is written."""

    journal = forms.UUIDField(widget=forms.HiddenInput, required=False)
    file = forms.FileField(
        label=_("The copy: notes-….zip, or notes.json out of it"),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, membership: Membership, size: int = 0, **kwargs: Any) -> None:
        kwargs["initial"] = {"journal": membership.journal_id}
        super().__init__(*args, **kwargs)
        # In the reader's language, so not at import. A larger one does not arrive at all: only its ``size`` says so.
        none = gettext("Choose a file. It can be up to %(n)s MB.")
        if size > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            none = gettext("This file is larger than can be read here (%(n)s MB).")
        none %= {"n": LARGEST_FILE // 2**20}
        self.fields["file"].error_messages |= {"required": none, "invalid": none}
        self.content = b""
        self.copy = Copy()
        self.problems: list[Any] = []

    def clean_file(self) -> UploadedFile:
        """Read it through; what is wrong is listed by line."""
        file: UploadedFile = self.cleaned_data["file"]
        self.content = file.read(LARGEST_FILE + 1)
        try:
            self.copy = read(self.content)
        except Refused as refused:
            self.problems = list(refused.problems)
            raise forms.ValidationError(_("This file cannot be brought in. Nothing was changed.")) from None
        return file
