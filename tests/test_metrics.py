"""The line of counts: what an operator may know of how the site does, and nothing of who was there."""

import json
import logging
from uuid import uuid4

import pytest
from django.urls import reverse

from config import metrics
from config.logs import JsonFormatter
from tests.conftest import SECRET, sign_in


@pytest.fixture
def written(monkeypatch):
    """Counts of this test alone, and the lines they write."""
    kept = []

    class Keep(logging.Handler):
        def emit(self, record):
            kept.append(json.loads(JsonFormatter().format(record)))

    handler = Keep()
    metrics.logger.addHandler(handler)
    monkeypatch.setattr(metrics, "counts", metrics.Counts())
    yield kept
    metrics.logger.removeHandler(handler)


def test_answers_are_summed_by_route_with_nothing_of_who_asked_for_what(client, world, written):
    sign_in(client, world.roles["owner"])
    for _ in range(4):
        client.get(reverse("journal:entry_detail", args=[world.entry.pk]))
    client.get(reverse("journal:entry_detail", args=[uuid4()]))
    for _ in range(5):
        client.get(f"/en/{SECRET}/")
    metrics.counts.write()
    (line,) = written
    routes = line["counts"]["routes"]
    assert (routes["journal:entry_detail"]["answers"], routes["journal:entry_detail"]["refused"]) == (5, 1)
    assert routes["no route"]["refused"] == 5
    said = json.dumps(line)
    assert not any(word in said for word in (SECRET, str(world.entry.pk), world.roles["owner"].email, "/en/"))


def test_faults_and_slow_answers_are_counted(written):
    metrics.counts.add("journal:home", 500, 0.2)
    metrics.counts.add("journal:home", 503, 2.5)
    for _ in range(3):
        metrics.counts.add("journal:home", 200, 0.1)
    metrics.counts.write()
    expected = {"answers": 5, "refused": 0, "failed": 2, "slow": 1, "ms": 3000, "longest_ms": 2500}
    assert written[0]["counts"]["routes"] == {"journal:home": expected}


def test_a_route_that_few_asked_for_is_not_named_unless_it_failed(written):
    for _ in range(4):
        metrics.counts.add("journal:hard", 200, 0.1)
    metrics.counts.add("journal:erase", 500, 1.5)
    for _ in range(5):
        metrics.counts.add("root", 302, 0.0)
    metrics.counts.write()
    routes = written[0]["counts"]["routes"]
    assert set(routes) == {"root", "other", "journal:erase"}
    assert routes["other"] == {"answers": 5, "refused": 0, "failed": 1, "slow": 1, "ms": 1900, "longest_ms": 1500}
    assert routes["journal:erase"] == {"failed": 1}


def test_a_line_comes_every_five_minutes_and_none_where_nobody_came(written, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(metrics.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(metrics, "counts", metrics.Counts())
    metrics.counts.write()
    assert written == []
    now[0] += 299
    metrics.counts.add("root", 302, 0.001)
    assert written == []
    now[0] += 1
    metrics.counts.add("root", 302, 0.001)
    assert written[0]["counts"]["routes"]["other"]["answers"] == 2
    assert written[0]["counts"]["seconds"] == 300
