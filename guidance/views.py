"""Public pages. What they answer depends on the address, the day and the display cookie, and on nothing else.

No session, no user, no database, no token. The only form that keeps anything is the display page's, in two cookies.
"""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django_htmx.http import HttpResponseClientRedirect

from config.context import SIZES, THEMES
from config.htmx import wants_fragment
from config.public import public_form, public_page
from guidance import addresses, checkpoint, library
from guidance.checkpoint import Answers
from guidance.display import Display
from guidance.documents import HELP, TONIGHT, Document
from guidance.groups import GROUPS
from guidance.search import index
from guidance.stages import STAGES


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _found(document: Document | None) -> Document:
    if document is None:
        raise Http404
    return document


def _see_other(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})


def _render(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    texts = library.current()
    path = [(stage, [step for step in texts.steps(_language()) if stage.holds(step.order)]) for stage in STAGES]
    return render(request, f"guidance/{template}.html", {"path": path, "sources": texts.sources, **context})


@public_page
def landing(request: HttpRequest) -> HttpResponse:
    """What is it like tonight? Situations first, theory later."""
    return _render(request, "landing")


@public_page
def tonight(request: HttpRequest, evening: str) -> HttpResponse:
    """What to do this evening in one situation: under a minute of reading, then on to a step."""
    return _render(request, "tonight", document=_found(library.current().page(_language(), TONIGHT + evening)))


@public_page
def step_list(request: HttpRequest) -> HttpResponse:
    """The nine steps in their three stages."""
    return _render(request, "step_list")


@public_page
def step_detail(request: HttpRequest, number: int) -> HttpResponse:
    """One step."""
    texts = library.current()
    step = _found(texts.step(_language(), number))
    stage = next((stage for stage in STAGES if stage.holds(number)), None)
    before, after = texts.step(_language(), number - 1), texts.step(_language(), number + 1)
    return _render(request, "step_detail", document=step, stage=stage, before=before, after=after)


@public_page
def card_list(request: HttpRequest) -> HttpResponse:
    """Plans that force something, and what to do instead."""
    texts = library.current()
    groups = [(group, [card for card in texts.cards(_language()) if group.holds(card.order)]) for group in GROUPS]
    checklists = [(addresses.of_page(slug), _found(texts.page(_language(), slug))) for slug in ("services", "visits")]
    return _render(request, "card_list", groups=groups, checklists=checklists)


@public_page
def card_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One plan: the wish, why it backfires, what to do instead, when force is right."""
    return _render(request, "card_detail", document=_found(library.current().find("card", _language(), slug)))


@public_page
def checklist_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A page whose lists print as boxes to tick. Nothing is filled in on the screen, so nothing is kept."""
    return _render(request, "checklist_detail", document=_found(library.current().page(_language(), slug)))


@public_page
def page_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of text. Each is found at one address only."""
    if request.path != addresses.of_page(slug):
        raise Http404
    return _render(request, "page_detail", document=_found(library.current().page(_language(), slug)))


@public_page
def help_detail(request: HttpRequest, country: str = "") -> HttpResponse:
    """Who to call. The reader chooses the country; it is never guessed, least of all from the language."""
    helplines = library.current().helplines
    if country and country not in helplines.countries:
        raise Http404
    return _render(request, "help_detail", helplines=helplines, country=helplines.countries.get(country))


@public_page
def help_page(request: HttpRequest, page: str) -> HttpResponse:
    """Being hurt, words when someone talks about dying, a parent who cannot go on, and what to say when you call."""
    document = _found(library.current().page(_language(), HELP + page))
    return _render(request, "help_page", document=document)


@public_page
def source_list(request: HttpRequest) -> HttpResponse:
    """Every source: what it supports, how much of it was read, and which pages use it."""
    return _render(request, "source_list", kinds=library.current().sources_by_kind(_language()))


@public_page
def word_list(request: HttpRequest) -> HttpResponse:
    """Every word the pages explain."""
    return _render(request, "word_list", glossary=library.current().glossary)


@public_page
def checkpoint_start(request: HttpRequest) -> HttpResponse:
    """What the five questions are, and that the answers are not kept."""
    return _render(request, "checkpoint_start")


@public_form
def checkpoint_question(request: HttpRequest, number: int) -> HttpResponse:
    """One question. Earlier answers come by POST and stand on the page as hidden fields, nowhere else."""
    questions = library.current().questionnaire.questions
    if not 1 <= number <= len(questions):
        raise Http404
    answers, country = Answers.read(request.POST), _country(request)
    if answers.danger == "yes":
        return _help_at_once(request, country)
    end = reverse("guidance:checkpoint_result")
    changing = "change" in request.POST
    onward = end if changing or number == len(questions) else _question(number + 1)
    back = end if changing else _question(number - 1) if number > 1 else ""
    context = {"question": questions[number - 1], "number": number, "onward": onward, "back": back}
    return _render(request, "checkpoint_question", answers=answers.given | country, moved=wants_fragment(request), **context)


@public_form
def checkpoint_result(request: HttpRequest) -> HttpResponse:
    """The advice, and what it was made from."""
    if request.method != "POST":
        return _see_other(reverse("guidance:checkpoint_start"))
    answers, country = Answers.read(request.POST), _country(request)
    if answers.danger == "yes":
        return _help_at_once(request, country)
    texts = library.current()
    told = [(*row, _question(number)) for number, row in enumerate(texts.questionnaire.told(answers), start=1)]
    context = {"advice": texts.questionnaire.composed(checkpoint.advise(answers)), "told": told, "back": _question(len(told))}
    context |= {"answers": answers.given | country, "country": country.get("country"), "countries": texts.helplines.countries}
    return _render(request, "checkpoint_result", moved=wants_fragment(request), **context)


def _country(request: HttpRequest) -> dict[str, str]:
    """Return the country that the reader chose for the numbers, as the answers travel: in the form, and nowhere else."""
    code = request.POST.get("country", "")
    return {"country": code} if code in library.current().helplines.countries else {}


def _question(number: int) -> str:
    return reverse("guidance:checkpoint_question", kwargs={"number": number})


def _help_at_once(request: HttpRequest, country: dict[str, str]) -> HttpResponse:
    """Open the help page, of their country where they named one, and leave every answer behind."""
    address = reverse("guidance:help_detail", kwargs=country)
    # A redirect inside htmx would put the help page into a page that has scripts.
    return HttpResponseClientRedirect(address) if wants_fragment(request) else _see_other(address)


@public_form
def search(request: HttpRequest) -> HttpResponse:
    """What the pages say about a query. It comes by POST: it stands in no address, no log and no history."""
    query = request.POST.get("q", "")
    answer = index().answer(query, _language()) if query.strip() else None
    template = "guidance/search.html#results" if wants_fragment(request) else "guidance/search.html"
    return render(request, template, {"query": query, "answer": answer, "moved": wants_fragment(request)})


@public_form
def display_edit(request: HttpRequest) -> HttpResponse:
    """Text size, light or dark, and language: two cookies, and nothing else of the reader."""
    display = Display.read(request)
    if request.method == "POST":
        response = _see_other(display.next)
        display.keep(response)
        return response
    return _render(request, "display_edit", display=display, themes=THEMES, sizes=SIZES)
