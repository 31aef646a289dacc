"""Tags for texts, helplines and emergency numbers. `{% load guidance %}`"""

from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format, time_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext

from guidance import addresses, helplines, law, library, marks
from guidance.documents import Document, Section
from guidance.helplines import Line
from guidance.sources import KEPT, Source
from guidance.text import Html

register = template.Library()
register.filter("host", marks.host)
register.filter("address", addresses.of_document)
register.filter("term_name", marks.term_name)
register.filter("meaning", marks.meaning)


@register.simple_tag
def emergency(country: str | None = None) -> SafeString:
    """Print a country's emergency numbers for the middle of a sentence; without one, words and a link to the help page.

    ``{% emergency %}`` on a public page, ``{% emergency request.user.country %}`` on a private one.
    """
    return marks.emergency(country)


@register.simple_tag
def helpline(line_id: str) -> SafeString:
    """Print one line by its id: name, number if it may be shown, hours, and how far the number can be trusted."""
    return marks.helpline(library.current().helplines.line(line_id), helplines.today())


@register.filter
def text(html: Html, country: str | None = None) -> SafeString:
    """Print a rendered text with its marks filled in: ``{{ section.html|text }}``, ``{{ section.html|text:country }}``."""
    return marks.fill(html, country)


@register.filter
def localised(both: dict[str, str]) -> str:
    """Print the side of a two-language text that the reader reads: ``{{ line.name|localised }}``."""
    return both[get_language() or "en"]


@register.filter
def shows_number(line: Line) -> bool:
    """Say whether the line's number may be shown today."""
    return line.shows_number(helplines.today())


@register.filter
def standing(line: Line) -> str:
    """Print the one true sentence about where the line's number comes from."""
    return marks.standing(line, helplines.today())


@register.filter
def opened(line: Line, zone: str) -> str:
    """Say whether a line answers now, where its hours are sure and its number is shown; else nothing."""
    if line.open is None or not shows_number(line):
        return ""
    if line.open.open_at(helplines.now(), zone):
        return gettext("Open now.")
    return gettext("Closed now.")


@register.filter
def clock(zone: str) -> str:
    """Print what a clock in ``zone`` shows, for a reader who is somewhere else."""
    return time_format(helplines.now().astimezone(ZoneInfo(zone)))


@register.filter
def spoken(line: Line) -> str:
    """Print the languages in which a line answers."""
    named = pgettext("between the items of a list", ", ").join(str(helplines.LANGUAGES[code]) for code in line.languages)
    return gettext("In %(languages)s.") % {"languages": named}


@register.filter
def sentence(words: str) -> str:
    """Print words with the full stop of the reader's language, where they have none yet."""
    stop = "。" if get_language() == "ja" else "."
    return words if words.endswith(stop) else words + stop


@register.simple_tag
def cited(document: Document) -> list[Source]:
    """Return the sources of a document in the order of their numbers: ``{% cited document as listed %}``."""
    return [library.current().sources[source] for source in document.sources]


@register.filter
def law_is_old(document: Document) -> bool:
    """Say whether nobody has compared what a text says of the law with its sources for a year."""
    return law.is_old(document, helplines.today())


@register.filter
def law_standing(document: Document) -> str:
    """Print whose law a text speaks of and when that was last compared with its sources; nothing where it is of no law."""
    if not document.law_checked:
        return ""
    said = {"date": date_format(document.law_checked)}
    country = library.current().helplines.countries.get(document.law_in)
    if country is None:
        return gettext("What is said of the law was last looked at on %(date)s. No lawyer has read it.") % said
    said["country"] = country.name[get_language() or "en"]
    return gettext("The law of %(country)s, as its sources had it on %(date)s. No lawyer has read it.") % said


@register.simple_tag
def citing(source: Source) -> tuple[Document, ...]:
    """Return the texts that cite a source: ``{% citing source as documents %}``."""
    return library.current().citing(source.id, get_language() or "en")


@register.filter
def kept(source: Source) -> str:
    """Print why a source stands that no page cites."""
    return str(KEPT[source.kept])


@register.simple_tag
def words(*sections: Section) -> SafeString:
    """Explain the terms that sections printed item by item are the first to use."""
    return marks.words([term for section in sections for term in section.terms])


@register.simple_tag
def reading() -> list[Document]:
    """Return the pages to read on, in the reader's language: ``{% reading as pages %}``."""
    found = (library.current().page(get_language() or "en", slug) for slug in library.READING)
    return [page for page in found if page]


@register.filter
def gloss(source: Source) -> str:
    """Print what a source's title says, where it is not in the reader's language."""
    return source.gloss(get_language() or "en")


@register.filter
def by(source: Source) -> str:
    """Print a source's author, in the reader's language."""
    return source.by(get_language() or "en")


@register.filter
def seen(source: Source) -> str:
    """Print how much of a source was read."""
    return {
        "whole": gettext("Read in full."),
        "excerpt": gettext("The part used here was read."),
        "second-hand": gettext("Not read: others report it."),
        "not-read": gettext("Not read."),
    }[source.seen]


@register.filter
def sureness(document: Document) -> str:
    """Print how sure the sources of a document make us, as a whole."""
    return {
        "good": gettext("Several sources say the same."),
        "mixed": gettext("The sources are few, or they differ."),
        "thin": gettext("This rests on experience more than on studies."),
    }[document.confidence]


@register.filter
def answer(answers: dict[str, str], key: str) -> str:
    """Print the answer given to a question of the check, if any."""
    return answers.get(key, "")
