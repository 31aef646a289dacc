"""What a parent looks for among their entries. It is posted, so that no word of it stands in an address."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guidance import library
from journal.cover import Readers
from journal.forms.fields import PlainSelect
from journal.forms.offers import offer
from journal.models import Entry, Kind, Response
from journal.search import Search
from journal.wording import parent_name, today_of


class FilterForm(forms.Form):
    """Each field narrows the list; an empty one does not."""

    journal = forms.UUIDField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("Words to look for"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "writingsuggestions": "false"}),
    )
    kind = forms.ChoiceField(label=_("What was done"), required=False, widget=PlainSelect)
    response = forms.ChoiceField(label=_("What came back"), required=False, widget=PlainSelect)
    author = forms.ChoiceField(label=_("Who wrote it"), required=False, widget=PlainSelect)
    audience = forms.ChoiceField(label=_("Who can read it"), required=False, widget=PlainSelect)
    step = forms.ChoiceField(label=_("Step it belongs to"), required=False, widget=PlainSelect)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, readers: Readers) -> None:
        membership = readers.membership
        # Ids of its own: an entry of the list may be open for change beside it.
        super().__init__(data, initial={"journal": membership.journal_id}, auto_id="find_%s")
        everything = ("", _("Everything"))
        others = [(str(one.user_id), parent_name(one.user)) for one in readers.others]
        steps = library.current().steps(get_language() or "en")
        choices: dict[str, list[Any]] = {
            "kind": list(Kind.choices),
            "response": list(Response.choices),
            "author": [(str(membership.user_id), _("Me")), *others],
            "audience": [(Entry.Audience.AUTHOR.value, _("Only me")), (Entry.Audience.FAMILY.value, _("Others too"))],
            "step": [(step.order, f"{step.order}. {step.title}") for step in steps],
        }
        for name, values in choices.items():
            offer(self, name, [everything, *values])
        if not others:
            del self.fields["author"]
        if membership.resting_until(today_of(membership.user)):
            del self.fields["step"]  # while the steps rest, no page names one

    def clean_step(self) -> int:
        """The step's number; 0 for any."""
        return int(self.cleaned_data["step"] or 0)

    @property
    def asks(self) -> bool:
        """Whether anything narrows the list."""
        return any(self.cleaned_data.get(name) for name in self.fields if name not in {"journal", "before"})

    def narrow(self, rows: Any) -> Any:
        """Apply what can be asked of the database: who wrote it and who can read it."""
        for name in ("author", "audience"):
            if value := self.cleaned_data.get(name):
                rows = rows.filter(**{name: value})
        return rows

    @property
    def search(self) -> Search:
        """What has to be looked for in the opened entries."""
        names = ("kind", "response", "step", "words")
        return Search(**{name: self.cleaned_data[name] for name in names if name in self.cleaned_data})
