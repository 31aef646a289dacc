"""A journal or an account ends for good: keys first, then the rows, and a ledger that no backup gets past.

Two transactions. After the first nothing can be opened by anybody; the second takes away the remains. Should the machine
die between them, `manage.py tick` finishes, and a restored backup goes through the same ledger.
"""

import logging
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.utils import timezone

from journal.models.accounts import CentreRole, User
from journal.models.agreements import Agreement
from journal.models.circle import FamilyPage, SupportPerson
from journal.models.entries import Entry
from journal.models.invitations import MemberInvitation
from journal.models.journals import Journal, Membership
from journal.models.keys import JournalKey
from journal.models.leaving import Mine, leave
from journal.models.log import AccessEvent, Erased, LogUnavailable, Verb
from journal.models.person_requests import PersonRequest
from journal.models.replies import Reply
from journal.models.sharing import Share
from journal.models.visits import VisitPlan

logger = logging.getLogger("hallway.erasing")

JOURNAL, ACCOUNT = "journal", "account"
ROWS: dict[str, type[Any]] = {
    "entry": Entry,
    "reply": Reply,
    "visit": VisitPlan,
    "request": PersonRequest,
    SupportPerson.KIND: SupportPerson,
    Agreement.KIND: Agreement,
    FamilyPage.KIND: FamilyPage,
}
MANY = 500


class NotAlone(Exception):
    """Somebody else writes here too: one parent does not erase the other's words."""


class AtCentre(Exception):
    """An account of a centre ends through its centre: families have to know who read."""


def erase_journal(membership: Membership) -> None:
    """Erase a journal that one person keeps alone; raise NotAlone where others write in it."""
    with transaction.atomic():
        Journal.lock(membership.journal_id)
        here = Membership.objects.filter(journal=membership.journal_id)
        if here.exclude(pk=membership.pk).exists() or not here.filter(pk=membership.pk, role=Membership.Role.OWNER).exists():
            raise NotAlone
        _destroy(membership.journal_id)
    _finish_journal(membership.journal_id)


def erase_account(user: User) -> None:
    """Erase an account with everything this person wrote; raise AtCentre for the people of a centre.

    A journal they keep together with others passes to whoever has written in it longest: nobody may lose their words, and
    nobody may be kept here because somebody else does not answer.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if CentreRole.objects.filter(user=user).exists():
            raise AtCentre
        _note(ACCOUNT, [user.pk])
        _leave_all(user)
        # From here on nobody signs in: `tick` has only rows to take away.
        User.objects.filter(pk=user.pk).update(is_active=False, password="!", notice_hour=None)  # noqa: S106  (no password)
    finish()


def finish() -> int:
    """Take away the remains of what was erased; return of how many journals and accounts. Run by ``manage.py tick``."""
    done = 0
    # Whatever was begun has nobody who writes in it, or signs in: the ledger, which only grows, is not walked each time.
    journals = Journal.objects.filter(memberships=None).values_list("pk", flat=True)
    for journal in _in_ledger(JOURNAL, list(journals)):
        done += _finish_journal(journal)
    closed = User.objects.filter(is_active=False).values_list("pk", flat=True)
    for user in _in_ledger(ACCOUNT, list(closed)):
        done += _finish_account(user)
    return done


def replay() -> int:
    """Erase again what a restored backup brought back; return how many rows. Run by ``manage.py restore``."""
    done = 0
    for kind, model in ROWS.items():
        ids = _ledger(kind)
        for start in range(0, len(ids), MANY):
            done += _delete(model.objects.filter(pk__in=ids[start : start + MANY]))
    for pk in _ledger(JOURNAL):
        with transaction.atomic():
            _destroy(UUID(pk))
    for pk in _ledger(ACCOUNT):
        for user in User.objects.filter(pk=int(pk)):
            if _is_erased(user):
                User.objects.filter(pk=user.pk).update(is_active=False)
    return done + finish()


def _destroy(journal: UUID) -> None:
    """Nobody opens it any more: not by its key, not as a parent, not as a counsellor."""
    _note(JOURNAL, [journal])
    JournalKey.objects.filter(journal=journal).delete()
    Membership.objects.filter(journal=journal).delete()
    Share.objects.filter(journal=journal).delete()
    transaction.on_commit(_overwrite)


def _finish_journal(journal: UUID) -> bool:
    with transaction.atomic():
        gone = _delete(Journal.objects.filter(pk=journal))
    if gone:
        _overwrite()
        logger.info("journal %s is erased", journal)
    return bool(gone)


def _finish_account(pk: int) -> bool:
    if not _is_erased(User.objects.get(pk=pk)):
        return False
    with transaction.atomic():
        _leave_all(User.objects.get(pk=pk))
        # Their own journals go first: an account cannot go before what it wrote.
        for journal in _in_ledger(JOURNAL, list(Journal.objects.filter(memberships=None).values_list("pk", flat=True))):
            _finish_journal(journal)
        User.objects.get(pk=pk).delete()
    return True


def _is_erased(user: User) -> bool:
    # After a restore, numbers are given out again: an account that began later is another person's.
    return Erased.objects.filter(kind=ACCOUNT, row_id=str(user.pk), erased_at__gte=user.date_joined).exists()


def _leave_all(user: User) -> None:
    for membership in Membership.objects.of_user(user):
        Journal.lock(membership.journal_id)
        if _pass_on(membership):
            _say_left(membership)
            leave(membership, Mine.ERASED)
        else:
            _destroy(membership.journal_id)
    _take_words(user.pk)


def _take_words(user: int) -> None:
    """What they wrote in journals that go on, or that they have left: gone, with the answers to it."""
    for kind, model in (("reply", Reply), ("entry", Entry)):
        written = model.objects.filter(author=user)
        _note(kind, list(written.values_list("pk", flat=True)))
        written.delete()


def _pass_on(membership: Membership) -> bool:
    """Let another keep the journal, where there is another; return whether there is."""
    others = Membership.objects.filter(journal=membership.journal_id).exclude(pk=membership.pk).order_by("joined_at", "id")
    heir = others.first()
    if heir is None:
        return False
    if membership.role == Membership.Role.OWNER:
        Membership.objects.filter(pk=membership.pk).update(role=Membership.Role.MEMBER)
        Membership.objects.filter(journal=membership.journal_id).update(offered_at=None)
        Membership.objects.filter(pk=heir.pk).update(role=Membership.Role.OWNER)
        MemberInvitation.objects.open().filter(journal=membership.journal_id).update(ended_at=timezone.now())
    return True


def _say_left(membership: Membership) -> None:
    try:
        AccessEvent.objects.record(journal=membership.journal_id, who=membership.user, role="parent", verb=Verb.LEFT)
    except LogUnavailable:
        logger.warning("journal %s: an account left it, and its log could not say so", membership.journal_id)


def _note(kind: str, ids: list[Any]) -> None:
    Erased.objects.bulk_create([Erased(kind=kind, row_id=str(pk)) for pk in ids], ignore_conflicts=True)


def _in_ledger(kind: str, ids: list[Any]) -> list[Any]:
    erased: set[str] = set()
    for start in range(0, len(ids), MANY):
        wanted = [str(pk) for pk in ids[start : start + MANY]]
        erased.update(Erased.objects.filter(kind=kind, row_id__in=wanted).values_list("row_id", flat=True))
    return [pk for pk in ids if str(pk) in erased]


def _ledger(kind: str) -> list[str]:
    return list(Erased.objects.filter(kind=kind).values_list("row_id", flat=True))


def _delete(rows: models.QuerySet[Any]) -> int:
    return rows.delete()[0]


def _overwrite() -> None:
    """SQLite keeps what was deleted in its write-ahead log until that is written back: do it now, as far as readers let it."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
