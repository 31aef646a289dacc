"""A case asked for in this process, without a server between: for profiles, plans and processor time."""

from typing import Any

from django.conf import settings
from django.test import Client

from tests.bench.cases import Case
from tests.bench.client import TOKEN, Answer, fresh


def client_of(case: Case) -> Client:
    """A browser that is signed in as the case's person."""
    request = case.request
    client = Client(headers={"host": "127.0.0.1", "x-forwarded-proto": "https", "origin": "https://127.0.0.1", **request.headers})
    client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session
    return client


def ask(client: Client, case: Case) -> None:
    """Do it once; raise WrongAnswer where the answer is not what it has to be."""
    request = case.request
    if request.form is None:
        answer: Any = client.get(request.path)
    else:
        answer = client.post(request.path, {**fresh(request.form), "csrfmiddlewaretoken": TOKEN})
    headers = {name.lower(): value for name, value in answer.headers.items()}
    case.check(Answer(answer.status_code, headers, answer.content))
