"""How a reader wants the pages to look: read from a form, kept in the `display` and `language` cookies."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import iri_to_uri
from django.utils.translation import get_language

from config.context import SIZES, THEMES

YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Display:
    """A choice of theme, text size and language, and the page to go back to."""

    theme: str
    size: str
    language: str
    next: str

    @classmethod
    def read(cls, request: HttpRequest) -> "Display":
        """Take the choice from the form, else from the cookie; whatever is unknown is left as it was."""
        theme, _, size = request.COOKIES.get("display", "").partition("-")
        form = request.POST
        language = _one_of(form.get("language"), tuple(dict(settings.LANGUAGES)), get_language() or settings.LANGUAGE_CODE)
        return cls(
            theme=_one_of(form.get("theme"), THEMES, _one_of(theme, THEMES, THEMES[0])),
            size=_one_of(form.get("size"), SIZES, _one_of(size, SIZES, SIZES[0])),
            language=language,
            next=_next(form.get("next") or request.GET.get("next", ""), language),
        )

    def keep(self, response: HttpResponse) -> None:
        """Set both cookies: for a year, on this site only, out of reach of scripts."""
        for name, value in (("display", f"{self.theme}-{self.size}"), (settings.LANGUAGE_COOKIE_NAME, self.language)):
            response.set_cookie(name, value, max_age=YEAR, secure=settings.SECURE, httponly=True, samesite="Lax")


def _one_of(value: str | None, allowed: tuple[str, ...], default: str) -> str:
    return value if value in allowed else default


def _next(path: str, language: str) -> str:
    """Return a page of this site in the chosen language; the front page for everything else.

    The address is made anew from what follows the language, so that no host, scheme or line break survives.
    """
    prefix, _, rest = path.removeprefix("/").partition("/")
    return iri_to_uri(f"/{language}/{rest}") if prefix in dict(settings.LANGUAGES) else f"/{language}/"
