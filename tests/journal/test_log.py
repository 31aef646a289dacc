"""The access log: every reading leaves a line, and no line can be changed."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.urls import reverse
from django.utils import translation

from journal.models import AccessEvent, AccessHead, Entry, Erased, JournalKey, Reply, SharedEntry, User, Verb
from journal.models.log import Fault, LogUnavailable, Wrong, install_triggers
from tests import factories
from tests.conftest import SECRET, sign_in
from tests.tools.tables import without_triggers


def test_a_reading_leaves_a_line_and_marks_the_entry_as_read(lines):
    event = AccessEvent.objects.of_family(lines.roles["owner"], lines.journal).first()
    assert (event.number, event.verb, event.shown) == (3, "read", [str(lines.entry.pk)])
    assert SharedEntry.objects.get(share=lines.share, entry=lines.entry).read_at is not None


def test_a_stranger_has_no_log_to_read(lines):
    for name in ("stranger", "counsellor", "manager"):
        assert not AccessEvent.objects.of_family(lines.roles[name], lines.journal).exists()


@pytest.mark.parametrize("change", [lambda rows: rows.update(who=0), lambda rows: rows.delete()], ids=["update", "delete"])
def test_the_database_itself_refuses_to_change_or_delete_a_line(lines, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        change(AccessEvent.objects.filter(journal=lines.journal, number=2))


def test_the_triggers_come_back_after_the_table_was_rebuilt(lines):
    # SQLite drops a table's triggers when it rebuilds it; a test's open transaction cannot rebuild one, so they are dropped here.
    without_triggers()
    install_triggers()
    with pytest.raises(DatabaseError), transaction.atomic():
        AccessEvent.objects.filter(number=1).update(verb="opened")


def test_an_erased_journals_log_goes_with_it(lines):
    Erased.objects.create(kind="journal", row_id=str(lines.journal.pk))
    lines.journal.replies.all().delete()
    lines.journal.delete()
    assert not AccessEvent.objects.exists()


def test_the_chain_shows_a_changed_a_missing_and_a_cut_line(lines):
    assert AccessEvent.objects.faults(lines.journal.pk) == []
    without_triggers()
    AccessEvent.objects.filter(number=2).update(verb="opened")
    assert AccessEvent.objects.faults(lines.journal.pk) == [Fault(2, Wrong.CHANGED)]
    AccessEvent.objects.filter(number=2).update(verb="read")
    AccessEvent.objects.filter(number=2).delete()
    assert AccessEvent.objects.faults(lines.journal.pk) == [Fault(3, Wrong.MISSING)]
    AccessEvent.objects.filter(number=3).delete()
    assert AccessEvent.objects.faults(lines.journal.pk) == [Fault(3, Wrong.HEAD)]


def test_the_head_follows_the_newest_line(lines):
    head = AccessHead.objects.get(journal=lines.journal)
    assert (head.number, bytes(head.mac)) == (3, bytes(AccessEvent.objects.get(number=3).mac))


def test_a_cut_tail_shows_although_the_head_was_taken_too(lines):
    without_triggers()
    AccessEvent.objects.filter(number=3).delete()
    AccessHead.objects.all().delete()
    assert AccessEvent.objects.faults(lines.journal.pk) == [Fault(2, Wrong.HEAD)]


def test_no_line_is_replaced_and_the_table_is_not_emptied(lines):
    replace = """INSERT OR REPLACE INTO journal_accessevent (id, number, who, role, verb, at, shown, mac, journal_id)
        SELECT id, number, 0, role, 'opened', at, shown, mac, journal_id FROM journal_accessevent"""
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(replace if connection.vendor == "sqlite" else "TRUNCATE journal_accessevent CASCADE")
    assert AccessEvent.objects.filter(verb="read").count() == 3


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal_accessevent SET verb = 'opened'",
        "UPDATE journal_accessevent SET number = number + 10",
        "DELETE FROM journal_accessevent",
        "DELETE FROM journal_accessevent WHERE number = 3",
    ],
)
def test_no_line_is_changed_or_deleted_by_hand_in_the_database_either(lines, sql):
    before = list(AccessEvent.objects.order_by("number").values_list("number", "verb", "who"))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(AccessEvent.objects.order_by("number").values_list("number", "verb", "who")) == before


def test_an_erased_journal_takes_its_own_log_with_it_and_no_other(lines):
    other = factories.make_journal(factories.make_user("parent"))
    AccessEvent.objects.record(journal=other.pk, who=lines.roles["stranger"], role="parent", verb=Verb.PRINTED)
    Erased.objects.create(kind="journal", row_id=str(lines.journal.pk))
    AccessEvent.objects.filter(journal=lines.journal).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        AccessEvent.objects.filter(journal=other).delete()
    assert AccessEvent.objects.get().journal == other


def test_that_something_else_was_erased_opens_nothing(lines):
    Erased.objects.create(kind="entry", row_id=str(lines.journal.pk))
    with pytest.raises(DatabaseError), transaction.atomic():
        AccessEvent.objects.filter(journal=lines.journal).delete()


def test_the_triggers_are_there_again_after_a_migration_rebuilt_the_table(transactional_db):
    parent = factories.make_user("parent")
    journal = factories.make_journal(parent)
    AccessEvent.objects.record(journal=journal.pk, who=parent, role="parent", verb=Verb.PRINTED)
    old = AccessEvent._meta.get_field("role")
    new = models.CharField(max_length=11)
    new.set_attributes_from_name("role")
    for before, after in ((old, new), (new, old)):
        with connection.schema_editor() as editor:
            editor.alter_field(AccessEvent, before, after)
    call_command("migrate", verbosity=0)
    for change in (lambda rows: rows.update(who=0), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(AccessEvent.objects.all())
    assert AccessEvent.objects.faults(journal.pk) == []


def test_deleting_an_account_leaves_its_lines_and_says_that_somebody_has_left(client, world):
    leaver = factories.make_user("Kenji")
    world.journal.add_member(leaver, "member")
    AccessEvent.objects.record(journal=world.journal.pk, who=leaver, role="parent", verb=Verb.PRINTED)
    sign_in(client, world.roles["owner"])
    assert "Kenji" in client.get(reverse("journal:log_list")).content.decode()
    User.objects.get(pk=leaver.pk).delete()
    html = client.get(reverse("journal:log_list")).content.decode()
    assert "Kenji" not in html
    assert "Someone who has left" in html
    assert AccessEvent.objects.faults(world.journal.pk) == []


# ---- whose reading has ended


@pytest.mark.parametrize("name", ["expired", "revoked", "unapproved"])
def test_who_tries_again_after_the_end_is_seen_once_a_day_and_told_nothing(client, world, name):
    share = world.shares[name]
    sign_in(client, world.roles[name])
    ended = client.get(reverse("journal:desk_family", args=[share.pk]))
    never = client.get(reverse("journal:desk_family", args=["00000000-0000-4000-8000-000000000000"]))
    assert ended.status_code == never.status_code == 404
    assert len(ended.content) == len(never.content)
    client.post(reverse("journal:reply_add", args=[share.pk]), {"text": "x"})
    event = AccessEvent.objects.get()
    assert (event.verb, event.who, event.shown) == ("refused", world.roles[name].pk, [])


def test_who_never_could_read_leaves_no_line(client, world):
    for name in ("other", "stranger", "manager", "chosen"):
        sign_in(client, world.roles[name])
        assert client.get(reverse("journal:desk_family", args=[world.share.pk])).status_code == 404
    assert not AccessEvent.objects.exists()


# ---- when the log cannot be written


@pytest.fixture
def no_log(lines):
    """The head stands at a number that is taken: no line can follow."""
    AccessHead.objects.filter(journal=lines.journal).update(number=1)
    return lines


ROUTES = [
    ("GET", "desk_family", {}),
    (
        "POST",
        "reply_add",
        {"submission": "3c9fb0f4-7c9e-4a1c-8f7f-111111111111", "text": "I am glad. おつかれさまです。"},
    ),
    ("GET", "desk_visit", {}),
    ("POST", "desk_visit", {"version": "1", "read": "on"}),
]


@pytest.mark.parametrize(("method", "name", "data"), ROUTES, ids=[f"{method} {name}" for method, name, _ in ROUTES])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_without_a_line_nothing_is_read_and_no_word_is_lost(client, no_log, method, name, data, language):
    sign_in(client, no_log.roles["counsellor"])
    SharedEntry.objects.update(read_at=None)
    arguments = [no_log.share.pk] + ([no_log.visit.pk] if name == "desk_visit" else [])
    with translation.override(language):
        address = reverse(f"journal:{name}", args=arguments)
    response = client.generic("GET", address) if method == "GET" else client.post(address, data)
    html = response.content.decode()
    assert response.status_code == 503
    assert response.headers["Cache-Control"] == "no-store, private"
    assert SECRET not in html
    for typed in data.values():
        assert typed in html
    assert not Reply.objects.exists()
    assert not SharedEntry.objects.filter(read_at__isnull=False).exists()
    assert AccessEvent.objects.count() == 3


def test_a_fragment_is_refused_too_and_the_page_keeps_its_words(client, no_log):
    sign_in(client, no_log.roles["counsellor"])
    address = reverse("journal:reply_add", args=[no_log.share.pk])
    response = client.post(address, ROUTES[1][2], headers={"HX-Request": "true"})
    assert response.status_code == 503
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize("missing", ["key", "wrong key"])
def test_a_log_without_its_key_is_not_written_either(world, missing, caplog):
    keys = JournalKey.objects.filter(journal=world.journal, purpose="log")
    keys.delete() if missing == "key" else keys.update(wrapped=b"0" * 60)
    with pytest.raises(LogUnavailable), transaction.atomic():
        AccessEvent.objects.record_reading(world.roles["counsellor"], world.share, [world.entry])
    assert not AccessHead.objects.filter(journal=world.journal).exists()
    assert str(world.journal.pk) in caplog.text


def test_what_a_parent_takes_out_or_prints_needs_its_line_too(client, no_log):
    sign_in(client, no_log.roles["owner"])
    assert client.get(reverse("journal:export_file", args=[no_log.rows["export"]])).status_code == 503
    today = Entry.objects.get(pk=no_log.entry.pk).day
    data = {"journal": no_log.journal.pk, "first": today, "last": today, "parts": ["counts"]}
    assert client.post(reverse("journal:summary_print"), data).status_code == 503
    assert AccessEvent.objects.count() == 3


def test_a_refusal_stands_although_it_cannot_be_noted(client, no_log):
    sign_in(client, no_log.roles["expired"])
    assert client.get(reverse("journal:desk_family", args=[no_log.shares["expired"].pk])).status_code == 404
