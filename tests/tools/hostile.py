"""What nobody means to send, how it is sent, and what the answer to it may not be."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock
from urllib.parse import urlencode

from django.db import connection, transaction
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.utils.datastructures import MultiValueDict
from django.utils.http import url_has_allowed_host_and_scheme
from hypothesis import strategies as st

from tests.conftest import OTHER_FAMILY
from tests.tools.forms import Form, Pairs
from tests.tools.markup import Markup

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
# What may be written although nothing was accepted: the session, counted tries, the day somebody was last here, and that
# the page which answers was read.
ALLOWED = re.compile(
    r'"(django_session|cache|journal_accessevent|journal_accesshead|journal_requestevent)"'
    r'|DELETE FROM "journal_notice"|UPDATE "journal_sharedentry" SET "read_at"|UPDATE "journal_user" SET "last_login" = %s WHERE'
)
WRITES = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"(\w+)"', re.I)
ACCEPTED, REFUSED = {200, 204, 302, 303}, {400, 401, 403, 404, 409, 422, 429}


@contextmanager
def undone() -> Iterator[Callable[[], list[str]]]:
    """Run what follows, and undo it; what is yielded says which tables it has changed."""
    before: dict[str, list[Any]] = {}

    def rows(table: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  (a table's own name)
            return cursor.fetchall()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        # Looked at before the first write, so that one which was taken back or met no row is none.
        if (found := WRITES.match(sql)) and not ALLOWED.search(sql) and found[1] not in before:
            before[found[1]] = rows(found[1])
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.execute_wrapper(note):
            yield lambda: [table for table, old in before.items() if rows(table) != old]
        transaction.set_rollback(True)


@contextmanager
def noted() -> Iterator[set[str]]:
    """Collect every name that is looked up in what was sent: in a form, or behind the question mark of an address."""
    names: set[str] = set()

    def noting(method: str) -> Any:
        plain = getattr(MultiValueDict, method)

        def look(self: Any, name: Any, *more: Any, **options: Any) -> Any:
            if isinstance(self, QueryDict) and self:
                names.add(str(name))
            return plain(self, name, *more, **options)

        return mock.patch.object(MultiValueDict, method, look)

    with noting("get"), noting("getlist"), noting("__getitem__"), noting("__contains__"):
        yield names


def texts_of(language: str) -> list[str]:
    """Half of what nobody means to send for a run in one language, the other half for the other."""
    return list(TEXTS.values())[language == "ja" :: 2]


def one_at_a_time(form: Form, texts: list[str]) -> Iterator[Pairs]:
    """The form filled in as it should be but for one name, with each text in its place; and without that name."""
    filled = form.sent(filled=True)
    for name in form.names:
        others = [pair for pair in filled if pair[0] != name]
        if name != "csrfmiddlewaretoken":
            yield others
            yield from ([*others, (name, text)] for text in texts)


def mutations(form: Form, foreign: list[str]) -> st.SearchStrategy[Pairs]:
    """Any name kept, left out, changed, sent twice or as an array; and one that no form has."""
    values = st.one_of(
        st.sampled_from(list(TEXTS.values())),
        st.sampled_from(foreign),
        st.text(max_size=50),
        st.integers().map(str),
        st.datetimes().map(lambda moment: moment.isoformat()),
    )
    held: dict[str, list[str]] = {name: [] for name in form.names}
    for name, value in form.sent(filled=True):
        held[name].append(value)

    def sent(name: str) -> st.SearchStrategy[Pairs]:
        kept = [(name, value) for value in held[name]]
        return st.one_of(
            st.just(kept),
            values.map(lambda value: [(name, value)]),
            values.map(lambda value: [*kept, (name, value)]),
            values.map(lambda value: [(f"{name}[]", value), (f"{name}.x", value)]),
            st.just([]),
        )

    more = st.lists(st.tuples(st.sampled_from(["pk", "id", "author", "user", "state", "__class__"]), values), max_size=2)
    return st.tuples(*(sent(name) for name in form.names), more).map(lambda parts: [pair for part in parts for pair in part])


def encoded(pairs: Pairs) -> bytes:
    """The body as a program would send it: also what no browser would."""
    return urlencode(pairs, errors="surrogatepass").encode()


def multipart(pairs: Pairs, files: set[str], boundary: str = "-----hostile") -> bytes:
    """The same for a form with files: each is named by what is in it."""
    body = b""
    for name, text in pairs:
        named = re.sub(r'[\r\n"]', "_", text)[:200]
        said = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{named}"' if name in files else "")
        body += f"--{boundary}\r\n{said}\r\n\r\n{text}\r\n".encode(errors="surrogatepass")
    return body + f"--{boundary}--\r\n".encode()


def send(client: Client, form: Form, pairs: Pairs, headers: dict[str, str]) -> HttpResponse:
    """Send a form as it says it is sent."""
    if form.method != "post":
        return client.get(f"{form.action.partition('?')[0]}?{encoded(pairs).decode()}", headers=headers)
    if form.multipart:
        body = multipart(pairs, {control.name for control in form.controls if control.is_file})
        return client.post(form.action, body, content_type="multipart/form-data; boundary=-----hostile", headers=headers)
    return client.post(form.action, encoded(pairs), content_type="application/x-www-form-urlencoded", headers=headers)


def problems(
    response: Any, written: Callable[[], list[str]], language: str, *, form: bool, theirs: bool = False
) -> Iterator[str]:
    """What an answer to nonsense may not be. ``theirs``: the other family may be shown, because it is their own."""
    body = response.content.decode(errors="replace")
    if response.status_code not in ACCEPTED | REFUSED:
        yield f"answers {response.status_code}"
    if response.status_code in REFUSED and (tables := written()):
        yield f"was refused with {response.status_code} and wrote into {', '.join(tables)}"
    if MARK in body and response.get("Content-Type", "").startswith("text/html"):
        markup = Markup(body)
        yield from [f"became markup: {element}" for element in markup.with_attribute(MARK)]
    if "40405" in body:
        yield "was computed"
    if OTHER_FAMILY in body and not theirs:
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
