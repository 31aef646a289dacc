"""A new master key: what an older one wrapped is wrapped anew, row by row, while the site is up.

A row changes only if it is still what was read, so that a journal erased meanwhile stays erased and two runs do no harm.
What does not open is named by its id and left as it is: it may be opened by a key that somebody still finds.
"""

from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet

from journal.models import JournalKey, PersonRequest
from journal.vault import Unreadable, master_of, vault

BATCH = 100
# Where allauth keeps what the master key seals: the seed of an app, and that of the recovery codes.
SEALED_FACTORS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


@dataclass
class Found:
    """How many keys, seeds and requests each master key wraps, how many were wrapped anew, and which do not open."""

    masters: Counter[int] = field(default_factory=Counter)
    changed: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def idle(self) -> list[int]:
        """Master keys at hand that wrap nothing here any more."""
        return [number for number in vault().numbers if number != vault().active and not self.masters[number]]


def look(*, rewrap: bool) -> Found:
    """Open every wrapped key and seed; with ``rewrap``, wrap those of older master keys by the active one."""
    found = Found()
    _each(JournalKey.objects.all(), lambda key: _look_at_key(key, found, rewrap=rewrap))
    factors = Authenticator.objects.filter(type__in=list(SEALED_FACTORS))
    _each(factors, lambda factor: _look_at_factor(factor, found, rewrap=rewrap))
    _each(PersonRequest.objects.all(), lambda row: _look_at_request(row, found, rewrap=rewrap), first=UUID(int=0))
    return found


def _each(rows: QuerySet[Any], act: Callable[..., None], first: Any = 0) -> None:
    # By id and in small transactions: nobody who is writing waits for long, and a run that stops goes on where it was.
    last = first
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        with transaction.atomic():
            for row in batch:
                act(row)
        last = batch[-1].pk


def _look_at_key(key: JournalKey, found: Found, *, rewrap: bool) -> None:
    try:
        secret = key.unwrap()
    except Unreadable as error:
        found.broken.append(f"{key.purpose} key {key.version} of journal {key.journal_id}: {error}")
        found.masters[key.master] += 1
        return
    master = key.master
    if rewrap and master != vault().active:
        master, wrapped = vault().wrap(secret, key.journal_id, key.purpose, key.version)
        same = JournalKey.objects.filter(pk=key.pk, master=key.master, wrapped=bytes(key.wrapped))
        if not same.update(master=master, wrapped=wrapped):
            return  # erased, or wrapped by another run, since it was read
        JournalKey.objects.get(pk=key.pk).unwrap()  # what was written opens, or nothing of this batch is kept
        found.changed += 1
    found.masters[master] += 1


def _look_at_factor(read: Authenticator, found: Found, *, rewrap: bool) -> None:
    # Read again under the lock: using a recovery code writes into the same field.
    factor = Authenticator.objects.select_for_update().filter(pk=read.pk).first()
    if factor is None:
        return
    name = SEALED_FACTORS[Authenticator.Type(factor.type)]
    if name not in factor.data:
        return  # recovery codes that allauth keeps as hashes
    try:
        sealed = b64decode(factor.data[name])
        master = master_of(sealed)
        seed = vault().open_factor(sealed)
    except (Unreadable, ValueError):
        found.broken.append(f"second factor {factor.pk}")
        return
    if rewrap and master != vault().active:
        factor.data[name] = b64encode(vault().seal_factor(seed)).decode()
        factor.save(update_fields=["data"])
        found.changed += 1
        master = vault().active
    found.masters[master] += 1


def _look_at_request(read: PersonRequest, found: Found, *, rewrap: bool) -> None:
    # Read again under the lock: it may be answered, or taken back, meanwhile.
    row = PersonRequest.objects.select_for_update().filter(pk=read.pk).first()
    if row is None:
        return
    try:
        master = master_of(bytes(row.sealed))
        document = row.document
    except Unreadable:
        found.broken.append(f"request {row.pk}")
        return
    if rewrap and master != vault().active:
        row.write(document)
        row.save(update_fields=["sealed"])
        found.changed += 1
        master = vault().active
    found.masters[master] += 1
