"""Replies as a reader meets them: who wrote, whether it was read, what was asked, and what can be done about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guidance import library
from guidance.checkpoint import Answers
from journal import wording
from journal.cover import Readers
from journal.models import CentreRole, Reply, ReplyKind, Share


@dataclass(frozen=True)
class Receipt:
    """That something went to a share's counsellor, and when it was read: what ``wording.reading_state`` asks for."""

    share: Share
    shared_at: datetime
    read_at: datetime | None = None
    # Who read it, where that was a colleague who read instead.
    read_by: CentreRole | None = None
    # No manager's page counts these: it is never said that the centre knows.
    told_at: datetime | None = None


@dataclass
class Said:
    """One reply on a page."""

    row: Reply
    by: str
    label: str = ""
    states: list[str] = field(default_factory=list)
    # The answers to "before you act", in words.
    told: list[tuple[str, str]] = field(default_factory=list)
    can_answer: bool = False
    can_edit: bool = False
    # The day of the entry it is about, where it stands apart from it.
    about: Any = None

    @property
    def created_at(self) -> datetime:
        """When it was sent."""
        return self.row.created_at


def for_family(replies: Iterable[Reply], readers: Readers) -> list[Said]:
    """Return them as a parent reads them: what counsellors wrote, and what was written back and whether it was read."""
    known = {share.pk: share for share in readers.lately}
    return [_for_parent(reply, readers, known) for reply in replies]


def _for_parent(reply: Reply, readers: Readers, known: dict[UUID, Share]) -> Said:
    user = readers.user
    if reply.share_id in known:
        reply.share = known[reply.share_id]
    if not reply.from_family:
        said = Said(reply, wording.writer_of(reply), states=_changed(reply, user.zone))
        said.can_answer = reply.share_id in readers.by_share
        return said
    name = _("You") if reply.author_id == user.pk else wording.parent_name(readers.author_of(reply))
    said = Said(reply, name, _label(reply), told=answers_in_words(reply))
    if reply.share is not None:
        said.states = [_reading_state(reply, reply.share, readers)]
    return said


def _reading_state(reply: Reply, share: Share, readers: Readers) -> str:
    """Whether the counsellor of a share, or who reads instead, has read what the family wrote."""
    family = {readers.user.pk, *(other.user_id for other in readers.others)}
    reads = sorted((read.read_at, read.user_id) for read in reply.reads.all() if read.user_id not in family)
    share = readers.by_share.get(share.pk, share)
    if reads:
        read_at, reader = reads[0]
        receipt = Receipt(share, reply.created_at, read_at, readers.colleagues.get((share.pk, reader)))
    elif share.pk in readers.by_share:
        receipt = Receipt(share, reply.created_at)
    else:
        return _("It ended before this was read.")
    return wording.reading_state(receipt, readers.user.zone, readers.instead.get(share.pk))


def for_desk(replies: Iterable[Reply], user: Any) -> list[Said]:
    """Return them as a counsellor reads them: their own with whether the family has read them, and what families wrote."""
    return [_for_counsellor(reply, user) for reply in replies]


def _for_counsellor(reply: Reply, user: Any) -> Said:
    if reply.from_family:
        name = reply.author.display_name and wording.parent_name(reply.author)
        return Said(reply, name or _("A parent"), _label(reply), told=answers_in_words(reply))
    read_at = min((read.read_at for read in reply.reads.all()), default=None)
    state = _("The family has not read this yet.")
    if read_at:
        state = _("Read by the family, %(date)s") % {"date": wording.day(read_at.astimezone(user.zone).date())}
    said = Said(reply, wording.writer_of(reply), states=[*_changed(reply, user.zone), state])
    said.can_edit = reply.author_id == user.pk and timezone.now() < reply.editable_until
    return said


def _changed(reply: Reply, zone: Any) -> list[str]:
    if reply.changed_at is None:
        return []
    return [_("Changed: %(time)s.") % {"time": wording.moment(reply.changed_at.astimezone(zone))}]


def _label(reply: Reply) -> str:
    if reply.unreadable:
        return ""
    return {ReplyKind.QUESTION.value: _("Question"), ReplyKind.CHECK.value: _("Before you act")}.get(reply.document.kind, "")


def answers_in_words(reply: Reply) -> list[tuple[str, str]]:
    """The answers to "before you act", each with its question, in the page's language."""
    if reply.unreadable or reply.document.kind != ReplyKind.CHECK:
        return []
    return told(Answers.read(reply.document.answers))


def told(answers: Answers) -> list[tuple[str, str]]:
    """Every question with the words of its answer."""
    language = get_language() or "en"
    rows = library.current().questionnaire.told(answers)
    return [(question.short[language], words[language] if words else _("Not answered")) for question, words in rows]
