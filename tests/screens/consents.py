"""Screens of what a parent agreed to, of taking it back, and of a form that waits for the agreement."""

from django.http import HttpResponse

from journal.models import Consent, User, withdraw
from journal.models.consents import WORDS
from tests.screens.stage import Stage, form_of_entry, page, screen

page("journal:consent_detail", "owner")
page("journal:consent_detail", "counsellor", "without a journal")


def _taken_back(stage: Stage) -> None:
    assert stage.user is not None
    withdraw(stage.user)


def _older(stage: Stage) -> None:
    """As if the words had changed since this parent agreed."""
    older = next(iter(WORDS))
    Consent.objects.of_user(stage.user).update(text_version=older)
    User.objects.filter(pk=stage.user.pk).update(consent_version=older)


@screen("journal:consent_detail taken back", "owner")
def _detail_taken_back(stage: Stage) -> HttpResponse:
    _taken_back(stage)
    return stage.get("journal:consent_detail")


@screen("journal:consent_detail with new words", "owner")
def _detail_older(stage: Stage) -> HttpResponse:
    _older(stage)
    return stage.get("journal:consent_detail")


@screen("journal:home with the agreement taken back", "owner")
def _home_taken_back(stage: Stage) -> HttpResponse:
    _taken_back(stage)
    return stage.get("journal:home")


@screen("journal:home with new words to agree to", "owner")
def _home_older(stage: Stage) -> HttpResponse:
    _older(stage)
    return stage.get("journal:home")


@screen("journal:entry_add waiting for the agreement", "owner", status=422)
def _entry(stage: Stage) -> HttpResponse:
    _older(stage)
    return stage.post("journal:entry_add", form_of_entry(stage.world, words="Good night through the door. " * 5))


@screen("journal:entry_add on a hard day with the agreement taken back", "owner", status=422)
def _hard(stage: Stage) -> HttpResponse:
    _taken_back(stage)
    return stage.post("journal:entry_add", form_of_entry(stage.world, kind="hard"))
