"""Screens of what went wrong."""

from typing import Any
from unittest import mock

from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import render
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxDetails

from config import errors
from journal.models import Entry
from tests.conftest import cover, sign_in
from tests.screens.stage import Stage, form_of_entry, screen


def _bare(stage: Stage) -> Any:
    """A request that no middleware has seen: an error page needs nothing else."""
    request = RequestFactory().get(f"/{stage.language}/notes/")
    request.htmx = HtmxDetails(request)
    return request


screen("error 400", status=400)(lambda stage: errors.bad_request(_bare(stage)))
screen("error 403", status=403)(lambda stage: errors.forbidden(_bare(stage)))
screen("error 404", status=404)(lambda stage: stage.client.get(f"/{stage.language}/nothing/here/"))
screen("error 500", status=500)(lambda stage: errors.server_error(_bare(stage)))


@screen("error 429", status=429)
def _too_fast(stage: Stage) -> HttpResponse:
    return render(_bare(stage), "429.html", status=429)


@screen("error of an old page", status=403)
def _old_page(stage: Stage) -> HttpResponse:
    strict = Client(enforce_csrf_checks=True)
    return strict.post(stage.url("account_login"), {"login": "a@example.test"})


@screen("words kept after the sign-in ended", status=401)
def _kept(stage: Stage) -> HttpResponse:
    return stage.post("journal:entry_add", form_of_entry(stage.world, words="I said good night."))


@screen("words kept after a pause", "owner", status=401)
def _kept_after_a_pause(stage: Stage) -> HttpResponse:
    stage.get("journal:home")
    cover(stage.client)
    return stage.post("journal:entry_add", form_of_entry(stage.world, words="I said good night."))


@screen("journal:entry_hard that could not be saved", "owner", status=503)
def _hard_not_saved(stage: Stage) -> HttpResponse:
    with mock.patch.object(Entry.objects, "write", side_effect=DatabaseError):
        return stage.post("journal:entry_add", form_of_entry(stage.world, kind="hard"))


@screen("words kept on an old page", "owner", status=403)
def _kept_old(stage: Stage) -> HttpResponse:
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, stage.user)
    return strict.post(stage.url("journal:entry_add"), form_of_entry(stage.world, words="I said good night."))
