"""One view, two answers: the whole page, or the fragment of it that htmx asked for."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


def wants_fragment(request: HttpRequest) -> bool:
    """Say whether htmx asked for a part of the page. Chooses layout only, never what is allowed."""
    # Going back in history also sends HX-Request, but needs the whole page.
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.history_restore_request


def wants_part(request: HttpRequest, target: str) -> bool:
    """Say whether htmx will put the answer into the element with this id.

    A request that follows a redirect still says HX-Request, but its target is the whole page's: it needs the page.
    """
    return wants_fragment(request) and getattr(request, "htmx").target == target  # noqa: B009  (set by HtmxMiddleware)


def shows_nothing(request: HttpRequest) -> bool:
    """Say whether nobody will see the answer: a page that is going sent its draft, and would only follow a redirect."""
    return request.headers.get("Sec-Fetch-Dest", "document") != "document"


def page_or_fragment(request: HttpRequest, page: str, fragment: str, target: str) -> str:
    """Return the template name to render: ``page``, or ``page#fragment`` where only ``target`` is to change."""
    return f"{page}#{fragment}" if wants_part(request, target) else page
