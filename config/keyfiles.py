"""``python -m config.keyfiles FOLDER``: the two secrets a new site cannot start without, each in a file of its own.

It stands outside of ``manage.py`` because no setting can be read before they exist. What is there already is never changed.
"""

import os
import sys
from pathlib import Path

from config import env

FILES = {"SECRET_KEY": env.new_secret_key, "HALLWAY_KEYS": env.new_master_keys}


def make(folder: Path) -> list[str]:
    """Make what is missing, readable by this user alone; return a line for each file. Raise OSError."""
    said = []
    for name, new in FILES.items():
        path = folder / name.lower()
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            said.append(f"{path} was there before and stays as it is.")
            continue
        with os.fdopen(descriptor, "w") as file:
            file.write(new())
        said.append(f"{path} was made. Setting: {name}_FILE={path}")
    return said


def main(words: list[str]) -> int:
    """Do it, or say in one line what is wrong."""
    if len(words) != 1:
        sys.stderr.write("Usage: python -m config.keyfiles FOLDER\n")
        return 2
    try:
        lines = make(Path(words[0]))
    except OSError as error:
        sys.stderr.write(f"No key was made: {error.strerror}.\n")
        return 1
    lines.append("Keep two copies of hallway_keys off this machine, with two people: without it every journal is lost.")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
