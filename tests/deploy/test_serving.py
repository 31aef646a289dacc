"""The site as its unit starts it: real settings, a door that systemd holds open, and a restart nobody notices."""

import configparser
import http.client
import os
import shlex
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from config import keyfiles
from config.settings import BASE_DIR
from tests.faults.browser import wait_until

pytestmark = [pytest.mark.faults]
HOST = "light.example.org"
# What systemd does before it becomes the program: the open door is file 3, and the environment says so.
ACTIVATED = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.set_inheritable(3, True); "
    "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1'); os.execv(sys.argv[2], sys.argv[2:])"
)


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """What /etc/hallway-light/site.env says, for a site in a folder of this test."""
    keys = tmp_path / "keys"
    keys.mkdir()
    keyfiles.make(keys)
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "VIRTUAL_ENV"}}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "tests.deploy.settings",
        "TEST_STATIC_ROOT": str(tmp_path / "static"),
        "SECRET_KEY_FILE": str(keys / "secret_key"),
        "HALLWAY_KEYS_FILE": str(keys / "hallway_keys"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}",
        "ALLOWED_HOSTS": HOST,
        "TRUSTED_PROXIES": "1",
    }


def manage(environment, *words):
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def command():
    """The words of ExecStart, with the Python of the tests."""
    unit = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    unit.read_string((BASE_DIR / "deploy" / "systemd" / "hallway-web.service").read_text("utf-8"))
    assert unit["Service"]["Type"] == "notify"
    return [sys.executable, "-m", "gunicorn", *shlex.split(unit["Service"]["ExecStart"])[1:]]


@contextmanager
def running(door, environment, told, log):
    """The service, from its start to the end of its last answer. It is up when it tells systemd so."""
    words = [sys.executable, "-c", ACTIVATED, str(door.fileno()), *command()]
    with log.open("ab") as output:
        process = subprocess.Popen(words, cwd=BASE_DIR, env=environment, pass_fds=[door.fileno()], stdout=output, stderr=output)
    try:
        said = b""
        while b"READY=1" not in said:
            said += told.recv(1024)
        yield process
    finally:
        process.terminate()
        process.wait(40)


def ask(door, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", door.getsockname()[1], timeout=30)
    try:
        connection.request("GET", path, headers={"Host": HOST, "X-Forwarded-Proto": "https", **headers})
        response = connection.getresponse()
        return response.status, response.read().decode(), response.headers
    finally:
        connection.close()


@pytest.fixture
def door():
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        yield listening


@pytest.fixture
def told(tmp_path, environment):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.settimeout(60)
        notified.bind(str(tmp_path / "n"))
        environment["NOTIFY_SOCKET"] = str(tmp_path / "n")
        yield notified


def test_a_site_set_up_by_the_page_serves_and_restarts_without_a_refused_visitor(environment, door, told, tmp_path):
    log = tmp_path / "log"
    manage(environment, "collectstatic", "--no-input", "--verbosity=0")
    assert "Still to do by a person" in manage(environment, "setup", "--no-input")
    with running(door, environment, told, log):
        assert ask(door, "/readyz")[:2] == (200, "ok")
        status, page, headers = ask(door, "/ja/")
        assert status == 200
        assert "廊下の灯り" in page
        assert headers["Strict-Transport-Security"]
        assert ask(door, "/ja/", **{"X-Forwarded-Proto": "http"})[0] == 301
        assert ask(door, "/healthz", **{"X-Forwarded-Proto": "http"})[0] == 200
        assert ask(door, "/en/", Host="elsewhere.example")[0] == 400
        cookies = ask(door, "/en/account/sign-in/")[2].get_all("Set-Cookie")
        assert any(cookie.startswith("__Host-csrf=") and "Secure" in cookie for cookie in cookies)

    answers, stop = [], threading.Event()

    def visit():
        while not stop.is_set():
            answers.append(ask(door, "/en/steps/3/")[0])

    # From here on nobody holds the door but this test, as systemd does between two versions.
    visitors = [threading.Thread(target=visit) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    with running(door, environment, told, log):
        wait_until(lambda: len(answers) > 20, 30, log)
    closed = len(answers)
    with running(door, environment, told, log):
        wait_until(lambda: len(answers) > closed + 20, 30, log)
        stop.set()
        for visitor in visitors:
            visitor.join(30)
    assert set(answers) == {200}
    assert '"logger": "hallway.metrics"' in log.read_text()


def test_without_its_tables_the_site_serves_guidance_and_says_what_is_missing(environment, door, told, tmp_path):
    manage(environment, "collectstatic", "--no-input", "--verbosity=0")
    with running(door, environment, told, tmp_path / "log"):
        assert ask(door, "/readyz")[:2] == (503, "migrations\ncache")
        assert ask(door, "/ja/help/jp/")[0] == 200
