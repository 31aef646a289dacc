"""Screens of erasing a journal or an account."""

from django.http import HttpResponse

from tests.screens.stage import Stage, page, screen

page("journal:journal_erase", "owner", "with others")
page("journal:journal_erase", "stranger", "alone")
page("journal:account_erase", "owner")
page("journal:account_erase", "counsellor", "of a centre")


@screen("journal:journal_erase with errors", "stranger", status=422)
def _journal_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:journal_erase", {"word": "perhaps"})


@screen("journal:account_erase with errors", "stranger", status=422)
def _account_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:account_erase", {"word": ""})
