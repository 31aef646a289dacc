"""Typed reading of the environment: a missing or malformed value stops the start with one clear line."""

import base64
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

VAR = Path(__file__).resolve().parent.parent / "var"


def text(name: str, default: str | None = None) -> str:
    """Return the value of ``name``; raise ImproperlyConfigured where it is missing and has no default."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. docs/operations.md lists every setting.")
    return value


def flag(name: str, default: bool = False) -> bool:
    """Return a yes/no value; anything but 1, 0, true, false, yes, no raises ImproperlyConfigured."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes"}:
        return True
    if value in {"0", "false", "no"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def integer(name: str, default: int) -> int:
    """Return a whole number; raise ImproperlyConfigured for anything else."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated value as a list without blanks."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def file(name: str) -> str:
    """Return the path of a text file, or nothing; raise ImproperlyConfigured where it is named and cannot be read."""
    path = os.environ.get(name, "")
    if path:
        try:
            Path(path).read_text("utf-8")
        except OSError as error:
            raise ImproperlyConfigured(f"{name} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise ImproperlyConfigured(f"{name} cannot be read: it is not UTF-8.") from error
    return path


def secret(name: str, make: Any = None, default: str | None = None) -> str:
    """Return a secret from ``name`` or from the file that ``name_FILE`` points to, or else ``default``.

    Where neither is set and ``make`` is given (the demo only), the secret is made once and kept in
    ``var/`` with mode 0600, so that a second start opens what the first one sealed.
    """
    if name in os.environ:
        return os.environ[name]
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text("utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from error
    if default is not None:
        return default
    if make is None:
        raise ImproperlyConfigured(f"Neither {name} nor {name}_FILE is set. docs/operations.md says how to make one.")
    VAR.mkdir(mode=0o700, exist_ok=True)
    kept = VAR / name.lower()
    if not kept.exists():
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(make())
    return kept.read_text("utf-8")


def new_secret_key() -> str:
    """Return 50 random URL-safe characters for SECRET_KEY."""
    return secrets.token_urlsafe(50)


def new_master_keys() -> str:
    """Return one new master key in the form HALLWAY_KEYS has: ``1:<32 random bytes, base64>``."""
    return "1:" + base64.b64encode(secrets.token_bytes(32)).decode()


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for ``sqlite:///path`` or ``postgresql://user:password@host:port/name``."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path)[1:] if parts.path.startswith("//") else unquote(parts.path).lstrip("/"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 5,
                # FULL: a confirmed entry survives a power cut. secure_delete: erased bytes are overwritten.
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; "
                    "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=27103364;"
                ),
            },
        }
    if parts.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            # The rest of the address counts too: a dropped ?sslmode= would send everything in the open. A standby that has
            # not taken over is no place to write to, and a machine that does not answer is not waited for two minutes.
            "OPTIONS": {
                "target_session_attrs": "read-write",
                "connect_timeout": "5",
                "options": "-c statement_timeout=5000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=10000",
                **dict(parse_qsl(parts.query)),
            },
        }
    raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:/// or postgresql://.")
