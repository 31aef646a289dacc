"""What search engines read: the list of public pages, and where they may go.

robots.txt allows the public pages by name and nothing else: it lists no private address, so it gives none away.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from config.public import public_page
from guidance import addresses
from guidance.fields import LANGUAGES


@public_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page in both languages, each naming its twin; English for whoever reads neither."""
    pages = [page | {"x-default": page["en"]} for page in _pages()]
    pages[0]["x-default"] = reverse("root")  # the front door asks the browser which language
    context = {"pages": pages, "languages": LANGUAGES, "site": f"{request.scheme}://{request.get_host()}"}
    return render(request, "guidance/sitemap.xml", context, content_type="application/xml; charset=utf-8")


@public_page
def robots(request: HttpRequest) -> HttpResponse:
    """Public pages only: by the first part of their addresses."""
    fronts, *others = _pages()
    parts = {"/".join(address.split("/")[:3]) for page in others for address in page.values()}
    open_to_all = ["/$", "/static/", *(f"{front}$" for front in fronts.values()), *(f"{part}/" for part in sorted(parts))]
    lines = ["User-agent: *", *(f"Allow: {place}" for place in open_to_all), "Disallow: /"]
    lines += ["", f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _pages() -> list[dict[str, str]]:
    """Return each public page by its addresses in the languages, the front page first."""
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append(addresses.public(language))
    return [dict(zip(LANGUAGES, page, strict=True)) for page in zip(*found, strict=True)]
