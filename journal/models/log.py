"""Who read what, and when: a log the family can read and nobody can change."""

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from django.db import connections, models, transaction
from django.utils import timezone

from journal.models.journals import Journal, JournalKey
from journal.models.sharing import Share, SharedEntry
from journal.vault import chain

logger = logging.getLogger("hallway.log")


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


class AccessEventQuerySet(models.QuerySet["AccessEvent"]):
    """Reading and extending the log."""

    def of_family(self, user: Any, journal: Journal) -> Self:
        """The log of one of this parent's journals, newest first."""
        return self.filter(journal=journal, journal__memberships__user=user).order_by("-number")

    def before(self, number: int) -> Self:
        """The lines before this one, by key."""
        return self.filter(number__lt=number)

    @transaction.atomic
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
    ) -> None:
        """Add one line for one request. If the line cannot be written, the act fails with it.

        ``at`` is for the demo's invented past alone: a request is logged at the moment it is made.
        """
        # The head is locked before each insert, so that two writers cannot take one number.
        head, _ = AccessHead.objects.select_for_update().get_or_create(journal_id=journal)
        event = AccessEvent(
            journal_id=journal,
            number=head.number + 1,
            who=who.pk,
            role=role,
            verb=verb,
            share=share,
            at=at or timezone.now(),
            shown=sorted(str(pk) for pk in shown),
        )
        event.mac = event.expected_mac(JournalKey.objects.log_key(journal), bytes(head.mac))
        event.save(force_insert=True)
        head.number, head.mac = event.number, event.mac
        head.save(update_fields=["number", "mac"])

    @transaction.atomic
    def record_reading(self, user: Any, share: Share, entries: Iterable[Any]) -> None:
        """A counsellor is about to be shown these entries: log it before anything renders, and mark them as read."""
        ids = [entry.pk for entry in entries]
        self.record(
            journal=share.journal_id,
            who=user,
            role="counsellor",
            verb=Verb.READ if ids else Verb.OPENED,
            share=share.pk,
            shown=ids,
        )
        SharedEntry.objects.filter(share=share, entry__in=ids, read_at=None).update(read_at=timezone.now())

    def first_fault(self, journal: UUID) -> int | None:
        """Return the number of the first line that does not follow from the one before, or None when the chain holds."""
        key = JournalKey.objects.log_key(journal)
        previous, number = b"", 0
        for event in self.filter(journal=journal).order_by("number").iterator():
            number += 1
            if event.number != number or event.expected_mac(key, previous) != bytes(event.mac):
                return number
            previous = bytes(event.mac)
        head = AccessHead.objects.filter(journal=journal).first()
        # Lines without a head are as wrong as a head without its lines: somebody took it to hide a cut tail.
        if ((head.number, bytes(head.mac)) if head else (0, b"")) != (number, previous):
            return number + 1
        return None


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
