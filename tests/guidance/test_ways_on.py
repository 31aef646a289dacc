"""From wherever a tired parent stands, the site leads on: to the next thing, and to help."""

import pytest
from django.test import Client
from django.utils import translation

from guidance import addresses, library
from guidance.fields import LANGUAGES
from tests.tools.markup import Markup

TEXTS = library.current()
PAGES = []
for spoken in LANGUAGES:
    with translation.override(spoken):
        PAGES += [(spoken, address) for address in addresses.public(spoken)]


def links(address):
    """Where the page's own part leads, without its frame."""
    page = Markup(Client().get(address).text)
    return {link.get("href").partition("#")[0] for link in page.all("a") if any(one.tag == "main" for one in link.above())}


@pytest.mark.parametrize(("language", "address"), PAGES)
def test_every_page_leads_on_and_to_help(language, address):
    page = Client().get(address).text
    inside = {link for link in links(address) if link.startswith(f"/{language}/")} - {address}
    assert inside
    assert f'href="/{language}/help/' in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("start", "ends"),
    [
        ("steps/", ["pages/pause/", "pages/under-18/", "words/", "cards/", "before-you-act/"]),
        ("steps/2/", ["cards/door/", "cards/meals/", "cards/visit/"]),
        ("steps/8/", ["visits/", "cards/visit/", "pages/invitation/"]),
        ("pages/nights/", ["cards/internet/"]),
        ("pages/under-18/", ["pages/other-causes/", "cards/"]),
        ("cards/", ["services/", "visits/", "before-you-act/"]),
    ],
)
def test_where_a_wish_arises_its_page_is_one_link_away(language, start, ends):
    found = links(f"/{language}/{start}")
    assert {f"/{language}/{end}" for end in ends} <= found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("answers", "end"),
    [
        ({"danger": "no", "plan": "company", "know": "no", "pay": "asked"}, "services/"),
        ({"danger": "no", "plan": "company", "know": "no", "pay": "signed"}, "services/"),
        ({"danger": "no", "plan": "visit", "know": "no", "pay": "no"}, "visits/"),
        ({"danger": "no", "plan": "takeaway", "know": "no", "pay": "no"}, "cards/"),
    ],
)
def test_the_advice_after_the_questions_leads_to_the_list_that_fits(language, answers, end):
    page = Client().post(f"/{language}/before-you-act/end/", answers | {"tonight": "calm"}).text
    assert f'href="/{language}/{end}' in page
