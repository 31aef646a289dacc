"""Who most tests of the journal are about."""

import pytest
from django.test import Client

from tests.conftest import World, sign_in


@pytest.fixture
def parent(client: Client, world: World) -> Client:
    """The browser of the parent who keeps the family's journal."""
    return sign_in(client, world.roles["owner"])
