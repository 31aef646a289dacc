"""What everything is compared with, in the same processes as the site: Django with five middlewares and no template of ours.

``page`` asks for a session and a user and says one line. ``rows`` is the unit F of the targets: ten rows with their times.
``write`` is Fc: one form, one insert, one redirect. ``wsgi`` is what gunicorn alone costs.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import Context, Engine
from django.test.utils import override_settings
from django.urls import path

from tests.bench.models import Row

MIDDLEWARE = [
    "tests.bench.counting.CountingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ENGINE = Engine(
    loaders=[
        (
            "django.template.loaders.locmem.Loader",
            {
                "base.html": (
                    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{% block title %}{% endblock %}</title>'
                    '</head><body><header><a href="/">Journal</a> <span>{{ user.pk }}</span></header>'
                    "<main>{% block main %}{% endblock %}</main></body></html>"
                ),
                "page.html": '{% extends "base.html" %}{% block main %}<h1>Bare page</h1>{% endblock %}',
                "rows.html": (
                    '{% extends "base.html" %}{% block title %}Bare rows{% endblock %}{% block main %}<h1>Bare rows</h1><ol>'
                    '{% for row in rows %}<li id="e{{ row.pk }}"><time datetime="{{ row.created|date:\'c\' }}">'
                    '{{ row.created|date:"j M Y H:i" }}</time> <b>{{ row.kind }}</b> <p>{{ row.note }}</p> '
                    '<a href="/e/{{ row.pk }}/">Edit</a></li>{% endfor %}</ol>{% endblock %}'
                ),
            },
        )
    ]
)


class RowForm(forms.ModelForm):
    class Meta:
        model = Row
        fields = ("kind", "note")


def _render(name: str, request: HttpRequest, **context: Any) -> HttpResponse:
    return HttpResponse(ENGINE.get_template(name).render(Context({"user": request.user, **context})))


@login_required
def page(request: HttpRequest) -> HttpResponse:
    """A session, a user, one line."""
    return _render("page.html", request)


@login_required
def rows(request: HttpRequest) -> HttpResponse:
    """Ten rows with their times."""
    return _render("rows.html", request, rows=Row.objects.filter(owner=request.user.pk).order_by("-created", "-id")[:10])


@login_required
def write(request: HttpRequest) -> HttpResponse:
    """One insert in a transaction of its own, and a redirect."""
    form = RowForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    form.instance.owner_id = request.user.pk
    form.save()
    return HttpResponseRedirect("/bench/rows/")


urlpatterns = [path("bench/page/", page), path("bench/rows/", rows), path("bench/write/", write)]


def beside(site: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Return an application that answers /bench/ by itself and gives everything else to the site."""
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        bare = WSGIHandler()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        address = environ["PATH_INFO"]
        if address == "/bench/wsgi/":
            start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
            return [b"ok"]
        return (bare if address.startswith("/bench/") else site)(environ, start_response)

    return application
