"""The fields of more than one form: a parent's own words, and a day."""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from journal.models.entries import LONGEST_TEXT

SELECTED = mark_safe(" selected")


class PlainSelect(forms.Select):
    """A drop-down list without groups, written in one go: Django's own renders a template for each of its options."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the same markup."""
        held, choices = self.format_value(value), list(self.choices)
        chosen = next((at for at, (code, _label) in enumerate(choices) if str(code) in held), None)
        rows = ((code, SELECTED if at == chosen else "", label) for at, (code, label) in enumerate(choices))
        options = format_html_join("\n", '<option value="{}"{}>{}</option>', rows)
        return format_html('<select name="{}"{}>\n{}\n</select>', name, flatatt(self.build_attrs(self.attrs, attrs)), options)


class TextField(forms.CharField):
    """A parent's own words: up to 20,000 characters, kept as typed but for line ends.

    ``missing`` is what is said where they are left out; without it they may be.
    """

    def __init__(self, *, missing: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_TEXT)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4, "dir": "auto", "autocomplete": "off"}))
        super().__init__(
            required=missing is not None,
            error_messages={
                "required": missing,
                "max_length": _("This is longer than can be kept here (%(limit_value)s characters). Nothing was cut off."),
                "null_characters_not_allowed": _("There is a sign in these words that cannot be kept. Delete it and save again."),
            },
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        """Line ends become one sign, so that the same words are equal however they were sent."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class DayField(forms.DateField):
    """A day, typed or chosen in the browser's own calendar; ``missing`` as with words."""

    def __init__(self, *, missing: Any = None, **kwargs: Any) -> None:
        super().__init__(
            required=missing is not None,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={
                "required": missing,
                "invalid": _("Write the day as year, month and day, for example 2026-11-20."),
            },
            **kwargs,
        )
