"""Rows whose content is sealed: one typed, versioned document a row."""

import json
import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast
from uuid import UUID

from django.db import models

from journal.models.keys import JournalKey
from journal.vault import DataKey, Unreadable, key_version

if TYPE_CHECKING:
    from journal.models.journals import Journal

logger = logging.getLogger("hallway.seal")
# Unwrapped keys by journal and version.
Keys = dict[tuple[UUID, int], DataKey]


@dataclass(frozen=True, kw_only=True)
class Document:
    """What a sealed row says. Subclasses add fields with defaults; unknown fields of a newer version are kept out."""

    def dump(self) -> str:
        """Return the document as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> Self:
        """Return the document; a field an older version did not have takes its default."""
        data = json.loads(text)
        known = cls.__dataclass_fields__
        if data.keys() == known.keys():
            # A search loads thousands. With all fields at hand the frozen class's own way, one by one, sets the same.
            document = cls.__new__(cls)
            document.__dict__.update(data)
            return document
        return cls(**{name: data[name] for name in known if name in data})


class SealedQuerySet(models.QuerySet[Any]):
    """Lists of sealed rows open with one query for all their keys."""

    def opened(self, journal: "Journal | None" = None) -> list[Any]:
        """Return the rows with ``document`` set, or ``unreadable`` where a row cannot be opened; see ``open_rows``."""
        return open_rows(self, journal)


class SealedModel(models.Model):
    """A row with a sealed document. Its id is made before the insert, because the seal is bound to it."""

    LABEL: ClassVar[str]
    DOCUMENT: ClassVar[type[Document]]

    sealed = models.BinaryField()

    class Meta:
        abstract = True

    @property
    def key_journal(self) -> UUID:
        """The journal whose key seals this row."""
        return cast(UUID, self.journal_id)  # type: ignore[attr-defined]  # of every such row but the Journal, which answers for itself

    @property
    def _journal_at_hand(self) -> "Journal | None":
        """Its journal, where that was fetched with it: then its keys are unwrapped once for all its rows."""
        return cast("Journal | None", self._state.fields_cache.get("journal"))

    @property
    def document(self) -> Any:
        """The opened document; raise Unreadable where it cannot be opened."""
        if "_document" not in self.__dict__:
            open_rows([self], self._journal_at_hand)
        if self._document is None:
            raise Unreadable
        return self._document

    @property
    def unreadable(self) -> bool:
        """Whether the row cannot be opened: it is shown as such and nothing may overwrite it."""
        if "_document" not in self.__dict__:
            open_rows([self], self._journal_at_hand)
        return self._document is None

    def seal(self, document: Document, key: DataKey | None = None) -> None:
        """Put ``document`` into the row, sealed with its journal's newest key. Does not save."""
        key = key or JournalKey.objects.newest(self.key_journal)
        self.sealed = key.seal(self.LABEL, self.pk, document.dump())
        self._document: Document | None = document


def open_rows(rows: Iterable[Any], journal: "Journal | None" = None, keys: Keys | None = None) -> list[Any]:
    """Open sealed rows of any journals with one query for their keys; report each that fails, by its id.

    Rows that are all of one ``journal`` are opened with its keys, which a page asks for and unwraps once; or with ``keys``.
    """
    rows = list(rows)
    if not rows:
        return rows
    if keys is None:
        keys = journal.text_keys if journal else JournalKey.objects.unwrapped({row.key_journal for row in rows})
    for row in rows:
        try:
            row._document = open_document(type(row), keys, row.key_journal, row.pk, bytes(row.sealed))
        except Unreadable:
            row._document = None
    return rows


def open_document(model: type[SealedModel], keys: Keys, journal: UUID, pk: UUID, sealed: bytes) -> Any:
    """Open one seal of a row of ``model``; report a failure by the row's id and raise Unreadable."""
    try:
        return model.DOCUMENT.load(keys[journal, key_version(sealed)].open(model.LABEL, pk, sealed))
    except (Unreadable, KeyError):
        logger.error("cannot open %s %s", model.LABEL, pk)
        raise Unreadable from None
