"""Where the things that a text names are found on the site, in the reader's language."""

from django.urls import reverse

from guidance import library
from guidance.documents import HELP, TONIGHT, Document

# Pages that have an address of their own; help and tonight have a folder each, every other page is under pages/.
OWN_ADDRESS = {
    "about": "guidance:about",
    "home-privacy": "guidance:home_privacy",
    "privacy": "guidance:privacy",
    "accessibility": "guidance:accessibility",
    "for-you": "guidance:for_you",
    "services": "guidance:services",
    "visits": "guidance:visits",
    "happening": "guidance:happening",
    "sources": "guidance:source_list",
    "words": "guidance:word_list",
    "display": "guidance:display",
    "steps": "guidance:step_list",
    "cards": "guidance:card_list",
}


def of_page(slug: str) -> str:
    """Return the address of a page by its slug."""
    if name := OWN_ADDRESS.get(slug):
        return reverse(name)
    if slug.startswith(HELP):
        return reverse("guidance:help_page", kwargs={"page": slug.removeprefix(HELP)})
    if slug.startswith(TONIGHT):
        return reverse("guidance:tonight", kwargs={"evening": slug.removeprefix(TONIGHT)})
    return reverse("guidance:page_detail", kwargs={"slug": slug})


def public(language: str) -> list[str]:
    """Return every page that is for everybody to find, in the active language; the order is the same in each."""
    texts = library.current()
    lists = ["landing", "step_list", "card_list", "checkpoint_start", "help_detail", "source_list", "word_list"]
    found = [reverse(f"guidance:{name}") for name in lists]
    found += [of_help(country) for country in texts.helplines.countries]
    return found + [of_document(texts.documents[key]) for key in sorted(texts.documents) if key[1] == language]


def of_document(document: Document) -> str:
    """Return the address of a step, card or page."""
    return of(document.kind, str(document.order) if document.kind == "step" else document.slug)


def of_help(target: str) -> str:
    """Return the address of the help pages: the start, a country's by its two letters, or a page by its name."""
    if not target:
        return reverse("guidance:help_detail")
    if len(target) == 2:
        return reverse("guidance:help_detail", kwargs={"country": target})
    return of_page(HELP + target)


def of(kind: str, target: str) -> str:
    """Return the address behind a link of the text, `#part` too. The library has made sure that it leads somewhere."""
    target, sharp, part = target.partition("#")
    return _of(kind, target) + sharp + part


def _of(kind: str, target: str) -> str:
    match kind:
        case "step":
            return reverse("guidance:step_detail", kwargs={"number": int(target)})
        case "card":
            return reverse("guidance:card_detail", kwargs={"slug": target})
        case "help":
            return of_help(target)
        case "check":
            return reverse("guidance:checkpoint_start")
    return of_page(target)
