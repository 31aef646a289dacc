"""The access log: every reading leaves a line, and no line can be changed."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.models import AccessEvent, AccessHead, CentreRole, Entry, Erased, JournalKey, Reply, SharedEntry, User, Verb
from journal.models.log import Fault, LogUnavailable, Wrong, install_triggers
from tests import factories
from tests.conftest import SECRET, sign_in


@pytest.fixture
def lines(world):
    for _ in range(3):
        AccessEvent.objects.record_reading(world.roles["counsellor"], world.share, [world.entry])
    return world


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
    _without_triggers()
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
    _without_triggers()
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


def _without_triggers():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER journal_accessevent_no_update")
            cursor.execute("DROP TRIGGER journal_accessevent_no_delete")
        else:
            cursor.execute("DROP TRIGGER journal_accessevent_append_only ON journal_accessevent")


def test_a_cut_tail_shows_although_the_head_was_taken_too(lines):
    _without_triggers()
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


# ---- `manage.py verify_log`


def verify(capsys, *arguments):
    """Run it; return what it says and whether it ended with an error."""
    try:
        call_command("verify_log", *arguments)
    except CommandError as error:
        return capsys.readouterr().out + str(error), True
    return capsys.readouterr().out, False


def test_a_log_that_holds_is_said_to(lines, capsys):
    said, failed = verify(capsys)
    assert not failed
    assert "logs checked: 2, with a fault: 0" in said


FAULTS = {
    "changed": (lambda rows: rows.filter(number=2).update(who=0), ["line 2 does not follow from the line before it"]),
    "another mac": (
        lambda rows: rows.filter(number=2).update(mac=b"x" * 32),
        ["line 2 does not follow from the line before it", "line 3 does not follow from the line before it"],
    ),
    "missing": (lambda rows: rows.filter(number=2).delete(), ["line 3 lines before it are missing"]),
    "first one missing": (lambda rows: rows.filter(number=1).delete(), ["line 2 lines before it are missing"]),
    "cut": (lambda rows: rows.filter(number=3).delete(), ["line 3 is not where the newest line should be"]),
    "in another order": (
        lambda rows: [rows.filter(number=old).update(number=new) for old, new in ((1, 9), (2, 1), (9, 2))],
        ["line 1 does not follow from the line before it", "line 2 does not follow from the line before it"],
    ),
    "head": (
        lambda rows: AccessHead.objects.update(number=2),
        ["line 3 is not where the newest line should be"],
    ),
    "no key": (
        lambda rows: JournalKey.objects.filter(purpose="log").update(wrapped=b"0" * 60),
        ["line 1 cannot be checked: its key does not open"],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_kind_of_change_is_found_and_named_by_journal_and_line_alone(lines, capsys, name):
    change, said = FAULTS[name]
    _without_triggers()
    change(AccessEvent.objects.filter(journal=lines.journal))
    out, failed = verify(capsys, "--journal", str(lines.journal.pk))
    assert failed
    for sentence in said:
        assert f"journal {lines.journal.pk}: {sentence}" in out
    assert not any(user.email in out for user in lines.roles.values() if user)


def test_a_line_of_another_journal_does_not_pass_for_one_of_this(lines, capsys):
    other = factories.make_journal(factories.make_user("parent"))
    for _ in range(3):
        AccessEvent.objects.record(journal=other.pk, who=lines.roles["stranger"], role="parent", verb=Verb.PRINTED)
    _without_triggers()
    AccessEvent.objects.filter(journal=lines.journal, number=2).delete()
    AccessEvent.objects.filter(journal=other, number=2).update(journal=lines.journal)
    out, failed = verify(capsys)
    assert failed
    assert f"journal {lines.journal.pk}: line 2 does not follow" in out
    assert f"journal {other.pk}: line 3 lines before it are missing" in out


def test_a_journal_that_is_not_there_is_an_error(world, capsys):
    said, failed = verify(capsys, "--journal", "00000000-0000-4000-8000-000000000000")
    assert failed
    assert "There is no journal with this id." in said


@settings(max_examples=25, deadline=None)
@given(
    column=st.sampled_from(["who", "role", "verb", "share", "at", "shown"]), number=st.integers(1, 3), value=st.integers(1, 10**6)
)
def test_no_column_of_a_line_can_be_changed_unseen(django_db_setup, django_db_blocker, column, number, value):
    with django_db_blocker.unblock(), transaction.atomic():
        parent = factories.make_user("parent")
        journal = factories.make_journal(parent)
        for _ in range(3):
            AccessEvent.objects.record(journal=journal.pk, who=parent, role="parent", verb=Verb.PRINTED)
        _without_triggers()
        line = AccessEvent.objects.get(journal=journal, number=number)
        changed = {
            "who": line.who + value,
            "role": f"r{value}"[:10],
            "verb": f"v{value}"[:10],
            "share": journal.pk,
            "at": line.at + timedelta(microseconds=value),
            "shown": [str(value)],
        }[column]
        AccessEvent.objects.filter(pk=line.pk).update(**{column: changed})
        assert AccessEvent.objects.faults(journal.pk) == [Fault(number, Wrong.CHANGED)]
        transaction.set_rollback(True)


# ---- the page


def log_page(client, query="", **headers):
    return client.get(reverse("journal:log_list") + query, headers=headers).content.decode()


def test_the_page_says_who_what_and_when_and_that_the_list_is_whole(client, lines):
    sign_in(client, lines.roles["owner"])
    html = log_page(client)
    assert html.count("Read 1 entry") == 3
    assert "Ms counsellor" in html
    assert "These lines are complete and unchanged." in html
    assert SECRET not in html


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("verb", Verb.values)
def test_every_kind_of_line_has_its_words_in_both_languages(client, world, verb, language):
    by_counsellor = verb in {"read", "opened", "wrote", "covered", "took_over", "refused", "edited"}
    who, role = (world.roles["counsellor"], "counsellor") if by_counsellor else (world.roles["owner"], "parent")
    AccessEvent.objects.record(journal=world.journal.pk, who=who, role=role, verb=verb, share=world.share.pk)
    sign_in(client, world.roles["owner"])
    with translation.override(language):
        html = log_page(client)
    assert ("counsellorさん" if language == "ja" else "Ms counsellor") in html or not by_counsellor
    line = html[html.index('<ul class="log">') : html.index("</ul>", html.index('<ul class="log">'))]
    assert any("ぁ" <= sign <= "ん" for sign in line) is (language == "ja")


def test_what_a_parent_allows_names_the_counsellor_it_is_about(client, world):
    AccessEvent.objects.record(
        journal=world.journal.pk, who=world.roles["member"], role="parent", verb=Verb.NARROWED, share=world.share.pk
    )
    sign_in(client, world.roles["owner"])
    html = log_page(client)
    assert "<b>Member</b>" in html
    assert "May now read less (Ms counsellor)" in html


def test_whoever_reads_in_place_of_the_shares_counsellor_is_named_as_cover(client, world):
    factories.make_cover(world.share, CentreRole.objects.get(user=world.roles["other"]))
    AccessEvent.objects.record_reading(world.roles["other"], world.share, [world.entry])
    sign_in(client, world.roles["owner"])
    html = log_page(client)
    assert "<b>Ms other</b>" in html
    assert "Read as cover for Ms counsellor" in html


def test_the_page_goes_back_by_key_and_the_fragment_holds_the_focus(client, world):
    for _ in range(45):
        AccessEvent.objects.record_reading(world.roles["counsellor"], world.share, [])
    sign_in(client, world.roles["owner"])
    assert "?before=26" in log_page(client)
    part = log_page(client, "?before=26", **{"HX-Request": "true", "HX-Target": "log"})
    assert "<html" not in part
    assert part.count("autofocus") == 1
    assert part.count("Opened the journal, read nothing") == 20
    assert "?before=6" in part
    assert log_page(client, "?before=6").count("Opened the journal") == 5


@pytest.mark.parametrize("odd", ["x", "-1", "1e3", "99999999999", "２", ""])
def test_an_odd_number_in_the_address_shows_the_newest_lines(client, lines, odd):
    sign_in(client, lines.roles["owner"])
    assert log_page(client, f"?before={odd}").count("Read 1 entry") == 3


def test_a_change_shows_on_the_page_with_what_to_do(client, world, caplog):
    for _ in range(25):
        AccessEvent.objects.record_reading(world.roles["counsellor"], world.share, [])
    _without_triggers()
    sign_in(client, world.roles["owner"])
    AccessEvent.objects.filter(number=12).update(verb="read")
    html = log_page(client)
    assert "Something does not fit at line 12." in html
    assert "complete and unchanged" not in html
    assert reverse("journal:share_list") in html
    assert f"journal {world.journal.pk} does not fit at line 12" in caplog.text
    # The lines before it are whole.
    assert "complete and unchanged" in log_page(client, "?before=6")
    AccessEvent.objects.filter(number=5).delete()
    assert "Something does not fit at line 6." in log_page(client)


@pytest.mark.parametrize("head", [{"number": 2}, {"mac": b"x"}, None], ids=["number", "mac", "gone"])
def test_a_cut_list_shows_on_the_page(client, lines, head):
    rows = AccessHead.objects.filter(journal=lines.journal)
    rows.update(**head) if head else rows.delete()
    sign_in(client, lines.roles["owner"])
    assert "Something does not fit at line 3." in log_page(client)


def test_the_page_costs_the_same_for_ten_lines_and_for_ten_thousand(client, world):
    counsellor, key = world.roles["counsellor"], JournalKey.objects.log_key(world.journal.pk)
    sign_in(client, world.roles["owner"])
    counts = []
    for more in (25, 9_975):
        head, _ = AccessHead.objects.get_or_create(journal=world.journal)
        mac, rows = bytes(head.mac), []
        for number in range(head.number + 1, head.number + more + 1):
            row = AccessEvent(
                journal=world.journal, number=number, who=counsellor.pk, role="counsellor", verb="opened",
                share=world.share.pk, at=world.entry.created_at,
            )  # fmt: skip
            mac = row.mac = row.expected_mac(key, mac)
            rows.append(row)
        AccessEvent.objects.bulk_create(rows, batch_size=500)
        AccessHead.objects.filter(journal=world.journal).update(number=number, mac=mac)
        log_page(client)
        with CaptureQueriesContext(connection) as queries:
            assert "complete and unchanged" in log_page(client)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16
    assert AccessEvent.objects.faults(world.journal.pk) == []


def test_a_parents_own_reading_is_not_noted(client, world):
    sign_in(client, world.roles["owner"])
    for name in ("home", "entry_list", "share_list", "week_list", "log_list"):
        client.get(reverse(f"journal:{name}"))
    client.get(reverse("journal:entry_detail", args=[world.entry.pk]))
    assert not AccessEvent.objects.exists()


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
