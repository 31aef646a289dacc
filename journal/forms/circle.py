"""Who a family can lean on, and the family's own page."""

import time
import unicodedata
import uuid
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from journal.forms.entries import DraftedForm
from journal.forms.fields import TextField
from journal.models import Closeness, Draft, FamilyPage, Membership, PageContent, PersonContent, SupportPerson
from journal.models.circle import PAGE_PARTS, PAGE_SEEN
from journal.requests import identity

# A family's words in a field of one line: no old text in a drop-down list, no help from the cloud.
ONE_LINE = {"dir": "auto", "autocomplete": "off", "writingsuggestions": "false"}
NOTHING_TO_ASK = {Closeness.NOT_NOW, Closeness.ASKED}


class RowForm(DraftedForm):
    """A form about a row of the journal: new with a submission id, else changed from the version it shows.

    Where it is long, its words are kept while they are typed, with the version they change.
    """

    DRAFTED: tuple[str, ...] = ()
    # The rows among which a new one may stand by now: what was saved after all is no draft.
    ROWS: Any = None

    journal = forms.UUIDField(widget=forms.HiddenInput, required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000, required=False)

    def __init__(self, *args: Any, membership: Membership, row: Any = None, initial: dict[str, Any], **kwargs: Any) -> None:
        self.membership = membership
        self.row = row
        base = {"journal": membership.journal_id, "submission": uuid.uuid4(), "version": row.version if row else 0}
        # A packet that arrived after saving holds what stands there already: it is no draft.
        kept = self.drafted(draft := self.draft())
        said = {name: value for name, value in kept.items() if name not in {"version", "submission"}}
        self.kept = draft if any(value != str(initial.get(name, "")) for name, value in said.items()) else None
        kwargs["initial"] = {**base, **initial, "sequence": int(time.time() * 1000), **(kept if self.kept else {})}
        super().__init__(*args, **kwargs)

    @property
    def target(self) -> uuid.UUID:
        """Which draft is this form's: one a person, form and target."""
        return self.membership.journal_id

    def draft(self) -> Draft | None:
        """What this person typed here and has not saved."""
        if not self.DRAFTED:
            return None
        found: Draft | None = Draft.objects.of_user(self.membership.user).filter(form=self.FORM, target=self.target).first()
        if found is None or found.unreadable or self.row or self.ROWS is None:
            return found
        sent = identity(found.document.fields.get("submission", ""))
        saved = sent and self.ROWS.of_member(self.membership.user).filter(submission=sent).exists()
        return None if saved else found

    def drop_draft(self) -> None:
        """Saving lets go of it."""
        Draft.objects.drop(user=self.membership.user, form=self.FORM, target=self.target)


class PersonForm(RowForm):
    """Somebody outside the house, and the next small thing to ask of them."""

    FORM = Draft.Form.PERSON
    DRAFTED = ("name", "state", "next", "version", "submission")
    ROWS = SupportPerson.objects

    name = forms.CharField(
        label=_("Who is it?"),
        help_text=_("A word is enough: my sister, a neighbour, K. Not a full name."),
        max_length=60,
        error_messages={"required": _("Write a word for this person.")},
        widget=forms.TextInput(attrs=ONE_LINE),
    )
    state = forms.ChoiceField(
        label=_("How does it stand?"),
        choices=[*Closeness.choices[:3], (Closeness.ASKED, _("They asked you not to tell this person"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the four."), "invalid_choice": _("Choose one of the four.")},
    )
    taken_back = forms.BooleanField(
        label=_("They said themselves that this person may know now. Or it was put here by mistake."), required=False
    )
    next = TextField(label=_("The next small thing to ask"), help_text=_("You can leave this empty."), max_length=2000)

    def __init__(self, *args: Any, membership: Membership, row: SupportPerson | None = None, **kwargs: Any) -> None:
        content = row.document if row else PersonContent(state="")
        initial = {"name": content.name, "state": content.state, "next": content.next}
        super().__init__(*args, membership=membership, row=row, initial=initial, **kwargs)
        self.fields["next"].widget.attrs["rows"] = 2
        if row is None or not row.is_asked:
            del self.fields["taken_back"]

    @property
    def target(self) -> uuid.UUID:
        """The person; for somebody new, the journal."""
        return self.row.pk if self.row else self.membership.journal_id

    def clean(self) -> dict[str, Any]:
        """What the person asked stands before every other choice, in this row and in any other of the same name."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        state = cleaned.get("state")
        if state in NOTHING_TO_ASK and cleaned.get("next"):
            self.add_error("next", _("Nothing is asked of somebody who is not told. Clear this, or choose again above."))
        if state and state != Closeness.ASKED:
            if "taken_back" in self.fields and not cleaned.get("taken_back"):
                self.add_error(
                    "taken_back",
                    _("They asked you not to tell this person. Only they can take that back. Tick this if they did."),
                )
            elif cleaned.get("name") and self._is_asked(cleaned["name"]):
                self.add_error("name", _("They asked you not to tell this person. That stands until they take it back."))
        return cleaned

    def _is_asked(self, name: str) -> bool:
        people = SupportPerson.objects.of_family(self.membership.user, self.membership.journal).opened()
        others = [person for person in people if person.is_asked and (self.row is None or person.pk != self.row.pk)]
        return plain(name) in {plain(person.document.name) for person in others}

    def content(self) -> PersonContent:
        """What the form says."""
        return PersonContent(**{name: self.cleaned_data[name] for name in ("name", "state", "next")})

    @transaction.atomic
    def save(self) -> SupportPerson:
        """Save a new person once, or change one from the version shown; raise Conflict."""
        row: SupportPerson | None = self.row
        if row is None:
            submission = self.cleaned_data["submission"]
            row = SupportPerson.objects.write(membership=self.membership, submission=submission, content=self.content())[0]
        else:
            taken_back = self.cleaned_data.get("taken_back", False)
            row.rewrite(self.cleaned_data["version"] or 0, self.content(), taken_back=taken_back)
        self.drop_draft()
        return row


class PageForm(RowForm):
    """The family's own page."""

    FORM = Draft.Form.PAGE
    DRAFTED = (*PAGE_PARTS, "seen", "version")

    who = TextField(label=PAGE_PARTS["who"])
    past = TextField(label=PAGE_PARTS["past"])
    well = TextField(label=PAGE_PARTS["well"])
    hard = TextField(label=PAGE_PARTS["hard"])
    not_wanted = TextField(label=PAGE_PARTS["not_wanted"])
    reach = TextField(label=PAGE_PARTS["reach"])
    seen = forms.ChoiceField(label=_("Have they read this?"), choices=PAGE_SEEN, required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, membership: Membership, row: FamilyPage, **kwargs: Any) -> None:
        content = row.document
        initial = {name: getattr(content, name) for name in (*PAGE_PARTS, "seen")}
        super().__init__(*args, membership=membership, row=row, initial=initial, **kwargs)
        for name in PAGE_PARTS:
            self.fields[name].widget.attrs["rows"] = 3

    def content(self) -> PageContent:
        """What the form says."""
        return PageContent(**{name: self.cleaned_data[name] for name in (*PAGE_PARTS, "seen")})

    @transaction.atomic
    def save(self) -> None:
        """Save the page from the version shown; raise Conflict where the other parent was quicker."""
        version = self.cleaned_data["version"] or 0
        self.row.version = min(version, self.row.version)
        self.row.rewrite(version, self.content())
        self.drop_draft()


def plain(name: str) -> str:
    """A name as two parents may write it differently: width, case, spaces and さん make no difference."""
    text = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    return text.removesuffix("さん")
