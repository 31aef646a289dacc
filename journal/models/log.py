"""Who read what, and when: a log the family can read and nobody can change."""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.db import DatabaseError, connections, models, transaction
from django.utils import timezone

from journal.models.journals import Journal, Membership
from journal.models.keys import JournalKey
from journal.models.shared_entries import SharedEntry
from journal.models.sharing import Share
from journal.vault import Unreadable, chain

logger = logging.getLogger("hallway.log")

# Somebody whose reading has ended and who tries again is noted once in this time: a list of the same line tells nobody more.
REFUSED_AGAIN = timedelta(days=1)


class LogUnavailable(Exception):
    """The log cannot be written, so nothing is shown: answered with 503 (`journal.middleware.LogMiddleware`)."""


class Wrong(models.TextChoices):
    """What does not fit in a chain."""

    MISSING = "missing", "lines before it are missing"
    CHANGED = "changed", "does not follow from the line before it"
    HEAD = "head", "is not where the newest line should be"
    KEY = "key", "cannot be checked: its key does not open"


@dataclass(frozen=True)
class Fault:
    """The first place where something does not fit, and what; never a word of anybody."""

    number: int
    wrong: Wrong


class Verb(models.TextChoices):
    """What was done, in the words the page translates."""

    READ = "read"
    OPENED = "opened"
    WROTE = "wrote"
    WIDENED = "widened"
    NARROWED = "narrowed"
    STOPPED = "stopped"
    STARTED = "started"
    CONTINUED = "continued"
    TOOK_OUT = "took_out"
    PRINTED = "printed"
    BRIEFED = "briefed"
    CONFIRMED = "confirmed"
    EDITED = "edited"
    READ_PAGE = "read_page"
    READ_RULES = "read_rules"
    INVITED = "invited"
    JOINED = "joined"
    LEFT = "left"
    REMOVED = "removed"
    KEEPS = "keeps"
    COVERED = "covered"
    TOOK_OVER = "took_over"
    REFUSED = "refused"


class AccessEventQuerySet(models.QuerySet["AccessEvent"]):
    """Reading and extending the log."""

    def of_family(self, user: Any, journal: Journal) -> Self:
        """The log of one of this parent's journals since it is open to them, newest first."""
        since = models.Exists(Membership.objects.reading(user, "at"))
        return self.filter(since, journal=journal).order_by("-number")

    def before(self, number: int) -> Self:
        """The lines before this one, by key."""
        return self.filter(number__lt=number)

    def record(
        self,
        *,
        journal: UUID,
        who: Any,
        role: str,
        verb: str,
        share: UUID | None = None,
        shown: Iterable[UUID] = (),
        at: datetime | None = None,
        savepoint: bool = True,
    ) -> None:
        """Add one line for one request. If the line cannot be written, the act fails with it: raise LogUnavailable.

        ``at`` is for the demo's invented past alone: a request is logged at the moment it is made. Without ``savepoint``
        the transaction it is called in cannot go on after that.
        """
        event = AccessEvent(journal_id=journal, who=who.pk, role=role, verb=verb, share=share, at=at or timezone.now())
        event.shown = sorted(str(pk) for pk in shown)
        try:
            with transaction.atomic(savepoint=savepoint):
                event.append()
        except (DatabaseError, Unreadable, JournalKey.DoesNotExist) as error:
            logger.error("the access log of journal %s cannot be written: %s", journal, type(error).__name__)
            raise LogUnavailable from error

    @transaction.atomic
    def record_reading(self, user: Any, share: Share, entries: Sequence[Any], messages: Sequence[Any] = ()) -> None:
        """A counsellor is about to be shown these entries and messages: log it before anything renders.

        The entries are marked as read with it; who has read a message is kept beside the message. Whoever reads in place
        of the share's own counsellor reads as their cover, and the line says so.
        """
        ids = [entry.pk for entry in entries]
        reader = share.reader(user)
        read = Verb.READ if reader == share.counsellor else Verb.COVERED
        self.record(
            journal=share.journal_id,
            who=user,
            role="counsellor",
            verb=read if ids or messages else Verb.OPENED,
            share=share.pk,
            shown=[*ids, *(message.pk for message in messages)],
            savepoint=False,
        )
        if unread := [entry.pk for entry in entries if getattr(entry, "read_at", None) is None]:
            rows = SharedEntry.objects.filter(share=share, entry__in=unread, read_at=None)
            rows.update(read_at=timezone.now(), read_by=None if reader == share.counsellor else reader)

    def record_refusal(self, user: Any, share_id: UUID) -> None:
        """A page of a family was refused: where this person could read it once, the family sees that they tried.

        Nothing is said about anybody else: an address that was made up belongs to no journal. The refusal stands whether
        or not the line can be written.
        """
        own, instead = (
            models.Q(counsellor__user=user),
            models.Q(covers__counsellor__user=user, covers__starts_at__lte=timezone.now()),
        )
        share = Share.objects.filter(own | instead, pk=share_id).first()
        if share is None:
            return
        lately = self.filter(journal=share.journal_id, who=user.pk, verb=Verb.REFUSED, at__gt=timezone.now() - REFUSED_AGAIN)
        if lately.exists():
            return
        try:
            self.record(journal=share.journal_id, who=user, role="counsellor", verb=Verb.REFUSED, share=share.pk)
        except LogUnavailable:
            return

    # ---- whether the chain holds

    def faults(self, journal: UUID) -> list[Fault]:
        """Every place of a journal's log where something does not fit: lines missing, changed, moved or cut off."""
        try:
            key = JournalKey.objects.log_key(journal)
        except (Unreadable, JournalKey.DoesNotExist):
            return [Fault(1, Wrong.KEY)]
        lines = self.filter(journal=journal).order_by("number")
        return [*_follow(key, lines.iterator(), 0, b""), *self._fault_of_head(journal)]

    def page_fault(self, journal: UUID, page: Sequence["AccessEvent"]) -> Fault | None:
        """The first fault among the lines of one page (newest first), or between the newest line and the head.

        It costs the same for ten lines and for ten thousand; `manage.py verify_log` looks at all of them.
        """
        try:
            key = JournalKey.objects.log_key(journal)
        except (Unreadable, JournalKey.DoesNotExist):
            return Fault(1, Wrong.KEY)
        lines = list(reversed(page))
        number = lines[0].number - 1 if lines else 0
        before = self.filter(journal=journal, number=number).first()
        if number and before is None:
            return Fault(lines[0].number, Wrong.MISSING)
        found = [*_follow(key, lines, number, bytes(before.mac) if before else b""), *self._fault_of_head(journal)]
        return found[0] if found else None

    def _fault_of_head(self, journal: UUID) -> list[Fault]:
        # Lines without a head are as wrong as a head without its lines: somebody took it to hide a cut tail.
        newest = self.filter(journal=journal).order_by("-number").first()
        head = AccessHead.objects.filter(journal=journal).first()
        pairs = [(row.number, bytes(row.mac)) if row else (0, b"") for row in (newest, head)]
        if pairs[0] == pairs[1]:
            return []
        return [Fault(max(pairs[0][0], pairs[1][0]), Wrong.HEAD)]


def _follow(key: bytes, lines: Iterable["AccessEvent"], number: int, previous: bytes) -> Iterator[Fault]:
    """Walk along lines in their order; ``number`` and ``previous`` are those of the line before the first one."""
    for line in lines:
        if line.number != number + 1:
            yield Fault(line.number, Wrong.MISSING)
        elif line.expected_mac(key, previous) != bytes(line.mac):
            yield Fault(line.number, Wrong.CHANGED)
        number, previous = line.number, bytes(line.mac)


class AccessEvent(models.Model):
    """One line of the log. Triggers refuse every change; a delete passes only for a journal that was erased."""

    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="access_events")
    number = models.PositiveIntegerField()
    # Ids without foreign keys: deleting an account leaves the line.
    who = models.BigIntegerField()
    role = models.CharField(max_length=10)
    share = models.UUIDField(null=True)
    verb = models.CharField(max_length=10, choices=Verb)
    at = models.DateTimeField()
    shown = models.JSONField(default=list)
    mac = models.BinaryField()

    objects = AccessEventQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["journal", "number"], name="one_line_per_number")]

    def __str__(self) -> str:
        return f"line {self.number} of {self.journal_id}"

    @transaction.atomic(savepoint=False)
    def append(self) -> None:
        """Become the newest line. The head is locked before each insert, so that two writers cannot take one number."""
        head, _ = AccessHead.objects.select_for_update().get_or_create(journal_id=self.journal_id)
        self.number = head.number + 1
        self.mac = self.expected_mac(JournalKey.objects.log_key(self.journal_id), bytes(head.mac))
        self.save(force_insert=True)
        head.number, head.mac = self.number, self.mac
        head.save(update_fields=["number", "mac"])

    def expected_mac(self, key: bytes, previous: bytes) -> bytes:
        """The MAC this line has if nobody changed it, or any line before it."""
        fields = [str(self.journal_id), str(self.number), self.at.astimezone(UTC).isoformat(), str(self.who), self.role]
        return chain(key, previous, [*fields, str(self.share), self.verb, json.dumps(self.shown)])


class AccessHead(models.Model):
    """The newest line of a journal's log: locked before each insert, and the reason why a cut tail shows."""

    journal = models.OneToOneField(Journal, on_delete=models.CASCADE, primary_key=True, related_name="access_head")
    number = models.PositiveIntegerField(default=0)
    mac = models.BinaryField(default=bytes)

    def __str__(self) -> str:
        return f"head of {self.journal_id}"


class Erased(models.Model):
    """What was purged for good: replayed after every restore, so that nothing comes back."""

    kind = models.CharField(max_length=10)
    row_id = models.CharField(max_length=40)
    erased_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "erased"
        constraints = [models.UniqueConstraint(fields=["kind", "row_id"], name="erased_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"


# INSERT OR REPLACE and TRUNCATE pass by the triggers of a row: each has one of its own.
SQLITE = """
CREATE TRIGGER IF NOT EXISTS journal_accessevent_no_update BEFORE UPDATE ON journal_accessevent
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS journal_accessevent_no_delete BEFORE DELETE ON journal_accessevent
WHEN NOT EXISTS (SELECT 1 FROM journal_erased WHERE kind = 'journal' AND replace(row_id, '-', '') = OLD.journal_id)
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS journal_accessevent_no_replace BEFORE INSERT ON journal_accessevent
WHEN EXISTS (SELECT 1 FROM journal_accessevent WHERE id = NEW.id OR (journal_id = NEW.journal_id AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
"""
POSTGRESQL = """
CREATE OR REPLACE FUNCTION journal_accessevent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM journal_erased WHERE kind = 'journal' AND row_id = OLD.journal_id::text) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER IF EXISTS journal_accessevent_append_only ON journal_accessevent;
CREATE TRIGGER journal_accessevent_append_only BEFORE UPDATE OR DELETE ON journal_accessevent
FOR EACH ROW EXECUTE FUNCTION journal_accessevent_append_only();
DROP TRIGGER IF EXISTS journal_accessevent_no_truncate ON journal_accessevent;
CREATE TRIGGER journal_accessevent_no_truncate BEFORE TRUNCATE ON journal_accessevent
FOR EACH STATEMENT EXECUTE FUNCTION journal_accessevent_append_only();
"""


def install_triggers(using: str = "default", **kwargs: Any) -> None:
    """Make the log append-only in the database itself; runs after every migrate."""
    connection = connections[using]
    if AccessEvent._meta.db_table not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for statement in SQLITE.split("END;"):
                if statement.strip():
                    cursor.execute(statement + "END;")
        else:
            cursor.execute(POSTGRESQL)
