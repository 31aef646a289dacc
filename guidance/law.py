"""What a text says of the law grows old: when it was last compared with its sources, and when that is too long ago."""

import re
from datetime import date, timedelta

from guidance.documents import Document
from guidance.text import Block

# Laws are amended by the year; a text that nobody has looked at for longer says so (our own figure).
KEPT = timedelta(days=365)
# So long before, `manage.py content law` asks for another look.
WARNED = timedelta(days=30)
# Of no one country: what a text says of law wherever its reader lives.
ANY = "any"
# Whoever uses one of these words says something of the law.
STATES = {
    "en": re.compile(
        r"\b(?:laws?|(?:un)?lawful(?:ly)?|(?:il)?legal(?:ly)?|crimes?|courts?|cooling[- ]off|void)\b", re.IGNORECASE
    ),
    "ja": re.compile("法律|法令|違法|合法|犯罪|裁判|判決|無効|クーリング"),
}


def states(blocks: list[Block], language: str) -> Block | None:
    """Return the first block that says something of the law, or None."""
    return next((block for block in blocks if STATES[language].search(block.words)), None)


def lapses_on(document: Document) -> date | None:
    """Return the first day on which the page says that it may be out of date; None where it says nothing of the law."""
    return document.law_checked + KEPT if document.law_checked else None


def is_old(document: Document, day: date) -> bool:
    """Say whether nobody has compared the text with its sources for too long."""
    lapses = lapses_on(document)
    return lapses is not None and day >= lapses
