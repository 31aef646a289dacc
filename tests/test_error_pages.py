"""What an error page promises: help without a database, and the whole set of headers."""

import pytest
from django.test import RequestFactory
from django.utils import translation

from config import errors
from tests.tools.headers import bad_headers
from tests.tools.markup import Markup

LANGUAGES = ["en", "ja"]


@pytest.mark.parametrize(
    ("status", "send"),
    [
        (400, lambda client: client.post("/en/display/", {f"field{n}": "" for n in range(201)})),
        (403, lambda client: client.post("/en/display/", {}, headers={"Origin": "https://elsewhere.example"})),
        (404, lambda client: client.get("/en/nothing/")),
        (404, lambda client: client.get("/ja/help/xx/")),
        (405, lambda client: client.post("/en/steps/3/")),
        (500, None),
    ],
    ids=["too many fields", "another site", "no page", "no country", "wrong method", "our side"],
)
def test_errors_carry_the_headers_too_and_nobody_keeps_them(client, monkeypatch, status, send):
    if send is None:
        client.raise_request_exception = False
        monkeypatch.setattr("guidance.views.library.current", lambda: 1 / 0)
        response = client.get("/en/steps/3/")
    else:
        response = send(client)
    assert response.status_code == status
    problems = [problem for problem in bad_headers(response) if not problem.startswith("Vary")]
    assert problems == []
    assert response["Cache-Control"] in {"no-store, private", "no-store"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (errors.bad_request, 400),
        (errors.forbidden, 403),
        (errors.not_found, 404),
        (errors.server_error, 500),
        (errors.csrf_failure, 403),
    ],
)
def test_an_error_page_needs_no_database_and_shows_the_way_to_help(handler, status, language):
    request = RequestFactory().post(
        f"/{language}/account/sign-in/", {"password": "do not echo"}, HTTP_COOKIE="session=" + "s" * 32
    )
    with translation.override(language):
        response = handler(request)
    markup = Markup(response.content.decode())
    assert response.status_code == status
    assert "do not echo" not in response.content.decode()
    main = [link.get("href") for link in markup.all("a") if any(outer.tag == "main" for outer in link.above())]
    assert main[:3] == [f"/{language}/help/", f"/{language}/steps/", f"/{language}/notes/"]
