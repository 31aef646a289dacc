"""Every page of the site with the state it needs: for the page rails and for the accessibility checks in the browser.

A file a part of the site; a new page gets a screen in the file of its part. Importing them fills SCREENS.
"""

from tests.screens import accounts, circle, desk, errors, journal, members, public
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

__all__ = [
    "PASSWORD",
    "SCREENS",
    "WITHOUT_SCREEN",
    "Screen",
    "accounts",
    "circle",
    "code_in",
    "complete",
    "desk",
    "errors",
    "form_of_entry",
    "journal",
    "members",
    "public",
    "reply",
    "sign_in_just_now",
]
