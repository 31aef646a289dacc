"""What a page weighs over the wire with all that it loads: a phone at the end of a long day, with nothing of ours kept yet.

How long it takes on a slow one is measured by `make bench WEIGHT=1`: docs/benchmarks/weight.md.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import translation

from journal.models import Kind
from tests import factories
from tests.conftest import sign_in
from tests.tools.markup import Markup


@dataclass(frozen=True)
class Budget:
    """The most one page may weigh: bytes with everything it loads, and how often a browser has to ask."""

    bytes: int
    requests: int


BUDGETS = {
    "guidance:landing": Budget(30_000, 7),
    "guidance:step_detail": Budget(33_000, 8),
    "journal:home": Budget(46_000, 8),
    # Twenty-five entries with all that can be done with each, unpacked: above the sixty thousand we want.
    "journal:entry_list": Budget(69_000, 8),
    "journal:desk_queue": Budget(50_000, 8),
}
FAMILIES = 40


def loaded(markup):
    """Every file of ours that a browser fetches to show a page: styles, also those for printing, scripts and signs."""
    found = {link.get("href") for link in markup.all("link") if link.get("rel") == "stylesheet"}
    found |= {link.get("href") for link in markup.all("link") if "icon" in link.get("rel") and link.get("href").endswith(".svg")}
    found |= {script.get("src") for script in markup.all("script") if script.get("src")}
    found |= {use.get("href").partition("#")[0] for use in markup.all("use")}
    return sorted(address for address in found if address)


@cache
def packed(address):
    """A file as the site sends it: packed when it is collected."""
    path = finders.find(address.removeprefix("/static/"))
    assert path, address
    return len(brotli.compress(Path(path).read_bytes()))


def fill(world):
    """A journal with every kind of entry and an answer, and forty families on the desk beside it."""
    owner = world.roles["owner"]
    for number, kind in enumerate([*Kind, *Kind]):
        factories.make_entry(
            world.journal, owner, "長い夜でした。" * (number % 12), kind=kind, audience="family", response="sign"
        )
    factories.make_entry(world.journal, world.roles["member"], "おはよう。", audience="family")
    factories.make_reply(world.share, "ゆっくりで大丈夫です。" * 20)
    parent = factories.make_user("neighbour")
    for _ in range(FAMILIES):
        journal = factories.make_journal(parent)
        entry = factories.make_entry(journal, parent, "おやすみ。", audience="family")
        factories.choose(entry, factories.make_share(journal, world.share.counsellor))


def test_no_page_weighs_more_than_its_budget_in_either_language(client, world):
    fill(world)
    for name, budget in BUDGETS.items():
        sign_in(client, world.roles["counsellor" if "desk" in name else "owner"] if name.startswith("journal:") else None)
        for language in ("en", "ja"):
            with translation.override(language):
                address = reverse(name, args=[3] if name == "guidance:step_detail" else [])
            # A private page goes out as it is; a public one is packed, because no secret stands in it.
            page = client.get(address, headers={"accept-encoding": "gzip"})
            assert page.status_code == 200
            assert ("Content-Encoding" in page) == name.startswith("guidance:")
            markup = Markup(client.get(address).content.decode())
            sizes = {address: len(page.content)} | {file: packed(file) for file in loaded(markup)}
            # What the page asks for by itself once it stands there.
            later = [element for element in markup.elements if element.get("hx-trigger") == "load"]
            assert sum(sizes.values()) <= budget.bytes, sizes
            assert len(sizes) + len(later) <= budget.requests, (sizes, later)
