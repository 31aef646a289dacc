"""Screens of the public half."""

from django.http import HttpResponse

from guidance import library
from tests.screens.stage import Stage, page, screen

page("guidance:landing")
page("guidance:tonight", evening="worn-out")
page("guidance:step_list")
page("guidance:step_detail", number=3)
page("guidance:card_list")
page("guidance:services")
page("guidance:visits")
page("guidance:checkpoint_start")
page("guidance:checkpoint_question", number=1)
page("guidance:help_detail")
page("guidance:help_detail", note="Japan", country="jp")
page("guidance:help_page", page="hurt")
page("guidance:page_detail", note="with tables to fill in", slug="money-sheet")
page("guidance:page_detail", note="long", slug="under-18")
page("guidance:happening")
page("guidance:page_detail", note="with tables", slug="research")
page("guidance:page_detail", note="signs of danger", slug="other-causes")
page("guidance:word_list")
page("guidance:help_page", note="on the telephone", page="call")
page("guidance:help_page", note="about dying", page="words")
page("guidance:help_page", note="for a parent", page="you")
page("guidance:about")
page("guidance:source_list")
page("guidance:home_privacy")
page("guidance:privacy")
page("guidance:accessibility")
page("guidance:for_you")
page("guidance:display")
page("guidance:search")


@screen("guidance:card_detail")
def _card(stage: Stage) -> HttpResponse:
    return stage.get("guidance:card_detail", slug=library.current().cards(stage.language)[0].slug)


@screen("guidance:checkpoint_question with answers")
def _question(stage: Stage) -> HttpResponse:
    return stage.post("guidance:checkpoint_question", {"danger": "no"}, number=2)


@screen("guidance:checkpoint_result with a country")
def _contract(stage: Stage) -> HttpResponse:
    told = {"danger": "no", "plan": "company", "know": "no", "pay": "signed", "tonight": "exhausted", "country": "jp"}
    return stage.post("guidance:checkpoint_result", told)


@screen("guidance:checkpoint_result")
def _result(stage: Stage) -> HttpResponse:
    questions = library.current().questionnaire.questions
    chosen = {question.key: question.choices[0].value for question in questions}
    return stage.post("guidance:checkpoint_result", chosen | {"danger": "no"})


@screen("guidance:search with pages found")
def _found(stage: Stage) -> HttpResponse:
    return stage.post("guidance:search", {"q": "殴られた"})


@screen("guidance:search with nothing found")
def _nothing(stage: Stage) -> HttpResponse:
    return stage.post("guidance:search", {"q": "zzzzqqq"})
