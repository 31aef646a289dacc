"""The account, the start of a journal, and a counsellor's own page."""

import uuid
import zoneinfo
from typing import Any, cast

from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.db import transaction
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from guidance import library
from journal import wording
from journal.models import CentreRole, Consent, Journal, Outbox, User
from journal.models.consents import VERSION, WORDS

WEEKDAYS = [
    ("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday")),
    ("4", _("Friday")), ("5", _("Saturday")), ("6", _("Sunday")),
]  # fmt: skip


def country_choices() -> list[tuple[str, str]]:
    """Countries with helplines, in the reader's language, and "another country"."""
    language = get_language() or "en"
    named = [(code, country.name[language]) for code, country in library.current().helplines.countries.items()]
    return [("", str(_("Choose"))), *named, ("zz", str(_("Another country")))]


def zone_choices() -> list[tuple[str, str]]:
    """Every time zone this machine knows, with the cities readable."""
    return [
        (name, name.replace("_", " "))
        for name in sorted(zoneinfo.available_timezones())
        if "/" in name and not name.startswith("Etc")
    ]


def hour_choices() -> list[tuple[str, str]]:
    """No mail, or an hour between six in the morning and ten at night."""
    hours = [(str(hour), wording.clock(timezone.now().replace(hour=hour, minute=0))) for hour in range(6, 23)]
    return [("", str(_("No mails"))), *[(hour, gettext("At %(time)s") % {"time": said}) for hour, said in hours]]


class SignUpForm(SignupForm):
    """allauth's, for an address that has no account here and one that has: the same work, so that no clock tells them apart."""

    cleaned_data: dict[str, Any]
    account_already_exists: bool

    def try_save(self, request: HttpRequest) -> tuple[Any, Any]:
        """Save the account; for an address that has one, save another all the same, and take it back."""
        if not self.account_already_exists:
            with transaction.atomic():
                return cast("tuple[Any, Any]", super().try_save(request))
        typed = self.cleaned_data
        with transaction.atomic():
            self.cleaned_data = typed | {"email": f"{uuid.uuid4().hex}@example.invalid"}
            self.account_already_exists = False
            self.save(request)
            transaction.set_rollback(True)
        # What is taken back reaches no disk: this does, as the other's commit would.
        cache.set("sign-up", True, 1)
        self.cleaned_data, self.account_already_exists = typed, True
        return cast("tuple[Any, Any]", super().try_save(request))


class LongSelect(forms.Select):
    """A list of hundreds of choices, drawn at once: Django's own renders a template for each, a fifth of a second in all."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Return the list as HTML."""
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((choice, mark_safe(" selected") if choice == value else "", label) for choice, label in self.choices),
        )
        return format_html(
            "<select{}>{}</select>", flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name})), options
        )


class PlaceFields(forms.Form):
    """Where a person lives: for the phone numbers, and so that a day begins when it does there."""

    country = forms.ChoiceField(
        label=_("Where do you live? For the phone numbers"),
        choices=country_choices,
        error_messages={"required": _("Choose a country, so that the right phone numbers are shown.")},
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices, widget=LongSelect)


class StartFields(PlaceFields):
    """What every parent is asked before they write for the first time, in a journal of their own or in another's."""

    shared_device = forms.ChoiceField(
        label=_("Can someone else use this device or read your mail?"),
        choices=[("yes", _("Yes, or I am not sure")), ("no", _("No, only me"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    understood = forms.BooleanField(
        label=_("I have read this."),
        error_messages={"required": _("Read the lines above, then tick this box.")},
    )
    agrees = forms.BooleanField(
        label=_("I agree that what I write is kept and shown like this."),
        error_messages={"required": _("Without this nothing can be kept. The guidance is open without it.")},
    )
    consent_words = WORDS[VERSION]

    def begin(self, user: User) -> None:
        """Keep the answers, and note the consent."""
        data = self.cleaned_data
        user.shared_device = data["shared_device"] == "yes"
        user.country, user.time_zone = data["country"], data["time_zone"]
        user.language = get_language() or "en"
        user.save(update_fields=["shared_device", "country", "time_zone", "language"])
        Consent.objects.give(user)


class StartForm(StartFields):
    """One page, then the journal exists: device, country, time zone, a word for the person."""

    display_name = forms.CharField(
        label=_("What shall the others who read here call you? (optional)"),
        help_text=_("A nickname is enough."),
        max_length=60,
        required=False,
    )
    relation = forms.CharField(
        label=_("Your word for the person (optional)"),
        help_text=_("For example: my son, my daughter, or an initial. Not a full name."),
        max_length=20,
        required=False,
    )

    field_order = ["shared_device", "country", "time_zone", "display_name", "relation", "understood", "agrees"]

    @transaction.atomic
    def save(self, user: User) -> Journal:
        """Keep the choices, note the consent, and make the journal with its key; a second press finds the first one's."""
        User.objects.select_for_update().get(pk=user.pk)
        if first := Journal.objects.of_member(user).first():
            return first
        user.display_name = self.cleaned_data["display_name"]
        user.save(update_fields=["display_name"])
        self.begin(user)
        return Journal.start(user, relation=self.cleaned_data["relation"])


class AccountForm(PlaceFields):
    """What a person can change about their account."""

    display_name = forms.CharField(label=_("What others who read here call you"), max_length=60, required=False)
    shared_device = forms.ChoiceField(
        label=_("Can someone else use this device or read your mail?"),
        choices=[("yes", _("Yes, or I am not sure")), ("no", _("No, only me"))],
        widget=forms.RadioSelect,
    )

    notice_hour = forms.TypedChoiceField(
        label=_("A mail when something is new"),
        help_text=_("At most one mail a day. It says only that something is new: no name, and nothing of what was written."),
        choices=hour_choices,
        coerce=int,
        empty_value=None,
        required=False,
    )

    field_order = ["display_name", "country", "time_zone", "shared_device", "notice_hour"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        initial = {
            "display_name": user.display_name,
            "country": user.country,
            "time_zone": user.time_zone,
            "shared_device": "yes" if user.shared_device else "no",
            "notice_hour": user.notice_hour,
        }
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)

    @transaction.atomic
    def save(self) -> None:
        """Save the account; a mail that waits moves with the hour and the zone."""
        data = self.cleaned_data
        moved = {"notice_hour", "time_zone"} & set(self.changed_data)
        self.user.display_name = data["display_name"]
        self.user.country = data["country"]
        self.user.time_zone = data["time_zone"]
        self.user.shared_device = data["shared_device"] == "yes"
        self.user.save(update_fields=["display_name", "country", "time_zone", "shared_device"])
        if moved:
            Outbox.objects.choose(self.user, data["notice_hour"])


class ReadingDaysForm(forms.Form):
    """When a counsellor reads: families see it beside every entry."""

    reading_days = forms.MultipleChoiceField(
        label=_("Days on which you read"),
        help_text=_("Families see these days beside everything they write."),
        choices=WEEKDAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, role: CentreRole, **kwargs: Any) -> None:
        self.role = role
        kwargs["initial"] = {"reading_days": list(role.reading_days)}
        super().__init__(*args, **kwargs)

    def save(self) -> None:
        """Save the days in the order of the week."""
        self.role.reading_days = "".join(sorted(self.cleaned_data["reading_days"]))
        self.role.save(update_fields=["reading_days"])


class JoinForm(forms.Form):
    """A counsellor's first password, from the link the operator gave them."""

    password = forms.CharField(
        label=_("A password of ten characters or more"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        """The project's password rules, in the reader's words."""
        validate_password(self.cleaned_data["password"], self.user)
        return str(self.cleaned_data["password"])


class MailedCodeForm(forms.Form):
    """Six digits from the mail."""

    code = forms.CharField(
        label=_("The code from the mail"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
