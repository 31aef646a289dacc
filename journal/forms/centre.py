"""Holidays, who reads instead, and a family's answer to a proposal."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from journal.forms.offers import offer
from journal.models import Absence, CentreRole, Handover, Share
from journal.models.cover import LONGEST_DAYS

CHOOSE = _("Choose a colleague of this centre.")


class ColleagueForm(forms.Form):
    """One colleague of the same centre."""

    colleague = forms.ChoiceField(error_messages={"required": CHOOSE, "invalid_choice": CHOOSE})

    def __init__(self, *args: Any, role: CentreRole, **kwargs: Any) -> None:
        self.role = role
        super().__init__(*args, **kwargs)
        self.colleagues = {str(other.pk): other for other in CentreRole.objects.colleagues_of(role)}
        language = get_language() or "en"
        named = [(pk, f"{other.name(language)} · {other.licence(language)}") for pk, other in self.colleagues.items()]
        nobody = _("Choose") if self.fields["colleague"].required else _("Nobody")
        offer(self, "colleague", [("", nobody), *named])

    @property
    def chosen(self) -> CentreRole | None:
        """The colleague, or None for nobody."""
        return self.colleagues.get(self.cleaned_data["colleague"])


class CoverForm(ColleagueForm):
    """Who reads instead; nobody is an answer too."""

    colleague = forms.ChoiceField(
        label=_("Who reads instead"),
        required=False,
        help_text=_("Only for families that allow it. They are told the name before it starts."),
        error_messages={"invalid_choice": CHOOSE},
    )

    def save(self, absence: Absence) -> int:
        """Name the colleague; return for how many families."""
        return absence.name_colleague(self.chosen)


class AbsenceForm(CoverForm):
    """Days on which somebody does not read."""

    first_day = forms.DateField(
        label=_("First day away"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the first day."), "invalid": _("Choose the first day.")},
    )
    last_day = forms.DateField(
        label=_("Last day away"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the last day."), "invalid": _("Choose the last day.")},
    )

    field_order = ["first_day", "last_day", "colleague"]

    def clean(self) -> dict[str, Any]:
        """The days are ahead, in their order, not too many, and not said before."""
        data = super().clean() or self.cleaned_data
        first, last = data.get("first_day"), data.get("last_day")
        if first and last:
            if last < first:
                self.add_error("last_day", _("The last day is before the first."))
            elif last < self.role.today:
                self.add_error("last_day", _("These days are over."))
            elif last - first >= timedelta(days=LONGEST_DAYS):
                self.add_error("last_day", _("Longer than three months: hand the families over instead."))
            elif Absence.objects.coming(self.role).filter(first_day__lte=last, last_day__gte=first).exists():
                self.add_error("first_day", _("Some of these days are in the list already."))
        return data

    def keep(self) -> int:
        """Keep the days; return for how many families a colleague reads instead."""
        data = self.cleaned_data
        return self.save(Absence.objects.create(counsellor=self.role, first_day=data["first_day"], last_day=data["last_day"]))


class ProposeForm(ColleagueForm):
    """Who could take over. The families decide."""

    colleague = forms.ChoiceField(label=_("Who could take over"), error_messages={"required": CHOOSE, "invalid_choice": CHOOSE})

    def save(self, shares: Any, by: Any) -> int:
        """Ask these families; return how many are asked now."""
        assert self.chosen is not None
        asked = [Handover.objects.propose(share=share, counsellor=self.chosen, by=by) for share in shares]
        return sum(handover is not None for handover in asked)


class AgreeForm(forms.Form):
    """A family agrees: whether what could be read before, and the family's page, are open to the next counsellor too."""

    with_entries = forms.BooleanField(required=False)
    with_page = forms.BooleanField(required=False)

    def save(self, handover: Handover, user: Any) -> Share:
        """Begin with the new counsellor and end with the old one."""
        return handover.agree(user, **self.cleaned_data)
