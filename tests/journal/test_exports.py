"""Copies and paper: what a parent takes out, in what form, for how long, and what never leaves."""

import csv
import io
import json
import time
import uuid
import zipfile
from base64 import b64encode
from datetime import timedelta

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.core.files import uploadhandler
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from journal.copies import files, making
from journal.middleware import BY_ITSELF
from journal.models import AccessEvent, Entry, EntryContent, Export, Import, JournalKey, Reply, Verb
from journal.models.exports import A_DAY, purge_exports
from tests import factories
from tests.conftest import MEMBER_PRIVATE, OTHER_FAMILY, PRIVATE, SECRET, sign_in

WAITS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}


def take_out(client):
    """Ask for a copy and fetch it, as the buttons do; return the files by name."""
    page = client.post(reverse("journal:export_add"))["Location"]
    assert "The copy is ready." in client.get(page).content.decode()
    answer = client.get(f"{page}file/")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(table):
    assert table.startswith(b"\xef\xbb\xbf"), "without its mark Excel does not read Japanese"
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def test_a_copy_holds_pages_to_read_tables_and_what_can_be_brought_in_again(client, world):
    sign_in(client, world.roles["owner"])
    found = take_out(client)
    assert set(found) == {"notes.html", "notes.json", "entries.csv", "people.csv", "page.csv", "agreements.csv", "visits.csv"}
    for content in found.values():
        assert SECRET in content.decode()
    assert json.loads(found["notes.json"])["version"] == 1


@pytest.mark.parametrize(("role", "own", "others"), [("owner", PRIVATE, MEMBER_PRIVATE), ("member", MEMBER_PRIVATE, PRIVATE)])
def test_a_copy_holds_what_that_parent_may_read_and_never_what_the_other_keeps(client, world, role, own, others):
    sign_in(client, world.roles[role])
    everything = b"".join(take_out(client).values()).decode()
    assert own in everything
    assert SECRET in everything
    assert others not in everything
    assert OTHER_FAMILY not in everything


def test_the_copy_begins_with_the_note_for_the_person_it_may_be_about(client, world):
    sign_in(client, world.roles["owner"])
    found = take_out(client)
    page = found["notes.html"].decode()
    assert page.index("They are not a report about anyone.") < page.index(SECRET)
    assert "<script" not in page
    assert json.loads(found["notes.json"])["note"][0].startswith("These are one parent")


def test_words_in_the_readable_file_are_words_and_no_code(client, world):
    factories.make_entry(world.journal, world.roles["owner"], "<script>alert(1)</script> & <b>")
    sign_in(client, world.roles["owner"])
    page = take_out(client)["notes.html"].decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in page


def test_the_copy_is_in_the_language_it_was_asked_for(client, world):
    sign_in(client, world.roles["owner"])
    with translation.override("ja"):
        address = reverse("journal:export_add")
    page = client.post(address)["Location"]
    with zipfile.ZipFile(io.BytesIO(client.get(f"{page}file/").content)) as archive:
        assert "頼れる人" in archive.read("notes.html").decode()
        assert "返ってきたこと" in archive.read("entries.csv").decode()


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", ";=1", ' "=1', "＝1+1", "−2", "\n=1"])
def test_no_cell_is_a_formula(client, world, start):
    text = start + " おはよう"
    entry = factories.make_entry(world.journal, world.roles["owner"], text)
    factories.make_person(world.journal, world.roles["owner"], start.strip() or "x", next=text)
    sign_in(client, world.roles["owner"])
    found = take_out(client)
    words = [row["What I said or wrote"] for row in rows_of(found["entries.csv"])]
    assert "'" + entry.document.words in words
    for name in ("entries.csv", "people.csv"):
        for row in rows_of(found[name]):
            assert not any(value.lstrip(" ;,").startswith(("=", "+", "-", "@", "＝", "\t", "\r")) for value in row.values())
    # Nothing is changed where it is not shown by a spreadsheet.
    assert text in [row["words"] for row in json.loads(found["notes.json"])["entries"]]


def test_the_file_name_says_nothing(client, world):
    sign_in(client, world.roles["owner"])
    answer = client.get(reverse("journal:export_file", args=[world.rows["export"]]))
    assert answer["Content-Disposition"].startswith('attachment; filename="notes-20')
    assert answer["Cache-Control"] == "no-store, private"


def test_fetching_a_copy_leaves_a_line_in_the_log_and_making_one_does_not(client, world):
    sign_in(client, world.roles["owner"])
    before = AccessEvent.objects.filter(journal=world.journal).count()
    page = client.post(reverse("journal:export_add"))["Location"]
    assert AccessEvent.objects.filter(journal=world.journal).count() == before
    client.get(f"{page}file/")
    event = AccessEvent.objects.filter(journal=world.journal).last()
    assert (event.verb, event.who) == (Verb.TOOK_OUT, world.roles["owner"].pk)
    assert "Took out a copy" in client.get(reverse("journal:log_list")).content.decode()


@pytest.mark.parametrize(("method", "name"), [("post", "export_add"), ("get", "export_file")])
def test_before_a_copy_the_site_asks_who_is_there(client, world, method, name):
    sign_in(client, world.roles["owner"])
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - 3600}]
    session["began"] = session["seen"] = time.time() - 700
    session.save()
    arguments = [world.rows["export"]] if name == "export_file" else []
    answer = getattr(client, method)(reverse(f"journal:{name}", args=arguments))
    assert answer.status_code in {302, 303}
    assert "again" in answer["Location"] or "reauth" in answer["Location"]
    assert not AccessEvent.objects.filter(verb=Verb.TOOK_OUT).exists()


def test_after_the_answer_the_copy_that_was_asked_for_is_made(client, world):
    owner = world.roles["member"]
    owner.set_password("a lamp in the hall 7")
    owner.save()
    sign_in(client, owner)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - 3600}]
    session["began"] = session["seen"] = int(time.time()) - 700
    session.save()
    asked = client.post(reverse("journal:export_add"), {"journal": world.journal.pk})
    answer = client.post(asked["Location"], {"password": "a lamp in the hall 7"})
    while answer.status_code in {302, 303}:
        answer = client.get(answer["Location"])
    assert "The copy is ready." in answer.content.decode()


def test_after_a_day_a_copy_is_not_there_and_then_it_is_deleted(client, world):
    sign_in(client, world.roles["owner"])
    Export.objects.filter(pk=world.rows["export"]).update(expires_at=timezone.now() - timedelta(seconds=1))
    Import.objects.filter(pk=world.rows["import"]).update(expires_at=timezone.now() - timedelta(seconds=1))
    for name in ("export_detail", "export_file"):
        assert client.get(reverse(f"journal:{name}", args=[world.rows["export"]])).status_code == 404
    assert client.get(reverse("journal:import_check", args=[world.rows["import"]])).status_code == 404
    assert Export.objects.filter(pk=world.rows["export"]).exists()
    assert purge_exports() == 2
    assert not Export.objects.filter(pk=world.rows["export"]).exists()


def test_a_copy_is_kept_sealed(world):
    export = Export.objects.get(pk=world.rows["export"])
    assert export.document.content == SECRET.encode()
    assert SECRET.encode() not in bytes(export.sealed)
    assert b64encode(SECRET.encode()) not in bytes(export.sealed)


def test_the_sixth_copy_of_a_day_is_refused_with_a_sentence(client, world):
    sign_in(client, world.roles["owner"])
    for _ in range(A_DAY - 1):
        client.post(reverse("journal:export_add"))
    answer = client.post(reverse("journal:export_add"), follow=True)
    assert "That was the fifth copy today." in answer.content.decode()
    assert Export.objects.filter(requested_by=world.roles["owner"]).count() == A_DAY


# ---- where a worker runs


def test_where_a_worker_runs_the_page_says_how_far_it_is_until_it_is_ready(client, world, settings):
    settings.TASKS = WAITS
    sign_in(client, world.roles["member"])
    page = client.post(reverse("journal:export_add"))["Location"]
    assert client.post(reverse("journal:export_add"))["Location"] == page, "one at a time"
    assert "0 of 4 parts" in client.get(page).content.decode()
    polled = {"HX-Request": "true", "HX-Target": "progress"}
    assert client.get(f"{page}?seen=0", headers=polled).status_code == 204
    export = Export.objects.get(requested_by=world.roles["member"])
    export.advance()
    assert 'id="live"' in client.get(f"{page}?seen=0", headers=polled).content.decode()
    making.make_export.call(str(export.pk), "en")
    ready = client.get(f"{page}?seen=1", headers=polled).content.decode()
    assert "The copy is ready." in ready
    assert "every 2s" not in ready
    assert "autofocus" in ready
    assert "journal:export_detail" in BY_ITSELF, "a page that asks by itself keeps nobody signed in"


def test_a_copy_that_cannot_be_made_says_so_and_can_be_asked_for_again(client, world, monkeypatch):
    def broken(*args):
        raise RuntimeError(SECRET)

    sign_in(client, world.roles["member"])
    monkeypatch.setattr(files, "readable", broken)
    page = client.post(reverse("journal:export_add"))["Location"]
    assert "could not be made" in client.get(page).content.decode()
    monkeypatch.undo()
    assert SECRET in b"".join(take_out(client).values()).decode()


def test_a_copy_left_by_a_worker_that_stopped_can_be_asked_for_again(client, world, settings):
    settings.TASKS = WAITS
    sign_in(client, world.roles["member"])
    page = client.post(reverse("journal:export_add"))["Location"]
    Export.objects.filter(requested_by=world.roles["member"]).update(made_at=timezone.now() - timedelta(minutes=16))
    assert "could not be made" in client.get(page).content.decode()
    assert (
        "could not be made"
        in client.get(f"{page}?seen=0", headers={"HX-Request": "true", "HX-Target": "progress"}).content.decode()
    )
    assert client.post(reverse("journal:export_add"))["Location"] != page


def test_five_thousand_entries_are_one_task_and_cost_the_queries_of_five(client, world):
    owner, numbers = world.roles["owner"], []
    key = JournalKey.objects.newest(world.journal.pk)
    at = timezone.now() - timedelta(days=1)
    for more in (5, 4995):
        rows = []
        for number in range(more):
            row = Entry(
                journal=world.journal, author=owner, submission=uuid.uuid4(), happened_at=at, day=at.date(), zone="Asia/Tokyo"
            )
            row.seal(EntryContent(kind="greet", words=f"Good night {number}"), key)
            rows.append(row)
        Entry.objects.bulk_create(rows)
        export = Export.start(factories.make_membership(world.journal, owner))
        with CaptureQueriesContext(connection) as queries:
            assert making.make_export.enqueue(str(export.pk), "en").status == "SUCCESSFUL"
        numbers.append(len(queries))
    export = Export.objects.get(pk=export.pk)
    assert export.state == Export.State.READY
    with zipfile.ZipFile(io.BytesIO(export.document.content)) as archive:
        copy = json.loads(archive.read("notes.json"))
    assert len(copy["entries"]) >= 5000
    assert numbers[0] == numbers[1]


def test_no_upload_ever_touches_a_disk():
    (handler,) = settings.FILE_UPLOAD_HANDLERS
    assert handler == f"{uploadhandler.MemoryFileUploadHandler.__module__}.MemoryFileUploadHandler"


def test_making_a_copy_opens_no_file(world, monkeypatch):
    def refused(*args, **kwargs):
        raise AssertionError("a file was opened")

    files.make(Export.objects.get(pk=world.rows["export"]))  # templates and settings are read once
    monkeypatch.setattr("tempfile._TemporaryFileCloser.__init__", refused, raising=False)
    monkeypatch.setattr("tempfile.NamedTemporaryFile", refused)
    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    monkeypatch.setattr("tempfile.mkstemp", refused)
    monkeypatch.setattr("builtins.open", refused)
    assert files.make(Export.objects.get(pk=world.rows["export"])).startswith(b"PK")


# ---- paper


def paper(client, **fields):
    answer = client.post(reverse("journal:summary_print"), {"parts": ["counts", "words"], **fields})
    assert answer.status_code == 200
    return answer.content.decode()


def test_paper_carries_whose_words_they_are_and_that_it_may_be_seen(client, world):
    sign_in(client, world.roles["owner"])
    shown = paper(client, ask="Could we come together?")
    assert "They are not a report about anyone." in shown
    assert "Not to be quoted to the person." in shown
    assert "Printed paper may be seen by other people." in shown
    assert "Could we come together?" in shown
    assert AccessEvent.objects.filter(journal=world.journal).last().verb == Verb.PRINTED


def test_what_only_the_parent_can_read_is_on_paper_only_when_asked_for_and_the_others_never(client, world):
    sign_in(client, world.roles["owner"])
    shown = paper(client)
    assert SECRET in shown
    assert PRIVATE not in shown
    shown = paper(client, private="on")
    assert PRIVATE in shown
    assert MEMBER_PRIVATE not in shown


def test_whom_nobody_tells_stands_on_no_paper(client, world):
    owner = world.roles["owner"]
    for name, state in [("Aunt Fern", "could"), ("Uncle Moss", "not_now"), ("Cousin Reed", "asked")]:
        factories.make_person(world.journal, owner, name, state=state)
    sign_in(client, owner)
    shown = paper(client, parts=["people"])
    assert "Aunt Fern" in shown
    assert "Uncle Moss" not in shown
    assert "Cousin Reed" not in shown


def test_paper_holds_the_days_that_were_chosen(client, world):
    owner = world.roles["owner"]
    factories.make_entry(world.journal, owner, "Long ago", audience="family", happened_at=timezone.now() - timedelta(days=40))
    sign_in(client, owner)
    assert "Long ago" not in paper(client)
    assert "Long ago" in paper(client, first=(timezone.localdate() - timedelta(days=50)).isoformat())


@pytest.mark.parametrize("wrong", [{"parts": []}, {"first": "2026-13-01"}, {"first": "2020-01-01"}])
def test_paper_that_cannot_be_made_keeps_the_words_and_leaves_no_line(client, world, wrong):
    sign_in(client, world.roles["owner"])
    sent = {"parts": ["counts"], "ask": "My question", **wrong}
    answer = client.post(reverse("journal:summary_print"), sent)
    assert answer.status_code == 422
    assert "My question" in answer.content.decode()
    assert not AccessEvent.objects.filter(verb=Verb.PRINTED).exists()


def test_a_reply_is_in_the_copy_under_what_it_answers(client, world):
    Reply.objects.send(
        share=world.share,
        author=world.roles["counsellor"],
        entry=world.entry,
        submission=uuid.uuid4(),
        text="Good night is enough.",
    )
    sign_in(client, world.roles["owner"])
    copy = json.loads(take_out(client)["notes.json"])
    (quotes,) = [row["quotes"] for row in copy["entries"] if row["id"] == str(world.entry.pk)]
    assert [(quote["by"], quote["text"]) for quote in quotes] == [("Ms counsellor", "Good night is enough.")]
