"""Tags of the page frame: icons, Japanese line breaks, form controls, and the messages of a private page."""

from functools import lru_cache
from typing import Any

from django import forms, template
from django.contrib.messages import get_messages
from django.forms import BoundField
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from guidance.phrases import close_up, split

register = template.Library()

# Drop-down lists of old text and spelling helpers in the cloud would show private words to the next person (security R4.10).
PRIVATE_TEXT = {"dir": "auto", "autocomplete": "off", "writingsuggestions": "false"}


@register.simple_tag
@lru_cache(maxsize=128)
def icon(name: str) -> SafeString:
    """Draw one icon of ``static/icons.svg``. It always stands beside a word, so it is hidden from screen readers."""
    return format_html('<svg class="i" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>', static("icons.svg"), name)


@register.filter
def phrases(value: object) -> SafeString:
    """Let Japanese break between phrases only, in every browser; escape and return other languages unchanged.

    For headings and short labels, not for running text. Safe strings are escaped too: a break inside a tag would tear it.
    """
    text = str(value)
    if get_language() != "ja":
        return format_html("{}", text)
    broken = format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in split(text)))
    return format_html('<span class="phrases">{}</span>', broken)


@register.simple_block_tag
def sentences(content: SafeString) -> SafeString:
    """Set sentences that are translated one by one beside each other: with a space, in Japanese without one."""
    return mark_safe(close_up(content))  # noqa: S308 – the block's own output, escaped where it was made; spaces go


@register.simple_tag
def control(field: BoundField, hint: str = "", **attributes: str) -> SafeString:
    """Draw a field's control for ``_field.html``: described by its hint and error, without placeholder or ``required``.

    Browser bubbles for ``required`` are small and vanish; the server answers with a summary instead. Further
    attributes (``autocomplete``, ``inputmode``, ``css`` for the class, ``rows``) are set where they are not empty.
    """
    widget = field.field.widget
    _quiet(field)
    described = [field.auto_id + end for end, there in (("_hint", hint), ("_error", field.errors)) if there]
    if not described:
        field.help_text = ""  # the form's own help is not on the page, so nothing may point to it
    attrs: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if isinstance(widget, forms.Textarea):
        attrs |= PRIVATE_TEXT
    attributes["class"] = attributes.pop("css", "")
    return field.as_widget(attrs=attrs | {name: value for name, value in attributes.items() if value})


@register.simple_tag
def options(field: BoundField) -> list[Any]:
    """Return the single controls of a group of radio buttons or boxes, without ``required``."""
    _quiet(field)
    return field.subwidgets


@register.filter
def target(field: BoundField) -> str:
    """Return the id an error summary jumps to: the control, or the first one of a group."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.simple_tag
def flash(request: HttpRequest) -> Any:
    """Return what happened just before this page. Reads the session: for private pages and sign-in only."""
    return get_messages(request)


def _quiet(field: BoundField) -> None:
    field.form.use_required_attribute = False
    field.field.widget.attrs.pop("placeholder", None)
