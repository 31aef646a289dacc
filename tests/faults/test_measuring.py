"""The bench seeds PostgreSQL and finds its way there; on SQLite a whole run is in tests/bench/test_bench.py."""

import pytest
from django.db import connection

pytestmark = [pytest.mark.faults, pytest.mark.skipif("sqlite" in connection.vendor, reason="plans are PostgreSQL's")]


def test_the_smallest_size_is_seeded_kept_and_planned(make_site, tmp_path):
    site = make_site("bench")
    site.environment |= {"THROW_AWAY": site.url}
    words = ["-m", "tests.bench", "--size", "tiny", "--keep", str(tmp_path / "kept"), "--out", str(tmp_path), "--plans"]
    assert "seeding" in site.python(*words)
    text = (tmp_path / "tiny-plans.md").read_text("utf-8")
    for what in ("quick log: save", "family view", "answer: send", "tick: send_notices"):
        assert f"| {what} |" in text
    # The second run finds what the first one left, and opens it.
    assert "seeding" not in site.python(*words)
