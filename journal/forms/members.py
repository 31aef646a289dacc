"""Coming to write together, and leaving."""

from typing import Any
from uuid import UUID

from django import forms
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from config.retention import KEPT
from journal.forms.accounts import StartFields
from journal.forms.sharing import CodeForm
from journal.models import Consent, Journal, MemberInvitation, Mine, User


class InvitationCodeForm(CodeForm):
    """The code another parent read out. Wrong ones count together with those of counsellors."""

    too_many = _("Too many codes did not match. Wait an hour, and look at the code together with the one who asked you.")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["code"].label = _("Type the code you were told.")
        self.fields["code"].error_messages["required"] = _("Type the code you were told.")

    def find(self, code: str) -> MemberInvitation | None:
        """The invitation behind the code, for this person."""
        return MemberInvitation.objects.by_code(code, self.user)


class ComeForm(StartFields):
    """Saying yes: a name for the one who asked; and, for who has no journal yet, what every parent is asked at the start."""

    display_name = forms.CharField(
        label=_("What shall the others who write here call you?"),
        help_text=_("A nickname is enough."),
        max_length=60,
        error_messages={"required": _("Write a name that the one who asked you knows.")},
    )

    field_order = ["display_name", "shared_device", "country", "time_zone", "understood", "agrees"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        self.is_new = not Consent.objects.of_user(user).exists()
        super().__init__(*args, **kwargs)
        self.fields["display_name"].initial = user.display_name
        if not self.is_new:
            for name in ("shared_device", "country", "time_zone", "understood"):
                del self.fields[name]
        if user.may_write:
            del self.fields["agrees"]

    @transaction.atomic
    def save(self, invitation: MemberInvitation) -> bool:
        """Keep the choices and say yes; False, and nothing is kept, when the invitation is used up or withdrawn meanwhile."""
        if not invitation.accept(self.user):
            return False
        self.user.display_name = self.cleaned_data["display_name"]
        self.user.save(update_fields=["display_name"])
        if self.is_new:
            self.begin(self.user)
        elif "agrees" in self.fields:
            Consent.objects.give(self.user)
        return True


class ConfirmForm(forms.Form):
    """The last word of whoever keeps the journal: what of the time before is open to who came."""

    earlier = forms.ChoiceField(
        label=_("What may they read?"),
        choices=[
            ("no", _("What is written from now on")),
            ("yes", _("Also what was written before, except what somebody kept to themselves")),
        ],
        initial="no",
        widget=forms.RadioSelect,
    )


def _fates() -> list[tuple[str, Any]]:
    closed = _("Close all of it. For %(n)s days you can take it out, then it is erased.") % {"n": KEPT["leaving"].days}
    return [
        (Mine.STAYS.value, _("Leave it as it is. What the others can read, they still can.")),
        (Mine.CLOSED.value, closed),
        (Mine.ERASED.value, _("Erase all of it for good, with the answers to it.")),
    ]


class LeaveForm(forms.Form):
    """What becomes of one's own words."""

    mine = forms.ChoiceField(
        label=_("What shall happen with what you wrote?"),
        choices=_fates,
        initial=Mine.STAYS.value,
        widget=forms.RadioSelect,
    )


class JournalForm(forms.Form):
    """One more journal, of one's own."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    relation = forms.CharField(
        label=_("Your word for the person (optional)"),
        help_text=_("For example: my son, my daughter, or an initial. Not a full name."),
        max_length=20,
        required=False,
    )

    def save(self, user: User) -> Journal | None:
        """Make it once, however often the form arrives; None for an id that is another's."""
        pk: UUID = self.cleaned_data["submission"]
        if first := Journal.objects.of_member(user).filter(pk=pk).first():
            return first
        try:
            with transaction.atomic():
                return Journal.start(user, relation=self.cleaned_data["relation"], pk=pk)
        except IntegrityError:
            return None
