"""Starting and changing what a counsellor can read, from when, and until when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from journal.forms.fields import DayField
from journal.models import Entry, Invitation, Journal, Membership, Share
from journal.models.entries import EARLIEST
from journal.models.sharing import LONGEST_SHARE_DAYS, end_of
from journal.wording import today_of

TRIES = 5
TRIES_SECONDS = 3600

SCOPES = [
    (Share.Default.CHOSEN, _("Only the ones I choose")),
    (Share.Default.NEW, _("New entries, unless I keep one to myself")),
    (Share.Default.NOTHING, _("Nothing for now")),
]


class ParentForm(forms.Form):
    """A form of one parent: days are days where they live."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)


class CodeForm(ParentForm):
    """The code a counsellor gave. Five wrong ones an hour, then a pause: codes cannot be guessed."""

    code = forms.CharField(
        label=_("Type the code your counsellor gave you."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Type the code your counsellor gave you.")},
    )

    too_many = _("Too many codes did not match. Wait an hour, and look at the code together with your counsellor.")
    invitation: Any = None

    def find(self, code: str) -> Any:
        """The invitation behind a code."""
        return Invitation.objects.by_code(code)

    def clean_code(self) -> str:
        """Find the invitation; count the misses, in the database, so that they hold for every process."""
        key = f"code-tries:{self.user.pk}"
        used = cache.get(key, 0)
        if used >= TRIES:
            raise forms.ValidationError(self.too_many)
        self.invitation = self.find(self.cleaned_data["code"])
        if self.invitation is None:
            cache.set(key, used + 1, TRIES_SECONDS)
            left = TRIES - used - 1
            message = ngettext(
                "That code does not match. Look once more. %(n)s try left.",
                "That code does not match. Look once more. %(n)s tries left.",
                left,
            )
            raise forms.ValidationError(message % {"n": left})
        return str(self.cleaned_data["code"])


class ShareForm(ParentForm):
    """What a counsellor may read, and until when."""

    default = forms.ChoiceField(
        choices=SCOPES,
        widget=forms.RadioSelect,
        initial=Share.Default.CHOSEN,
        error_messages={"required": _("Choose one of the three."), "invalid_choice": _("Choose one of the three.")},
    )
    ends = DayField(label=_("The last day of reading"), help_text=_("Six months, unless you choose another day within a year."))

    def clean_ends(self) -> date | None:
        """A day to come, and not so far away that the family is not asked for more than a year."""
        day: date | None = self.cleaned_data["ends"]
        today = today_of(self.user)
        if day is not None and not today <= day <= today + timedelta(days=LONGEST_SHARE_DAYS):
            raise forms.ValidationError(_("Choose a day within the next twelve months."))
        return day

    @property
    def ends_at(self) -> datetime | None:
        """When it ends; None for six months."""
        day = self.cleaned_data["ends"]
        return end_of(day, self.user.zone) if day else None


class BackForm(ParentForm):
    """Also entries since a day: counted first, opened when that number is confirmed.

    ``private`` is for who writes alone: their entries are "only me" because nobody else could read yet.
    """

    since = DayField(label=_("Also entries since"), help_text=_("Leave this empty to let nothing from before be read."))
    private = forms.BooleanField(label=_("Also those that only I can read now"), required=False)
    counted = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def clean_since(self) -> date | None:
        """A day that has been."""
        day: date | None = self.cleaned_data["since"]
        today = today_of(self.user)
        if day is not None and day > today:
            raise forms.ValidationError(_("That day has not come yet. Choose today or a day before."))
        if day is not None and day < today - EARLIEST:
            raise forms.ValidationError(_("That day is very long ago. Look at the year once more."))
        return day

    def count(self, journal: Journal, share: Share | None = None) -> "Behind | None":
        """What the chosen day would open; None where nothing from before is asked for."""
        since = self.cleaned_data.get("since")
        if since is None:
            return None
        private = bool(self.cleaned_data["private"])
        behind = Entry.objects.behind(self.user, journal, since, share=share)
        opens = behind.opens_behind(self.user, journal, private=private).count()
        return Behind(since=since, private=private, opens=opens, kept=behind.count() - opens)

    def is_confirmed(self, behind: "Behind | None") -> bool:
        """Whether the number was shown before, and is still that number."""
        return behind is None or self.cleaned_data["counted"] == behind.key


@dataclass(frozen=True)
class Behind:
    """How many entries reaching back opens, and how many stay closed because only their author can read them."""

    since: date
    private: bool
    opens: int
    kept: int

    @property
    def key(self) -> str:
        """What was counted, so that nothing else is confirmed than what was shown."""
        return f"{self.since.isoformat()} {int(self.private)} {self.opens}"


def writes_alone(membership: Membership) -> bool:
    """Whether nobody else writes in this journal."""
    return not Membership.objects.beside(membership.user, membership.journal).exists()


class ShareAddForm(CodeForm, ShareForm, BackForm):
    """The last step: code, scope and journal once more, then it begins."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def save(self, journal: Journal) -> Share | None:
        """Use the code up and begin; None when the code was used in this moment by somebody else."""
        assert self.invitation is not None
        if not self.invitation.use():
            return None
        data = self.cleaned_data
        share = Share.start(
            journal=journal,
            counsellor=self.invitation.counsellor,
            granted_by=self.user,
            default=data["default"],
            ends_at=self.ends_at,
        )
        if data["since"]:
            share.reach_back(self.user, data["since"], private=data["private"])
        return share


class HurtForm(forms.Form):
    """That a reply hurt; whether its writer is to know is the parent's choice."""

    tell = forms.BooleanField(required=False)
