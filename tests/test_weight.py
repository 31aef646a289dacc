"""What the first view of the log weighs over the wire: a phone at the end of a long day, with nothing of ours kept yet."""

from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import translation

from journal.models import Kind
from tests import factories
from tests.conftest import sign_in
from tests.tools.markup import Markup

MOST = 60_000


def loaded(markup):
    """Every file of ours that a browser fetches to show a page: styles, scripts, signs. Not what is only for printing."""
    found = {link.get("href") for link in markup.all("link") if link.get("rel") == "stylesheet" and link.get("media") != "print"}
    found |= {link.get("href") for link in markup.all("link") if "icon" in link.get("rel") and link.get("href").endswith(".svg")}
    found |= {script.get("src") for script in markup.all("script") if script.get("src")}
    found |= {use.get("href").partition("#")[0] for use in markup.all("use")}
    return sorted(address for address in found if address)


def packed(address):
    """A file as the site sends it: packed when it is collected."""
    path = finders.find(address.removeprefix("/static/"))
    assert path, address
    return len(brotli.compress(Path(path).read_bytes()))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_first_view_of_the_log_is_at_most_sixty_kilobytes_with_all_that_it_loads(client, world, language):
    owner = world.roles["owner"]
    for number, kind in enumerate(Kind):
        factories.make_entry(world.journal, owner, "長い夜でした。" * number, kind=kind, audience="family", response="sign")
    factories.make_entry(world.journal, world.roles["member"], "おはよう。", audience="family")
    factories.make_reply(world.share, "ゆっくりで大丈夫です。" * 20)
    sign_in(client, owner)
    with translation.override(language):
        address = reverse("journal:home")
    page = client.get(address)
    assert page.status_code == 200
    # A private page goes out as it is where nobody packs it on the way: that is what is counted.
    files = {name: packed(name) for name in loaded(Markup(page.content.decode()))}
    assert len(files) >= 4
    total = len(page.content) + sum(files.values())
    assert total <= MOST, files
