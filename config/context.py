"""What every page's frame needs, from the address and the display cookie alone."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

THEMES = ("auto", "light", "dark")
SIZES = ("normal", "large")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the display choice, the language, and the address of this page in the other language."""
    theme, _, size = request.COOKIES.get("display", "").partition("-")
    language = get_language() or settings.LANGUAGE_CODE
    other = "ja" if language == "en" else "en"
    return {
        "theme": theme if theme in THEMES else "auto",
        "text_size": size if size in SIZES else "normal",
        "language": language,
        "other_language": other,
        "other_language_url": _in_language(request, other),
        "demo": settings.DEMO,
    }


def _in_language(request: HttpRequest, language: str) -> str:
    # Only an address that can be opened by GET has a twin; after a POST or an error the door is the front one.
    prefix, _, rest = request.path_info.lstrip("/").partition("/")
    if request.method not in {"GET", "HEAD"} or prefix not in dict(settings.LANGUAGES):
        return f"/{language}/"
    return f"/{language}/{rest}"
