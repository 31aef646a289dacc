"""A database of any earlier version, with a family in it, migrates to this one and opens; and every step can be taken back."""

import json

import pytest

from config.settings import BASE_DIR

pytestmark = [pytest.mark.faults]
STATES = sorted(path.stem for path in (BASE_DIR / "journal" / "migrations").glob("0*.py"))
# Steps after which the version before cannot write these tables, all from before the first release. A new one adds none:
# docs/operations.md, "A new version".
CLOSED = {
    "0002_entries": ["journal_membership"],
    "0007_shares": ["journal_centre"],
    "0009_desk": ["journal_reply"],
    "0010_cover": ["journal_share"],
}


@pytest.mark.parametrize("state", STATES)
def test_a_family_from_an_earlier_version_finds_its_journal(make_site, state):
    make_site("old").python("-m", "tests.faults.upgrade", state)


def test_each_step_lets_the_version_before_go_on_and_can_be_taken_back_with_every_row(make_site):
    printed = make_site("steps").python("-m", "tests.faults.rehearsal", "each_step", *STATES)
    closed = json.loads(printed.strip().splitlines()[-1])
    assert {step: tables for step, tables in closed.items() if tables} == CLOSED


def test_everything_a_centre_holds_survives_the_newest_step_back_and_forward_again(make_site):
    make_site("whole").python("-m", "tests.faults.rehearsal", "everybody", *STATES[-2:])
