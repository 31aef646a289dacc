"""The pages to read on: what is happening, stories, other causes, disagreements, research, numbers, and the sources."""

import re

import pytest

from guidance import addresses, documents, library
from guidance.problems import ContentError
from guidance.sources import KEPT
from tests.guidance.content import change, plain
from tests.guidance.test_pages import TELLING

TEXTS = library.current()
LANGUAGES = ("en", "ja")
# What the article and the questions copied below it claim, and no page repeats: old, from one place, unsupported, or hurtful.
REFUSED = {
    "en": r"90 ?%|nine (?:in|out of) ten (?:are|were) m|half (?:of them )?(?:are|were|become) violent|anti-?social|retard|"
    r"uniquely japanese|only in japan|sakoku|shogun|akiya|otaku|weeaboo|recluse|wealth|1\.2 ?%|45\.7|(?<!\d)6\.7 ?%|"
    r"(?:one|1) million|1\.1 million|700,000|200,000|average age|rent-a-sister|pawing|is not depression|"
    r"talk to strangers|holed up|12\.9|52\.3",
    "ja": r"9割|九割|90[%％]|半数が暴力|半分が暴力|反社会|知的障害|日本独特|日本特有|鎖国|オタク|裕福|"
    r"1\.2[%％]|45\.7|(?<!\d)6\.7[%％]|"
    r"100万人|110万人|70万人|20万人|平均年齢|うつ病ではない|うつではありません|引きこもり|52\.3|12\.9",
}
# The people and the place of the article.
NAMES = r"\bHide\b|Matsu\b|Yoshiko|Nagoya|ひで(?:さん|君)|松(?:さん|君)|よしこ|芳子|名古屋"


@pytest.mark.parametrize("key", sorted(TEXTS.documents), ids="/".join)
def test_no_refused_claim_is_repeated(key):
    document = TEXTS.documents[key]
    text = "\n".join([document.title, document.summary, *(block.words for block in document.blocks)])
    assert not re.findall(REFUSED[document.language], text, re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", library.READING)
def test_nobody_of_the_article_is_named(slug, language):
    assert not re.findall(NAMES, "\n".join(block.words for block in TEXTS.page(language, slug).blocks))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_stories_say_where_they_are_from_and_what_they_leave_out(client, language):
    page = client.get(f"/{language}/pages/stories/").text
    assert TEXTS.page(language, "stories").sources == ("bbc-2013",)
    assert {"en": "What these stories leave out", "ja": "ここに出てこないこと"}[language] in plain(page)
    assert f'href="/{language}/help/hurt/"' in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", ["research", "numbers"])
def test_limits_come_before_figures(slug, language):
    """The first heading is about limits, and no percentage of a result stands before the second."""
    html = plain(TEXTS.page(language, slug).sections["body"].html)
    first, second = [match.start() for match in re.finditer("<h2>", html)][:2]
    assert re.match("<h2>(?:First, the limits|Before the figures|先に、限界を|数字の前に)</h2>", html[first:])
    assert not re.search(r"\d[%％]", html[:second])
    assert html[first:second].count("<li>") >= 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_study_gives_its_limits_before_its_result(language):
    rows = re.findall(
        r"<tr>\s*<td>(.*?)</td>\s*<td>(.*?)</td>", TEXTS.page(language, "research").sections["body"].html, re.DOTALL
    )
    assert len(rows) == 13
    for limits, result in rows:
        assert re.search(r"\d", limits)
        assert "cite" not in limits
        assert "cite" in result


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_trial_that_grew_rougher_is_told_first_and_last(language):
    html = TEXTS.page(language, "research").sections["body"].html
    rougher = [match.start() for match in re.finditer("(?i)aggression|荒い言動", html)]
    assert rougher[0] < html.index("<table>")
    assert rougher[-1] > html.rindex("</table>")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_disagreement_has_sides_and_our_choice(language):
    html = plain(TEXTS.page(language, "disagree").sections["body"].html)
    parts = html.split("<h2>")[1:]
    assert len(parts) == 13
    for part in parts:
        assert part.count("<li>") >= 2
        assert f"<strong>{'Here:' if language == 'en' else 'ここでは：'}</strong>" in part
        assert "cite read" in part or "cite heard" in part


@pytest.mark.parametrize("language", LANGUAGES)
def test_signs_of_danger_come_before_everything_slower(language):
    html = TEXTS.page(language, "other-causes").sections["body"].html
    assert html.index("\ue000emergency\ue001") < html.index("cite")
    assert 'href="help:words"' in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", [*library.READING, "words", "sources"])
def test_the_name_in_the_tab_tells_nothing(client, slug, language):
    page = client.get(addresses.of_page(slug).replace("/en/", f"/{language}/", 1)).text
    assert not TELLING.search(re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_steps_and_each_of_these_pages_lead_on_to_the_others(client, language):
    for path in ("steps/", "happening/", "pages/numbers/", "words/"):
        page = client.get(f"/{language}/{path}").text
        onward = page[page.index('class="read-on') :]
        for slug in library.READING:
            title = TEXTS.page(language, slug).title
            assert f">{title}</" in onward


# ---- sources


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_source_says_which_pages_use_it_or_why_it_stands(client, language):
    page = client.get(f"/{language}/about/sources/").text
    rows = dict(re.findall(r'<div id="source-([a-z0-9-]+)">(.*?)</div>', page, re.DOTALL))
    assert set(rows) == set(TEXTS.sources)
    for source in TEXTS.sources.values():
        cited = TEXTS.citing(source.id, language)
        if cited:
            assert all(f">{document.title}</a>" in rows[source.id] for document in cited)
        else:
            assert '<a href="/' not in rows[source.id]
            assert source.kept in KEPT


@pytest.mark.parametrize("key", sorted(TEXTS.documents), ids="/".join)
def test_what_is_said_to_be_read_was_read(key):
    """A claim cited as read rests on a source of which the lines were seen."""
    document = TEXTS.documents[key]
    unread = {source for source in document.sources if TEXTS.sources[source].seen in {"second-hand", "not-read"}}
    for section in document.sections.values():
        for state, numbered in re.findall("\ue000cite (read|heard|unsure) ([^\ue001]*)\ue001", section.html):
            cited = {pair.partition(":")[2] for pair in numbered.split()}
            assert state != "read" or not cited & unread, cited & unread


def test_what_nobody_read_is_not_cited():
    assert not [source.id for source in TEXTS.sources.values() if source.seen == "not-read" and TEXTS.citing(source.id, "en")]


@pytest.mark.parametrize("kind", sorted(documents.FOLDERS))
def test_both_languages_cite_the_same_sources(kind):
    for document in TEXTS.documents.values():
        if document.kind == kind:
            assert set(document.sources) == set(TEXTS.counterpart(document).sources), document.slug


def test_a_reason_that_is_none_stops_the_start(root):
    change(root / "data" / "sources.yaml", "  seen: excerpt", "  seen: excerpt\n  kept: gossip")
    with pytest.raises(ContentError, match="kept must be one of numbers, site, background, doubtful"):
        library.load(root)


def test_an_author_is_named_in_the_readers_language():
    for source in TEXTS.sources.values():
        assert not re.search(r"[\u3040-\u9fff\uac00-\ud7af]", source.by("en")), source.id
        assert not re.match(r"(?:A|An|The) |.* and others$", source.by("ja")) or source.language != "ja", source.id
        assert source.by("ja") != "Japanese press"
