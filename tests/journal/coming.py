"""How somebody is asked to write together, comes and is let in."""

import re

from django.urls import reverse

from journal.models import (
    MemberInvitation,
)
from tests import factories

NEW = {
    "display_name": "Peter",
    "shared_device": "no",
    "country": "gb",
    "time_zone": "Europe/London",
    "understood": "on",
    "agrees": "on",
}


def invited(keeper, world):
    """What the page shows once: the link's path and the code."""
    page = keeper.post(reverse("journal:invitation_add"), {"journal": world.journal.pk}).content.decode()
    link = re.search(r'id="link"[^>]*value="([^"]+)"', page)[1]
    return link.removeprefix("http://testserver"), re.search(r'id="code"[^>]*>([^<]+)<', page)[1]


def come(guest, link):
    """Open the link and say yes."""
    guest.get(link)
    return guest.post(reverse("journal:invitation_accept"), NEW)


def number(client, address):
    """The six digits a page shows."""
    return re.search(r'id="number"[^>]*>(\d{3} \d{3})<', client.get(address).content.decode())[1]


def waiting(world):
    """The invitation the guest has said yes to."""
    return MemberInvitation.objects.open().get(accepted_by=world.roles["guest"])


def confirm(keeper, world, earlier="no"):
    """Let the guest in."""
    return keeper.post(reverse("journal:invitation_confirm", args=[waiting(world).pk]), {"earlier": earlier})


def place(world, name):
    """What somebody is in the journal."""
    return factories.make_membership(world.journal, world.roles[name])


def write(world, name, words="Tea.", audience="family"):
    """An entry of one of the parents."""
    return factories.make_entry(world.journal, world.roles[name], words, audience=audience)
