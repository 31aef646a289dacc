"""The production server as docs/operations.md starts it, on this machine alone, and what it costs to have it running."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.client import HOST, Connection, Request

ROOT = Path(__file__).resolve().parent.parent.parent
WORKERS, THREADS = 2, 4
LONGEST_START = 60.0


@dataclass
class Server:
    """A server of this run: its port, its processes, and how long it took to answer first."""

    port: int
    process: subprocess.Popen[bytes]
    start_seconds: float

    @property
    def workers(self) -> list[int]:
        """The ids of the worker processes; none where the system does not tell."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()] if children.exists() else []

    def memory(self) -> float:
        """Megabytes a worker holds, on average; 0 where the system does not tell."""
        sizes = []
        for pid in self.workers:
            status = Path(f"/proc/{pid}/status").read_text()
            sizes += [int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")]
        return sum(sizes) / len(sizes) if sizes else 0.0

    def cpu(self) -> float:
        """Seconds of processor time the workers have used; 0 where the system does not tell."""
        total = 0
        for pid in self.workers:
            for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                total += int(task.read_text().split()[0])
        return total / 1e9


def free_port() -> int:
    """Return a port nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(environment: dict[str, str], log: Path, port: int = 0, application: str = "tests.bench.wsgi") -> Iterator[Server]:
    """Start the server, wait for its first answer, and stop the very process that was started."""
    port = port or free_port()
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"{HOST}:{port}", "--no-control-socket"]
    command += ["--workers", str(WORKERS), "--threads", str(THREADS), "--log-level", "warning"]
    with log.open("ab") as out:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
        try:
            _wait(port, process, log)
            yield Server(port, process, time.perf_counter() - begun)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.perf_counter() + LONGEST_START
    while time.perf_counter() < until and process.poll() is None:
        try:
            with Connection(port) as connection:
                if connection.send(Request("/healthz").encode(port)).status == 200:
                    return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"The server did not start:\n{log.read_text()[-2000:]}")
