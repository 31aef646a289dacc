"""Sealed rows a person changes and takes back: only from the newest version, and thirty days in the bin."""

from typing import Any

from django.db import models, transaction
from django.utils import timezone

from config.retention import KEPT
from journal.models.sealed import Document, SealedModel

BIN_DAYS = KEPT["bin"].days


class Conflict(Exception):
    """The row was changed by somebody else since the form was made; ``current`` is the row as it is now."""

    def __init__(self, current: Any) -> None:
        super().__init__()
        self.current = current


class BinnedModel(SealedModel):
    """A row that is changed from its newest version alone, and can be put back for thirty days."""

    version = models.PositiveIntegerField(default=1)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def reseal(self, version: int, content: Document, **fields: Any) -> None:
        """Replace the words if nobody else did since ``version``; raise Conflict otherwise, changing nothing."""
        self.seal(content)
        fields |= {"sealed": self.sealed, "version": version + 1}
        rows = type(self)._default_manager
        if not rows.filter(pk=self.pk, version=version, deleted_at=None).update(**fields):
            raise Conflict(rows.get(pk=self.pk))
        self.__dict__.update(fields)

    @transaction.atomic
    def put_in_bin(self) -> None:
        """Take it off every page, every reader's, at once; it can be put back for thirty days."""
        self.deleted_at = timezone.now()
        self.save(update_fields=["deleted_at"])

    def put_back(self) -> None:
        """Take it out of the bin; who can read it is as before."""
        self.deleted_at = None
        self.save(update_fields=["deleted_at"])
