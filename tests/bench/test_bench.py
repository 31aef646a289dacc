"""The bench's own parts work; how long anything takes is asserted nowhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import kept, load, report
from tests.bench.cases import Case
from tests.bench.client import Answer, Request, WrongAnswer
from tests.bench.measure import Burst, Pace, Result
from tests.bench.seeded import Seeded
from tests.bench.sizes import SIZES
from tests.bench.steady import Taken

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = Case("page", Request("/en/"), ("Good night",), goal=2.0, queries=6)


def result(case=PAGE, **fields):
    measured = {
        "times": [1.0] * 99 + [9.0],
        "ratios": [1.0, 1.5, 9.0],
        "page_ratios": [2.0],
        "a_second": [10.0],
        "a_second_ratios": [0.5],
    }
    return Result(case, **{**measured, **fields})


def make_run(*results):
    growth = {"timeline": [(10, 1.0, 2.0), (100, 9.9, 2.2)], "queue": [(2, 1.0, 0.0), (4, 3.0, 0.0)]}
    return report.Run(SIZES["tiny"], "sqlite", 3, {"entries": 1200}, list(results), growth, (2.0, 1.0), (70.0, 71.0, 40.0))


def bench(*arguments, **environment):
    command = [sys.executable, "-m", "tests.bench", "--size", "tiny", *arguments]
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "VIRTUAL_ENV"}}
    return subprocess.run(command, cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False)


@pytest.mark.full
@pytest.mark.xdist_group("bench")
def test_a_whole_run_at_the_smallest_size_writes_a_report_of_every_page(tmp_path):
    # An address of a real database in the environment is not filled: the run makes one of its own.
    untouched = tmp_path / "real.sqlite3"
    said = bench("--rounds", "1", "--quick", "--out", str(tmp_path), DATABASE_URL=f"sqlite:////{untouched}")
    assert said.returncode == 0, said.stderr
    text = (tmp_path / "tiny-sqlite.md").read_text("utf-8")
    for page in (
        "quick log: save",
        "timeline: deep page",
        "four weeks",
        "search in",
        "queue of",
        "family view",
        "landing",
        "help",
    ):
        assert f"| {page}" in text
    assert str(tmp_path) not in text
    assert not untouched.exists()


def test_a_wrong_answer_ends_the_run_instead_of_looking_quick():
    PAGE.check(Answer(200, {}, b"Good night."))
    with pytest.raises(WrongAnswer, match="missing"):
        PAGE.check(Answer(200, {}, b"Sign in"))
    with pytest.raises(WrongAnswer, match="303"):
        PAGE.check(Answer(303, {"location": "/en/account/login/"}, b""))


def test_where_a_save_leads_is_checked_too():
    save = Case("save", Request("/en/notes/new/", form={}), ("/en/notes/",), "write", 303)
    save.check(Answer(303, {"location": "/en/notes/1/"}, b""))
    with pytest.raises(WrongAnswer):
        save.check(Answer(303, {"location": "/en/account/login/"}, b""))


def test_every_request_of_a_form_has_an_id_of_its_own():
    request = Request("/en/notes/new/", "abc", {"submission": "{new}", "words": "お茶"})
    first, second = request.encode(80), request.encode(80)
    assert first != second
    assert first.startswith(b"POST /en/notes/new/ HTTP/1.1\r\n")
    head, body = first.split(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head


def test_a_burst_is_bounded_in_number_and_in_time():
    assert Pace(1, seconds=60, requests=10**6).ends(0.0, 500)
    assert Pace(1, seconds=60).ends(begun=-1000.0, done=2)


def test_the_ratio_is_the_median_of_the_rounds_and_not_their_mean():
    assert result().ratio == 1.5
    assert Burst([1.0, 2.0, 50.0], 0.0).median == 2.0
    assert [result().percentile(percent) for percent in (50, 95, 99)] == [1.0, 1.0, 9.0]


def test_the_report_says_which_ceiling_was_missed():
    run = make_run(result(), result(Case("slow", PAGE.request, (), goal=1.2, queries=2), queries=7))
    text = report.write(run)
    assert "| page | 1.50 | 2 | met |" in text
    assert "| slow | 1.50 | 1.2 | **missed** |" in text
    assert report.missed(run) == ["slow: 1.50, the ceiling is 1.2", "slow: 7 queries, the ceiling is 2"]
    assert "**timeline**: 10 entries: 2.00 (1.00), 100 entries: 2.20 (9.90). Flat." in text


@pytest.mark.parametrize("size", SIZES.values(), ids=list(SIZES))
def test_every_size_has_a_journal_and_a_desk_to_grow_from(size):
    assert sum(size.queues) <= size.families
    assert list(size.full().journals) == sorted(size.full().journals)
    assert size.full().desks[-1] == 2000


def test_a_fifth_of_an_evening_is_entries_that_are_saved():
    assert sum(load.MIX.values()) == 100
    assert load.MIX["quick log: save"] == 20


def test_an_evening_is_told_at_the_highest_rate_that_was_kept_up_with_and_names_what_went_wrong():
    good, late = Taken({"landing": [10.0] * 99 + [700.0]}, seconds=10), Taken({"landing": [900.0]}, ["landing: 503"], seconds=10)
    text = load.report("# An evening\n", [(10, good, 0.5), (20, good, 0.9), (40, late, 1.9)])
    assert "| 20 | 10.0 | 0 | 10 | 10 | 700 | 0.90 |" in text
    assert "- 1 × landing: 503" in text
    assert "At 20 a second, by what was asked for:" in text


def test_kept_data_are_found_again_for_their_own_database_alone(tmp_path, monkeypatch):
    for name in kept.KEYS:
        monkeypatch.setenv(name, f"{name} of that run")
    found = Seeded({"parent": "s" * 32}, {}, {"parent": "1"}, {"entries": 3})
    kept.keep(tmp_path, "tiny-2", found)
    assert (tmp_path / "tiny-2.json").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("SECRET_KEY", "another")
    assert kept.find(tmp_path, "tiny-2") == found
    assert os.environ["SECRET_KEY"] == "SECRET_KEY of that run"
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere")
    assert kept.find(tmp_path, "tiny-2") is None
