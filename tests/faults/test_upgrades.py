"""A database of any earlier version, with a family in it, migrates to this one and opens."""

import pytest

from config.settings import BASE_DIR

pytestmark = [pytest.mark.faults]
STATES = sorted(path.stem for path in (BASE_DIR / "journal" / "migrations").glob("0*.py"))


@pytest.mark.parametrize("state", STATES)
def test_a_family_from_an_earlier_version_finds_its_journal(make_site, state):
    make_site("old").python("-m", "tests.faults.upgrade", state)
