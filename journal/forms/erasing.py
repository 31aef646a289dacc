"""The word that has to be typed before something is erased for good."""

import unicodedata

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# In either language, whatever the page is in; written large, with a mark around it or wide letters, it is the same word.
WORDS = {"erase", "消す", "けす"}


class EraseForm(forms.Form):
    """One word, typed: a slip of the thumb erases nothing."""

    word = forms.CharField(
        label=_("To go on, type: erase"),
        max_length=20,
        error_messages={"required": _("Type the word “erase” if you want that. Nothing is erased yet.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_word(self) -> str:
        """Refuse any other word, kindly."""
        word = unicodedata.normalize("NFKC", self.cleaned_data["word"]).strip(" \"'“”‘’「」『』.。").casefold()
        if word not in WORDS:
            raise forms.ValidationError(gettext("Type the word “erase” if you want that. Nothing is erased yet."))
        return word
