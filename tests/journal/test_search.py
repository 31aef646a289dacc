"""Looking back: pure rules over opened entries."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from guidance.search import comparable
from journal.models import EntryContent, Kind, Response
from journal.search import PAGE, Search, look_back

CONTENTS = st.builds(
    EntryContent,
    kind=st.sampled_from(Kind.values),
    response=st.sampled_from(["", *Response.values]),
    words=st.sampled_from(["", "Tea", "お茶", "good night"]),
    step=st.integers(0, 9),
)
SEARCHES = st.builds(
    Search,
    kind=st.sampled_from(["", "greet", "food"]),
    response=st.sampled_from(["", "sign"]),
    words=st.sampled_from(["", "tea"]),
    step=st.sampled_from([0, 3]),
)


def rows(contents):
    newest = date(2026, 11, 20)
    return [(UUID(int=number), newest - timedelta(days=number), content) for number, content in enumerate(contents)]


@given(contents=st.lists(CONTENTS, max_size=80), search=SEARCHES)
def test_every_entry_that_is_meant_stands_on_exactly_one_page_in_its_order(contents, search):
    everything, seen = rows(contents), []
    rest = everything
    while True:
        found = look_back(rest, search, size=5)
        seen += found.pks
        if found.last is None:
            break
        rest = everything[found.last.int + 1 :]
    assert seen == [pk for pk, _day, content in everything if search.finds(content)]


def test_a_look_back_stops_at_its_bound_and_says_how_far_it_came():
    search = Search(kind="help")
    found = look_back(iter(rows([EntryContent(kind="greet")] * (search.most + 1))), search)
    assert (found.pks, found.last) == ([], UUID(int=search.most - 1))
    assert found.looked_to == date(2026, 11, 20) - timedelta(days=search.most - 1)


def test_a_journal_that_ends_at_the_bound_was_looked_through():
    search = Search(kind="help")
    found = look_back(rows([EntryContent(kind="greet")] * search.most), search)
    assert (found.last, found.looked_to) == (None, None)


def test_a_full_page_stops_without_looking_further():
    opened = []

    def one_by_one():
        for row in rows([EntryContent(kind="greet")] * 100):
            opened.append(row)
            yield row

    found = look_back(one_by_one(), Search(kind="greet"))
    assert (len(found.pks), found.looked_to, len(opened)) == (PAGE, None, PAGE + 1)


def test_words_are_looked_for_further_than_a_choice():
    assert (Search(kind="greet").most, Search(words="tea").most) == (2000, 5000)


def test_words_are_found_however_they_were_typed():
    content = EntryContent(kind="chat", words="ｼﾁｭｰを作った。Good Night", noticed="うなずいた", next="メモ")
    for words in ("シチュー", "しちゅー", "GOOD", "ｇｏｏｄ night", "うなずい", "めも", "シチュー うなずいた"):
        assert Search(words=words).finds(content), words
    assert not Search(words="シチュー 山").finds(content)


def test_what_cannot_be_opened_is_found_only_when_nothing_of_it_is_asked_for():
    assert Search().finds(None)
    assert not Search(kind="greet").finds(None)


@given(text=st.text())
def test_made_plain_twice_is_made_plain(text):
    assert comparable(comparable(comparable(text))) == comparable(comparable(text))
