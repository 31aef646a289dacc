"""Fills in what a text leaves open until it is answered: addresses, sources, helplines, drawings, words explained.

The result depends on the language, the day and the country that is asked for. Public pages ask for none but on
a country's own help page: nobody's country is guessed.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import urlsplit

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext

from config.retention import KEPT
from guidance import addresses, figures, helplines, library
from guidance.glossary import Term
from guidance.helplines import Emergency, Line
from guidance.phrases import close_up
from guidance.text import CLOSE, LINKS, OPEN, OWN, Html

MARK = re.compile(f'{OPEN}([^{CLOSE}]*){CLOSE}|href="({"|".join(LINKS)}):([^"]*)"')


def fill(html: Html, country: str | None = None, day: date | None = None) -> SafeString:
    """Return rendered text with its marks filled in, for a reader of the active language."""
    return format_html_join("", "{}", ((part,) for part in _parts(html, country, day or helplines.today())))


def _parts(html: Html, country: str | None, day: date) -> Iterator[Html | SafeString]:
    end = 0
    for match in MARK.finditer(html):
        yield Html(html[end : match.start()])
        end = match.end()
        if kind := match[2]:
            yield format_html('href="{}"', addresses.of(kind, match[3]))
            continue
        name, _, rest = match[1].partition(" ")
        if name == "emergency":
            yield emergency(country)
        elif name == "consumer":
            yield consumer(country, day)
        elif name == "helpline":
            yield helpline(library.current().helplines.line(rest), day)
        elif name == "figure":
            yield figures.draw(rest)
        elif name == "kept":
            yield kept(rest)
        elif name == "words":
            yield words(rest.split())
        else:
            yield _cite(rest)
    yield Html(html[end:])


def emergency(country: str | None = None) -> SafeString:
    """Return a country's emergency numbers for the middle of a sentence, or words and a link where none is known."""
    numbers = library.current().helplines.emergency(country)
    if not numbers:
        return format_html('<a href="{}">{}</a>', addresses.of_help(""), gettext("your emergency number"))
    if len(numbers) == 1:
        return _number(numbers[0])
    return format_html_join(pgettext("between two telephone numbers", " or "), "{}", ((_labelled(item),) for item in numbers))


def kept(what: str) -> SafeString:
    """Return how long something is kept, from the setting that deletes it: a promise nobody can forget to change."""
    hours = round(KEPT[what].total_seconds()) // 3600
    if hours % 24 or hours <= 72:
        return format_html("{}", ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours})
    if hours % (365 * 24) == 0:
        return format_html("{}", ngettext("%(n)s year", "%(n)s years", hours // 8760) % {"n": hours // 8760})
    return format_html("{}", ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24})


def helpline(line: Line, day: date) -> SafeString:
    """Return a line for the middle of a text: its name, its number if it may be shown, its hours, one true sentence."""
    language = get_language() or "en"
    number: str | SafeString = ""
    if line.shows_number(day):
        about, number = line.hours, _dial(line.number, line.href)
    else:
        about = line.what
        if line.url:
            number = format_html('<a href="{}" rel="noreferrer">{}</a>', line.url, host(line.url))
    note = close_up(" ".join(part for part in (about[language], standing(line, day)) if part))
    return format_html('<span class="line"><b>{}</b> {} <span class="meta">{}</span></span>', line.name[language], number, note)


def consumer(country: str | None, day: date) -> SafeString:
    """Return whom to ask in a country about a contract: words where no line is known, nothing where no country is named."""
    texts = library.current().helplines
    place = texts.countries.get(country or "")
    if place is None:
        return SafeString()
    if not place.consumer:
        return format_html(
            "{}", gettext("We have found no line for this in the country you chose. A local advice office or a lawyer may help.")
        )
    return format_html_join(" ", "{}", ((helpline(line, day),) for line in place.consumer))


def host(address: str) -> str:
    """Return an address of another site short enough to read aloud."""
    return urlsplit(address).netloc.removeprefix("www.")


def standing(line: Line, day: date) -> str:
    """Say in one true sentence how far a line can be trusted on ``day``."""
    if line.seen == "unconfirmed" or line.checked_on is None:
        return gettext("We have not been able to confirm its number.")
    if line.number and not line.shows_number(day):
        return gettext("Its number was last checked on %(date)s, so it is not shown here.") % {
            "date": date_format(line.checked_on)
        }
    if line.verified_on:
        return gettext("Confirmed on %(date)s.") % {"date": date_format(line.verified_on)}
    named = {"source": line.source[get_language() or "en"], "year": line.source_year}
    if line.source_year:
        return gettext("From %(source)s, %(year)s. Not yet confirmed by a person.") % named
    return gettext("From %(source)s. Not yet confirmed by a person.") % named


def _dial(number: str, href: str) -> SafeString:
    if href:
        return format_html('<a class="tel" href="{}">{}</a>', href, number)
    return format_html('<b class="tel">{}</b>', number)


def _number(item: Emergency) -> SafeString:
    return _dial(item.number, item.href)


def _labelled(item: Emergency) -> SafeString:
    # In a sentence: "110 (police)", without what the label says in brackets itself.
    label = re.split(r" ?[(（]", item.label[get_language() or "en"])[0]
    # Translators: a telephone number and whom it reaches, as in "110 (police)".
    return format_html(gettext("{number} ({label})"), number=_number(item), label=label[:1].lower() + label[1:])


def words(terms: Sequence[str]) -> SafeString:
    """Explain terms by their ids in a part that can be opened: it needs no script, and stands open on paper."""
    explained = [library.current().glossary.terms[term] for term in terms]
    if not explained:
        return SafeString("")
    names = format_html_join(pgettext("between the items of a list", ", "), "{}", ((_bare(term),) for term in explained))
    rows = format_html_join("", "<dt>{}</dt><dd>{}</dd>", ((term_name(term), meaning(term)) for term in explained))
    opening = format_html(gettext("What it means: {words}"), words=names)
    return format_html('<details class="terms"><summary>{}</summary><dl>{}</dl></details>', opening, rows)


def meaning(term: Term) -> str:
    """Return what a term means, in the reader's language."""
    return term.explain[get_language() or "en"]


def _bare(term: Term) -> SafeString:
    """Return a term's name; in English a Japanese word is marked as one, so that a voice reads it rightly."""
    if get_language() == "ja" or not term.plain:
        return format_html("{}", term.name[get_language() or "en"])
    return format_html('<i lang="ja-Latn">{}</i>', term.name["en"])


def term_name(term: Term) -> SafeString:
    """Return a term as it is defined: with its reading in Japanese, in English with the Japanese word beside it."""
    if get_language() != "ja":
        beside = format_html('<span lang="ja">{}</span>', term.name["ja"])
        plain = format_html(", {}", term.plain) if term.plain else ""
        return format_html("<dfn>{}</dfn> ({}{})", _bare(term), beside, plain)
    if term.reading == term.name["ja"]:
        return format_html("<dfn>{}</dfn>", term.name["ja"])
    # Beside it, not above it: ruby would be smaller than the smallest text of the site.
    return format_html('<dfn>{}</dfn><span class="meta">（{}）</span>', term.name["ja"], term.reading)


def _cite(mark: str) -> SafeString:
    """Return ``[3, 4: read]``: the numbers of the page's own list of sources, and how they were seen."""
    state, *numbered = mark.split()
    links = format_html_join(
        ", ",
        '<a href="#source-{}">{}</a>',
        ((source, number) for number, _, source in (pair.partition(":") for pair in numbered)),
    )
    if state == OWN:
        return format_html('<span class="meta cite">[{}]</span>', seen(state))
    return format_html('<span class="meta cite">[{}: {}]</span>', links, seen(state))


def seen(state: str) -> str:
    """Return the words for how a source was seen: read, heard, unsure or own."""
    return {
        "read": pgettext("source", "read"),
        "heard": pgettext("source", "second-hand"),
        "unsure": pgettext("source", "not checked"),
        OWN: pgettext("source", "our own rule"),
    }[state]
