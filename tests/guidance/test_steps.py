"""What the nine steps and the pages around them promise, in both languages."""

import re

import pytest

from guidance import addresses, check, library, words
from guidance.fields import LANGUAGES

STEPS = range(1, 10)
EVENINGS = {"silent": 3, "argument": 6, "worn-out": 1}
# A minute of reading, for a tired reader on a phone.
ONE_MINUTE = {"en": 180, "ja": 400}
# What a step hands on to, because it would be too long with it.
FURTHER = {
    1: ("first-appointment", "places"),
    2: ("nights",),
    7: ("money-sheet", "over-70"),
    8: ("invitation", "first-appointment"),
    9: ("setbacks", "places", "years", "over-70"),
}
AROUND = sorted({"pause", "under-18", "telling", "terms", *(slug for slugs in FURTHER.values() for slug in slugs)})
# Sections on which somebody acts in a hurry say the same in both languages: the same links, in the same order.
IN_STEP = ("ready", "stay", "urgent")


def step(language, number):
    return library.current().step(language, number)


def page(language, slug):
    return library.current().page(language, slug)


def targets(document):
    return {f"{use.kind}:{use.target}" for use in document.uses}


def links(html):
    return re.findall(r'href="((?:step|card|page|help|check):[^"]*)"', html)


def size(document, language):
    texts = [document.title, document.summary, *(block.words for block in document.blocks)]
    return sum(words.length(text, language) for text in texts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", STEPS)
def test_every_step_leads_to_the_page_on_violence_and_to_the_pause_rule(language, number):
    assert {"help:hurt", "help:words", "page:pause"} <= targets(step(language, number))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", STEPS)
def test_every_step_offers_a_softer_and_a_plainer_way_or_names_the_moment(language, number):
    lines = step(language, number).sections["words"].words
    assert all(line.label for line in lines)
    assert len({line.html for line in lines}) == len(lines)


@pytest.mark.parametrize("number", STEPS)
def test_lines_to_say_are_not_one_list_translated(number):
    english, japanese = (step(language, number).sections["words"].words for language in LANGUAGES)
    assert len(english) in check.LINES_TO_SAY
    assert len(japanese) in check.LINES_TO_SAY
    assert not {line.html for line in english} & {line.html for line in japanese}


@pytest.mark.parametrize("number", STEPS)
@pytest.mark.parametrize("section", IN_STEP)
def test_what_is_done_in_a_hurry_leads_to_the_same_places_in_both_languages(number, section):
    english, japanese = (links(step(language, number).sections[section].html) for language in LANGUAGES)
    assert english == japanese


@pytest.mark.parametrize("number", STEPS)
def test_both_languages_name_the_same_sources_and_pages(number):
    english, japanese = (targets(step(language, number)) for language in LANGUAGES)
    assert english == japanese


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("number", "slug"), [(number, slug) for number, slugs in FURTHER.items() for slug in slugs])
def test_what_is_too_long_for_a_step_is_one_link_away_and_leads_back(language, number, slug):
    assert f"page:{slug}" in targets(step(language, number))
    assert any(target.startswith("step:") for target in targets(page(language, slug)))


@pytest.mark.parametrize("slug", AROUND)
def test_a_page_around_the_steps_names_the_same_things_in_both_languages(slug):
    english, japanese = (page(language, slug) for language in LANGUAGES)
    assert targets(english) == targets(japanese)
    assert [heading.id for heading in english.headings] == [heading.id for heading in japanese.headings]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", AROUND)
def test_a_name_in_the_tab_gives_nothing_away(language, slug):
    telling = "hikikomori|withdraw|violen|mental|suicid|ひきこもり|暴力|精神|自殺|相談"
    assert not re.search(telling, page(language, slug).title, re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("evening", "number"), EVENINGS.items())
def test_an_evening_is_answered_in_under_a_minute_and_handed_on(client, language, evening, number):
    document = page(language, f"tonight-{evening}")
    assert size(document, language) <= ONE_MINUTE[language]
    assert links(document.sections["body"].html)[-1] == f"step:{number}"
    answer = client.get(f"/{language}/tonight/{evening}/").text
    assert f'href="/{language}/steps/{number}/"' in answer
    assert re.search("<title>(Tonight|今夜) –", answer)


@pytest.mark.parametrize("evening", EVENINGS)
def test_an_evening_names_danger_before_it_sends_anyone_to_sleep(evening):
    english, japanese = (links(page(language, f"tonight-{evening}").sections["body"].html) for language in LANGUAGES)
    assert english == japanese
    assert "help:words" in english[:-1]
    assert {"help:hurt", "help:you"} & set(english[:-1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_danger_and_a_big_plan_are_one_tap_from_the_landing_page(client, language):
    landing = client.get(f"/{language}/").text
    rows = re.search(r'<ul class="rows">.*?</ul>', landing, re.DOTALL)[0]
    assert re.findall(r'<a href="([^"]+)"', rows) == [
        f"/{language}/tonight/silent/",
        f"/{language}/tonight/argument/",
        f"/{language}/before-you-act/",
        f"/{language}/tonight/worn-out/",
        f"/{language}/help/",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_has_a_child_in_mind_is_sent_to_the_page_for_children_first(client, language):
    landing = client.get(f"/{language}/").text
    assert landing.index('class="rows"') < landing.index(f'href="/{language}/pages/under-18/"') < landing.index("<aside")
    first = page(language, "under-18").sections["body"].html
    assert first.index("emergency") < first.index("step:")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_money_sheet_has_blanks_to_fill_in_and_no_row_for_wages_of_the_one_at_home(client, language):
    answer = client.get(f"/{language}/pages/money-sheet/").text
    tables = re.findall("<table>.*?</table>", answer, re.DOTALL)
    assert len(tables) == 3
    assert all(table.count("<td></td>") >= 7 for table in tables)
    rows = " ".join(re.findall("<td>(.+?)</td>", " ".join(tables)))
    assert not re.search("son|daughter|wage|job|息子|娘|本人|給料|仕事", rows)
    assert 'class="prose money-sheet"' in answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_advice_about_the_money_sheet_comes_after_what_is_printed(language):
    body = page(language, "money-sheet").sections["body"].html
    printed, advice = body.rsplit("</table>", 1)
    # print.css leaves out everything from the fourth heading on: the sheet lies where everyone can read it.
    assert printed.count("<h2 ") == 3
    assert "say" not in re.findall('class="([^"]+)"', printed)
    assert links(advice) == ["step:7"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_stand_beside_privacy_in_the_footer(client, language):
    footer = client.get(f"/{language}/").text.split("<footer")[1]
    assert footer.index(f'href="/{language}/privacy/"') < footer.index(f'href="/{language}/pages/terms/"')


@pytest.mark.parametrize("slug", ["tonight-silent", "tonight-worn-out"])
def test_an_evening_is_found_at_one_address(slug):
    assert addresses.of_page(slug).endswith(f"/tonight/{slug.removeprefix('tonight-')}/")
