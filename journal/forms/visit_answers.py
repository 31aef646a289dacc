"""The tasks of a visit plan about what has happened: the visitor's yes, the telling, and the person's answer."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from journal.forms.fields import DayField, TextField
from journal.forms.visits import PlanForm, line
from journal.models import Answer, Told, VisitPlan
from journal.wording import today_in


class HappenedForm(PlanForm):
    """A task about something that has happened: on which day, today unless another is chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("day", today_in(self.zone).isoformat())

    def clean_day(self) -> date:
        """A day that has been."""
        day: date = self.cleaned_data["day"]
        if day > today_in(self.zone):
            raise forms.ValidationError(_("That day has not come yet. Choose today or a day before."))
        return day

    @property
    def at(self) -> datetime:
        """The day as a moment: today is now, an earlier day its noon."""
        day: date = self.cleaned_data["day"]
        if day == today_in(self.zone):
            return timezone.now()
        return datetime.combine(day, time(12), tzinfo=self.zone)


class BriefingForm(HappenedForm):
    """The visitor confirmed on paper or by telephone; the parent notes when and how."""

    TASK = "briefing"
    DRAFTED = ("day", "how", "version")
    rests = False

    day = DayField(label=_("Which day did they confirm?"), missing=_("Choose the day."))
    how = line(
        label=_("How did they confirm?"),
        help_text=_("For example: by telephone, or signed on paper."),
        max_length=300,
        missing=_("Write how they confirmed."),
    )

    @classmethod
    def kept(cls, plan: VisitPlan) -> dict[str, Any]:
        """What the plan says now."""
        if plan.briefing_confirmed_at is None:
            return {}
        at = plan.briefing_confirmed_at.astimezone(plan.document.start.tzinfo)
        return {"day": at.date().isoformat(), "how": plan.document.confirmed_how}

    def clean(self) -> dict[str, Any]:
        """First the sheet."""
        if not self.plan.document.sheet:
            raise forms.ValidationError(_("Something comes first"))
        return super().clean() or self.cleaned_data

    def save(self) -> str:
        """Keep it."""
        data = self.cleaned_data
        self.plan.confirm_briefing(data["version"], self.at, data["how"].strip())
        return str(_("Saved."))


class ToldForm(HappenedForm):
    """How and when they were told, and how they can call it off. All of it is needed."""

    TASK = "told"
    DRAFTED = ("how", "day", "all_said", "off_way", "no_why", "version")
    TICKED = ("all_said", "no_why")

    how = forms.ChoiceField(
        label=_("How were they told?"),
        choices=Told.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how they were told.")},
    )
    day = DayField(label=_("Which day were they told?"), missing=_("Choose the day."))
    all_said = forms.BooleanField(
        label=_("They know who comes, when, for how long and why. They know that they do not have to come out."),
        error_messages={"required": _("Tell them all of this first, then tick the box.")},
    )
    off_way = TextField(
        label=_("How can they call it off?"),
        help_text=_("For example: a tick on the note, two knocks, a message. Without a reason, up to the last minute."),
        max_length=500,
        missing=_("Write how they can call it off."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto", "autocomplete": "off"}),
    )
    no_why = forms.BooleanField(
        label=_("I will not ask why, whatever they answer."),
        error_messages={"required": _("Without this promise nobody can say no freely. Tick it if you can keep it.")},
    )

    @classmethod
    def kept(cls, plan: VisitPlan) -> dict[str, Any]:
        """What the plan says now."""
        said = plan.document
        if plan.told_at is None:
            return {}
        day = plan.told_at.astimezone(said.start.tzinfo).date().isoformat()
        return {"how": said.told_how, "day": day, "off_way": said.off_way, "no_why": said.no_why, "all_said": True}

    def save(self) -> str:
        """Keep it; an earlier answer was an answer to something else."""
        data = self.cleaned_data
        asked_again = bool(self.plan.document.answer)
        self.plan.tell(data["version"], how=data["how"], at=self.at, off_way=data["off_way"].strip(), no_why=data["no_why"])
        return str(_("Saved. They answer once more.") if asked_again else _("Saved."))


class AnswerForm(HappenedForm):
    """What they answered. Only a yes is a yes."""

    TASK = "answer"
    rests = False
    answer = forms.ChoiceField(
        label=_("What did they answer?"),
        choices=[(answer.value, answer.label) for answer in (Answer.YES, Answer.OTHER, Answer.NO, Answer.NONE)],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they answered.")},
    )
    day = DayField(label=_("Which day did they answer?"), missing=_("Choose the day."))

    @classmethod
    def kept(cls, plan: VisitPlan) -> dict[str, Any]:
        """What the plan says now."""
        answer = plan.document.answer
        kept = {"answer": Answer.OTHER.value if answer == Answer.LETTER else answer}
        if plan.agreed_at:
            kept["day"] = plan.agreed_at.astimezone(plan.document.start.tzinfo).date().isoformat()
        return kept

    def clean(self) -> dict[str, Any]:
        """A yes needs that they were told before, and that their own word says nothing else."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("answer") != Answer.YES or "day" not in cleaned:
            return cleaned
        if self.plan.told_at is None:
            raise forms.ValidationError(_("Tell them first. A yes from before counts for nothing."))
        if self.plan.document.by_link and self.plan.document.answer != Answer.YES:
            raise forms.ValidationError(_("They answered by the link themselves. Only they can change that answer."))
        if cleaned["day"] < self.plan.told_at.astimezone(self.zone).date():
            self.add_error("day", _("That is before they were told. Look at the two days once more."))
        return cleaned

    def save(self) -> str:
        """Keep it."""
        data = self.cleaned_data
        at = self.at
        if data["answer"] == Answer.YES and self.plan.told_at:
            at = max(at, self.plan.told_at)  # told and answered on one earlier day
        self.plan.answer_at_home(data["version"], data["answer"], at)
        return str(_("Saved."))
