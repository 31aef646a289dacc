"""Sealing: what opens, what does not, and what a stolen row tells."""

import base64
import uuid

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from journal.models import Entry, JournalKey
from journal.models.keys import check_keys
from journal.vault import DataKey, Unreadable, Vault, fingerprint
from tests import factories

ONE = "1:" + base64.b64encode(b"1" * 32).decode()
TWO = "2:" + base64.b64encode(b"2" * 32).decode()
JOURNAL, ROW = uuid.uuid4(), uuid.uuid4()
KEY = DataKey(journal=JOURNAL, version=1, secret=b"k" * 32)


@given(st.text())
def test_what_was_sealed_opens_as_it_was(text):
    text = text.encode("utf-8", "ignore").decode()
    assert KEY.open("entry", ROW, KEY.seal("entry", ROW, text)) == text


@pytest.mark.parametrize("words", ["", "a", "おやすみ", "x" * 200, "あ" * 20_000])
def test_length_tells_only_a_step(words):
    sizes = {len(KEY.seal("entry", ROW, words + "y" * extra)) for extra in (0, 1)}
    assert len(sizes) == 1


@pytest.mark.parametrize(
    "other",
    [
        lambda sealed: KEY.open("reply", ROW, sealed),
        lambda sealed: KEY.open("entry", uuid.uuid4(), sealed),
        lambda sealed: DataKey(journal=uuid.uuid4(), version=1, secret=KEY.secret).open("entry", ROW, sealed),
        lambda sealed: DataKey(journal=JOURNAL, version=2, secret=KEY.secret).open("entry", ROW, sealed),
        lambda sealed: DataKey(journal=JOURNAL, version=1, secret=b"z" * 32).open("entry", ROW, sealed),
        lambda sealed: KEY.open("entry", ROW, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        lambda sealed: KEY.open("entry", ROW, b"\x02" + sealed[1:]),
        lambda sealed: KEY.open("entry", ROW, b""),
    ],
    ids=["field", "row", "journal", "version", "key", "bit", "format", "empty"],
)
def test_a_sealed_value_opens_in_its_own_place_only(other):
    with pytest.raises(Unreadable):
        other(KEY.seal("entry", ROW, "words"))


def test_the_first_master_key_wraps_and_an_older_one_still_unwraps():
    old = Vault(ONE)
    master, wrapped = old.wrap(b"s" * 32, JOURNAL, "text", 1)
    both = Vault(f"{TWO},{ONE}")
    assert both.unwrap(master, wrapped, JOURNAL, "text", 1) == b"s" * 32
    assert both.wrap(b"s" * 32, JOURNAL, "text", 1)[0] == 2
    with pytest.raises(Unreadable):
        Vault(TWO).unwrap(master, wrapped, JOURNAL, "text", 1)
    with pytest.raises(Unreadable):
        both.unwrap(master, wrapped, uuid.uuid4(), "text", 1)


@pytest.mark.parametrize(
    "spec", ["", "1:abc", "1:" + base64.b64encode(b"short").decode(), f"{ONE},{ONE}", ONE[2:], "0" + ONE[1:]]
)
def test_a_malformed_master_key_stops_the_start(spec):
    with pytest.raises(ImproperlyConfigured):
        Vault(spec)


def test_a_second_factors_seed_is_sealed():
    sealed = Vault(ONE).seal_factor("SEED")
    assert b"SEED" not in sealed
    assert Vault(f"{TWO},{ONE}").open_factor(sealed) == "SEED"
    with pytest.raises(Unreadable):
        Vault(TWO).open_factor(sealed)


def test_the_site_refuses_to_serve_with_another_master_key(db, settings):
    factories.make_journal(factories.make_user())
    check_keys()
    settings.HALLWAY_KEYS = "2:" + base64.b64encode(b"x" * 32).decode()
    with pytest.raises(ImproperlyConfigured):
        check_keys()


def test_a_stolen_database_holds_no_word_kind_or_response(world):
    raw = b"".join(bytes(row.sealed) for row in Entry.objects.all())
    for word in ("ZEBRA", "しまうま", "greet", "kind"):
        assert word.encode() not in raw


def test_two_rows_with_their_seals_swapped_are_shown_as_unreadable(world):
    one, two = world.entry, world.private
    Entry.objects.filter(pk=one.pk).update(sealed=two.sealed)
    Entry.objects.filter(pk=two.pk).update(sealed=one.sealed)
    for row in Entry.objects.filter(pk__in=[one.pk, two.pk]).opened():
        assert row.unreadable


def test_without_its_key_a_journal_is_gone(world):
    JournalKey.objects.filter(journal=world.journal).delete()
    assert all(row.unreadable for row in Entry.objects.filter(journal=world.journal).opened())


def test_codes_and_links_are_kept_as_a_fingerprint_only():
    assert fingerprint("ABCD1234") != "ABCD1234"
    assert len(fingerprint("ABCD1234")) == 64


def test_malformed_keys_are_refused_before_the_first_journal_exists(db, settings):
    settings.HALLWAY_KEYS = "not a key"
    with pytest.raises(ImproperlyConfigured):
        check_keys()
