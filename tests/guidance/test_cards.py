"""The cards and the two checklists: every plan that forces has an end where force is right, and nobody is named."""

import re

import pytest

from guidance import groups, library
from guidance.fields import LANGUAGES
from tests.guidance.content import plain

CARDS = {
    "company": ("When you think of paying someone to take them out", "お金を払って、連れ出してもらいたくなったとき"),
    "visit": ("When you think of a surprise visit", "だれかに、急に来てもらいたくなったとき"),
    "door": ("When you think of taking the door off", "部屋の戸を外したくなったとき"),
    "internet": ("When you think of cutting the internet", "ネットを止めたくなったとき"),
    "meals": ("When you think of stopping food or money", "食事やお金を止めたくなったとき"),
    "things": ("When you think of clearing out their things", "持ち物を片づけたくなったとき"),
    "trick": ("When you think of a trick to reach a clinic", "うそをついてでも、病院へ連れていきたくなったとき"),
    "deadline": ("When you think of setting a deadline", "期限を切りたくなったとき"),
    "phone": ("When you want to look at their phone, diary or post", "スマホや日記、郵便を見たくなったとき"),
    "signing-up": ("When you think of signing them up", "本人の代わりに申しこみたくなったとき"),
    "comparing": ("When you want to compare", "人と比べたくなったとき"),
    "midnight": ("When you want to talk at the door at midnight", "夜中に、部屋の前で話したくなったとき"),
    "leaflets": ("When you think of leaving leaflets about", "ちらしを置いておきたくなったとき"),
    "blows": ("When you put up with blows, or want to hit back", "たたかれて我慢しているとき、やり返したくなったとき"),
}
EVERY_CARD = [(language, slug) for language in LANGUAGES for slug in CARDS]
CHECKLISTS = [(language, slug) for language in LANGUAGES for slug in ("services", "visits")]
# What marks a firm, and the places of the rulings: the facts are told without them.
NAMED = re.compile(
    r"株式会社|有限会社|合同会社|\b(?:Inc|Ltd|LLC|Corp|K\.K)\b|Co\., |新宿|名古屋|神奈川|熊本"
    r"|\b(?:Nagoya|Shinjuku|Kanagawa|Kumamoto|Yokohama|Aichi)\b"
)


def card(language, slug):
    return library.current().find("card", language, slug)


def words_of(document):
    return "\n".join([document.title, document.summary, *(block.words for block in document.blocks)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_fourteen_cards_under_their_final_titles(language):
    cards = library.current().cards(language)
    assert {found.slug: found.title for found in cards} == {slug: titles[language == "ja"] for slug, titles in CARDS.items()}
    assert [found.order for found in cards] == list(range(1, len(CARDS) + 1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_stands_in_one_group_of_the_list(client, language):
    for found in library.current().cards(language):
        assert sum(group.holds(found.order) for group in groups.GROUPS) == 1
    page = client.get(f"/{language}/cards/").text
    listed = re.findall(rf'href="/{language}/cards/([a-z-]+)/"', page)
    assert listed == [found.slug for found in library.current().cards(language)]
    assert f'href="/{language}/services/"' in page
    assert f'href="/{language}/visits/"' in page


@pytest.mark.parametrize(("language", "slug"), EVERY_CARD)
def test_every_card_says_when_force_is_right_and_reaches_help(language, slug):
    right = card(language, slug).sections["right"].html
    assert "emergency" in right
    assert 'href="help:' in right
    assert len(right) > 200


@pytest.mark.parametrize(("language", "slug"), EVERY_CARD)
def test_every_card_names_the_way_out_before_anything_else(language, slug):
    first = card(language, slug).sections["wish"].html.split("</p>")[0]
    assert 'href="help:' in first


@pytest.mark.parametrize(("language", "slug"), EVERY_CARD)
def test_a_card_offers_something_else_and_a_word_to_say_or_a_number_to_call(language, slug):
    instead = card(language, slug).sections["instead"].html
    assert instead.count("<li>") >= 4
    assert 'class="say"' in instead or "helpline" in instead


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_is_hit_is_told_to_leave_and_never_what_to_announce(language):
    found = card(language, "blows")
    text = words_of(found)
    assert {"en": "leave without explaining", "ja": "何も言わず"}[language] in text
    assert not any('class="say"' in section.html for section in found.sections.values())
    assert all('href="help:hurt"' in found.sections[part].html for part in ("wish", "right"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_silence_behind_the_door_has_an_end_the_same_day(language):
    right = card(language, "door").sections["right"]
    text = re.sub(r"<[^>]+>", "", right.html)
    assert {"en": "Ask on the phone whether to go in.", "ja": "入ってよいかは、電話で聞いてください。"}[language] in text
    assert {"en": "the same day", "ja": "その日のうちに"}[language] in text


@pytest.mark.parametrize(("language", "slug"), EVERY_CARD)
def test_a_card_names_no_firm_and_no_place(language, slug):
    assert not NAMED.search(words_of(card(language, slug)))


@pytest.mark.parametrize(("language", "slug"), CHECKLISTS)
def test_a_checklist_names_no_firm_and_no_place(language, slug):
    assert not NAMED.search(words_of(library.current().page(language, slug)))


@pytest.mark.parametrize(("language", "slug"), CHECKLISTS)
def test_a_checklist_has_no_field_and_its_own_address_only(client, language, slug):
    page = client.get(f"/{language}/{slug}/").text
    main = page[page.index("<main") : page.index("</main>")]
    assert "<input" not in main
    assert "<form" not in main
    assert client.get(f"/{language}/pages/{slug}/").status_code == 404


@pytest.mark.parametrize(
    ("language", "paths"),
    [
        ("en", ("Already signed", "Already taken", "Years ago")),
        ("ja", ("契約してしまったとき", "連れていかれたとき", "何年も前のことで")),
    ],
)
def test_the_services_page_has_a_path_for_what_has_happened_already(client, language, paths):
    """Each ends in something to do: a line to call, the emergency number, a word to say."""
    html = plain(library.current().page(language, "services").sections["body"].html)
    parts = [re.search(rf"<h2>{path}</h2>(.*?)(?=<h2>|$)", html, re.DOTALL)[1] for path in paths]
    signed, taken, years_ago = parts
    assert "helpline consumer-188" in signed
    assert "emergency" in taken
    assert 'href="help:words"' in taken
    assert 'class="say"' in years_ago


@pytest.mark.parametrize(
    ("language", "phases"),
    [("en", ("Before", "During", "If they say no", "After")), ("ja", ("前に", "その時", "断られたとき", "あとで"))],
)
def test_the_visit_page_goes_through_its_four_phases(language, phases):
    html = plain(library.current().page(language, "visits").sections["body"].html)
    starts = [html.index(f"<h2>{phase}</h2>") for phase in phases]
    assert starts == sorted(starts)
    for start in starts:
        assert html[start:].split("<h2>")[1].count("<li>") >= 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_visit_page_gives_each_condition_to_whose_it_is(language):
    """Two are Kazuhiko Saito's, from the article; the yes is the site's own."""
    html = library.current().page(language, "visits").sections["body"].html
    name = {"en": "Kazuhiko Saito", "ja": "齊藤万比古"}[language]
    paragraph = next(part for part in html.split("</p>") if name in part)
    assert "bbc-2013" in paragraph
    assert paragraph.index("bbc-2013") < paragraph.index("cite own")
