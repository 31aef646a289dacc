"""What the person a visit is planned for can answer on the page of their link."""

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.models import Answer


class LinkAnswerForm(forms.Form):
    """The person's own answer: one button."""

    answer = forms.ChoiceField(
        choices=[(answer.value, answer.label) for answer in (Answer.NO, Answer.OTHER, Answer.LETTER, Answer.YES)],
        error_messages={"required": _("Press one of the four buttons."), "invalid_choice": _("Press one of the four buttons.")},
    )
