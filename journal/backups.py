"""Safety copies: two sealed files in one run, and the way back from them.

One file holds everything but the keys, the other the wrapped keys and the ledger of what was erased. Both are sealed to a
public key whose other half is on no machine that serves: who takes the files reads nothing, and who takes the machine cannot
read old files. Keys are taken last, so that every journal of the first file has its key in the second, unless it was erased
between them.

Sealing is HPKE (RFC 9180, from the `cryptography` package), a piece at a time; each piece is bound to its file and its place.
"""

import json
import os
import re
import secrets
import sqlite3
import subprocess
import tempfile
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.utils import timezone

from config.retention import KEPT
from journal.models import Erased, JournalKey

SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
MAGIC = b"hallway-light copy 1\n"
PIECE = 1024 * 1024
# Tables that stand in the first file without their rows: the keys, and what belongs to a running site alone.
KEYS_TABLE = JournalKey._meta.db_table
WITHOUT_ROWS = [KEYS_TABLE, Session._meta.db_table, "cache"]
NAME = re.compile(r"(\d{8}T\d{6}Z)-[0-9a-f]{16}-(content|keys)\.(?:sealed|part)")


class BadCopy(Exception):
    """A file that is not whole, not ours, or sealed to another key; or a pair that does not belong together."""


def new_key_pair() -> tuple[str, str]:
    """Return a private and a public key, in base64."""
    private = X25519PrivateKey.generate()
    return b64encode(private.private_bytes_raw()).decode(), b64encode(private.public_key().public_bytes_raw()).decode()


def public_key(text: str) -> X25519PublicKey:
    """Read HALLWAY_BACKUP_KEY; raise ImproperlyConfigured."""
    return X25519PublicKey.from_public_bytes(_raw(text, "HALLWAY_BACKUP_KEY"))


def private_key(text: str) -> X25519PrivateKey:
    """Read the other half; raise ImproperlyConfigured."""
    return X25519PrivateKey.from_private_bytes(_raw(text, "HALLWAY_BACKUP_PRIVATE_KEY"))


def write(folder: Path, key: X25519PublicKey) -> tuple[Path, Path, dict[str, int]]:
    """Write both files, read them once more, and return them with the rows of each table. Writing goes on meanwhile."""
    now = timezone.now()
    run = secrets.token_hex(8)
    name = f"{now:%Y%m%dT%H%M%SZ}-{run}"
    with _content() as (pieces, tables):
        head = {"run": run, "kind": "content", "made_at": now.isoformat(), "engine": connection.vendor, "tables": tables}
        content = _sealed(folder / f"{name}-content.sealed", key, head, pieces)
    with transaction.atomic():
        body = {"keys": [_key_row(row) for row in JournalKey.objects.order_by("pk")], "erased": _erased_rows()}
    head = {"run": run, "kind": "keys", "made_at": timezone.now().isoformat()}
    return content, _sealed(folder / f"{name}-keys.sealed", key, head, _cut(json.dumps(body).encode())), tables


def prune(folder: Path, now: datetime) -> list[str]:
    """Delete what is older than `config.retention` says, by the time in its name; return the names. Others are not touched."""
    gone = []
    for path in sorted(folder.iterdir()):
        if (named := NAME.fullmatch(path.name)) is None:
            continue
        made = datetime.strptime(named[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if now - made > KEPT[f"safety-{named[2]}"]:
            path.unlink()
            gone.append(path.name)
    return gone


def read_head(path: Path, key: X25519PrivateKey, kind: str) -> dict[str, Any]:
    """Return what a file says about itself; raise BadCopy."""
    with path.open("rb") as file:
        head: dict[str, Any] = json.loads(next(_opened(file, key)))
    if head["kind"] != kind:
        raise BadCopy(f"{path.name} is not the {kind} file.")
    return head


def read_keys(path: Path, key: X25519PrivateKey) -> dict[str, Any]:
    """Return the wrapped keys and the ledger; raise BadCopy."""
    with path.open("rb") as file:
        pieces = _opened(file, key)
        next(pieces)
        body: dict[str, Any] = json.loads(b"".join(pieces))
    return body


def read_content(path: Path, key: X25519PrivateKey, into: IO[bytes]) -> None:
    """Write the copy of the database into a file; raise BadCopy."""
    with path.open("rb") as file:
        pieces = _opened(file, key)
        next(pieces)
        for piece in pieces:
            into.write(piece)
    into.flush()


def put_in(path: Path) -> None:
    """Put the copy of the database in place of an empty one."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(path)) as copy:
            copy.backup(connection.connection)
    else:
        connection.close()
        _run_postgres("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "--dbname", _name(), str(path))


def count_rows(tables: Iterable[str]) -> dict[str, int]:
    """The rows of each table."""
    with connection.cursor() as cursor:
        return {table: _count(cursor, table) for table in tables}


@contextmanager
def _content() -> Iterator[tuple[Iterator[bytes], dict[str, int]]]:
    """The database at one moment, without the rows of WITHOUT_ROWS, piece by piece, and how many rows each table has."""
    with tempfile.TemporaryDirectory(prefix="hallway-") as folder:
        path = Path(folder) / "copy"
        tables = _copy_sqlite(path) if connection.vendor == "sqlite" else _copy_postgres(path)
        with path.open("rb") as file:
            yield iter(lambda: file.read(PIECE), b""), tables


def _copy_sqlite(path: Path) -> dict[str, int]:
    path.touch(mode=0o600)
    connection.ensure_connection()
    with closing(sqlite3.connect(path, autocommit=True)) as copy:
        # All pages in one step: one moment of the database, however many are writing.
        with closing(sqlite3.connect(f"file:{connection.settings_dict['NAME']}?mode=ro", uri=True)) as live:
            live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("PRAGMA secure_delete=ON")
        names = [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'") if name[:7] != "sqlite_"]
        for name in WITHOUT_ROWS:
            if name in names:
                copy.execute(f'DELETE FROM "{name}"')  # noqa: S608  (one of WITHOUT_ROWS; a table cannot be a parameter)
        copy.execute("VACUUM")
        if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise BadCopy("The database is damaged: its copy does not pass the integrity check.")
        faults = copy.execute("PRAGMA foreign_key_check").fetchall()
        if [fault for fault in faults if fault[0] not in WITHOUT_ROWS]:
            raise BadCopy("The database is damaged: its copy holds rows that belong to nothing.")
        return {name: _count(copy, name) for name in names}


def _copy_postgres(path: Path) -> dict[str, int]:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        names = connection.introspection.table_names(cursor)
        tables = {name: 0 if name in WITHOUT_ROWS else _count(cursor, name) for name in names}
        left_out = [f"--exclude-table-data={name}" for name in WITHOUT_ROWS]
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={path}", *left_out]
        _run_postgres("pg_dump", *options, _name())
    return tables


def _run_postgres(program: str, *arguments: str) -> None:
    settings = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    environment = {variable: settings[name] for variable, name in names.items() if settings[name]}
    ssl = {f"PG{name.upper()}": value for name, value in settings["OPTIONS"].items() if name.startswith("ssl")}
    try:
        subprocess.run([program, *arguments], env={**os.environ, **environment, **ssl}, check=True, capture_output=True)  # noqa: S603  (two fixed programs, no shell)
    except FileNotFoundError as error:
        raise BadCopy(f"{program} is not on this machine: install PostgreSQL's client programs.") from error
    except subprocess.CalledProcessError as error:
        raise BadCopy(f"{program} failed: {error.stderr.decode(errors='replace').strip()[:500]}") from error


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _count(cursor: Any, table: str) -> int:
    found = cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  (named by the database itself; cannot be a parameter)
    row = (cursor if found is None else found).fetchone()
    return int(row[0])


def _key_row(row: JournalKey) -> dict[str, Any]:
    return {
        "journal": str(row.journal_id),
        "purpose": row.purpose,
        "version": row.version,
        "master": row.master,
        "wrapped": b64encode(bytes(row.wrapped)).decode(),
    }


def _erased_rows() -> list[dict[str, str]]:
    rows = Erased.objects.order_by("pk").values_list("kind", "row_id", "erased_at")
    return [{"kind": kind, "row_id": row, "erased_at": at.isoformat()} for kind, row, at in rows]


def key_rows(body: dict[str, Any], journals: set[str]) -> list[JournalKey]:
    """The keys of these journals, as rows."""
    kept = [row for row in body["keys"] if row["journal"] in journals]
    return [
        JournalKey(
            journal_id=row["journal"],
            purpose=row["purpose"],
            version=row["version"],
            master=row["master"],
            wrapped=b64decode(row["wrapped"]),
        )
        for row in kept
    ]


def erased_rows(body: dict[str, Any]) -> list[Erased]:
    """The ledger, as rows."""
    return [
        Erased(kind=row["kind"], row_id=row["row_id"], erased_at=datetime.fromisoformat(row["erased_at"]))
        for row in body["erased"]
    ]


def _sealed(path: Path, key: X25519PublicKey, head: dict[str, Any], pieces: Iterable[bytes]) -> Path:
    """Seal the head and each piece into a new file; keep it under its name only after it was read back whole."""
    part = path.with_suffix(".part")
    written = sha256()
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:

        def put(data: bytes) -> None:
            written.update(data)
            file.write(data)

        put(MAGIC + bytes.fromhex(head["run"]))
        place = 0
        for piece in chain([json.dumps(head).encode()], pieces):
            put(_framed(SUITE.encrypt(piece, key, info=_place(head["run"], head["kind"], place, last=False))))
            place += 1
        put(_framed(SUITE.encrypt(b"end", key, info=_place(head["run"], head["kind"], place, last=True))))
        file.flush()
        os.fsync(file.fileno())
    if _digest(part) != written.digest():
        raise BadCopy(f"{part.name} does not read back as it was written: look at the disk.")
    part.rename(path)
    return path


def _opened(file: IO[bytes], key: X25519PrivateKey) -> Iterator[bytes]:
    """The head and the pieces of a file; raise BadCopy unless all of them are there, in their order, up to the end."""
    if file.read(len(MAGIC)) != MAGIC:
        raise BadCopy("This is no safety copy of this site.")
    run, kind, place = file.read(8).hex(), "", 0
    while size := file.read(4):
        data = file.read(int.from_bytes(size))
        kinds = [kind] if kind else ["content", "keys"]
        for kind in kinds:
            if (piece := _try(data, key, _place(run, kind, place, last=False))) is not None:
                break
        else:
            if place and _try(data, key, _place(run, kind, place, last=True)) == b"end" and not file.read(1):
                return
            raise BadCopy("A piece does not open: it is sealed to another key, or the file was changed.")
        yield piece
        place += 1
    raise BadCopy("The file is cut off.")


def _try(data: bytes, key: X25519PrivateKey, info: bytes) -> bytes | None:
    try:
        return SUITE.decrypt(data, key, info=info)
    except (InvalidTag, ValueError):
        return None


def _place(run: str, kind: str, place: int, *, last: bool) -> bytes:
    return json.dumps(["hallway-light copy 1", run, kind, place, last]).encode()


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(4) + data


def _cut(data: bytes) -> Iterator[bytes]:
    return (data[start : start + PIECE] for start in range(0, len(data), PIECE))


def _digest(path: Path) -> bytes:
    whole = sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            whole.update(piece)
    return whole.digest()


def _raw(text: str, name: str) -> bytes:
    try:
        raw = b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise ImproperlyConfigured(f"{name} is not valid base64.") from error
    if len(raw) != 32:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in base64. docs/operations.md says how to make one.")
    return raw
