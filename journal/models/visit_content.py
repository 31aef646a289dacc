"""What a visit plan says, sealed, and the answers it knows."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from journal.models.accounts import zone_named
from journal.models.entries import Hard
from journal.models.sealed import Document

# After a visit the parents are asked on three days how it is at home (docs/hazards.md).
FOLLOW_DAYS = 3


class Told(models.TextChoices):
    """How the person was told who comes, when and why."""

    SAID = "said", _("I said it")
    NOTE = "note", _("I left a note")
    MESSAGE = "message", _("I sent a message")
    LETTER = "letter", _("Their letter came")


class Answer(models.TextChoices):
    """What the person answered. Only the first one is a yes; silence is a no."""

    YES = "yes", _("They said yes")
    OTHER = "other", _("They would like another day, or a letter")
    LETTER = "letter", _("They would like another day, or a letter")
    NO = "no", _("They said no. Nobody will come.")
    NONE = "none", _("No answer. That counts as no for now.")


class AfterVisit(models.TextChoices):
    """The answers to "How have things been at home since?"; the grave ones are those of a hard day."""

    USUAL = "usual", _("Much as usual")
    TENSE = "tense", _("Tense, or quieter than usual")
    AFRAID = Hard.AFRAID.value, Hard.AFRAID.label
    HURT = Hard.HURT.value, Hard.HURT.label
    DYING = Hard.DYING.value, Hard.DYING.label
    SKIP = Hard.SKIP.value, Hard.SKIP.label


GRAVE = {AfterVisit.AFRAID, AfterVisit.HURT, AfterVisit.DYING}


@dataclass(frozen=True, kw_only=True)
class VisitContent(Document):
    """Everything a plan says, sealed: who comes, when, what for, what they are told, what the person answered."""

    v: int = 1
    visitor: str = ""
    # The share whose counsellor is the visitor, and the share that may read the sheet: set by two different acts.
    share: str = ""
    sheet_to: str = ""
    day: str = ""
    at: str = ""
    zone: str = ""
    length: str = ""
    purpose: str = ""
    aftercare: str = ""
    sheet: str = ""
    show_sheet: bool = False
    confirmed_how: str = ""
    told_how: str = ""
    off_way: str = ""
    no_why: bool = False
    answer: str = ""
    by_link: bool = False
    after: list[str] = field(default_factory=lambda: [""] * FOLLOW_DAYS)

    @property
    def start(self) -> datetime:
        """The moment the visit begins: by the clock of the parent who wrote it down."""
        return datetime.combine(date.fromisoformat(self.day), time.fromisoformat(self.at), tzinfo=zone_named(self.zone))

    def grave_since(self, since: date) -> bool:
        """Whether an answer of the days after, since this day, says that somebody was afraid or hurt."""
        first = date.fromisoformat(self.day)
        return any(
            answer in GRAVE and first + timedelta(days=number) >= since for number, answer in enumerate(self.after, start=1)
        )
