"""What stands in for a browser: plain requests with a session, and a server of our own to send them to."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from config.settings import BASE_DIR

TOKEN = "a" * 32


@dataclass
class Server:
    """Gunicorn with two workers on this machine alone."""

    port: int
    process: subprocess.Popen[bytes]
    cookies: str = ""

    def sign_in(self, family: dict[str, str]) -> None:
        """Go on as this family's parent."""
        self.cookies = f"{family['cookie']}={family['session']}; csrf={TOKEN}"

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page."""
        return self._ask("GET", path)

    def post(self, path: str, **fields: Any) -> tuple[int, str]:
        """Status and text of a form's answer."""
        return self._ask("POST", path, urlencode({"csrfmiddlewaretoken": TOKEN, **fields}))

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def workers(self) -> list[int]:
        """Process ids of the workers: children of the process we started."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def kill_worker(self) -> None:
        """As the kernel does when memory is short."""
        os.kill(self.workers()[0], signal.SIGKILL)


@contextmanager
def serving(environment: dict[str, str], log: Path) -> Iterator[Server]:
    """Serve until the test is over."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--workers=2", "--threads=4", "--no-control-socket"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, f"--bind=127.0.0.1:{port}"], cwd=BASE_DIR, env=environment, stdout=output, stderr=output
        )
        server = Server(port, process)
        try:
            wait_until(lambda: _answers(server), 30, log)
            yield server
        finally:
            process.terminate()
            process.wait(20)


def wait_until(ready: Any, seconds: float, log: Path | None = None) -> None:
    """Look again until it is so; fail after this long."""
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, log.read_text() if log else "it did not happen"
        time.sleep(0.05)


def _answers(server: Server) -> bool:
    try:
        return server.get("/healthz")[0] == 200
    except OSError:
        return False
