"""Bringing a copy in: the same words under new ids, or nothing at all."""

import io
import json
import uuid
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from journal.copies import files, sections, shapes
from journal.copies.reading import Refused, fits, read
from journal.models import (
    AccessEvent,
    Agreement,
    AgreementContent,
    Entry,
    EntryContent,
    FamilyPage,
    Import,
    PageContent,
    PersonContent,
    Reply,
    SharedEntry,
    SupportPerson,
    VisitContent,
    VisitPlan,
    day_of,
)
from journal.models.agreements import histories
from journal.models.entries import Hard, Kind, Response
from journal.wording import today_of
from tests import factories
from tests.conftest import MEMBER_PRIVATE, SECRET, sign_in
from tests.tools.examples import tried

HEAD = {"format": files.FORMAT, "version": files.VERSION}


def copy_of(user, journal):
    """The JSON of a copy, as the site makes it."""
    parts = [(section, section.collect(user, journal)[0]) for section in sections.each()]
    return files.as_json(parts, timezone.localdate())


def bring_in(user, content):
    """Bring a copy into a new journal of this person; return the journal."""
    journal = factories.make_journal(user)
    with transaction.atomic():
        read(content).write(factories.make_membership(journal, user))
    return journal


def documents(user, journal):
    """What a journal says, without ids."""
    return {
        "entries": [
            (entry.day, entry.happened_at, entry.zone, entry.audience, entry.document)
            for entry in Entry.objects.of_family(user, journal).opened()
        ],
        "people": [row.document for row in SupportPerson.objects.of_family(user, journal).opened()],
        "page": [row.document for row in FamilyPage.objects.of_family(user, journal).opened()],
        "visits": [
            (
                (row.state, row.briefing_confirmed_at, row.told_at, row.agreed_at, row.created_at),
                replace(row.document, share="", sheet_to=""),
            )
            for row in VisitPlan.objects.of_family(user, journal).opened()
        ],
        "agreements": [
            [(row.created_at, row.document) for row in (newest, *earlier)] for newest, earlier in histories(user, journal)
        ],
    }


def upload(client, content):
    return client.post(reverse("journal:import_new"), {"file": io.BytesIO(content)})


@pytest.fixture
def newcomer(db):
    """A parent with a journal in which nothing is written."""
    user = factories.make_user("new")
    factories.make_journal(user)
    return user


# ---- the round trip

# Any sign a form can send: no surrogates and no NUL, which the forms refuse, and line ends as they are kept.
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=60)
ZONES = st.sampled_from(["Asia/Tokyo", "Europe/London", "America/New_York", "Pacific/Auckland"])
MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2026, 11, 1), timezones=st.just(UTC))
DAYS = st.dates(date(2001, 1, 1), date(2099, 1, 1)).map(date.isoformat)
QUOTES = st.lists(st.fixed_dictionaries({"by": WORDS, "on": st.just("2026-10-01"), "text": WORDS}), max_size=2)
CONTENTS = st.builds(
    EntryContent,
    kind=st.sampled_from(Kind.values),
    response=st.sampled_from(["", *Response.values]),
    hard=st.sampled_from(["", *Hard.values]),
    words=WORDS,
    noticed=WORDS,
    next=WORDS,
    step=st.integers(0, 9),
    written_by=WORDS,
    quotes=QUOTES,
)
ENTRIES = st.lists(st.tuples(MOMENTS, ZONES, st.sampled_from(["author", "family"]), CONTENTS), max_size=5)
PEOPLE = st.lists(
    st.builds(
        PersonContent, name=WORDS.filter(str.strip), state=st.sampled_from(["knows", "could", "not_now", "asked"]), next=WORDS
    ),
    max_size=3,
)
AGREEMENT = st.builds(
    AgreementContent,
    topic=st.sampled_from(["house", "money", "sheet", "contact"]),
    state=st.just("now"),
    text=WORDS,
    needed=WORDS,
    since=DAYS,
    review=DAYS,
    agreed=WORDS,
    told=WORDS,
)
HISTORIES = st.lists(st.lists(AGREEMENT, min_size=1, max_size=3), max_size=2)
VISIT = st.builds(
    VisitContent,
    visitor=WORDS,
    share=st.uuids().map(str),
    sheet_to=st.just("") | st.uuids().map(str),
    day=DAYS,
    at=st.times().map(lambda time: time.strftime("%H:%M")),
    zone=ZONES,
    purpose=WORDS,
    sheet=WORDS.map(lambda words: words or "Cats."),
    show_sheet=st.booleans(),
    told_how=st.just("note"),
    answer=st.just("yes"),
    after=st.lists(st.sampled_from(["", "usual", "hurt"]), min_size=3, max_size=3),
)
VISITS = st.lists(st.tuples(st.sampled_from(["draft", "ready", "off", "done"]), MOMENTS, VISIT), max_size=2)
PAGES = st.none() | st.builds(PageContent, who=WORDS, past=WORDS, well=WORDS, hard=WORDS, reach=WORDS)


@tried(15)
@given(entries=ENTRIES, people=PEOPLE, agreements=HISTORIES, page=PAGES, visits=VISITS)
def test_whatever_a_journal_says_comes_back_equal_under_new_ids(db, entries, people, agreements, page, visits):
    with transaction.atomic():
        user = factories.make_user("hana")
        journal = factories.make_journal(user)
        for state, at, content in visits:
            times = (
                {"briefing_confirmed_at": at, "told_at": at, "agreed_at": at} if state in {"ready", "done"} else {"told_at": at}
            )
            plan = VisitPlan(
                journal=journal, submission=uuid.uuid4(), state=state, created_at=at, token_hash=str(uuid.uuid4()), **times
            )
            plan.seal(content)
            plan.save(force_insert=True)
        for at, zone, audience, content in entries:
            row = Entry(journal=journal, author=user, submission=uuid.uuid4(), happened_at=at, audience=audience, zone=zone)
            row.day = day_of(at, shapes.zoneinfo.ZoneInfo(zone))
            row.seal(content)
            row.save(force_insert=True)
        for content in people:
            factories.make_person(journal, user, **{k: v for k, v in asdict(content).items() if k != "v"})
        for first, *later in agreements:
            row = factories.make_agreement(journal, user, **{k: v for k, v in asdict(first).items() if k != "v"})
            for content in later:
                row = row.revise(row.version, content, uuid.uuid4())
        if page is not None:
            factories.make_page(journal, user, **{k: v for k, v in asdict(page).items() if k != "v"})

        content = copy_of(user, journal)
        again = bring_in(user, content)
        before, after = documents(user, journal), documents(user, again)
        assert sorted(before["entries"], key=repr) == sorted(after["entries"], key=repr)
        assert sorted(before["people"], key=repr) == sorted(after["people"], key=repr)
        assert before["page"] == after["page"]
        assert sorted(before["agreements"], key=repr) == sorted(after["agreements"], key=repr)
        for model in (Entry, SupportPerson, Agreement, FamilyPage):
            old, new = model.objects.filter(journal=journal), model.objects.filter(journal=again)
            assert old.count() == new.count()
            assert not {row.pk for row in old} & {row.pk for row in new}
            assert not {bytes(row.sealed) for row in old} & {bytes(row.sealed) for row in new}
        # A copy of the copy says the same once more.
        third = documents(user, bring_in(user, copy_of(user, again)))
        assert {name: sorted(rows, key=repr) for name, rows in third.items()} == {
            name: sorted(rows, key=repr) for name, rows in after.items()
        }
        transaction.set_rollback(True)


def test_another_parents_entry_comes_back_with_their_name_and_an_answer_to_read_only(client, world, newcomer):
    factories.make_entry(world.journal, world.roles["member"], "I went to work.", audience="family")
    for entry, text in [(world.entry, "Good night is enough."), (None, "I read on Fridays.")]:
        Reply.objects.send(share=world.share, author=world.roles["counsellor"], entry=entry, submission=uuid.uuid4(), text=text)
    sign_in(client, newcomer)
    answer = upload(client, copy_of(world.roles["owner"], world.journal))
    assert client.post(answer["Location"]).status_code == 303
    shown = client.get(reverse("journal:entry_list")).content.decode()
    assert "Written by member" in shown
    assert "Good night is enough." in shown
    assert "I read on Fridays." in shown
    assert MEMBER_PRIVATE not in shown
    assert not Reply.objects.filter(journal__memberships__user=newcomer).exists()
    assert not SharedEntry.objects.filter(journal__memberships__user=newcomer).exists()
    assert not AccessEvent.objects.filter(journal__memberships__user=newcomer).exists()


def test_who_wrote_it_and_what_was_answered_survive_a_change_of_the_words(client, world):
    content = replace(world.entry.document, written_by="Ken", quotes=[{"by": "Ms Ono", "on": "2026-10-01", "text": "Thank you."}])
    world.entry.seal(content)
    world.entry.save()
    sign_in(client, world.roles["owner"])
    client.post(reverse("journal:entry_detail", args=[world.entry.pk]), {"version": 1, "words": "Other words", "kind": "greet"})
    after = Entry.objects.get(pk=world.entry.pk).document
    assert (after.words, after.written_by, after.quotes) == ("Other words", "Ken", content.quotes)


def test_no_counsellor_reads_what_is_brought_in_even_where_new_entries_are_open(client, world, newcomer):
    journal = newcomer.memberships.get().journal
    factories.make_share(journal, world.share.counsellor, "new")
    sign_in(client, newcomer)
    client.post(upload(client, copy_of(world.roles["owner"], world.journal))["Location"])
    assert Entry.objects.of_family(newcomer, journal).exists()
    assert not SharedEntry.objects.filter(journal=journal).exists()


def test_a_hard_day_of_this_week_that_came_with_the_copy_rests_the_steps(client, newcomer):
    user = factories.make_user("hana")
    journal = factories.make_journal(user)
    factories.make_entry(journal, user, kind="hard")
    sign_in(client, newcomer)
    client.post(upload(client, copy_of(user, journal))["Location"])
    membership = factories.make_membership(newcomer.memberships.get().journal, newcomer)
    assert membership.resting_until(today_of(newcomer)) is not None


def test_an_earlier_hard_day_later_in_the_copy_shortens_no_rest(client, newcomer):
    user = factories.make_user("hana")
    journal = factories.make_journal(user)
    factories.make_entry(journal, user, "today", kind="hard")
    factories.make_entry(journal, user, "before", kind="hard", happened_at=timezone.now() - timedelta(days=5))
    copied = json.loads(copy_of(user, journal))
    copied["entries"].reverse()
    sign_in(client, newcomer)
    client.post(upload(client, json.dumps(copied).encode())["Location"])
    membership = factories.make_membership(newcomer.memberships.get().journal, newcomer)
    today = today_of(newcomer)
    assert copied["entries"][0]["words"] == "today"
    assert membership.resting_until(today) == today + timedelta(days=7)


# ---- looked at first


def test_a_copy_is_looked_at_before_anything_is_written(client, world, newcomer):
    sign_in(client, newcomer)
    answer = upload(client, copy_of(world.roles["owner"], world.journal))
    assert answer.status_code == 303
    shown = client.get(answer["Location"]).content.decode()
    assert "What was written" in shown
    assert SECRET not in shown
    journal = newcomer.memberships.get().journal
    assert fits(newcomer, journal)
    held = Import.objects.get(journal=journal)
    assert SECRET.encode() not in bytes(held.sealed)
    assert client.post(answer["Location"]).status_code == 303
    assert not Import.objects.filter(journal=journal).exists()
    assert client.post(answer["Location"]).status_code == 404, "the same press twice brings nothing in twice"
    assert Entry.objects.of_family(newcomer, journal).count() == 2


def test_the_zip_itself_can_be_brought_in(client, world, newcomer):
    sign_in(client, world.roles["owner"])
    page = client.post(reverse("journal:export_add"))["Location"]
    content = client.get(f"{page}file/").content
    sign_in(client, newcomer)
    assert client.post(upload(client, content)["Location"]).status_code == 303
    assert SECRET in client.get(reverse("journal:person_list")).content.decode()


def test_a_journal_with_something_in_it_takes_nothing_in(client, world, newcomer):
    sign_in(client, newcomer)
    waiting = upload(client, copy_of(world.roles["owner"], world.journal))["Location"]
    journal = newcomer.memberships.get().journal
    factories.make_person(journal, newcomer, "Already here")
    answer = client.post(waiting, follow=True)
    assert "There is something in this journal already." in answer.content.decode()
    assert not Entry.objects.filter(journal=journal).exists()
    assert upload(client, copy_of(world.roles["owner"], world.journal)).status_code == 422


def test_what_the_other_parent_keeps_to_themselves_does_not_show_through(world):
    journal = factories.make_journal(mother := factories.make_user("a"), father := factories.make_user("b"))
    factories.make_entry(journal, father, "mine alone")
    assert fits(mother, journal)
    assert not fits(father, journal)


def test_a_fault_while_writing_changes_nothing(client, world, newcomer, monkeypatch):
    sign_in(client, newcomer)
    waiting = upload(client, copy_of(world.roles["owner"], world.journal))["Location"]

    def broken(membership, rows):
        raise RuntimeError

    last = sections.each()[-1]
    monkeypatch.setitem(sections.REGISTRY, last.name, replace(last, write=broken))
    client.raise_request_exception = False
    assert client.post(waiting).status_code == 500
    assert fits(newcomer, newcomer.memberships.get().journal)
    assert Import.objects.filter(requested_by=newcomer).exists(), "the file is still there to be tried again"


def test_bringing_in_costs_the_same_for_three_entries_and_for_three_hundred(db):
    numbers = []
    for many in (3, 300):
        user = factories.make_user("hana")
        journal = factories.make_journal(user)
        for _ in range(3):
            factories.make_entry(journal, user, "Tea.")
        first = json.loads(copy_of(user, journal))
        first["entries"] = [{**first["entries"][0], "id": str(uuid.uuid4())} for _ in range(many)]
        copy, target = read(json.dumps(first).encode()), factories.make_journal(user)
        membership = factories.make_membership(target, user)
        with CaptureQueriesContext(connection) as queries:
            copy.write(membership)
        numbers.append(len(queries))
        assert Entry.objects.filter(journal=target).count() == many
    assert numbers[1] - numbers[0] <= 1


def test_a_part_of_the_journal_that_is_registered_is_in_every_copy_and_comes_back(client, world, newcomer, monkeypatch):
    written = []
    visits = sections.Section(
        name="visits",
        title="Visits",
        collect=lambda user, journal: ([{"id": str(uuid.uuid4()), "who": "Ms Ono"}], 0),
        heading=lambda row: row["who"],
        lines=lambda row: [("Who comes", row["who"])],
        check=shapes.record({"id": shapes.identity, "who": shapes.text(60)}),
        is_empty=lambda user, journal: True,
        write=lambda membership, rows: written.extend(rows),
    )
    monkeypatch.setitem(sections.REGISTRY, "visits", visits)
    content = copy_of(world.roles["owner"], world.journal)
    assert "Ms Ono" in files.table(visits, visits.collect(None, None)[0]).decode()
    sign_in(client, newcomer)
    client.post(upload(client, content)["Location"])
    assert [row["who"] for row in written] == ["Ms Ono"]
    monkeypatch.delitem(sections.REGISTRY, "visits")
    with pytest.raises(Refused):
        read(content)
