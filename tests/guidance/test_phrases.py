"""Where a Japanese heading may break."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance import library
from guidance.phrases import LONG, NO_END, NO_START, close_up, split

TEXTS = library.current()
HEADINGS = {
    text
    for document in TEXTS.documents.values()
    if document.language == "ja"
    for text in (document.title, *(heading.words for heading in document.headings))
}


@pytest.mark.parametrize("whole", ["午後6時16分", "11月24日（火）", "70歳", "午前10時ごろ", "1年", "何か月", "2026年11月24日"])
def test_a_time_a_day_and_a_number_stay_on_one_line(whole):
    assert any(whole in piece for piece in split(f"きのうの{whole}から、また続けています"))


@pytest.mark.parametrize("heading", ["死にたい、と言われたとき", "話したいとき（死にたい気持ちのことも）", "死にたくなったとき"])
def test_no_line_ends_inside_the_word_that_must_be_heard_whole(heading):
    assert any("死にた" in piece for piece in split(heading))
    assert "死に" not in {piece.lstrip("（") for piece in split(heading)}


def test_a_long_phrase_breaks_where_a_voice_would():
    assert split("ひきこもりだけではないかもしれないとき") == ["ひきこもり", "だけではない", "かもしれないとき"]


def test_no_line_is_one_lone_kana_or_begins_with_a_mark():
    assert split("つながりが広がるのを、急がず支える") == ["つながりが", "広がるのを、", "急がず", "支える"]
    assert split("ネットを止めたくなったとき") == ["ネットを", "止めたくなったとき"]
    assert split("うそをついてでも、病院へ") == ["うそを", "ついて", "でも、", "病院へ"]
    assert split("お金の表（あるもの・いるもの）") == ["お金の", "表", "（あるもの・", "いるもの）"]


@pytest.mark.parametrize("heading", sorted(HEADINGS))
def test_every_piece_of_a_heading_fits_a_small_phone(heading):
    assert max(len(piece) for piece in split(heading)) <= LONG + 1


@given(st.text(alphabet="あいうのをがっゃー、。「」（）・東京部屋12月日時分アンabc "))
def test_nothing_is_lost_and_no_line_begins_or_ends_with_a_mark_that_belongs_elsewhere(text):
    pieces = split(text)
    assert "".join(pieces) == text
    assert not any(piece[0] in NO_START for piece in pieces[1:])
    assert not any(piece[-1] in NO_END for piece in pieces[:-1])


def test_japanese_sentences_stand_side_by_side_and_others_keep_their_space():
    assert (
        close_up("<b>休みます。</b> 何も\n 言いません。 <a>次へ。</a>\n終わり。")
        == "<b>休みます。</b>何も\n 言いません。<a>次へ。</a>終わり。"
    )
    assert close_up("Rest. <b>Say nothing.</b> Good.") == "Rest. <b>Say nothing.</b> Good."
