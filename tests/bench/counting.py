"""Queries of one request, told in a header to whoever asks for it; other requests pass untouched."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

ASKS = "X-Bench-Count"


class CountingMiddleware:
    """Stands before everything else, so that the session's query counts too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Count where the request asks for it."""
        if ASKS not in request.headers:
            return self.get_response(request)
        spent = []

        def wrapper(execute: Any, *arguments: Any) -> Any:
            begun = time.perf_counter()
            try:
                return execute(*arguments)
            finally:
                spent.append(time.perf_counter() - begun)

        with connection.execute_wrapper(wrapper):
            response = self.get_response(request)
        response["X-Bench-Queries"] = str(len(spent))
        response["X-Bench-Sql"] = f"{sum(spent) * 1000:.3f}"
        return response
