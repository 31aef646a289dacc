"""What a parent may say about a day. Only the kind is required."""

import zoneinfo
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guidance import library
from journal.forms.fields import DayField, TextField
from journal.forms.offers import offer
from journal.models import Draft, Entry, EntryContent, Kind, Membership, Response, Share, Strain, day_of
from journal.models.accounts import zone_named
from journal.models.entries import EARLIEST, LONGEST_TEXT, STEP_OF, WITHOUT_RESPONSE
from journal.readers import counsellor_choices, open_shares, reader_choices, readers_of
from journal.requests import identity
from journal.wording import today_of

# The day's chips, and the local hour that stands for each.
CHIPS = [
    ("now", _("Now")),
    ("morning", _("This morning")),
    ("last_night", _("Last night")),
    ("yesterday", _("Yesterday")),
    ("other", _("Another day")),
]


def moment_of(chip: str, day: date | None, zone: zoneinfo.ZoneInfo, now: datetime) -> datetime:
    """Turn a chip and a day into the moment meant, for a parent in their own zone; never later than ``now``."""
    today = day_of(now, zone)
    # In the small hours "last night" is the night that is not over yet.
    small_hours = day_of(now, zone) != now.astimezone(zone).date()
    hours = {
        "morning": (today, time(8)),
        "last_night": (today if small_hours else today - timedelta(days=1), time(21)),
        "yesterday": (today - timedelta(days=1), time(12)),
        "other": (day or today, time(12)),
    }
    if chip not in hours:
        return now
    return min(datetime.combine(*hours[chip], tzinfo=zone), now)


def been(day: date | None, zone: zoneinfo.ZoneInfo) -> date | None:
    """A day that has been: not tomorrow, and not in another century by a slip. Raise ValidationError."""
    today = day_of(timezone.now(), zone)
    if day is not None and day > today:
        raise forms.ValidationError(_("That day has not come yet. Choose today or a day before."))
    if day is not None and day < today - EARLIEST:
        raise forms.ValidationError(_("That day is very long ago. Look at the year once more."))
    return day


class DraftedForm(forms.Form):
    """A form whose words the page keeps on the server while they are typed. ``DRAFTED`` are the fields a draft holds."""

    FORM: Draft.Form
    DRAFTED: tuple[str, ...]
    sequence = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def drafted(cls, draft: Draft | None) -> dict[str, str]:
        """Return what a draft puts into the form, under the names of its fields."""
        if draft is None or draft.unreadable:
            return {}
        return {name: value for name, value in draft.document.fields.items() if name in cls.DRAFTED}

    @classmethod
    def typed(cls, data: Any) -> dict[str, str]:
        """Return what arrived for a draft, whatever it is: a draft may hold what would not be saved, and what was cleared."""
        return {name: data[name].replace("\x00", "")[:LONGEST_TEXT] for name in cls.DRAFTED if name in data}


class EntryAddForm(DraftedForm):
    """The quick log: one button is enough; words and another day if wanted."""

    FORM = Draft.Form.ENTRY
    # Also the submission: a draft that was saved after all is the same entry, not a second one.
    DRAFTED = ("kind", "when", "day", "words", "submission")

    journal = forms.UUIDField(widget=forms.HiddenInput)
    submission = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        choices=Kind.choices,
        error_messages={
            "required": _("Write a few words, or choose a button above."),
            "invalid_choice": _("Write a few words, or choose a button above."),
        },
    )
    when = forms.ChoiceField(label=_("When was it?"), choices=CHIPS, required=False, widget=forms.RadioSelect)
    day = DayField(label=_("Which day?"))
    words = TextField(label=_("What I said or wrote"))

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        self.membership = membership
        super().__init__(*args, **kwargs)

    def clean_day(self) -> date | None:
        """A day that has been."""
        return been(self.cleaned_data["day"], self.membership.user.zone)

    def clean(self) -> dict[str, Any]:
        """Another day needs the day."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("when") == "other" and not cleaned.get("day") and "day" not in self.errors:
            self.add_error("day", _("Choose the day."))
        return cleaned

    def save(self) -> tuple[Entry, bool]:
        """Save the entry once; raise Conflict where the same form was sent before with other words."""
        data = self.cleaned_data
        kind = data["kind"]
        chip = data.get("when") or "now"
        if chip == "now" and data["day"] and data["day"] != today_of(self.membership.user):
            chip = "other"  # "now" stands there from the start; the day was typed
        with transaction.atomic():
            entry, new = Entry.objects.write(
                membership=self.membership,
                submission=data["submission"],
                content=EntryContent(kind=kind, words=data["words"], step=STEP_OF.get(Kind(kind), 0)),
                happened_at=moment_of(chip, data["day"], self.membership.user.zone, timezone.now()),
            )
            if new and entry.document.is_hard:
                self.membership.rest(today_of(self.membership.user), for_all=entry.audience == Entry.Audience.FAMILY)
            if "when" in self.data:
                # The form with words; one tap of the quick log leaves a draft of other words alone.
                Draft.objects.drop(user=self.membership.user, form=self.FORM, target=self.membership.journal_id)
        return entry, new


class ReadersForm(forms.Form):
    """Who can read one entry: only me, those who write here, or counsellors too; with several of these, a box for each.

    ``also`` opens it to one more counsellor and closes it to nobody.
    """

    readers = forms.ChoiceField(
        label=_("Who can read this?"),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Who can read has changed meanwhile. Look once more and choose again.")},
    )
    counsellors = forms.MultipleChoiceField(
        label=_("Counsellors who can read this"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Who can read has changed meanwhile. Look once more and choose again.")},
    )
    also = forms.ChoiceField(
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("Who can read has changed meanwhile. Look once more and choose again.")},
    )

    def __init__(self, *args: Any, entry: Entry, membership: Membership, **kwargs: Any) -> None:
        self.entry = entry
        self.membership = membership
        super().__init__(*args, **kwargs)
        shares = open_shares(membership.journal, membership.user)
        named = counsellor_choices(shares)
        audience, keys = self.standing = readers_of(entry, shares)
        offer(self, "readers", reader_choices(membership.journal, membership.user, shares))
        offer(self, "also", [("", ""), *named])
        if len(shares) > 1:
            self.fields["readers"].initial = audience
            offer(self, "counsellors", named)
            self.fields["counsellors"].initial = sorted(keys)
        else:
            self.fields["readers"].initial = next(iter(keys), audience)
            del self.fields["counsellors"]
        self.fields["readers"].required = "also" not in self.data

    def clean(self) -> dict[str, Any]:
        """ "Only me" closes whatever was ticked before; a name ticked together with it is a question back."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        ticked = set(cleaned.get("counsellors") or [])
        if "counsellors" in self.data and "counsellors" not in self.fields:
            # A page from when several read: a box that is not there any more may not close the one that was ticked beside it.
            self.add_error("readers", self.fields["readers"].error_messages["invalid_choice"])
        if cleaned.get("readers") == Entry.Audience.AUTHOR and ticked - self.standing[1]:
            self.add_error("readers", _("“Only me” and a name do not go together. Choose one of the two."))
        return cleaned

    def _chosen(self) -> tuple[str, frozenset[str]] | None:
        """What was chosen, in the form of ``standing``; None where nothing was said."""
        value = self.cleaned_data.get("readers")
        if also := self.cleaned_data.get("also"):
            return Entry.Audience.FAMILY.value, self.standing[1] | {also}
        if not value:
            return None
        if value == Entry.Audience.AUTHOR:
            return value, frozenset()
        if value == Entry.Audience.FAMILY:
            return value, frozenset(self.cleaned_data.get("counsellors") or [])
        return Entry.Audience.FAMILY.value, frozenset([value])

    def save_readers(self) -> None:
        """Apply it at once: what was open before and is not chosen now is closed with the next request."""
        chosen = self._chosen()
        if chosen is None or chosen == self.standing:
            return
        audience, keys = chosen
        # Locked, as when an entry is written: a share closed in this moment closes this entry too.
        shares = Share.objects.of_member(self.membership.user, self.membership.journal).open_to(self.membership.user)
        shares = shares.select_for_update(of=("self",)).filter(pk__in=keys)
        self.entry.let_read(audience, shares if keys else [])
        today = today_of(self.membership.user)
        if audience != Entry.Audience.AUTHOR:
            self.membership.rest_after(self.entry, today)
        elif not self.entry.unreadable and self.entry.document.is_hard:
            self.membership.keep_rest(today)


class EntryEditForm(ReadersForm, DraftedForm):
    """The saved page and the edit page: what came back, words, what the parent noticed, the day, who can read."""

    FORM = Draft.Form.EDIT
    # A draft remembers the version it changes; who can read is no words, and is not remembered.
    DRAFTED = ("version", "kind", "day", "response", "words", "noticed", "strain", "next", "step")
    # What is said in so many words: shown side by side where two versions meet.
    TEXTS = ("words", "noticed", "next")

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)
    kind = forms.ChoiceField(label=_("What I did"), choices=Kind.choices, required=False)
    day = DayField(label=_("Which day?"))
    response = forms.ChoiceField(
        label=_("Did anything come back?"),
        help_text=_("You can leave this empty."),
        choices=Response.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    words = TextField(label=_("What I said or wrote"))
    noticed = TextField(
        label=_("What I noticed (one line)"),
        help_text=_("Only what you would be willing to read aloud to them."),
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "writingsuggestions": "false"}),
    )
    strain = forms.ChoiceField(label=_("How was I?"), choices=Strain.choices, required=False, widget=forms.RadioSelect)
    next = TextField(label=_("What I would do again"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)
    step = forms.ChoiceField(label=_("Step it belongs to"), required=False)

    def clean_day(self) -> date | None:
        """As for a new entry; the day that stands there has been, wherever the parent is now."""
        if self.cleaned_data["day"] == self.entry.day:
            return self.entry.day
        return been(self.cleaned_data["day"], self.membership.user.zone)

    def clean_step(self) -> int:
        """The step's number; 0 for none."""
        return int(self.cleaned_data["step"] or 0)

    def __init__(self, *args: Any, entry: Entry, membership: Membership, draft: Draft | None = None, **kwargs: Any) -> None:
        content: EntryContent = entry.document
        initial = {name: getattr(content, name) for name in ("kind", "response", "words", "noticed", "strain", "next", "step")}
        initial |= {"version": entry.version, "day": entry.day, **self.drafted(draft)}
        super().__init__(*args, entry=entry, membership=membership, initial=initial, **kwargs)
        self.fields["readers"].required = False
        steps = library.current().steps(get_language() or "en")
        numbered = [(step.order, f"{step.order}. {step.title}") for step in steps]
        offer(self, "step", [("0", _("None")), *numbered])
        for name, answers in (("response", Response), ("strain", Strain)):
            if initial[name]:
                # A radio button cannot be let go of: what was answered can be taken back.
                offer(self, name, [("", _("No answer")), *answers.choices])
        if Kind(content.kind) in WITHOUT_RESPONSE:
            del self.fields["response"]
        if membership.resting_until(today_of(membership.user)):
            del self.fields["step"]  # while the steps rest, no page names one

    @property
    def more(self) -> list[Any]:
        """The fields behind "A little more": nobody needs them."""
        return [self[name] for name in ("noticed", "strain", "next", "step") if name in self.fields]

    @property
    def more_open(self) -> bool:
        """Whether one of them says something, so that nothing written is folded away."""
        return any(field.errors or (field.name != "step" and field.value()) for field in self.more)

    def save(self) -> Entry:
        """Replace the content; raise Conflict where somebody else changed it meanwhile."""
        data, old = self.cleaned_data, self.entry.document
        kind = data.get("kind") or old.kind
        # A field that did not arrive was not emptied by anybody.
        fields = {
            name: data[name] if name in self.data and name in data else getattr(old, name)
            for name in ("response", "words", "noticed", "strain", "next", "step")
        }
        if kind != old.kind and fields["step"] == old.step:
            fields["step"] = STEP_OF.get(Kind(kind), 0)
        if Kind(kind) in WITHOUT_RESPONSE:
            fields["response"] = ""
        happened_at = None
        if data.get("day") and data["day"] != self.entry.day:
            happened_at = self._noon_of(data["day"])
        with transaction.atomic():
            self.entry.rewrite(data["version"], EntryContent(kind=kind, hard=old.hard, **fields), happened_at)
            if self.entry.document != old:
                # What was read before is not what stands there now: it waits to be read again, from today.
                read = self.entry.shared.filter(read_at__isnull=False)
                read.update(shared_at=timezone.now(), read_at=None, reviewed_at=None, told_at=None)
            self.save_readers()
            Draft.objects.drop(user=self.membership.user, form=self.FORM, target=self.entry.pk)
            if self.entry.document.is_hard and not old.is_hard:
                self.membership.rest(today_of(self.membership.user), for_all=self.entry.audience == Entry.Audience.FAMILY)
            elif old.is_hard and not self.entry.document.is_hard:
                self.membership.lift_rest(today_of(self.membership.user))
        return self.entry

    def _noon_of(self, day: date) -> datetime:
        """Another day's noon, or now: in the entry's own zone, or where the parent is if the day has come only there."""
        now, zone = timezone.now(), zone_named(self.entry.zone)
        if day > day_of(now, zone):
            zone = self.membership.user.zone
        return min(datetime.combine(day, time(12), tzinfo=zone), now.astimezone(zone))

    def keep_closed(self, current: Entry) -> None:
        """After a conflict nothing is applied unseen but "only me": that holds whatever becomes of the words."""
        if self.cleaned_data["readers"] == Entry.Audience.AUTHOR and current.audience != Entry.Audience.AUTHOR:
            self.entry = current
            self.save_readers()


def is_saved(membership: Membership, submission: str) -> bool:
    """Say whether a new entry's form was saved already: a late packet of its draft comes after the last word."""
    key = identity(submission)
    return Entry.objects.filter(journal=membership.journal, author=membership.user, submission=key).exists() if key else False
