"""Rails for the project itself: layout, one-way imports, scopes, migrations, settings, words."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import allauth
import django
import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.template import engines
from django.template.base import Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from config import env
from guidance import check, library, words

ROOT = Path(__file__).resolve().parent.parent
VIEWS = sorted((ROOT / "journal" / "views").glob("*.py"))
# The only ways from a view to a row: each says for whom.
SCOPES = {
    "visible_to", "of_family", "editable_by", "in_bin_of", "of_member", "of_counsellor", "of_user", "beside", "by_code",
    "by_link", "counsellor_of", "of_manager", "waiting_for", "readable_by", "of_entries", "count_by_counsellor",
    "record", "record_reading", "write", "keep", "send", "mark_read", "update_or_create", "new_to",
    "of_visitor", "record_refusal", "forget", "choose",
    "of_keeper", "offered_to", "of_invited", "left_by", "sent_by", "count_waiting", "set_open", "begin", "stop",
    "say", "take_back", "tell_missed", "for_member", "unread_by", "through", "waiting_in", "with_newest", "in_journal",
    "answering", "around", "named", "kept_by", "running_of", "planned_by", "coming", "agreeable_by", "beginnable_by",
    "recoverable_by", "of_contact", "give", "besides", "read_by", "unconfirmed_in", "given_through",
}  # fmt: skip
TOP = {
    "manage.py", "config", "guidance", "journal", "templates", "static", "tests", "pyproject.toml",
    "README.md", "README.ja.md", "LICENSE", "CONTRIBUTING.md", "Makefile", "docs", "locale", "deploy", ".ci", ".gitignore",
    ".dockerignore", ".python-version", "requirements.in", "requirements.txt", "requirements-dev.in", "requirements-dev.txt",
    "requirements-postgres.in", "requirements-postgres.txt",
}  # fmt: skip


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True)
    return [name for name in listed.stdout.decode().split("\0") if name]


def test_the_top_level_holds_what_a_reader_expects_and_no_third_app():
    assert {name.split("/")[0] for name in tracked()} <= TOP


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: path.stem)
def test_views_reach_models_only_through_a_scope(path):
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Attribute(value=ast.Attribute(attr="objects", value=ast.Name(owner)), attr=method):
                assert method in SCOPES, f"{path.name}:{node.lineno}: {owner}.objects.{method}"
                assert method != "update_or_create" or owner == "EmailAddress"
            case ast.Call(func=ast.Name("get_object_or_404"), args=[ast.Name(model), *_]) if model[0].isupper():
                pytest.fail(f"{path.name}:{node.lineno}: {model} without a scope")


def test_of_config_the_addresses_and_two_checks_at_the_start_alone_know_an_app():
    found = set()
    for path in (ROOT / "config").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            found |= {path.name for name in names if name.split(".")[0] in {"guidance", "journal"}}
    assert found == {"urls.py", "readiness.py", "wsgi.py"}


@pytest.mark.parametrize("path", sorted((ROOT / "guidance").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_guidance_knows_nothing_of_the_journal_and_has_no_database(path):
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            assert not name.startswith(("journal", "django.db")), f"{path}:{node.lineno} imports {name}"


# ---- what docs/ says of the code


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_test_file_and_page_that_the_docs_name_is_there(page):
    said = page.read_text("utf-8")
    tests = {name for path in (ROOT / "tests").rglob("*.py") for name in re.findall(r"^def (test_\w+)", path.read_text(), re.M)}
    folders = "|".join(sorted({name.split("/")[0] for name in tracked() if "/" in name}))
    named = re.findall(rf"`((?:{folders})/[\w./-]+)`", said)
    linked = re.findall(r"\]\((?!https?:|step:|card:|page:|help:|check:)([^)#]+)", said)
    missing = set(re.findall(r"`(test_\w+)`", said)) - tests
    missing |= {name for name in named if not (ROOT / name).exists()}
    missing |= {name for name in linked if not (page.parent / name).exists()}
    assert not missing


def test_architecture_names_every_model_and_every_module_at_the_top_of_an_app():
    said = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    models = {model.__name__ for model in apps.get_app_config("journal").get_models()}
    modules = {path.name for app in ("config", "guidance", "journal") for path in (ROOT / app).glob("*.py")}
    modules -= {"__init__.py", "apps.py", "urls.py"}
    assert not {name for name in models | modules if not re.search(rf"\b{re.escape(name)}\b", said)}


def test_each_decision_has_a_number_of_its_own_and_its_title_says_it():
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    assert all(page.read_text("utf-8").startswith(f"# {page.name[:4]} ") for page in pages)


def test_operations_explains_every_setting_that_the_environment_gives():
    read = {name for path in (ROOT / "config").glob("*.py") for name in re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', path.read_text())}
    said = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert "HALLWAY_KEYS" in read
    assert not {name for name in read if not re.search(rf"`{name}[`=]", said)}


def test_guidance_has_no_model():
    assert list(apps.get_app_config("guidance").get_models()) == []


def test_no_admin_exists():
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_migrations_are_complete(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-postgres.txt"])
def test_lock_files_name_no_host_and_hash_everything(name):
    text = (ROOT / name).read_text()
    assert not re.search(r"https?:|^-", text, re.M)
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\S)", text) if "==" in block.split("\n")[0])


def start(**environment):
    """Start Django's check in a process of its own and return what it says."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "VIRTUAL_ENV"}}
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(command, cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False)


def test_the_demo_is_refused_for_any_other_host():
    said = start(DEMO="1", ALLOWED_HOSTS="hallway.example")
    assert said.returncode != 0
    assert "only to localhost" in said.stderr


def test_a_file_of_numbers_that_is_not_there_is_said_in_one_line():
    said = start(DEMO="1", HELPLINES_FILE="/nowhere/at/all.yaml")
    assert said.returncode != 0
    assert said.stderr == "HELPLINES_FILE cannot be read: No such file or directory.\n"


def test_a_file_of_numbers_that_holds_no_text_is_refused(monkeypatch, tmp_path):
    (tmp_path / "numbers.yaml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path, tmp_path / "numbers.yaml"):
        monkeypatch.setenv("HELPLINES_FILE", str(path))
        with pytest.raises(ImproperlyConfigured, match="HELPLINES_FILE cannot be read: "):
            env.file("HELPLINES_FILE")
    (tmp_path / "numbers.yaml").write_text("verified: []\n")
    assert env.file("HELPLINES_FILE") == str(tmp_path / "numbers.yaml")
    monkeypatch.delenv("HELPLINES_FILE")
    assert env.file("HELPLINES_FILE") == ""


def test_pages_that_show_what_went_wrong_are_refused_for_any_other_host():
    said = start(DEBUG="1", ALLOWED_HOSTS="hallway.example", SECRET_KEY="x" * 50, HALLWAY_KEYS=f"1:{'A' * 43}=")
    assert said.returncode != 0
    assert "only to localhost" in said.stderr


def test_what_stands_behind_the_database_address_is_not_dropped():
    options = env.database("postgresql://hallway@db.example/hallway?sslmode=verify-full")["OPTIONS"]
    assert options["sslmode"] == "verify-full"
    assert "statement_timeout" in options["options"]


def test_a_missing_key_stops_the_start_with_one_clear_line():
    said = start(SECRET_KEY="x" * 50, ALLOWED_HOSTS="hallway.example")
    assert said.returncode != 0
    assert "HALLWAY_KEYS" in said.stderr.strip().splitlines()[-1]


# ---- words in both languages


def catalogue():
    from babel.messages.pofile import read_po

    with (ROOT / "locale/ja/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale="ja")


def template_strings():
    """Yield (file, context, message) for every translatable string of a template."""
    engine = engines["django"].engine
    for path in sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates").rglob("*.txt")):
        source = path.read_text()
        # Words handed to an include, a tag or a filter.
        said = re.sub(r"{% comment %}.*?{% endcomment %}", "", source, flags=re.DOTALL)
        yield from ((path, None, words) for words in re.findall(r'\b_\("([^"]+)"\)', said))
        template = Template(source, engine=engine)
        nodes = [*template.nodelist]
        nodes += [partial.nodelist for partial in getattr(template, "extra_data", {}).get("partials", {}).values()]
        while nodes:
            node = nodes.pop()
            if isinstance(node, TranslateNode):
                var = node.filter_expression.var
                literal = getattr(var, "literal", var)
                if isinstance(literal, str):
                    yield path, node.message_context and node.message_context.resolve({}), literal
            elif isinstance(node, BlockTranslateNode):
                singular, _ = node.render_token_list(node.singular)
                context = node.message_context and node.message_context.resolve({})
                yield path, context, " ".join(singular.split()) if node.trimmed else singular
            else:
                # A simple block tag has a nodelist, which Django does not name among the child_nodelists.
                for attribute in {*getattr(node, "child_nodelists", ()), "nodelist"}:
                    nodes += list(getattr(node, attribute, None) or ())
                if hasattr(node, "__iter__"):
                    nodes += list(node)


def python_strings():
    """Yield (file, context, message) for every literal given to gettext in our Python."""
    for folder in ("config", "guidance", "journal"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                    texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                    if node.func.id in {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"} and texts:
                        yield path, None, texts[0]
                    elif node.func.id in {"pgettext", "pgettext_lazy"} and len(texts) > 1:
                        yield path, texts[0], texts[1]


def test_every_string_has_its_japanese():
    known = catalogue()
    missing = set()
    for path, context, message in [*template_strings(), *python_strings()]:
        entry = known.get(message, context=context or None)
        if entry is None or not (entry.string if isinstance(entry.string, str) else entry.string[0]):
            missing.add(f"{path.relative_to(ROOT)}: {context or ''} {message!r}")
    assert not missing, "\n" + "\n".join(sorted(missing))


def borrowed_strings():
    """Yield the strings of Django and allauth, which the catalogue may say in this site's own words."""
    from babel.messages.pofile import read_po

    for package in (django, allauth):
        for path in Path(package.__file__).parent.rglob("locale/ja/LC_MESSAGES/django.po"):
            with path.open("rb") as file:
                yield from ((entry.context, entry.id) for entry in read_po(file, locale="ja"))


def test_no_string_is_kept_that_nothing_says_any_more():
    ours = {(context or None, message) for _path, context, message in [*template_strings(), *python_strings()]}
    borrowed = set(borrowed_strings())
    for entry in catalogue():
        message = entry.id if isinstance(entry.id, str) else entry.id[0]
        assert not message or (entry.context, message) in ours or (entry.context, entry.id) in borrowed, message


def test_no_string_is_uncertain():
    assert not [entry.id for entry in catalogue() if entry.id and entry.fuzzy]


def test_placeholders_are_the_same_in_both_languages():
    pattern = re.compile(r"%\((\w+)\)s")
    for entry in catalogue():
        for text in [entry.string] if isinstance(entry.string, str) else entry.string:
            source = entry.id if isinstance(entry.id, str) else entry.id[1]
            if entry.id and text:
                assert set(pattern.findall(text)) <= set(pattern.findall(source)), entry.id


def test_no_string_holds_a_word_this_site_does_not_use_or_a_telephone_number():
    known = library.current().helplines.numbers
    found = set()
    for entry in catalogue():
        texts = {"en": entry.id, "ja": entry.string}
        for language, text in texts.items() if entry.id else ():
            for line in [text] if isinstance(text, str) else text:
                found |= {f"{word!r} in {line!r}" for word in words.refused(line, language)}
                found |= {f"Saito without a given name in {line!r}"} if words.nameless_saito(line) else set()
                found |= {f"{number} in {line!r}" for number in check.telephone_numbers(line, known)}
    assert not found, "\n" + "\n".join(sorted(found))


def test_no_template_holds_a_telephone_number():
    known = library.current().helplines.numbers
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]:
        text = re.sub(r"<svg.*?</svg>|<[^>]*>|\{[%{].*?[%}]\}|\{#.*?#\}", " ", path.read_text("utf-8"), flags=re.DOTALL)
        assert not check.telephone_numbers(text, known), path


def test_no_screen_says_attempt():
    templates = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]
    for path in [*templates, ROOT / "locale/ja/LC_MESSAGES/django.po"]:
        assert not re.search(r"\battempts?\b", path.read_text(), re.I), path
