"""Every page of the site with the state it needs: for the page rails and for the accessibility checks in the browser.

A file a part of the site; a new page gets a screen in the file of its part. Importing them fills SCREENS.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.screens.stage import (
    PASSWORD,
    SCREENS,
    WITHOUT_SCREEN,
    Screen,
    code_in,
    complete,
    form_of_entry,
    reply,
    sign_in_just_now,
)

for part in iter_modules(__path__):
    import_module(f"{__name__}.{part.name}")

__all__ = [
    "PASSWORD",
    "SCREENS",
    "WITHOUT_SCREEN",
    "Screen",
    "code_in",
    "complete",
    "form_of_entry",
    "reply",
    "sign_in_just_now",
]
