"""The tasks of a visit plan, one form each. Each carries the plan's version: an old page changes nothing unseen."""

import time as clock
import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from journal.forms.entries import DraftedForm
from journal.forms.fields import DayField, TextField
from journal.forms.offers import offer
from journal.models import AfterVisit, Draft, Membership, Share, VisitContent, VisitPlan
from journal.requests import identity
from journal.wording import today_in, today_of

FARTHEST = timedelta(days=366)
SOMEBODY_ELSE = "other"


def line(**kwargs: Any) -> TextField:
    """One line of the parent's own words."""
    return TextField(widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}), **kwargs)


class TaskForm(DraftedForm):
    """A form whose words are kept while they are typed, in its own place of a plan or of the journal.

    ``TICKED`` are boxes: one that does not arrive was not ticked.
    """

    FORM = Draft.Form.VISIT
    DRAFTED: tuple[str, ...] = ()
    TICKED: tuple[str, ...] = ()
    membership: Membership
    unsaved: Draft | None = None

    @classmethod
    def typed(cls, data: Any) -> dict[str, str]:
        """What arrived for a draft, with the boxes that were left empty."""
        return super().typed(data) | {name: data.get(name, "") for name in cls.TICKED}

    @property
    def target(self) -> uuid.UUID:
        """Which draft is this form's."""
        raise NotImplementedError

    def with_draft(self, said: dict[str, Any]) -> dict[str, Any]:
        """What stands in the form when it opens: what was typed and not saved, over what is ``said`` now."""
        if not self.DRAFTED:
            return said
        draft = Draft.objects.of_user(self.membership.user).filter(form=self.FORM, target=self.target).first()
        kept = self.drafted(draft)
        # A packet that arrived after saving holds what stands there already: it is no draft.
        texts = {name: "on" if said.get(name) is True else str(said.get(name) or "") for name in kept}
        if all(value == texts[name] or name in {"version", "submission"} for name, value in kept.items()):
            return said
        self.unsaved = draft
        return said | kept

    def drop_draft(self) -> None:
        """Saving lets go of it."""
        if self.DRAFTED:
            Draft.objects.drop(user=self.membership.user, form=self.FORM, target=self.target)


class PlanForm(TaskForm):
    """A form about one plan, as one parent sends it."""

    TASK = ""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    # Closed while the steps rest; what others did or said can be noted on any day.
    rests = True

    def __init__(self, *args: Any, plan: VisitPlan, membership: Membership, **kwargs: Any) -> None:
        self.plan = plan
        self.membership = membership
        said = self.kept(plan) | {"version": plan.version}
        # What was sent is compared with what the plan says, never with a draft of it.
        opened = not (args and args[0] is not None)
        kwargs["initial"] = {"sequence": int(clock.time() * 1000), **(self.with_draft(said) if opened else said)}
        super().__init__(*args, **kwargs)

    @property
    def target(self) -> uuid.UUID:
        """The plan's place for this task."""
        return self.plan.draft_place(self.TASK)

    @property
    def zone(self) -> Any:
        """The clock of the house."""
        return self.plan.document.start.tzinfo

    @classmethod
    def kept(cls, plan: VisitPlan) -> dict[str, Any]:
        """What the plan says now, by field."""
        return {}

    def saved_now(self) -> list[tuple[str, str]]:
        """What the plan says now, field by field, for a page that shows two versions."""
        rows = []
        for field in self.visible_fields():
            value = self.initial.get(field.name)
            if choices := getattr(field.field, "choices", None):
                value = dict(choices).get(value, "")
            elif isinstance(value, bool):
                value = _("Yes") if value else _("No")
            rows.append((str(field.label), str(value or "–")))
        return rows


class VisitFields(forms.Form):
    """Who comes, when, what for, and how the days after are arranged."""

    share = forms.ChoiceField(label=_("Who comes?"), widget=forms.RadioSelect, required=False)
    visitor = line(
        label=_("Their name, as you would say it at home"),
        help_text=_("Two visitors are better than one. Never a crowd."),
        max_length=80,
    )
    day = DayField(label=pgettext_lazy("visit", "Which day?"), missing=_("Choose the day."))
    at = forms.TimeField(
        label=_("What time?"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={
            "required": _("Choose the time."),
            "invalid": _("Write the time as hours and minutes, for example 14:30."),
        },
    )
    length = line(
        label=_("About how long?"),
        max_length=60,
        missing=_("Write about how long they stay."),
    )
    purpose = TextField(
        label=_("What is it for? Who asked for it?"),
        help_text=_("In words you would say to them."),
        max_length=1000,
        missing=_("Write what the visit is for."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "autocomplete": "off"}),
    )
    aftercare = TextField(
        label=_("The three days after: who is at home, and whom can you ring?"),
        help_text=_("Only those who write here can read this."),
        max_length=1000,
        missing=_("Write who is at home afterwards. Without that, no visit is planned."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "autocomplete": "off"}),
    )

    membership: Membership

    def prepare(self) -> None:
        """Offer the counsellors who read here now; without one there is nothing to choose."""
        language = get_language() or "en"
        shares = Share.objects.of_member(self.membership.user, self.membership.journal).active().opening()
        self.visitors = {str(share.pk): share.counsellor.name(language) for share in shares}
        if self.visitors:
            offer(self, "share", [*self.visitors.items(), (SOMEBODY_ELSE, _("Somebody else"))])
        else:
            del self.fields["share"]

    def today_for(self, day: date) -> date:
        """Today, where the parent is."""
        return today_of(self.membership.user)

    def clean_day(self) -> date:
        """A day ahead, and not years ahead."""
        day: date = self.cleaned_data["day"]
        today = self.today_for(day)
        if day < today:
            raise forms.ValidationError(_("That day is past. Choose a day ahead."))
        if day > today + FARTHEST:
            raise forms.ValidationError(_("That day is more than a year ahead. Look at the year once more."))
        return day

    def clean(self) -> dict[str, Any]:
        """A visitor has a name: a counsellor's own, or the one that was typed."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = cleaned.get("share", "")
        cleaned["share"] = chosen if chosen in self.visitors else ""
        if not cleaned.get("visitor", "").strip() and "visitor" not in self.errors:
            if cleaned["share"]:
                cleaned["visitor"] = self.visitors[cleaned["share"]]
            else:
                self.add_error("visitor", _("Write who comes, as you would say it at home."))
        return cleaned

    def said(self) -> dict[str, Any]:
        """What the plan keeps of it."""
        data = self.cleaned_data
        texts = {name: data[name].strip() for name in ("visitor", "length", "purpose", "aftercare")}
        when = {"day": data["day"].isoformat(), "at": data["at"].strftime("%H:%M"), "zone": self.membership.user.zone.key}
        return {"share": data["share"], **texts, **when}


class VisitAddForm(TaskForm, VisitFields):
    """A new plan."""

    DRAFTED = ("share", "visitor", "day", "at", "length", "purpose", "aftercare", "submission")

    rests = True
    journal = forms.UUIDField(widget=forms.HiddenInput)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        self.membership = membership
        said = {"journal": membership.journal_id, "submission": uuid.uuid4()}
        kwargs["initial"] = {"sequence": int(clock.time() * 1000), **self.with_draft(said)}
        super().__init__(*args, **kwargs)
        self.prepare()

    @property
    def target(self) -> uuid.UUID:
        """The journal's place for a new plan."""
        return uuid.uuid5(self.membership.journal_id, "visit")

    @classmethod
    def drafted(cls, draft: Draft | None) -> dict[str, str]:
        """A plan that was begun after all is no draft."""
        kept = super().drafted(draft)
        sent = identity(kept.get("submission", ""))
        begun = draft and sent and VisitPlan.objects.of_family(draft.user, draft.journal).filter(submission=sent).exists()
        return {} if begun else kept

    @transaction.atomic
    def save(self) -> tuple[VisitPlan, bool]:
        """Begin the plan, once; return it and whether it is new."""
        begun = VisitPlan.objects.plan(
            journal=self.membership.journal, submission=self.cleaned_data["submission"], content=VisitContent(**self.said())
        )
        self.drop_draft()
        return begun

    def is_said_by(self, plan: VisitPlan) -> bool:
        """Whether the plan this form made before says the same."""
        return not plan.unreadable and all(getattr(plan.document, name) == said for name, said in self.said().items())


class VisitEditForm(PlanForm, VisitFields):
    """The same of a plan that exists. What changes here is asked again of the visitor and of the person."""

    TASK = "who"
    DRAFTED = ("share", "visitor", "day", "at", "length", "purpose", "aftercare", "version")
    field_order = ["share", "visitor", "day", "at", "length", "purpose", "aftercare"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepare()

    def today_for(self, day: date) -> date:
        """Today, by the clock of the house as long as the day stays."""
        return today_in(self.zone) if day.isoformat() == self.plan.document.day else super().today_for(day)

    @classmethod
    def kept(cls, plan: VisitPlan) -> dict[str, Any]:
        """What the plan says now."""
        said = plan.document
        texts = {name: getattr(said, name) for name in ("visitor", "day", "at", "length", "purpose", "aftercare")}
        return {"share": said.share or SOMEBODY_ELSE, **texts}

    def save(self) -> str:
        """Keep it, and say kindly what is asked again."""
        said = self.said()
        if (said["day"], said["at"]) == (self.plan.document.day, self.plan.document.at):
            said["zone"] = self.plan.document.zone  # another parent's clock moves nothing
        if self.plan.describe(self.cleaned_data["version"], **said):
            return str(_("Saved. Because this changed, the visitor confirms again, and they are told and asked again."))
        return str(_("Saved."))


class SheetForm(PlanForm):
    """What the visitor is told."""

    TASK = "sheet"
    DRAFTED = ("sheet", "show_sheet", "version")
    TICKED = ("show_sheet",)

    sheet = TextField(
        label=_("What the visitor is told"),
        help_text=_("Only what you would say with them in the room. Tell risks by telephone."),
        max_length=4000,
        missing=_("Write a few words for the visitor."),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto", "autocomplete": "off"}),
    )
    show_sheet = forms.BooleanField(
        label=_("Show this sheet on the page of their link"),
        help_text=_("They then read the same words as the visitor."),
        required=False,
    )

    @classmethod
    def kept(cls, plan: VisitPlan) -> dict[str, Any]:
        """What the plan says now."""
        return {"sheet": plan.document.sheet, "show_sheet": plan.document.show_sheet}

    def save(self) -> str:
        """Keep it, and say kindly what is asked again."""
        data = self.cleaned_data
        if self.plan.write_sheet(data["version"], data["sheet"].strip(), data["show_sheet"]):
            return str(_("Saved. Because the sheet changed, the visitor confirms again. If they saw it, they are asked again."))
        return str(_("Saved."))


class ReadyForm(PlanForm):
    """Nothing to fill in: it is ready, or something comes first."""

    def clean(self) -> dict[str, Any]:
        """Both conditions, and the visit still ahead; while the steps rest, nothing becomes ready."""
        if self.membership.resting_until(today_of(self.membership.user)):
            raise forms.ValidationError(_("The steps are paused. A visit becomes ready afterwards."))
        if not self.plan.conditions_met or self.plan.has_begun:
            raise forms.ValidationError(_("A visit is ready only when both are done."))
        return super().clean() or self.cleaned_data

    def save(self) -> str:
        """Mark it."""
        self.plan.mark_ready(self.cleaned_data["version"])
        return str(_("Saved."))


class AfterForm(forms.Form):
    """One question on each of the three days after a visit."""

    answer = forms.ChoiceField(
        label=_("How have things been at home since?"),
        choices=AfterVisit.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one, or say that you would rather not say.")},
    )
