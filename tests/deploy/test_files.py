"""deploy/: what it names exists, what it serves is careful, and no secret or foreign address stands in it."""

import configparser
import os
import re
import shlex
import subprocess
import sys

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from config.env import new_master_keys
from config.settings import BASE_DIR
from guidance import check, library, words

DEPLOY = BASE_DIR / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNITS = sorted((DEPLOY / "systemd").glob("*.*"))
SERVICES = [path for path in UNITS if path.suffix == ".service"]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
# What others than this site read.
FOREIGN = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "POSTGRES_USER", "POSTGRES_DB", "PGDATA"}
FOREIGN |= {"POSTGRES_PASSWORD_FILE", "PIP_NO_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK"}


def settings_read():
    """Every name the program asks the environment for, with the file of a secret."""
    code = "".join(path.read_text("utf-8") for folder in ("config", "journal") for path in (BASE_DIR / folder).rglob("*.py"))
    secrets = set(re.findall(r'env\.secret\(\s*"([A-Z_]+)"', code))
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', code)) | {f"{name}_FILE" for name in secrets}


def unit(path):
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read_string(path.read_text("utf-8"))
    return parser


def accepts(words):
    """Whether ``manage.py`` takes these words: the command is there, and so is each of its options."""
    name, *rest = words
    load_command_class(get_commands()[name], name).create_parser("manage.py", name).parse_args(rest)
    return True


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_names_a_foreign_host_or_holds_a_secret(path):
    text = path.read_text("utf-8")
    hosts = set(re.findall(r"\b(?:[a-z0-9-]+\.)+(?:com|io|org|net|dev|jp)\b", text))
    assert {host for host in hosts if not host.endswith("example.org")} == set()
    assert not re.search(r"[A-Za-z0-9+/]{40,}={0,2}", text)
    assert not re.search(r"\d:[A-Za-z0-9+/]{43}=", text)


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_every_service_has_no_right_it_does_not_need(name):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["user"].split(":")[0] not in {"", "0", "root"}
    assert "privileged" not in service
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_the_database_is_reached_from_inside_alone():
    assert COMPOSE["services"]["database"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert "ports" not in COMPOSE["services"]["database"]


def test_compose_names_settings_secrets_and_commands_that_exist():
    known = settings_read() | FOREIGN
    for name, service in COMPOSE["services"].items():
        assert set(service.get("environment", {})) <= known, name
        assert set(service["secrets"]) <= set(COMPOSE["secrets"]), name
        said = " ".join(service.get("command", []))
        for typed in re.findall(r"manage\.py,? ?([^;]+)", said):
            assert accepts(typed.replace(",", " ").split()), name
        for other, how in service.get("depends_on", {}).items():
            assert other in COMPOSE["services"]
            assert how["condition"] in {"service_healthy", "service_completed_successfully"}
    assert {name for name in COMPOSE["services"] if "--prune" in str(COMPOSE["services"][name])} == {"backup"}


def test_the_example_of_settings_names_only_settings():
    lines = (DEPLOY / "site.env.example").read_text("utf-8").splitlines()
    named = [match[1] for line in lines if (match := re.match(r"#?([A-Z_]+)=", line))]
    assert len(named) > 8
    assert set(named) <= settings_read()
    assert not {name for name in named if name in {"SECRET_KEY", "HALLWAY_KEYS", "MAIL_PASSWORD", "HALLWAY_BACKUP_PRIVATE_KEY"}}


def test_the_image_holds_what_the_site_needs_and_runs_as_nobody_in_particular():
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    copied = {word for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M) for word in line.split()}
    assert copied == {
        "requirements.txt", "requirements-postgres.txt", "manage.py",
        "config", "guidance", "journal", "templates", "static", "locale",
    }  # fmt: skip
    assert all((BASE_DIR / name).exists() for name in copied)
    # Nothing else is sent to whatever builds it: no key of the demo, no history, no test.
    sent = [line for line in (BASE_DIR / ".dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"]
    assert sent[0] == "*"
    assert {line[1:] for line in sent if line[0] == "!"} == copied
    assert re.findall(r"^USER (\S+)", text, re.M)[-1] == "10001:10001"
    assert "--require-hashes" in text
    # The tools that make copies are of the server's version.
    version = re.search(r"postgresql-client-(\d+)", text)[1]
    assert COMPOSE["services"]["database"]["image"].startswith(f"postgres:{version}")
    python = (BASE_DIR / ".python-version").read_text().strip()
    assert set(re.findall(r"^FROM python:([\d.]+)-", text, re.M)) == {
        python.rsplit(".", 1)[0] if python.count(".") == 2 else python
    }


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_unit_runs_what_exists_as_a_user_who_can_change_nothing(path):
    service = unit(path)["Service"]
    assert service["User"] == "hallway"
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    name, value = service["Environment"].split("=")
    assert (name, value) == ("PYTHONDONTWRITEBYTECODE", "1")
    program, *words = shlex.split(service["ExecStart"])
    assert program.startswith("/opt/hallway-light/current/.venv/bin/")
    if program.endswith("/python"):
        assert words[0] == "manage.py"
        assert accepts(words[1:])
    else:
        assert words[0] == "config.wsgi"


@pytest.mark.parametrize("path", [path for path in UNITS if path.suffix in {".timer", ".socket"}], ids=lambda path: path.name)
def test_a_timer_or_socket_starts_a_unit_that_is_there(path):
    assert path.with_suffix(".service") in SERVICES
    assert unit(path)["Install"]["WantedBy"] in {"timers.target", "sockets.target"}


def test_everything_that_has_to_run_by_itself_runs_in_both_ways():
    timed = {shlex.split(unit(path)["Service"]["ExecStart"])[2] for path in SERVICES if path.with_suffix(".timer").exists()}
    looped = {
        words for service in COMPOSE["services"].values() for words in re.findall(r"do python manage\.py (\w+)", str(service))
    }
    assert timed == looped == {"tick", "backup", "verify_log"}


def test_a_container_is_well_while_its_site_answers_by_its_own_name(live_server, monkeypatch, settings, capsys):
    from config import healthcheck

    assert COMPOSE["services"]["web"]["healthcheck"]["test"] == ["CMD", "python", "-m", "config.healthcheck"]
    settings.ALLOWED_HOSTS = ["light.example.org"]
    monkeypatch.setenv("ALLOWED_HOSTS", "light.example.org, other.example.org")
    port = int(live_server.url.rsplit(":", 1)[1])
    assert healthcheck.main(port) == 0
    monkeypatch.setenv("ALLOWED_HOSTS", "elsewhere.example.org")
    assert healthcheck.main(port) == 1
    assert healthcheck.main(9) == 1
    assert "400" in capsys.readouterr().err


def test_a_machine_without_docker_can_use_the_same_compose_file():
    """What podman has no word for, or makes with other rights: its "local" log, and the mode of a file system in memory."""
    for service in COMPOSE["services"].values():
        assert service["logging"]["driver"] == "json-file"
        assert service["logging"]["options"].keys() == {"max-size", "max-file"}
        assert all("mode=1777" in place for place in service["tmpfs"])


def test_no_proxy_keeps_addresses_or_believes_a_visitor():
    nginx, caddy = ((DEPLOY / name).read_text("utf-8") for name in ("nginx.conf", "Caddyfile"))
    assert nginx.count("access_log off;") == 2
    assert re.findall(r"error_log \S+ (\w+);", nginx) == ["crit"]
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx
    assert "proxy_set_header X-Forwarded-Proto https;" in nginx
    assert "exclude http.log.error http.handlers.reverse_proxy" in caddy
    # Larger than the one file a family sends, and not much.
    from django.conf import settings

    largest = settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    for megabytes in (re.search(r"client_max_body_size (\d+)m", nginx)[1], re.search(r"max_size (\d+)MB", caddy)[1]):
        assert largest < int(megabytes) * 1_000_000 < largest * 1.2


def test_the_operators_command_has_the_settings_of_the_site_and_gives_up_root(tmp_path):
    (tmp_path / "site.env").write_text(
        f'SECRET_KEY=x\nHALLWAY_KEYS_FILE={tmp_path}/keys\nALLOWED_HOSTS=light.example.org\nMAIL_FROM="Light <a@b.example>"\n'
        f"DATABASE_URL=sqlite:///{tmp_path}/site.sqlite3\n"
    )
    (tmp_path / "keys").write_text(new_master_keys())
    (tmp_path / "setpriv").write_text('#!/bin/sh\necho "$@" >&2\nwhile [ "${1#--}" != "$1" ]; do shift; done\nexec "$@"\n')
    (tmp_path / "setpriv").chmod(0o755)
    script = (DEPLOY / "systemd" / "hallway").read_text("utf-8")
    for there, here in {
        "/etc/hallway-light": tmp_path,
        "/opt/hallway-light/current": BASE_DIR,
        ".venv/bin/python": sys.executable,
    }.items():
        assert there in script
        script = script.replace(there, str(here))
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-s", "migrate", "--plan"], input=script, env={"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "0001_initial" in done.stdout
    assert "--reuid=hallway --regid=hallway" in done.stderr


# ---- what the pages tell an operator to type


PAGES = [*sorted((BASE_DIR / "docs").rglob("*.md")), BASE_DIR / "README.md", BASE_DIR / "README.ja.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(BASE_DIR)))
def test_every_command_and_option_a_page_names_exists(page):
    # `hallway X` is `manage.py X` on a machine with the units.
    text = re.sub(r"(?m)(^|`|`HALLWAY_FOLDER=\S+ )hallway (?=[a-z_])", r"\1manage.py ", page.read_text("utf-8"))
    for name in re.findall(r"manage\.py ([a-z_]+)", text):
        assert name in get_commands(), name
    for name, rest in re.findall(r"manage\.py ([a-z_]+)([^\n`#]*)", text):
        options = load_command_class(get_commands()[name], name).create_parser("manage.py", name).format_help()
        for sub in re.findall(r"^ (?:[a-z_]+) ([a-z]+)", f" {name}{rest}"):
            parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
            nested = [action.choices for action in parser._actions if isinstance(action.choices, dict)]
            for choices in nested:
                assert sub in choices, f"{name} {sub}"
                options += choices[sub].format_help()
        for option in re.findall(r"(?<!\S)(--[a-z-]+)", rest):
            assert option in options, f"{name} {option}"
    targets = set(re.findall(r"^([a-z-]+):", (BASE_DIR / "Makefile").read_text(), re.M))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.M)) <= targets


def test_what_has_to_change_before_journals_are_divided_is_what_the_page_says():
    from django.apps import apps
    from django.db.models import UniqueConstraint

    said = (BASE_DIR / "docs" / "operations.md").read_text("utf-8").split("**Divided by journal (Citus).**")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in said.splitlines() if line.startswith("| ")]
    named = {row: set(re.findall(r"`(\w+)(?:\.\w+)?`", row)) for row in rows}
    no_column = named[" `ShareChoice`, `ReplyRead` "]
    unique, elsewhere = (next(names for row, names in named.items() if mark in row) for mark in ("unique rules", "`User`"))
    models = {model.__name__: model for model in apps.get_app_config("journal").get_models()}
    without = {name for name, model in models.items() if "journal" not in {field.name for field in model._meta.fields}}
    assert no_column | elsewhere | {"Journal"} == without
    private = set(models) - elsewhere - {"Journal"}
    loose = set()
    for name in private:
        meta = models[name]._meta
        rules = [rule.fields for rule in meta.constraints if isinstance(rule, UniqueConstraint)]
        rules += [(field.name,) for field in meta.fields if field.unique and not field.primary_key and "hash" not in field.name]
        loose |= {name} if any("journal" not in fields for fields in rules) else set()
    assert unique == loose


def anchors(page):
    """The places of a page a link can lead to, as a reader of Markdown makes them from its headings."""
    titles = re.findall(r"(?m)^#+ (.+)$", page.read_text("utf-8"))
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(BASE_DIR)))
def test_a_link_to_a_place_in_a_page_finds_it(page):
    for name, place in re.findall(r"\]\(([\w./-]+\.md)#([^)]+)\)", page.read_text("utf-8")):
        assert place in anchors(page.parent / name), f"{name}#{place}"


# ---- the pages for a centre: the same in both languages, in this site's words


@pytest.mark.parametrize("name", ["operations", "night", "counsellors"])
def test_the_japanese_guide_names_no_command_that_the_english_one_does_not(name):
    english, japanese = ((BASE_DIR / "docs" / folder / f"{name}.md").read_text("utf-8") for folder in (".", "ja"))
    said = [set(re.findall(r"(?:manage\.py|hallway) ([a-z_]+(?: [a-z]+(?= ))?)", text)) for text in (english, japanese)]
    assert said[1] <= said[0]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_is_handed_to_people_is_in_the_words_of_this_site(language):
    folder = BASE_DIR / "docs"
    pages = [
        *(folder / "sheets").glob(f"*.{language}.html"),
        folder / ("ja/counsellors.md" if language == "ja" else "counsellors.md"),
    ]
    assert len(pages) == 3
    for page in pages:
        assert list(words.refused(re.sub(r"<[^>]*>|!\[", " ", page.read_text("utf-8")), language)) == [], page.name


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_sheet_for_a_parent_names_the_emergency_numbers_of_the_one_list_and_no_other(language):
    text = (BASE_DIR / "docs" / "sheets" / f"new-parent.{language}.html").read_text("utf-8")
    known = {item.number for item in library.current().helplines.emergency("jp")}
    assert set(re.findall(r"<b>(\d+)番?</b>", text)) == known
    assert set(check.telephone_numbers(re.sub(r"<[^>]*>", " ", text), known)) == known


def test_screens_in_the_guides_are_there_in_both_languages_and_small():
    screens = {path.stem: path for path in (BASE_DIR / "docs" / "screens").glob("*.png")}
    assert all(path.stat().st_size < 150_000 for path in screens.values())
    assert all(f"{name.removesuffix('-en')}-ja" in screens for name in screens if name.endswith("-en"))
    text = "".join(page.read_text("utf-8") for page in PAGES)
    assert set(re.findall(r"screens/([\w-]+)\.png", text)) == set(screens)
