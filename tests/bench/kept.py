"""Data that is seeded once and measured often: a folder holds its keys, its static files, and where to look in it."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from tests.bench.seeded import Seeded

KEYS = ("SECRET_KEY", "HALLWAY_KEYS", "DATABASE_URL")


def find(folder: Path, name: str) -> Seeded | None:
    """Return what was seeded into this database, and open its keys; None where nothing was."""
    path = folder / f"{name}.json"
    kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if kept.get("DATABASE_URL") != os.environ["DATABASE_URL"]:
        return None
    os.environ.update({key: kept[key] for key in KEYS})
    return Seeded(**kept["seeded"])


def keep(folder: Path, name: str, found: Seeded) -> None:
    """Write down what was seeded: only its folder's owner may read it."""
    path = folder / f"{name}.json"
    path.touch(0o600)
    path.write_text(json.dumps({key: os.environ[key] for key in KEYS} | {"seeded": asdict(found)}), "utf-8")
