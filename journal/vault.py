"""Sealing: AES-256-GCM, one data key a journal, wrapped by a master key from outside the database.

No model and no query here: this module turns bytes into bytes. What is sealed, and why,
is in docs/security.md. Losing the master keys loses every journal.
"""

import hashlib
import hmac
import os
from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from functools import cached_property, lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

FORMAT = 1
NONCE = 12
# A sealed row's length must not tell a bad night from a quiet one (the last step repeats for longer texts).
STEPS = (64, 256, 1024, 4096, 16384, 65536)


class Unreadable(Exception):
    """A sealed value could not be opened: wrong key, wrong place, or changed bytes. Never treat it as empty text."""


@dataclass(frozen=True)
class DataKey:
    """A journal's key, unwrapped for the length of one request: never cached beyond it."""

    journal: UUID
    version: int
    secret: bytes

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.secret)

    @cached_property
    def _heads(self) -> dict[str, bytes]:
        """What stands before the row's id in the place of each field: the same for the thousands of rows of a search."""
        return {}

    @cached_property
    def _tail(self) -> bytes:
        return _listed(self.version.to_bytes(2))

    def seal(self, label: str, row: UUID, text: str) -> bytes:
        """Return ``text`` sealed to this journal, this field and this row."""
        nonce = os.urandom(NONCE)
        head = bytes([FORMAT]) + self.version.to_bytes(2)
        return head + nonce + self._cipher.encrypt(nonce, _pad(text.encode()), self._place(label, row))

    def open(self, label: str, row: UUID, sealed: bytes) -> str:
        """Return the text; raise Unreadable when it was sealed elsewhere or a bit has changed."""
        if len(sealed) < 3 + NONCE or sealed[0] != FORMAT or int.from_bytes(sealed[1:3]) != self.version:
            raise Unreadable
        try:
            padded = self._cipher.decrypt(sealed[3 : 3 + NONCE], sealed[3 + NONCE :], self._place(label, row))
        except InvalidTag as error:
            raise Unreadable from error
        return _unpad(padded).decode()

    def _place(self, label: str, row: UUID) -> bytes:
        head = self._heads.get(label)
        if head is None:
            head = self._heads[label] = _aad(b"text", self.journal.bytes, label.encode())
        return head + _listed(row.bytes) + self._tail


def key_version(sealed: bytes) -> int:
    """Return the version of the data key a sealed value needs; raise Unreadable for what is no sealed value."""
    if len(sealed) < 3 + NONCE or sealed[0] != FORMAT:
        raise Unreadable
    return int.from_bytes(sealed[1:3])


class Vault:
    """The master keys. The first one wraps, each of them unwraps what it once wrapped."""

    def __init__(self, spec: str) -> None:
        self._masters: dict[int, bytes] = {}
        for part in spec.replace("\n", ",").split(","):
            if not part.strip():
                continue
            number, _, encoded = part.strip().partition(":")
            try:
                secret = b64decode(encoded, validate=True)
            except (Base64Error, ValueError) as error:
                raise ImproperlyConfigured("HALLWAY_KEYS: a key is not valid base64.") from error
            if not number.isdecimal() or not 0 < int(number) < 256 or len(secret) != 32:
                raise ImproperlyConfigured("HALLWAY_KEYS: each key is <number 1-255>:<32 bytes in base64>.")
            if int(number) in self._masters:
                raise ImproperlyConfigured("HALLWAY_KEYS: two keys have the same number.")
            self._masters[int(number)] = secret
        if not self._masters:
            raise ImproperlyConfigured("HALLWAY_KEYS is empty: without a master key no journal can be opened.")
        self.active = next(iter(self._masters))
        self.numbers = list(self._masters)

    def new_key(self) -> bytes:
        """Return 32 random bytes for a journal's data or log key."""
        return AESGCM.generate_key(256)

    def wrap(self, secret: bytes, journal: UUID, purpose: str, version: int) -> tuple[int, bytes]:
        """Return the number of the active master key and ``secret`` wrapped by it."""
        nonce = os.urandom(NONCE)
        place = _aad(b"key", journal.bytes, purpose.encode(), version.to_bytes(2), bytes([self.active]))
        return self.active, nonce + AESGCM(self._derived(self.active, b"wrap")).encrypt(nonce, secret, place)

    def unwrap(self, master: int, wrapped: bytes, journal: UUID, purpose: str, version: int) -> bytes:
        """Return the secret; raise Unreadable when the master key is missing or is another one."""
        if master not in self._masters:
            raise Unreadable(f"master key {master} is missing")
        place = _aad(b"key", journal.bytes, purpose.encode(), version.to_bytes(2), bytes([master]))
        try:
            return AESGCM(self._derived(master, b"wrap")).decrypt(wrapped[:NONCE], wrapped[NONCE:], place)
        except InvalidTag as error:
            raise Unreadable(f"master key {master} does not open this key") from error

    def seal_factor(self, text: str) -> bytes:
        """Seal a second factor's seed; it belongs to an account, not to a journal."""
        return self._seal(b"factor", text.encode())

    def open_factor(self, sealed: bytes) -> str:
        """Return the seed; raise Unreadable."""
        return self._open(b"factor", sealed).decode()

    def seal_request(self, row: UUID, text: str) -> bytes:
        """Seal what somebody without an account asked, to its row; it belongs to no journal."""
        return self._seal(b"request", _pad(text.encode()), row.bytes)

    def open_request(self, row: UUID, sealed: bytes) -> str:
        """Return what was asked; raise Unreadable."""
        return _unpad(self._open(b"request", sealed, row.bytes)).decode()

    def _seal(self, use: bytes, content: bytes, place: bytes = b"") -> bytes:
        nonce = os.urandom(NONCE)
        head = bytes([FORMAT, self.active])
        return head + nonce + AESGCM(self._derived(self.active, use)).encrypt(nonce, content, head + place)

    def _open(self, use: bytes, sealed: bytes, place: bytes = b"") -> bytes:
        if len(sealed) < 2 + NONCE or sealed[0] != FORMAT or sealed[1] not in self._masters:
            raise Unreadable
        try:
            cipher = AESGCM(self._derived(sealed[1], use))
            return cipher.decrypt(sealed[2 : 2 + NONCE], sealed[2 + NONCE :], sealed[:2] + place)
        except InvalidTag as error:
            raise Unreadable from error

    def _derived(self, master: int, use: bytes) -> bytes:
        return _derive(self._masters[master], use)


def vault() -> Vault:
    """Return the vault of the current settings."""
    return _vault(settings.HALLWAY_KEYS)


def master_of(sealed: bytes) -> int:
    """Return the number of the master key that sealed a seed or a request; raise Unreadable for what is none."""
    if len(sealed) < 2 + NONCE or sealed[0] != FORMAT:
        raise Unreadable
    return sealed[1]


def fingerprint(token: str) -> str:
    """Return what the database keeps of a link or code: its SHA-256. The token itself is shown once."""
    return hashlib.sha256(token.encode()).hexdigest()


def chain(log_key: bytes, previous: bytes, fields: list[str]) -> bytes:
    """Return the MAC of one line of an access log over the line before it."""
    return hmac.new(log_key, _aad(previous, *(field.encode() for field in fields)), hashlib.sha256).digest()


@lru_cache(maxsize=4)
def _vault(spec: str) -> Vault:
    return Vault(spec)


@lru_cache(maxsize=64)
def _derive(master: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"hallway-light " + use).derive(master)


def _aad(*parts: bytes) -> bytes:
    return b"hl1" + b"".join([_listed(part) for part in parts])


def _listed(part: bytes) -> bytes:
    # Length-prefixed, so that no two lists of parts give the same bytes.
    return len(part).to_bytes(4) + part


def _pad(text: bytes) -> bytes:
    size = len(text) + 4
    step = next((step for step in STEPS if size <= step), -(-size // STEPS[-1]) * STEPS[-1])
    return len(text).to_bytes(4) + text + bytes(step - size)


def _unpad(padded: bytes) -> bytes:
    size = int.from_bytes(padded[:4])
    return padded[4 : 4 + size]
