"""Drawings that a text may place: ``{{ figure:circles }}`` in a paragraph of its own.

Each is a template of inline SVG with a title, a description and the same content as a list of words, for whoever
does not see it; colours are tokens, so that it holds in the dark, on paper and in forced colours.
"""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

NAMES = ("circle", "circles")


def draw(name: str) -> SafeString:
    """Return a drawing in the active language."""
    return render_to_string(f"guidance/figure_{name}.html")
