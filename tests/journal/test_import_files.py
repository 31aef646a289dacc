"""Files that are no copies: whatever is sent, the answer is a sentence with a line, and nothing is written."""

import io
import json
import tracemalloc
import uuid
import zipfile

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.copies import files
from journal.copies.reading import LARGEST_FILE, LARGEST_TEXT, Refused, read
from tests import factories
from tests.conftest import sign_in
from tests.tools.tables import everything

HEAD = {"format": files.FORMAT, "version": files.VERSION}


@pytest.fixture
def newcomer(db):
    """A parent with a journal in which nothing is written."""
    user = factories.make_user("new")
    factories.make_journal(user)
    return user


def upload(client, content):
    return client.post(reverse("journal:import_new"), {"file": io.BytesIO(content)})


ENTRY = {
    "id": "7b6cfa7e-5d2c-4a3e-8f43-0f2f7ddc8d0e",
    "day": "2026-11-01",
    "happened_at": "2026-11-01T12:00:00+00:00",
    "zone": "Asia/Tokyo",
    "readers": "author",
    "kind": "greet",
}


def file_with(section="entries", *rows, **head):
    lines = ",\n".join(json.dumps(row) for row in rows)
    top = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in {**HEAD, **head}.items())
    return ("{\n" + top + f',\n"{section}": [\n{lines}\n]\n' + "}").encode()


def test_a_smallest_copy_is_right():
    assert len(read(file_with("entries", ENTRY)).rows["entries"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "2026-02-30"}, {"day": "2999-01-01"}, {"day": 20261101}, {"day": "2020-01-01"}, {"day": "1066-10-14"},
        {"happened_at": "yesterday"}, {"happened_at": "2026-11-01T12:00:00"}, {"happened_at": "2999-01-01T00:00:00+00:00"},
        {"zone": "Middle/Earth"}, {"zone": "../etc/passwd"}, {"zone": None}, {"readers": "everyone"}, {"kind": "shout"},
        {"kind": ["greet"]}, {"kind": None}, {"response": "loud"}, {"hard": 1}, {"step": 10}, {"step": True}, {"step": 1.0},
        {"step": -1}, {"words": 7}, {"words": {"a": 1}}, {"words": "x" * 20_001}, {"words": "\x00"}, {"words": "\ud800"},
        {"id": "1"}, {"id": None}, {"quotes": "x"}, {"quotes": [{}]}, {"quotes": [{"by": 1, "on": "2026-01-01", "text": ""}]},
        {"author": 1}, {"journal": "7b6cfa7e-5d2c-4a3e-8f43-0f2f7ddc8d0e"},
    ],
    ids=repr,
)  # fmt: skip
def test_a_wrong_value_is_refused_with_its_line_and_a_reason(wrong):
    with pytest.raises(Refused) as refused:
        read(file_with("entries", ENTRY, ENTRY | {"id": str(uuid.uuid4())} | wrong))
    assert [problem.line for problem in refused.value.problems] == [6]
    assert refused.value.problems[0].reason.endswith(".")


@pytest.mark.parametrize("missing", ["id", "day", "happened_at", "zone", "readers", "kind"])
def test_a_missing_part_is_refused(missing):
    with pytest.raises(Refused):
        read(file_with("entries", {name: value for name, value in ENTRY.items() if name != missing}))


def test_the_same_number_twice_is_refused_at_the_second():
    with pytest.raises(Refused) as refused:
        read(file_with("entries", ENTRY, ENTRY))
    assert refused.value.problems[0].line == 6


AGREED = {"id": str(uuid.uuid4()), "follows": None, "written_at": "2026-11-01T12:00:00+00:00", "topic": "house", "state": "idea"}


@pytest.mark.parametrize(
    "rows",
    [
        [AGREED | {"follows": AGREED["id"]}],
        [AGREED | {"follows": str(uuid.uuid4())}],
        [
            AGREED,
            AGREED | {"id": str(uuid.uuid4()), "follows": AGREED["id"]},
            AGREED | {"id": str(uuid.uuid4()), "follows": AGREED["id"]},
        ],
        [AGREED | {"state": "now"}],
        [AGREED | {"topic": "will"}],
    ],
    ids=["itself", "nothing", "two after one", "in use without days", "unknown topic"],
)
def test_versions_that_do_not_follow_each_other_are_refused(rows):
    with pytest.raises(Refused):
        read(file_with("agreements", *rows))


def test_two_pages_are_refused():
    with pytest.raises(Refused):
        read(file_with("page", {"id": str(uuid.uuid4())}, {"id": str(uuid.uuid4())}))


def zipped(name, content, method=zipfile.ZIP_DEFLATED):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        archive.writestr(name, content)
    return held.getvalue()


def flipped(content, at):
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


# Compressed as this site never does it, and torn: each library underneath has an error of its own.
TORN = {
    method: flipped(zipped("notes.json", "a longer text, so that there is something to tear " * 40, method), 60)
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
}


def listed(at, byte):
    """A zip whose list of contents says something else of its member at this place."""
    content = zipped("notes.json", "{}")
    place = content.index(b"PK\x01\x02") + at
    return content[:place] + bytes([byte]) + content[place + 1 :]


# Whatever is many megabytes is made when it is sent, not by whoever reads this file.
HOSTILE = {
    "nothing": b"",
    "no JSON": b"hello",
    "no UTF-8": b"\xff\xfe{}",
    "another format": b'{"format": "other", "version": 1}',
    "no version": json.dumps({"format": files.FORMAT}).encode(),
    "a version that is no number": file_with(version="1"),
    "true as a version": file_with(version=True),
    "a newer version": file_with(version=2),
    "a list": b"[]",
    "cut off": file_with("entries", ENTRY)[:-40],
    "something behind it": file_with("entries", ENTRY) + b"{}",
    "NaN": file_with("entries", ENTRY).replace(b'"greet"', b'"greet", "step": NaN'),
    "Infinity": file_with("entries", ENTRY).replace(b'"greet"', b'"greet", "step": -Infinity'),
    "a number without end": file_with("entries", ENTRY).replace(b'"greet"', b'"greet", "step": ' + b"9" * 5000),
    "nested without end": file_with("entries", ENTRY).replace(b'"greet"', b"[" * 100_000),
    "nested at the top": b"[" * 200_000,
    "a part twice": file_with("entries", ENTRY).replace(b'"format"', b'"version": 1, "format"'),
    "a field twice": file_with("entries", ENTRY).replace(b'"greet"', b'"greet", "kind": "greet"'),
    "an unknown part": file_with("shares", {"id": 1}),
    "a row that is no row": file_with("entries", 7),
    "a part that is no list": json.dumps({**HEAD, "entries": {"a": 1}}).encode(),
    "too many rows": file_with("entries", *[0] * 20_001),
    "a hundred thousand rows": lambda: zipped("notes.json", file_with("entries", *[ENTRY] * 100_000)),
    "a million lists": lambda: file_with("entries", []).replace(b"[]", b"[" + b"[]," * 1_000_000 + b"1]"),
    "a row of numbers without end": lambda: file_with("entries", []).replace(b"[]", b"[" + b"0.5," * 4_000_000 + b"1]"),
    "a zip of lists without end": lambda: zipped(
        "notes.json", file_with("entries", []).replace(b"[]", b"[" + b"[]," * 9_000_000 + b"1]")
    ),
    "a note of lists without end": lambda: file_with(note=[]).replace(b"[]", b"[" + b"[]," * 1_000_000 + b"1]"),
    "too large": lambda: b" " * (LARGEST_FILE + 1),
    "a zip of something else": zipped("photo.txt", "x"),
    "a torn zip": zipped("notes.json", "x" * 1000)[:60],
    "a zip of zeros": zipped("notes.json", b"\0" * 1000),
    "a zip that unfolds without end": lambda: zipped("notes.json", b" " * (41 * 1024 * 1024)),
    "a name that climbs": zipped("../notes.json", "{}"),
    "a torn zip, deflated": TORN[zipfile.ZIP_DEFLATED],
    "a torn zip, bzip2": TORN[zipfile.ZIP_BZIP2],
    "a torn zip, lzma": TORN[zipfile.ZIP_LZMA],
    "a zip of a later version": listed(6, 99),
    "a zip that is locked": listed(8, 0x01),
    "a zip that is a patch": listed(8, 0x20),
    "a zip that is locked strongly": listed(8, 0x40),
}


def hostile(name):
    content = HOSTILE[name]
    return content() if callable(content) else content


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_a_sentence_and_writes_nothing(client, newcomer, name):
    with pytest.raises(Refused) as refused:
        read(hostile(name))
    assert all(problem.reason.endswith((".", "。")) for problem in refused.value.problems)
    assert len(refused.value.problems) <= 20


@pytest.mark.parametrize("name", ["a hundred thousand rows", "a zip of lists without end", "a zip that unfolds without end"])
def test_a_file_that_is_too_much_is_refused_in_little_memory(newcomer, name):
    content = hostile(name)
    tracemalloc.start()
    try:
        with pytest.raises(Refused):
            read(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # Its text twice, as bytes and as signs; never as fifty bytes a sign.
    assert peak < 3 * LARGEST_TEXT


@pytest.mark.parametrize(
    "name",
    ["nothing", "NaN", "cut off", "nested without end", "too large", "a zip that unfolds without end", "a hundred thousand rows"],
)
def test_a_hostile_file_is_answered_with_the_form_and_what_is_wrong(client, newcomer, name):
    sign_in(client, newcomer)
    before = everything()
    answer = upload(client, hostile(name))
    assert answer.status_code == 422
    assert everything() == before
    assert "Nothing was changed." in answer.content.decode() or "Choose a file." in answer.content.decode()


def test_a_file_larger_than_is_ever_read_is_answered_with_the_form(client, newcomer, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    sign_in(client, newcomer)
    before = everything()
    answer = upload(client, b"x" * 5000)
    assert answer.status_code == 422
    assert "This file is larger than can be read here (10 MB)." in answer.content.decode()
    assert "Choose a file." not in answer.content.decode()
    assert everything() == before


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*ENTRY, "format", "x"]), inner, max_size=6),
        max_leaves=12,
    )
)
def test_any_value_at_all_is_read_or_refused_and_never_breaks(value):
    row = json.dumps(value)
    for text in (row, json.dumps({**HEAD, "entries": [value], "people": value}), file_with("entries", ENTRY).decode() + row):
        try:
            problems = None if read(text.encode("utf-8", "surrogatepass")) else []
        except Refused as refused:
            problems = refused.problems
        assert problems is None or len(problems) > 0


WHOLE = zipped("notes.json", file_with("entries", ENTRY).decode())


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6), st.integers(0, len(WHOLE))
)
def test_a_zip_with_any_bytes_changed_or_cut_is_read_or_refused_and_never_breaks(changes, cut):
    content = bytearray(WHOLE)
    for at, value in changes:
        content[at] = value
    for held in (bytes(content), bytes(content[:cut]), bytes(content[cut:])):
        problems = None
        try:
            read(held)
        except Refused as refused:
            problems = refused.problems
        assert problems is None or len(problems) > 0


def test_a_word_for_how_a_parent_was_is_one_of_the_fixed_ones(newcomer):
    at = "2026-10-01T10:00:00+00:00"
    row = {"id": str(uuid.uuid4()), "day": "2026-10-01", "happened_at": at, "zone": "Asia/Tokyo", "readers": "author"}
    with pytest.raises(Refused) as refused:
        read(json.dumps(HEAD | {"entries": [row | {"kind": "greet", "strain": "furious"}]}).encode())
    assert "There is a choice here that this site does not have." in [str(problem.reason) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": "ready", "agreed_at": None}, "A visit is ready only when both are done."),
        ({"state": "done", "briefing_confirmed_at": None}, "A visit is ready only when both are done."),
        ({"state": "ready", "answer": "no"}, "A visit is ready only when both are done."),
        ({"state": "ready", "sheet": ""}, "A visit is ready only when both are done."),
        ({"told_at": None}, "Nobody can say yes before they were told."),
        ({"at": "25:00"}, "There is a time here that is not a time."),
        ({"share": str(uuid.uuid4())}, "There is a part in this row that this site does not know."),
    ],
    ids=lambda value: "" if isinstance(value, str) else " ".join(value),
)
def test_no_file_brings_in_a_visit_without_both_conditions(newcomer, changes, said):
    at = "2026-10-01T10:00:00+00:00"
    row = {
        "id": str(uuid.uuid4()),
        "state": "ready",
        "written_at": at,
        "briefing_confirmed_at": at,
        "told_at": at,
        "agreed_at": at,
    }
    row |= {"visitor": "Ms Ono", "day": "2026-12-04", "at": "14:00", "zone": "Asia/Tokyo", "answer": "yes", "sheet": "Cats."}
    read(json.dumps(HEAD | {"visits": [row]}).encode())
    row |= changes
    with pytest.raises(Refused) as refused:
        read(json.dumps(HEAD | {"visits": [row]}).encode())
    assert said in [str(problem.reason) for problem in refused.value.problems]
