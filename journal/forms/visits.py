"""The tasks of a visit plan, one form each. Each carries the plan's version: an old page changes nothing unseen."""

import time as clock
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from journal.forms.entries import DraftedForm
from journal.forms.fields import DayField, TextField
from journal.forms.offers import offer
from journal.models import AfterVisit, Answer, Draft, Membership, Share, Told, VisitContent, VisitPlan
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
