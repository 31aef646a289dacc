"""Run a command with DATABASE_URL set to a throw-away PostgreSQL server: no port, nothing left behind.

``--durable`` before the command keeps PostgreSQL's own care for what it was told: a bench without it would flatter us.
``--keep FOLDER`` leaves the data there, and the next call with it begins from them: a million rows are made once.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OPTIONS = "-c listen_addresses='' -c max_connections=40"
CARELESS = " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def binaries() -> Path | None:
    """Return the folder with initdb and pg_ctl of the newest PostgreSQL here, or None."""
    versioned = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    if versioned:
        return versioned[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def user() -> str | None:
    """Return the account the server runs as: it refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@dataclass
class Server:
    """A PostgreSQL of our own in a folder of its own: no port, nothing left behind."""

    folder: Path
    options: str
    rights: dict[str, Any]
    installed: Path

    @property
    def url(self) -> str:
        """The address for DATABASE_URL, through the socket in the folder."""
        return f"postgresql://hallway@{str(self.folder).replace('/', '%2F')}/postgres"

    def make(self) -> None:
        """Make the cluster, unless it was kept, and start it."""
        if not (self.folder / "data").exists():
            self._run("initdb", "-A", "trust", "-U", "hallway", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()
        self.folder.chmod(0o755)  # whoever runs the tests has to reach the socket

    def start(self) -> None:
        """Start it; what was interrupted is put right first, as after a power cut."""
        options = f"{self.options} -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, how: str = "immediate") -> None:
        """Stop at once, without tidying up: what was confirmed has to be there afterwards."""
        self._run("pg_ctl", "-w", "-m", how, "stop")

    def _run(self, command: str, *words: str) -> None:
        line = [str(self.installed / command), "-D", str(self.folder / "data"), *words]
        subprocess.run(line, check=True, cwd=self.folder, stdout=subprocess.DEVNULL, **self.rights)


@contextmanager
def throw_away(durable: bool = False, kept: Path | None = None) -> Iterator[Server]:
    """Run a server until the block ends; raise FileNotFoundError where PostgreSQL is not installed."""
    installed = binaries()
    if installed is None:
        raise FileNotFoundError("No PostgreSQL was found: install its server package.")
    owner = user()
    if kept:
        kept.mkdir(mode=0o755, parents=True, exist_ok=True)
    # Short: a socket's path may not be long.
    with nullcontext(str(kept)) if kept else tempfile.TemporaryDirectory(prefix="hl-pg-", dir="/tmp") as name:
        if owner:
            shutil.chown(name, owner)
        rights = {"user": owner, "extra_groups": []} if owner else {}
        server = Server(Path(name), OPTIONS + ("" if durable else CARELESS), rights, installed)
        server.make()
        try:
            yield server
        finally:
            server.stop("fast" if kept else "immediate")


def main(command: list[str]) -> int:
    """Start a server, run the command, stop the server; return the command's exit code."""
    durable = command[:1] == ["--durable"]
    command = command[durable:]
    kept = Path(command[1]).resolve() if command[:1] == ["--keep"] else None
    command = command[2:] if kept else command
    if binaries() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "postgresql"], check=False, stdout=subprocess.DEVNULL)
    try:
        with throw_away(durable, kept) as server:
            # Who fills or empties a database looks for the second name: only this tool sets it.
            environment = {**os.environ, "DATABASE_URL": server.url, "THROW_AWAY": server.url}
            return subprocess.run(command, env=environment, check=False).returncode
    except FileNotFoundError as missing:
        print(f"{missing} Then run this again.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
