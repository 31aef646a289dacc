"""The one question after a hard day."""

from dataclasses import replace
from datetime import date

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from journal.models import Entry, Hard, Membership


class HardForm(forms.Form):
    """After a hard day: one question, which need not be answered."""

    hard = forms.ChoiceField(
        label=_("Was anyone afraid or hurt?"),
        choices=Hard.choices,
        required=False,
        widget=forms.RadioSelect,
    )

    def save(self, entry: Entry, membership: Membership, today: date) -> None:
        """Keep the answer, and let the steps rest for a week: for all parents only when all may read the entry."""
        answer = self.cleaned_data["hard"]
        with transaction.atomic():
            if answer:
                entry.rewrite(entry.version, replace(entry.document, hard=answer))
            membership.rest(today, for_all=entry.audience == Entry.Audience.FAMILY)
