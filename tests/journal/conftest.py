"""Who most tests of the journal are about."""

import pytest
from django.test import Client

from journal.models import AccessEvent
from tests import factories
from tests.conftest import World, sign_in


@pytest.fixture
def parent(client: Client, world: World) -> Client:
    """The browser of the parent who keeps the family's journal."""
    return sign_in(client, world.roles["owner"])


@pytest.fixture
def keeper(parent: Client) -> Client:
    """The same browser, where it matters that this parent is the one who keeps the journal."""
    return parent


@pytest.fixture
def guest(world: World) -> Client:
    """A browser of somebody who has just signed up."""
    world.roles["guest"] = factories.make_user("")
    return sign_in(Client(), world.roles["guest"])


@pytest.fixture
def lines(world: World) -> World:
    """The cast, of whom the counsellor has read an entry three times."""
    for _ in range(3):
        AccessEvent.objects.record_reading(world.roles["counsellor"], world.share, [world.entry])
    return world
