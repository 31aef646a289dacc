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
from contextlib import nullcontext
from pathlib import Path

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


def main(command: list[str]) -> int:
    """Start a server, run the command, stop the server; return the command's exit code."""
    durable = command[:1] == ["--durable"]
    command, options = command[durable:], OPTIONS + ("" if durable else CARELESS)
    kept = Path(command[1]).resolve() if command[:1] == ["--keep"] else None
    command = command[2:] if kept else command
    if binaries() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "postgresql"], check=False, stdout=subprocess.DEVNULL)
    found = binaries()
    if found is None:
        print(
            "No PostgreSQL was found and none could be installed: install its server package, then run this again.",
            file=sys.stderr,
        )
        return 1
    owner = user()
    if kept:
        kept.mkdir(mode=0o755, parents=True, exist_ok=True)
    with nullcontext(str(kept)) if kept else tempfile.TemporaryDirectory(prefix="hl-pg-", dir="/tmp") as name:
        folder = Path(name)
        rights = {"user": owner, "extra_groups": []} if owner else {}
        if owner:
            shutil.chown(folder, owner)
        data = folder / "data"

        def run(*arguments: str) -> None:
            subprocess.run(
                [str(found / arguments[0]), *arguments[1:]], check=True, cwd=folder, stdout=subprocess.DEVNULL, **rights
            )

        if not data.exists():
            run("initdb", "-D", str(data), "-A", "trust", "-U", "hallway", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        run(
            "pg_ctl",
            "-D",
            str(data),
            "-w",
            "-l",
            str(folder / "log"),
            "-o",
            f"{options} -c unix_socket_directories={folder}",
            "start",
        )
        try:
            folder.chmod(0o755)
            socket = str(folder).replace("/", "%2F")
            url = f"postgresql://hallway@{socket}/postgres"
            # Who fills or empties a database looks for the second name: only this tool sets it.
            environment = {**os.environ, "DATABASE_URL": url, "THROW_AWAY": url}
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            run("pg_ctl", "-D", str(data), "-m", "fast" if kept else "immediate", "stop")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
