"""A small HTTP client for this machine alone: one connection, no cookie jar, no redirect followed."""

import gzip
import socket
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

HOST = "127.0.0.1"
# Django takes a token that equals its cookie: the check runs in full, and no form has to be fetched first.
TOKEN = "bench" + "0" * 27


class WrongAnswer(Exception):
    """An answer that is not what its case says: the run ends, because a quick wrong answer is no measurement."""


def fresh(form: dict[str, str]) -> dict[str, str]:
    """The form of one request: with a new id where one belongs."""
    return {name: value.replace("{new}", str(uuid4())) for name, value in form.items()}


@dataclass(frozen=True)
class Request:
    """What is sent. ``{new}`` in a form's value becomes a new id in every request."""

    path: str
    session: str = ""
    form: dict[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def encode(self, port: int, **more: str) -> bytes:
        """Return the bytes of one request: as a browser's behind a proxy that ends TLS."""
        cookies = f"__Host-csrf={TOKEN}" + (f"; __Host-session={self.session}" if self.session else "")
        lines = {
            "Host": f"{HOST}:{port}",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": HOST,
            "Accept-Language": "en",
            "Accept-Encoding": "gzip",
            **({"Cookie": cookies} if self.session else {}),
            **self.headers,
            **more,
        }
        body = b""
        if self.form is not None:
            body = urlencode(fresh(self.form) | ({"csrfmiddlewaretoken": TOKEN} if self.session else {})).encode()
            lines |= {
                "Origin": f"https://{HOST}:{port}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Content-Length": str(len(body)),
            }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        method = "GET" if self.form is None else "POST"
        return f"{method} {self.path} HTTP/1.1\r\n{head}\r\n".encode() + body


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as a reader gets it."""
        return (gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body).decode()


class Connection:
    """One kept connection to the server of this run."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_error: Any) -> None:
        self.file.close()
        self.socket.close()

    def send(self, data: bytes) -> Answer:
        """Send one request and read its whole answer."""
        self.socket.sendall(data)
        first = self.file.readline().split(b" ", 2)
        if len(first) < 2:
            raise WrongAnswer("the server closed the connection")
        headers = {}
        while line := self.file.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        status = int(first[1])
        if headers.get("transfer-encoding") == "chunked":
            body = b"".join(iter(self._chunk, b""))
        else:
            body = b"" if status in {204, 304} else self.file.read(int(headers.get("content-length", "0")))
        return Answer(status, headers, body)

    def _chunk(self) -> bytes:
        size = int(self.file.readline().split(b";")[0], 16)
        return self.file.read(size + 2)[:-2]
