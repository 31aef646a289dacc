"""The keys of journals, wrapped by the master key, and their check when the site starts."""

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, models

from journal.vault import DataKey, Unreadable, vault


class JournalKeyManager(models.Manager["JournalKey"]):
    """Keys are read here alone."""

    def keep(self, journal: UUID, purpose: str, version: int, secret: bytes) -> "JournalKey":
        """Store a key, wrapped by the active master key."""
        master, wrapped = vault().wrap(secret, journal, purpose, version)
        return self.create(journal_id=journal, purpose=purpose, version=version, master=master, wrapped=wrapped)

    def unwrapped(self, journals: Iterable[UUID]) -> dict[tuple[UUID, int], DataKey]:
        """Return every text key of these journals by (journal, version); a key that does not open is left out."""
        keys, purpose = {}, JournalKey.Purpose.TEXT
        rows = self.filter(journal__in=[*journals], purpose=purpose).values_list("journal", "version", "master", "wrapped")
        for journal, version, master, wrapped in rows:
            try:
                secret = vault().unwrap(master, bytes(wrapped), journal, purpose, version)
            except Unreadable:
                continue
            keys[journal, version] = DataKey(journal=journal, version=version, secret=secret)
        return keys

    def newest(self, journal: UUID) -> DataKey:
        """Return the key that seals new text of this journal; raise Unreadable where it has none."""
        key = self.filter(journal=journal, purpose=JournalKey.Purpose.TEXT).order_by("-version").first()
        if key is None:
            raise Unreadable
        return DataKey(journal=journal, version=key.version, secret=key.unwrap())

    def log_key(self, journal: UUID) -> bytes:
        """Return the key that chains this journal's access log."""
        return self.get(journal=journal, purpose=JournalKey.Purpose.LOG).unwrap()

    def one_of_each_master(self) -> models.QuerySet["JournalKey"]:
        """Return one key wrapped by each master key in use, for the check at the start."""
        samples = self.values("master").annotate(sample=models.Min("pk")).values("sample")
        return self.filter(pk__in=samples)


class JournalKey(models.Model):
    """A journal's key, wrapped. Its own table: never in a content backup; deleted, the text is gone."""

    class Purpose(models.TextChoices):
        TEXT = "text"
        LOG = "log"

    journal = models.ForeignKey("journal.Journal", on_delete=models.CASCADE, related_name="keys")
    purpose = models.CharField(max_length=4, choices=Purpose)
    version = models.PositiveSmallIntegerField()
    master = models.PositiveSmallIntegerField()
    wrapped = models.BinaryField()

    objects = JournalKeyManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["journal", "purpose", "version"], name="one_key_of_a_version")]

    def __str__(self) -> str:
        return f"key {self.purpose} {self.version} of {self.journal_id}"

    def unwrap(self) -> bytes:
        """Return the key itself; raise Unreadable under a missing or wrong master key."""
        return vault().unwrap(self.master, bytes(self.wrapped), self.journal_id, self.purpose, self.version)


def check_keys() -> None:
    """Unwrap one journal key of each master key in use; raise ImproperlyConfigured where that fails.

    A wrong key must neither look like broken journals nor seal new ones. Without a database there is nothing to
    compare: guidance is still served, and the journal answers for itself.
    """

    vault()  # malformed keys are refused before the first journal exists too
    try:
        samples = list(JournalKey.objects.one_of_each_master())
    except DatabaseError:
        return
    for key in samples:
        try:
            key.unwrap()
        except Unreadable as error:
            raise ImproperlyConfigured(f"HALLWAY_KEYS cannot open the journals of this database: {error}.") from error
