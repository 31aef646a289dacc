"""The page of the log: who read what and when, and whether the list is whole."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from journal.models import AccessEvent, AccessHead, CentreRole, JournalKey, Verb
from tests import factories
from tests.conftest import SECRET, sign_in
from tests.tools.tables import without_triggers


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
    without_triggers()
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
