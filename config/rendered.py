"""Public pages as they were rendered: the same bytes for everybody, so they are made once a minute and compressed once."""

import gzip
import re
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag

# Every page in both languages as most people see it; the least asked for goes first, so that memory stays flat.
MOST = 256
# One part of Accept-Encoding that asks for gzip, and not with a weight of nothing.
GZIP = re.compile(r"gzip(?!;q=0(\.0*)?$)(;.*)?")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One page: its bytes, plain and compressed, and the headers its view gave it."""

    body: bytes
    zipped: bytes
    headers: dict[str, str]
    made: float

    @classmethod
    def of(cls, response: HttpResponse) -> "Rendered":
        """Take an answer's bytes and headers, with the tag browsers ask by."""
        set_response_etag(response)
        # Nothing secret stands in a public page, so its length tells nobody anything.
        zipped = gzip.compress(response.content, 6, mtime=0)
        return cls(response.content, zipped, dict(response.headers.items()), time.monotonic())

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the page as this browser takes it, or only that it has not changed."""
        response = HttpResponse(self.body, headers=self.headers)
        patch_vary_headers(response, ["Accept-Encoding", "Cookie", "HX-Request"])
        if _takes_gzip(request):
            # Other bytes, so another tag.
            response.content = self.zipped
            response.headers["Content-Encoding"] = "gzip"
            response.headers["ETag"] = f'{self.headers["ETag"].removesuffix(chr(34))}-gzip"'
        response.headers.setdefault("Cache-Control", "private, no-cache" if request.COOKIES else "public, max-age=300")
        return get_conditional_response(request, etag=response["ETag"], response=response) or response


class Shelf:
    """Rendered pages by what they depend on. Every thread may ask."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, Rendered] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Hashable) -> Rendered | None:
        """Return the page, or None where it has to be made (anew)."""
        with self._lock:
            page = self._pages.get(key)
            if page is None or time.monotonic() - page.made >= settings.PUBLIC_PAGE_SECONDS:
                return None
            self._pages.move_to_end(key)
            return page

    def keep(self, key: Hashable, page: Rendered) -> None:
        """Keep a page, and let go of the one that was asked for longest ago where there are too many."""
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > MOST:
                self._pages.popitem(last=False)

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._pages.clear()

    def __len__(self) -> int:
        return len(self._pages)


shelf = Shelf()


def _takes_gzip(request: HttpRequest) -> bool:
    taken = request.headers.get("Accept-Encoding", "").replace(" ", "").lower().split(",")
    return any(GZIP.fullmatch(part) for part in taken)
