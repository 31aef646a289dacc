"""Tags of the page frame: icons, Japanese line breaks, form controls, and the messages of a private page."""

from functools import lru_cache
from typing import Any

from django import forms, template
from django.contrib.messages import get_messages
from django.forms import BoundField
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from guidance.phrases import close_up, split

register = template.Library()
register.filter("attributes", flatatt)

# Drop-down lists of old text and spelling helpers in the cloud would show private words to the next person (security R4.10).
PRIVATE_TEXT = {"dir": "auto", "autocomplete": "off", "writingsuggestions": "false"}
# Parameters of _field.html that go to the control, and the attributes they set.
ATTRIBUTES = {"autocomplete": "autocomplete", "inputmode": "inputmode", "rows": "rows", "css": "class"}
KINDS = {"checkbox": "box"}


@register.simple_tag
@lru_cache(maxsize=128)
def icon(name: str) -> SafeString:
    """Draw one icon of ``static/icons.svg``. It always stands beside a word, so it is hidden from screen readers."""
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name)


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


@register.simple_tag(takes_context=True)
def pieces(context: Context, field: BoundField) -> dict[str, Any]:
    """Return what ``_field.html`` draws of a field, with the parameters that stand in the context.

    They are asked for here and once: a template looks long for a variable that nobody gave it, and a bound field makes its
    list of errors anew each time.
    """
    if field.is_hidden:
        return {"kind": "hidden", "control": field.as_widget()}
    errors, identity = field.errors, field.auto_id
    help_text = context.get("hint") or ("" if context.get("bare") else field.help_text)
    described = " ".join(f"{identity}_{end}" for end, there in (("hint", help_text), ("error", errors)) if there)
    found = {
        "kind": "group" if field.use_fieldset else KINDS.get(field.widget_type, field.widget_type),
        "words": context.get("label") or field.label,
        "help": help_text,
        "errors": errors,
        "id": identity,
        "target": field.id_for_label,
        "described": described,
    }
    _quiet(field)
    if field.use_fieldset:
        return found | {"group": context.get("group") or "choices", "choices": [choice.data for choice in field.subwidgets]}
    return found | {"control": _control(context, field, described)}


def _control(context: Context, field: BoundField, described: str) -> SafeString:
    """Draw a field's control: described by its hint and error, with those of the attributes that the context holds."""
    if not described:
        field.help_text = ""  # the form's own help is not on the page, so nothing may point to it
    attrs: dict[str, Any] = {"aria-describedby": described} if described else {}
    if isinstance(field.field.widget, forms.Textarea):
        attrs |= PRIVATE_TEXT
    given = {name: context.get(parameter) for parameter, name in ATTRIBUTES.items()}
    return field.as_widget(attrs=attrs | {name: value for name, value in given.items() if value})


@register.filter
def target(field: BoundField) -> str:
    """Return the id an error summary jumps to: the control, or the first one of a group."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.simple_tag
def flash(request: HttpRequest) -> Any:
    """Return what happened just before this page. Reads the session: for private pages and sign-in only."""
    return get_messages(request)


def _quiet(field: BoundField) -> None:
    """Leave out placeholder and ``required``: the browser's bubbles are small and vanish; the server answers with a summary."""
    field.form.use_required_attribute = False
    field.field.widget.attrs.pop("placeholder", None)
