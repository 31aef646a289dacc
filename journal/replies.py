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
from journal.models import Membership, Reply, ReplyKind, Share


@dataclass(frozen=True)
class Receipt:
    """That something went to a share's counsellor, and when it was read: what ``wording.reading_state`` asks for."""

    share: Share
    shared_at: datetime
    read_at: datetime | None = None
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


def for_family(replies: Iterable[Reply], membership: Membership) -> list[Said]:
    """Return them as a parent reads them: what counsellors wrote, and what was written back and whether it was read."""
    family = {membership.user_id, *(other.user_id for other in Membership.objects.beside(membership.user, membership.journal))}
    open_now = set(Share.objects.of_member(membership.user, membership.journal).active().values_list("pk", flat=True))
    return [_for_parent(reply, membership, family, open_now) for reply in replies]


def _for_parent(reply: Reply, membership: Membership, family: set[int], open_now: set[UUID]) -> Said:
    zone = membership.user.zone
    if not reply.from_family:
        said = Said(reply, wording.writer_of(reply), states=_changed(reply, zone))
        said.can_answer = reply.share_id in open_now
        return said
    name = _("You") if reply.author_id == membership.user_id else wording.parent_name(reply.author)
    said = Said(reply, name, _label(reply), told=answers_in_words(reply))
    read_at = min((read.read_at for read in reply.reads.all() if read.user_id not in family), default=None)
    if reply.share is not None and (read_at or reply.share_id in open_now):
        said.states = [wording.reading_state(Receipt(reply.share, reply.created_at, read_at), zone)]
    elif reply.share is not None:
        said.states = [_("It ended before this was read.")]
    return said


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
