"""What a family agrees: one form for each topic."""

from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from journal.forms.circle import ONE_LINE, RowForm
from journal.forms.fields import DayField, TextField
from journal.lines import text_label
from journal.models import Agreement, AgreementContent, Draft, Membership, Stage, Topic
from journal.wording import today_of

HINTS = {
    Topic.HOUSE: _("One thing, in one or two sentences. It binds everyone, parents first."),
    Topic.MONEY: _("A sum you can keep up. The same day each month."),
    Topic.SHEET: _("A sum that works without anyone's wages. That is to give room, not to give up."),
    Topic.CONTACT: _("Think of the one who stays at home: who tells them, and in which way they can bear to hear it."),
}


class AgreementForm(RowForm):
    """One agreement: what it says, how far it has come, who agreed and who has been told."""

    FORM = Draft.Form.AGREEMENT
    ROWS = Agreement.objects
    DRAFTED = ("text", "needed", "state", "since", "review", "agreed", "told", "version", "submission")

    text = TextField()
    needed = TextField(label=_("What is needed"))
    state = forms.ChoiceField(
        label=_("How does it stand?"),
        choices=Stage.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three."), "invalid_choice": _("Choose one of the three.")},
    )
    since = DayField(label=_("In use since"), help_text=_("Only if it is in use. Empty means today."))
    review = DayField(label=_("Look at it again on"), help_text=_("Only if it is in use."))
    agreed = TextField(label=_("Who agreed"), max_length=500, widget=forms.TextInput(attrs=ONE_LINE))
    told = TextField(label=_("Who has been told"), max_length=500, widget=forms.TextInput(attrs=ONE_LINE))

    def __init__(self, *args: Any, membership: Membership, topic: str, row: Agreement | None = None, **kwargs: Any) -> None:
        self.topic = topic
        content: AgreementContent = row.document if row else AgreementContent(topic=topic, state=Stage.IDEA)
        names = ("text", "needed", "state", "since", "review", "agreed", "told")
        initial = {name: getattr(content, name) for name in names}
        super().__init__(*args, membership=membership, row=row, initial=initial, **kwargs)
        self.fields["text"].label = text_label(topic)
        self.fields["text"].help_text = HINTS[Topic(topic)]
        if topic != Topic.SHEET:
            del self.fields["needed"]

    @property
    def target(self) -> UUID:
        """The agreement; for a new one, the journal's own place for this topic."""
        return self.row.pk if self.row else uuid5(self.membership.journal_id, self.topic)

    def clean(self) -> dict[str, Any]:
        """What is in use has a day to look at it again, and whoever it binds has been told."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("text") and not cleaned.get("needed") and "text" not in self.errors:
            self.add_error("text", _("Write a sentence."))
        if cleaned.get("state") != Stage.NOW:
            return cleaned
        cleaned["since"] = cleaned.get("since") or today_of(self.membership.user)
        if not cleaned.get("review"):
            if "review" not in self.errors:
                self.add_error("review", _("Choose a day to look at it again."))
        elif cleaned["review"] <= cleaned["since"]:
            self.add_error("review", _("This day comes before it began. Choose a later one."))
        if not cleaned.get("agreed") and "agreed" not in self.errors:
            self.add_error("agreed", _("Write who agreed. Until then it is being talked about."))
        if not cleaned.get("told") and "told" not in self.errors:
            self.add_error("told", _("Write who has been told. What nobody was told binds nobody."))
        return cleaned

    def content(self) -> AgreementContent:
        """What the form says."""
        data = self.cleaned_data

        def day(value: date | None) -> str:
            return value.isoformat() if value and data["state"] == Stage.NOW else ""

        return AgreementContent(
            topic=self.topic,
            state=data["state"],
            text=data["text"],
            needed=data.get("needed", ""),
            since=day(data.get("since")),
            review=day(data.get("review")),
            agreed=data["agreed"],
            told=data["told"],
        )

    @transaction.atomic
    def save(self) -> Agreement:
        """Save a new agreement once, or change one; what was in use stays as an earlier version. Raise Conflict."""
        submission = self.cleaned_data["submission"]
        if self.row is None:
            row: Agreement = Agreement.objects.write(membership=self.membership, submission=submission, content=self.content())[0]
        else:
            row = self.row.revise(self.cleaned_data["version"] or 0, self.content(), submission)
        self.drop_draft()
        return row
