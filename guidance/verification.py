"""Writing down that a person opened a provider's own page: into helplines.yaml, or into the overlay of this server.

Only the lines that change are touched, so that comments, order and spelling of a file that people edit stay theirs.
"""

import json
import re
from datetime import date
from pathlib import Path

from guidance import helplines
from guidance.helplines import Line

VERIFIED = "verified:"
KEY = re.compile(r"^(?P<key>\s+verified_(?:on|by): ).*$")


def write(line: Line, on: date, by: str, shipped: Path, overlay: Path | None) -> Path:
    """Note the confirmation and return the file it stands in: the overlay where there is one, else the shipped file.

    Raise ValueError, with the files as they were, where the note could not be written so that it counts.
    """
    path = overlay or shipped
    before = path.read_text("utf-8") if path.exists() else ""
    after = _in_line(before, line, on, by) or (_in_list(before, line, on, by) if overlay else "")
    _replace(path, after or before)
    try:
        written = helplines.read(shipped, overlay).line(line.id)
    except Exception:
        _replace(path, before)
        raise
    if (written.verified_on, written.verified_by, written.number) != (on, by, line.number):
        _replace(path, before)
        raise ValueError(f"{path} was left as it was: {line.id} has no place in it for verified_on and verified_by.")
    return path


def _in_line(text: str, line: Line, on: date, by: str) -> str:
    """Return the text with the two keys of the line's own entry changed; nothing where it has no such entry."""
    rows = text.split("\n")
    entry = re.compile(rf'\s*- id: "?{re.escape(line.id)}"?\s*')
    begin = next((number for number, row in enumerate(rows) if entry.fullmatch(row)), None)
    if begin is None:
        return ""
    values = {"verified_on": json.dumps(on.isoformat()), "verified_by": json.dumps(by, ensure_ascii=False)}
    written = set()
    for number in range(begin + 1, len(rows)):
        if re.match(r"\s*- ", rows[number]) or (rows[number] and not rows[number].startswith(" ")):
            break
        if found := KEY.match(rows[number]):
            name = found["key"].strip(" :")
            rows[number] = found["key"] + values[name]
            written.add(name)
    return "\n".join(rows) if written == set(values) else ""


def _in_list(text: str, line: Line, on: date, by: str) -> str:
    """Return an overlay's text with one more row in its `verified` list, in place of an earlier one of this line."""
    quoted = [json.dumps(value, ensure_ascii=False) for value in (line.number, on.isoformat(), by)]
    row = "  - {{id: {}, number: {}, on: {}, by: {}}}".format(line.id, *quoted)
    rows = [old for old in text.split("\n") if not old.startswith(f"  - {{id: {line.id}, number: ")]
    if VERIFIED not in rows:
        rows = [*"\n".join(rows).rstrip("\n").split("\n"), VERIFIED, ""] if text.strip() else [VERIFIED, ""]
    rows.insert(rows.index(VERIFIED) + 1, row)
    return "\n".join(rows)


def _replace(path: Path, text: str) -> None:
    """Write a file so that a server that reads it at this moment sees the old text or the new one, never half of it."""
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(text, "utf-8")
    if path.exists():
        draft.chmod(path.stat().st_mode)
    draft.replace(path)
