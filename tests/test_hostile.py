"""What nobody means to send: every form and every query parameter of the site gets it, and no page breaks, lies or obeys.

The forms are read from the pages of tests/screens, the parameters from the views, the addresses from the table of
tests/test_access.py: what is new is covered by itself, and a form or a name that is on no page fails here.
"""

import ast
import csv
import io
import re
import uuid
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone, translation
from hypothesis import HealthCheck, given
from hypothesis import settings as limits

from journal.models import Centre, CentreRole, Outbox, User
from tests import factories
from tests.conftest import make_world, send_away, sign_in
from tests.screens import SCREENS, complete
from tests.test_access import ROWS, URLS
from tests.tools.forms import ID, Form, Pairs, forms_of
from tests.tools.hostile import (
    ACCEPTED,
    MARK,
    REFUSED,
    TEXTS,
    encoded,
    mutations,
    noted,
    one_at_a_time,
    problems,
    send,
    texts_of,
    undone,
)
from tests.tools.markup import Markup

ROOT = Path(__file__).resolve().parent.parent

# The same each time; rows are undone by hand.
LIMITS = limits(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


@dataclass
class Attack:
    """A run through the forms of the site: which were met, with which names, and what was wrong with the answers."""

    language: str
    examples: int
    foreign: list[str]
    kinds: set[tuple[str, ...]] = field(default_factory=set)
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    read: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    found: list[str] = field(default_factory=list)

    def on(self, client: Client, form: Form, theirs: bool) -> None:
        """Send one form several times over: with each text in each place, and with whatever Hypothesis thinks of."""
        if form.kind in self.kinds or not form.action.startswith("/"):
            return
        self.kinds.add(form.kind)
        with translation.override(self.language):
            view = resolve(re.split("[?#]", form.action)[0]).view_name
        self.names[view] |= {ID.sub("", name) for name in form.names}
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}

        def once(pairs: Pairs) -> None:
            self._once(client, form, pairs, view, theirs)
            client.cookies.clear()
            client.cookies.load(cookies)

        if self.examples > 2:
            for pairs in one_at_a_time(form, texts_of(self.language)):
                once(pairs)

        @limits(LIMITS, max_examples=self.examples)
        @given(mutations(form, self.foreign))
        def tried(pairs: Pairs) -> None:
            once(pairs)

        tried()
        if self.examples > 2:
            # What is looked up and stands in no form, most of it in rules before every view, is sent as well.
            for name in sorted(self.read[view] - self.names[view]):
                self.names[view].add(name)
                for text in texts_of(self.language):
                    once([*form.sent(filled=True), (name, text)])

    def _once(self, client: Client, form: Form, pairs: Pairs, view: str, theirs: bool) -> None:
        post, usual = form.method == "post", form.sent(filled=True)
        changed = [(name, text[:30]) for name, text in pairs if (name, text) not in usual]
        where = f"{form.method} {ID.sub('…', form.action)} {changed!r}"
        with undone() as written, noted() as names:
            # A script asks as often as a browser without one.
            answer = send(client, form, pairs, {"HX-Request": "true"} if len(pairs) % 2 else {})
            # A page that goes through all it was sent looks up our inventions too.
            self.read[view] |= {ID.sub("", name) for name in names - {name for name, _value in pairs}}
            self.found += [f"{where}: {one}" for one in problems(answer, written, self.language, form=post, theirs=theirs)]
            # What was taken has to stand on the next page without breaking it.
            if (next_page := answer.headers.get("Location", "")).startswith("/") and post:
                after = client.get(next_page)
                self.found += [
                    f"{where}, then {next_page}: {one}" for one in problems(after, list, self.language, form=False, theirs=theirs)
                ]


FULL = [pytest.param(language, 8, marks=pytest.mark.full, id=f"{language}-many") for language in ("en", "ja")]


@pytest.mark.parametrize(("language", "examples"), [pytest.param("ja", 2, id="ja"), *FULL])
def test_no_form_breaks_lies_or_obeys_whatever_is_sent(db, language, examples):
    seen = set()
    with override_settings(SECOND_FACTOR_REQUIRED=False):
        world = complete(make_world())
        foreign = [str(world.other_entry.pk), str(world.other_entry.journal_id), str(world.member_private.pk), str(uuid.uuid4())]
        attack = Attack(language, examples, foreign)
        for screen in SCREENS:
            if examples == 2 and screen.url_name in seen:
                continue  # each page once; its other states are opened by `make test-full`
            seen.add(screen.url_name)
            with transaction.atomic():
                page, client = screen.show(world, language)
                client.raise_request_exception = False
                address = page.wsgi_request.get_full_path() if hasattr(page, "wsgi_request") else "/"
                for form in forms_of(Markup(page.content.decode()), address):
                    attack.on(client, form, screen.role in {"stranger", "other"})
                transaction.set_rollback(True)
    assert not attack.found, "\n" + "\n".join(dict.fromkeys(attack.found))
    assert all(len(message.recipients()) == 1 for message in mail.outbox)
    assert len(attack.kinds) > 100
    if examples > 2:
        without = {name for method, name, _ in ROWS if method == "POST"} - attack.names.keys()
        assert not without, "no page has a form that goes there"
        unsent = {view: names - attack.names[view] - set(parameters()) for view, names in attack.read.items()}
        assert not {view: names for view, names in unsent.items() if names}, "read, and sent by no form"


# ---- what stands in an address


def parameters() -> list[str]:
    """Every name that a view reads from an address, and those of Django and allauth."""
    found = {"next", "page", "pk"}
    for path in (*ROOT.glob("journal/**/*.py"), *ROOT.glob("guidance/**/*.py"), *ROOT.glob("config/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Attribute(attr="GET"), attr="get"), args=[ast.Constant(str(name)), *_]
                ):
                    found.add(name)
                case ast.Subscript(value=ast.Attribute(attr="GET"), slice=ast.Constant(str(name))):
                    found.add(name)
                case ast.Compare(left=ast.Constant(str(name)), comparators=[ast.Attribute(attr="GET")]):
                    found.add(name)
    return sorted(found)


def test_the_list_of_parameters_is_read_from_the_views():
    assert {"before", "entry", "kind", "next"} <= set(parameters())


def addresses(world, language: str) -> Iterator[tuple[str, str]]:
    """Every address of the table that answers GET, and who opens it."""
    for method, name, row in ROWS:
        if method == "GET":
            role = next((role for role in ("owner", "counsellor", "manager", "pending", "contact") if row[role] == "ok"), "owner")
            with translation.override(language):
                yield reverse(name, kwargs=world.url_arguments(URLS[name], name)), role


EACH = [pytest.param(language, len(TEXTS), marks=pytest.mark.full, id=f"{language}-each") for language in ("en", "ja")]


@pytest.mark.parametrize(("language", "turns"), [pytest.param("en", 2, id="en"), *EACH])
def test_nothing_in_an_address_or_a_cookie_breaks_a_page(db, language, turns):
    world = send_away(make_world())
    client, found, names = Client(raise_request_exception=False), [], parameters()
    values, read = list(TEXTS.values()), set()
    for number, (address, role) in enumerate(addresses(world, language)):
        sign_in(client, world.roles[role])
        for turn in range(turns):
            some = [values[(number + turn * 11 + place) % len(values)] for place in range(len(names))]
            query = encoded(list(zip(names, some, strict=True))).decode()
            client.cookies["display"] = client.cookies["language"] = quote(some[0].encode(errors="surrogatepass")[:200])
            headers = {"HX-Target": some[1].encode("ascii", "replace").decode()[:50]} | (
                {"HX-Request": "true"} if turn % 2 else {}
            )
            with undone() as written, noted() as looked_up:
                answer = client.get(f"{address}?{query}", headers=headers)
                found += [f"{address} {some!r:.200}: {one}" for one in problems(answer, written, language, form=False)]
            read |= looked_up
    assert not [one for one in found if "leads to" not in one], "\n" + "\n".join(found)
    assert not read - set(names), "read from an address, and not in parameters()"


@pytest.mark.parametrize("name", sorted(name for name, arguments in URLS.items() if arguments))
def test_nothing_in_the_place_of_an_id_breaks_a_page(client, world, name):
    sign_in(client, world.roles["owner"])
    tried = 0
    for value in TEXTS.values():
        try:
            address = reverse(name, kwargs=dict.fromkeys(URLS[name], value))
        except (NoReverseMatch, UnicodeEncodeError):
            continue
        tried += 1
        assert client.get(address).status_code in ACCEPTED | REFUSED | {405}
    made_up = {argument: uuid.uuid4() if argument.endswith("_id") else 10**30 for argument in URLS[name]}
    with suppress(NoReverseMatch):
        address = reverse(name, kwargs=made_up)
        tried += 1
        assert client.get(address).status_code in ACCEPTED | REFUSED | {405}
    assert tried or name == "guidance:help_detail"  # two letters, checked against the list of countries


# ---- what was kept is shown as it was written, everywhere


POISON = "".join(TEXTS[name] for name in ("formula", "right to left", "template", "fragment", "markup"))
NAME = f"=1+1<b {MARK}>"  # where sixty letters have to do


@pytest.fixture
def poisoned(db, monkeypatch):
    """The whole cast, with markup, formulas and template code wherever somebody can write something."""
    for marker in ("SECRET", "PRIVATE", "MEMBER_PRIVATE", "OTHER_FAMILY"):
        monkeypatch.setattr(f"tests.conftest.{marker}", POISON)
    world = complete(send_away(make_world()))
    User.objects.update(display_name=NAME)
    CentreRole.objects.update(name_en=NAME, name_ja=NAME, licence_en=NAME, licence_ja=NAME)
    Centre.objects.update(name_en=NAME, name_ja=NAME, complaints_en=POISON, complaints_ja=POISON)
    world.journal.seal(replace(world.journal.document, relation=NAME))
    world.journal.save()
    factories.make_reply(world.share, POISON, entry=world.entry)
    factories.ask(world.share, world.roles["owner"], POISON)
    for part in ("page", "agreements", "count"):
        factories.open_part(world.share, part, world.roles["owner"])
    return world


@pytest.mark.parametrize("language", ["en", pytest.param("ja", marks=pytest.mark.full)])
def test_what_somebody_wrote_becomes_no_markup_code_or_title_on_any_page(poisoned, language):
    shown, found = set(), []
    for address, role in addresses(poisoned, language):
        answer = sign_in(Client(), poisoned.roles[role]).get(address)
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        body = answer.content.decode()
        markup = Markup(body)
        if MARK in body:
            shown.add(resolve(address).view_name)
        found += [f"{address}: {one}" for one in markup.with_attribute(MARK)]
        found += [f"{address}: was computed" for _ in range("40405" in body)]
        found += [f"{address}: in its title" for one in markup.all("title") if MARK in one.text]
    assert not found, "\n" + "\n".join(found)
    # The proof is worth something only where the words are really on the page.
    assert {"journal:home", "journal:entry_list", "journal:entry_detail", "journal:desk_family",
            "journal:desk_page", "journal:desk_agreements", "journal:person_list", "journal:family_page", "journal:centre_detail",
            "journal:visit_sheet", "journal:desk_visit", "journal:share_list", "journal:log_list",
            "journal:member_list"} <= shown  # fmt: skip


def test_what_somebody_wrote_becomes_no_code_in_a_copy_on_paper_in_a_picture_or_a_mail(poisoned):
    owner = poisoned.roles["owner"]
    client = sign_in(Client(), owner)
    page = client.post(reverse("journal:export_add"))["Location"]
    with zipfile.ZipFile(io.BytesIO(client.get(f"{page}file/").content)) as archive:
        files = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    assert not Markup(files["notes.html"]).with_attribute(MARK)
    tables = [name for name in files if name.endswith(".csv")]
    for name in tables:
        cells = [cell for row in csv.reader(io.StringIO(files[name], newline="")) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))], name
    assert sum(MARK in files[name] for name in tables) >= 4
    asked = {"parts": ["counts", "words", "people", "page", "agreements"], "ask": POISON, "private": "on"}
    answer = client.post(reverse("journal:summary_print"), asked)
    assert answer.status_code == 200
    paper = answer.content.decode()
    assert paper.count(MARK) > 4  # the question, and the family's own words of each part
    assert not Markup(paper).with_attribute(MARK)
    for svg in re.findall(r"<svg.*?</svg>", client.get(reverse("journal:week_list")).content.decode(), re.S):
        assert MARK not in svg
    owner.notice_hour = 9
    owner.save()
    Outbox.objects.tell_parents(poisoned.journal.pk)
    Outbox.objects.update(due_at=timezone.now())
    call_command("tick", verbosity=0, stdout=io.StringIO())
    assert mail.outbox
    assert not [message for message in mail.outbox if MARK in f"{message.subject}{message.body}{message.from_email}"]
