"""`manage.py setup` and the two key files: from an empty machine to a site whose first people can sign in."""

import re
import smtplib
import subprocess
import sys

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client

from config import env, keyfiles
from config.settings import BASE_DIR
from journal.models import Centre, CentreRole, Invitation, User
from journal.vault import Vault
from tests import factories

CENTRE = {"centre_en": "River Centre", "centre_ja": "川センター"}
MANAGER = {"manager": "kase@example.org", "manager_name_en": "Mr Kase", "manager_name_ja": "加瀬さん"}
COUNSELLOR = {
    "counsellor": "ono@example.org",
    "counsellor_name_en": "Ms Ono",
    "counsellor_name_ja": "小野さん",
    "counsellor_licence_en": "Psychologist",
    "counsellor_licence_ja": "公認心理師",
    "counsellor_days": "fri",
}
SITE = {"site": "https://light.example.org"}


@pytest.fixture
def setup(db, capsys):
    """Run it without a question, and return what it printed."""

    def run(**options):
        call_command("setup", no_input=True, **options)
        return capsys.readouterr().out

    return run


@pytest.fixture
def typing(monkeypatch):
    """Answer its questions by the words in them; whatever else it asks gets an empty line."""

    def answers(said):
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda asked: next((said[key] for key in said if key in asked), ""))

    return answers


def test_a_new_site_gets_its_centre_and_people_in_one_run(setup):
    printed = setup(**CENTRE, **MANAGER, **COUNSELLOR, **SITE, approve=True)
    assert Centre.objects.get().name("ja") == "川センター"
    assert set(CentreRole.objects.values_list("user__email", "role")) == {
        ("kase@example.org", "manager"),
        ("ono@example.org", "counsellor"),
    }
    links = re.findall(r"https://light\.example\.org\S+", printed)
    Client().post(links[1].removeprefix("https://light.example.org"), {"password": "a long enough one"})
    assert User.objects.get(email="ono@example.org").check_password("a long enough one")


def test_a_second_run_changes_nothing_and_leaves_the_links_open(setup):
    setup(**CENTRE, **MANAGER, **COUNSELLOR, **SITE, approve=True)
    before = list(CentreRole.objects.order_by("pk").values()), list(Invitation.objects.order_by("pk").values())
    printed = setup(**CENTRE, **MANAGER, **COUNSELLOR, **SITE, approve=True)
    assert (list(CentreRole.objects.order_by("pk").values()), list(Invitation.objects.order_by("pk").values())) == before
    assert Centre.objects.count() == 1
    assert printed.count("makes a new link") == 2
    assert "https://light" not in printed


def test_nobody_is_approved_unless_the_operator_says_so_and_what_is_missing_is_named(setup):
    printed = setup(**CENTRE, **COUNSELLOR, **SITE)
    assert CentreRole.objects.get().approved_at is None
    assert "manage.py counsellor approve ono@example.org" in printed.split("Still to do")[1]


def test_one_approval_is_not_two(setup, settings):
    settings.SECOND_APPROVAL_REQUIRED = True
    printed = setup(**CENTRE, **COUNSELLOR, **SITE, approve=True)
    assert not CentreRole.objects.active().exists()
    assert "a second approval of ono@example.org" in printed
    settings.SECOND_APPROVAL_REQUIRED = False
    assert "a second approval" not in setup()


def test_without_any_option_it_checks_what_is_there(setup, monkeypatch):
    monkeypatch.delenv("HALLWAY_BACKUP_KEY", raising=False)
    printed = setup()
    assert "master key 2 is in use" in printed
    assert "9 steps" in printed
    assert "Centre: none yet." in printed
    assert "backup --new-key" in printed
    monkeypatch.setenv("HALLWAY_BACKUP_KEY", "x")
    assert "backup --new-key" not in setup()


def test_the_only_centre_is_taken_and_of_several_none_is_guessed(setup):
    factories.make_centre()
    setup(**MANAGER, **SITE)
    assert CentreRole.objects.get().centre == Centre.objects.get()
    Centre.objects.create(name_en="Hill Centre", name_ja="丘センター")
    assert "several are there" in setup(**COUNSELLOR, **SITE)
    assert CentreRole.objects.count() == 1


def test_somebody_at_a_terminal_is_asked_for_what_is_missing(db, typing, capsys):
    typing({
        "centre in English": "River Centre",
        "centre in Japanese": "川センター",
        "E-mail of the manager": "kase@example.org",
        "families read it in English": "Mr Kase",
        "families read it in Japanese": "加瀬さん",
        "Have you seen": "yes",
        "test mail to": "kase@example.org",
    })  # fmt: skip
    call_command("setup")
    role = CentreRole.objects.get()
    assert (role.role, role.name_ja, role.approved_at is not None) == ("manager", "加瀬さん", True)
    assert mail.outbox[0].to == ["kase@example.org"]


def test_a_mail_server_that_refuses_is_named_and_everything_else_is_done(setup, monkeypatch, capsys):
    def refuse(*words):
        raise smtplib.SMTPConnectError(421, "not now")

    monkeypatch.setattr("journal.management.commands.setup.send_mail", refuse)
    with pytest.raises(CommandError, match="the test mail"):
        setup(**CENTRE, mail_to="kase@example.org")
    assert "SMTPConnectError" in capsys.readouterr().out
    assert Centre.objects.exists()


def test_a_master_key_that_opens_nothing_stops_before_anybody_is_added(setup, monkeypatch):
    def wrong():
        raise ImproperlyConfigured("HALLWAY_KEYS cannot open the journals of this database")

    monkeypatch.setattr("journal.management.commands.setup.check_keys", wrong)
    with pytest.raises(ImproperlyConfigured):
        setup(**CENTRE)
    assert not Centre.objects.exists()


def test_the_demo_needs_no_setup(setup, settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="make run"):
        setup()


# ---- before there are settings


def test_two_keys_are_made_once_for_this_user_alone(tmp_path):
    first = keyfiles.make(tmp_path)
    kept = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())
    assert Vault(kept["hallway_keys"]).active == 1
    assert f"HALLWAY_KEYS_FILE={tmp_path}/hallway_keys" in "".join(first)
    assert not any(secret in "".join(first) for secret in kept.values())
    assert all("stays as it is" in line for line in keyfiles.make(tmp_path))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == kept


@pytest.mark.parametrize(("words", "said"), [([], "Usage"), (["/nowhere/at/all"], "No key was made")])
def test_a_folder_that_is_not_there_is_said_in_one_line(words, said):
    done = subprocess.run(
        [sys.executable, "-m", "config.keyfiles", *words], cwd=BASE_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert done.stderr.startswith(said)
    assert len(done.stderr.splitlines()) == 1


def test_the_address_of_the_database_may_stand_in_a_file_because_it_holds_a_password(tmp_path, monkeypatch):
    (tmp_path / "url").write_text("postgresql://hallway:secret@db/hallway\n")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert env.secret("DATABASE_URL", default="sqlite:///x") == "sqlite:///x"
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    assert env.database(env.secret("DATABASE_URL", default="sqlite:///x"))["NAME"] == "hallway"
