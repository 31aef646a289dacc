"""What nobody means to send: every form and every query parameter of the site gets it, and no page breaks, lies or obeys.

The forms are read from the pages of tests/screens, the parameters from the views, the addresses from the table of
tests/test_access.py: what is new is covered by itself.
"""

import ast
import csv
import io
import re
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from journal.models import Centre, CentreRole, Outbox, User
from tests import factories
from tests.conftest import OTHER_FAMILY, make_world, send_away, sign_in
from tests.screens import SCREENS, complete
from tests.test_access import ROWS, URLS
from tests.tools.markup import Element, Markup

ROOT = Path(__file__).resolve().parent.parent
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]+")
MARK = "data-hostile"
# Each kind of the list, by name, so that what fails says which.
TEXTS = {
    "markup": f"\"'></textarea></title><b {MARK}><script {MARK}>alert(1)</script>",
    "empty": "",
    "long": "あ" * 30_000,
    "NUL": "a\x00b",
    "controls": "a\x01\x07\x0b\x1b[31m\x7f\x85b",
    "lone surrogate": "a\ud83db",
    "noncharacter": "a\uffff\ufffeb",
    "right to left": "\u202egnp.exe\u2066\u200f",
    "zalgo": "h" + "\u0335\u0321\u0322" * 200,
    "joined emoji": "👨‍👩‍👧‍👦" * 40,
    "fragment": f'<p {MARK} hx-get="/en/" hx-trigger="load"></p>',
    "template": "{{ 40404|add:1 }}{% now 'Y' %}{{ request.user.password }}${40404+1}",
    "formula": "=40404+1\r\n+1\t@SUM(A1)",
    "header": "a@example.test\r\nBcc: b@example.test",
    "huge number": "9" * 400,
    "negative": "-1",
    "infinite": "1e999",
    "other digits": "٢٠٢٦-١١-٢٤",
    "year 0": "0000-00-00",
    "year 1": "0001-01-01",
    "year 9999": "9999-12-31",
    "hour 25": "25:61",
    "array": "[1,2]",
    "object": '{"a": {"b": null}}',
    "percent": "%s %(x)s {0} {x} %00",
    "query": "' OR 1=1; --",
    "path": "../../etc/passwd",
    "nobody's id": "00000000-0000-4000-8000-000000000000",
    "elsewhere": "https://evil.example/",
    "elsewhere without a scheme": "//evil.example/",
    "elsewhere by a script": "javascript:alert(1)",
}
# What may be written although nothing was accepted: the session, counted tries, and that the page which answers was read.
ALLOWED = re.compile(
    r'"(django_session|cache|journal_accessevent|journal_accesshead|journal_requestevent)"'
    r'|UPDATE "journal_sharedentry" SET "read_at"|UPDATE "journal_personrequest" SET "state"'
)
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)", re.I)
ACCEPTED, REFUSED = {200, 204, 302, 303}, {400, 401, 403, 404, 409, 422, 429}


@dataclass
class Form:
    """A form as a page shows it: where it goes, what its fields held, and how it was sent."""

    action: str
    method: str
    fields: list[tuple[str, str]]
    multipart: bool

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(name for name, _ in self.fields))

    @property
    def kind(self) -> tuple[str, ...]:
        """Forms that differ in ids and in what stands in them alone are one."""
        return (self.method, ID.sub("", self.action), *sorted({ID.sub("", name) for name in self.names}))


def forms_of(markup: Markup, address: str) -> Iterator[Form]:
    """Every form of a page, with what a browser would send."""
    for element in markup.all("form"):
        identity = element.get("id")
        inside = [
            one
            for one in markup.all("input", "select", "textarea", "button")
            if one.get("name") and (element in one.above() or (identity and one.get("form") == identity))
        ]
        fields = [(one.get("name"), _value(one, markup)) for one in inside]
        actions = {element.get("action") or address} | {one.get("formaction") for one in inside if one.get("formaction")}
        for action in sorted(actions):
            yield Form(action, element.get("method") or "get", fields, "multipart" in element.get("enctype"))


def _value(field: Element, markup: Markup) -> str:
    if field.tag == "textarea":
        return "".join(field.parts).removeprefix("\n")
    if field.tag == "select":
        options = [one for one in markup.all("option") if field in one.above()]
        chosen = [one for one in options if "selected" in one.attrs] or options
        return chosen[0].get("value") if chosen else ""
    return field.get("value")


def encoded(pairs: list[tuple[str, str]]) -> bytes:
    """The body as a program would send it: also what no browser would."""
    return urlencode(pairs, errors="surrogatepass").encode()


@contextmanager
def undone() -> Iterator[list[str]]:
    """Run what follows, collect what it writes, and undo it."""
    written: list[str] = []

    def note(execute, sql, params, many, context):
        if WRITES.match(sql) and not ALLOWED.search(sql):
            written.append(sql[:120])
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.execute_wrapper(note):
            yield written
        transaction.set_rollback(True)


def mutations(form: Form, foreign: list[str]) -> st.SearchStrategy[list[tuple[str, str]]]:
    """What to send instead: any field kept, left out, changed, sent twice or as an array; and one that no form has."""
    values = st.one_of(
        st.sampled_from(list(TEXTS.values())),
        st.sampled_from(foreign),
        st.text(max_size=50),
        st.integers().map(str),
        st.datetimes().map(lambda moment: moment.isoformat()),
    )

    def sent(name: str, held: str) -> st.SearchStrategy[list[tuple[str, str]]]:
        return st.one_of(
            values.map(lambda value: [(name, value)]),
            st.just([(name, held)]),
            values.map(lambda value: [(name, held), (name, value)]),
            values.map(lambda value: [(f"{name}[]", value), (f"{name}.x", value)]),
            st.just([]),
        )

    held = dict(form.fields)
    more = st.lists(st.tuples(st.sampled_from(["pk", "id", "author", "user", "state", "__class__"]), values), max_size=2)
    return st.tuples(*(sent(name, held[name]) for name in form.names), more).map(
        lambda parts: [pair for part in parts for pair in part]
    )


def problems(response, written: list[str], language: str, *, form: bool) -> Iterator[str]:
    """What an answer to nonsense may not be."""
    body = response.content.decode(errors="replace")
    if response.status_code not in ACCEPTED | REFUSED:
        yield f"answers {response.status_code}"
    if response.status_code in REFUSED and written:
        yield f"was refused with {response.status_code} and wrote: {written[0]}"
    if MARK in body and response.get("Content-Type", "").startswith("text/html"):
        markup = Markup(body)
        yield from [f"became markup: {element}" for element in markup.with_attribute(MARK)]
    if "40405" in body:
        yield "was computed"
    if OTHER_FAMILY in body:
        yield "shows another family"
    location = response.headers.get("Location", "") or response.headers.get("HX-Redirect", "")
    # Where it leads stands at its beginning; Django calls every address beyond 2,048 letters unsafe.
    if not url_has_allowed_host_and_scheme(location[:2000] or "/", allowed_hosts=None):
        yield f"leads to {location}"
    if form and response.status_code in {409, 422}:
        said = said_wrong(Markup(body))
        if not said:
            yield f"{response.status_code} without a sentence"
        if language == "ja":
            yield from [f"is not Japanese: {line}" for line in said if not re.search("[ぁ-んァ-ヶ一-龯]", line)]


def said_wrong(markup: Markup) -> list[str]:
    """The sentences that say what is wrong: in the summary, beside a field, or in a note of the page."""
    inside = {"errors", "conflict"}
    found = [one for one in markup.elements if one.get("id") in inside or "err-msg" in one.get("class").split()]
    found += [one for one in markup.elements if one.tag == "section" and "note" in one.get("class").split()]
    found = found or markup.all("h1")
    return [one.text for one in found if one.text]


FULL = [pytest.param(language, 40, marks=pytest.mark.full, id=f"{language}-many") for language in ("en", "ja")]


@pytest.mark.parametrize(("language", "examples"), [pytest.param("ja", 2, id="ja"), *FULL])
def test_no_form_breaks_lies_or_obeys_whatever_is_sent(db, language, examples):
    found, kinds, seen = [], set(), set()
    with override_settings(SECOND_FACTOR_REQUIRED=False):
        world = complete(make_world())
        foreign = [str(world.other_entry.pk), str(world.other_entry.journal_id), str(world.member_private.pk), str(uuid.uuid4())]
        for screen in SCREENS:
            if examples == 2 and screen.url_name in seen:
                continue  # each page once; its other states are opened by `make test-full`
            seen.add(screen.url_name)
            with transaction.atomic():
                page, client = screen.show(world, language)
                client.raise_request_exception = False
                address = page.wsgi_request.get_full_path() if hasattr(page, "wsgi_request") else "/"
                for form in forms_of(Markup(page.content.decode()), address):
                    if form.kind not in kinds and form.action.startswith("/"):
                        kinds.add(form.kind)
                        found += attack(client, form, foreign, language, examples)
                transaction.set_rollback(True)
    assert len(kinds) > 100
    assert not found, "\n" + "\n".join(dict.fromkeys(found))
    assert all(len(message.recipients()) == 1 for message in mail.outbox)


def attack(client: Client, form: Form, foreign: list[str], language: str, examples: int) -> list[str]:
    """Send one form several times over, with whatever Hypothesis thinks of; return what was wrong with the answers."""
    found: list[str] = []
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    @limits(max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(mutations(form, foreign))
    def send(pairs):
        with undone() as written:
            if form.method == "post":
                answer = client.post(form.action, encoded(pairs), content_type="application/x-www-form-urlencoded")
            else:
                answer = client.get(f"{form.action.partition('?')[0]}?{encoded(pairs).decode()}")
            names = {name: text for name, text in pairs if dict(form.fields).get(name) != text}
            where = f"{form.method} {ID.sub('…', form.action)} { ({name: text[:30] for name, text in names.items()})!r}"
            found.extend(f"{where}: {one}" for one in problems(answer, written, language, form=form.method == "post"))
        client.cookies.clear()
        client.cookies.load(cookies)

    send()
    return found


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


@pytest.mark.parametrize("language", ["en", pytest.param("ja", marks=pytest.mark.full)])
def test_nothing_in_an_address_or_a_cookie_breaks_a_page(db, language):
    world = send_away(make_world())
    client, found, names = Client(raise_request_exception=False), [], parameters()
    values = list(TEXTS.values())
    for number, (address, role) in enumerate(addresses(world, language)):
        sign_in(client, world.roles[role])
        for turn in range(2):
            some = [values[(number + turn * 11 + place) % len(values)] for place in range(len(names))]
            query = encoded(list(zip(names, some, strict=True))).decode()
            client.cookies["display"] = client.cookies["language"] = quote(some[0].encode(errors="surrogatepass")[:200])
            with undone() as written:
                answer = client.get(f"{address}?{query}", headers={"HX-Target": some[1].encode("ascii", "replace").decode()[:50]})
                found += [f"{address} {some!r:.200}: {one}" for one in problems(answer, written, language, form=False)]
    assert not [one for one in found if "leads to" not in one], "\n" + "\n".join(found)


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
    asked = {"parts": ["entries", "people", "page", "agreements"], "ask": POISON, "private": "on"}
    paper = client.post(reverse("journal:summary_print"), asked).content.decode()
    assert MARK in paper
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
