# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The page of figures: written from what benchmarks give, read again, compared, its prose kept."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "bench"

PAGE = """# Benchmarks
By hand.

<!-- figures: summary -->
<!-- end -->

## Stage
What is measured.

<!-- figures: stage -->
<!-- end -->

Why it is as it is.
"""


@pytest.fixture(scope="module")
def bench():
    """The modules of bench/, which find one another by their folder."""
    sys.path.insert(0, str(BENCH))
    try:
        import page
        import results
        import run
    finally:
        sys.path.remove(str(BENCH))
    return SimpleNamespace(results=results, page=page, run=run)


@pytest.fixture
def frames(bench):
    """A table of the stage: one target met, one not, one row without, one where more is better."""
    row = bench.results.Row
    rows = (
        row("part 1", 5.0, "floor", 4.0, "ms", 1.5),
        row("part 3", 14.4, "floor", 4.0, "ms", 2.5),
        row("part 3", 14.4, "a 60th", 16.7, "ms"),
        row("pictures", 12_625, "sent", 12_625, "pictures", 1.0, more_is_better=True),
    )
    return bench.results.Figures("A frame", rows, "medians of 60", ("numpy 2.4",))


@pytest.fixture
def taken(bench):
    return bench.page.Taken("2026-11-22", 95.4, "a machine, 2 cores", 0.12, 0.03)


def test_what_is_written_is_read_again(bench, frames, taken):
    body = bench.page.section(taken, [frames], [])
    [again] = bench.page.tables(body)
    assert (again.title, again.how, again.rows) == (frames.title, frames.how, frames.rows)
    assert bench.page.seconds(body) == 95
    assert "a machine, 2 cores; before it load 0.12, 3% busy. numpy 2.4." in body


def test_prose_and_other_regions_stay_as_they_are(bench, frames, taken):
    other = bench.page.put(PAGE, "graph", "Taken on 2026-11-01 in 8 s: elsewhere.")
    page = bench.page.put(other, "stage", bench.page.section(taken, [frames], []))
    assert page.startswith("# Benchmarks\nBy hand.\n")
    assert "What is measured.\n\n<!-- figures: stage -->\nTaken on 2026-11-22" in page
    assert "<!-- end -->\n\nWhy it is as it is.\n" in page
    assert bench.page.regions(page)["graph"] == "Taken on 2026-11-01 in 8 s: elsewhere.\n"
    assert page.endswith("## graph\n<!-- figures: graph -->\n" + page.split("graph -->\n")[1])


def test_a_figure_stands_beside_its_predecessor(bench, frames, taken):
    before = bench.page.tables(bench.page.section(taken, [frames], []))
    slower = [
        bench.results.Row(r.what, r.figure * 1.1, r.baseline_name, r.baseline * 1.1, r.unit)
        for r in frames.rows[:2]
    ]
    new = bench.results.Row("part 4", 1.0, "floor", 1.0, "ms")
    now = bench.results.Figures("A frame", (*slower, new))
    body = bench.page.section(taken, [now], before)
    assert "| part 1 | 5.5 ms | floor | 4.4 ms | 1.25 |  |  | 5 ms | +10% (ratio +0%) |" in body
    assert "| part 4 | 1 ms | floor | 1 ms | 1 |  |  |  |  |" in body
    assert list(bench.page.changes([now], before)) == [
        "A frame: part 1, beside floor: 5 -> 5.5 ms, +10% (ratio +0%)",
        "A frame: part 3, beside floor: 14.4 -> 15.84 ms, +10% (ratio +0%)",
    ]


def test_what_falls_short_is_said_first(bench, frames, taken):
    page = bench.page.put(PAGE, "stage", bench.page.section(taken, [frames], []))
    said = bench.page.summary(page)
    assert "| stage | 2026-11-22 | 95 s | 3% | 2 of 3 |" in said
    assert said.count("stage: A frame") == 1
    assert said.endswith("| stage: A frame | part 3 | 14.4 ms | floor | 3.6 | <= 2.5 |")
    page = bench.page.put(page, "summary", said)
    assert bench.page.summary(page) == said
    assert bench.page.summary(PAGE).endswith("Nothing falls short.")


def test_fewer_than_asked_fall_short_where_more_is_better(bench):
    row = bench.results.Row("same", 301, "recorded", 302, "states", 1.0, more_is_better=True)
    assert (row.met, row.verdict, bench.results.bound(row)) == (False, "FALLS SHORT", ">= 1")


def test_what_is_not_a_number_meets_no_target_and_is_no_reason_to_fail(bench, taken):
    row = bench.results.Row("delay", math.nan, "none sent", 0.0, "ms", 1.0)
    table = bench.results.Figures("Camera", (row,))
    body = bench.page.section(taken, [table], [table])
    assert "| delay | none ms | none sent | 0 ms | none | <= 1 | **falls short** |" in body
    [(_, again)] = bench.page.shortfalls(body)
    assert math.isnan(again.figure)


def test_a_failure_keeps_the_old_figures_and_is_said_until_it_is_over(bench, frames, taken):
    body = bench.page.section(taken, [frames], [])
    once = bench.page.failed(body, "2026-11-23", "exit status 1,\nno **jackd**")
    twice = bench.page.failed(once, "2026-11-24", "exit status 1, no jackd")
    line = "**Failed on 2026-11-24: exit status 1, no jackd.** What follows is older."
    assert twice == f"{line}\n\n{body}"
    assert once == twice.replace("24:", "23:")
    assert f"{line} (stage)" in bench.page.summary(bench.page.put(PAGE, "stage", twice))
    assert "Failed" not in bench.page.summary(bench.page.put(PAGE, "stage", body))


def test_several_runs_become_their_medians(bench):
    def run(*figures):
        rows = (bench.results.Row(f"row {n}", f, "x", f + 1, "s") for n, f in enumerate(figures))
        return [bench.results.Figures("T", tuple(rows)), bench.results.Figures("U", ())]

    first, second = bench.results.over_runs([run(1.0, 7.0), run(9.0, 8.0), run(2.0, 30.0)])
    assert [(r.figure, r.baseline) for r in first.rows] == [(2.0, 3.0), (8.0, 9.0)]
    assert (first.title, second.title) == ("T", "U")


def test_a_benchmark_hands_its_table_on_where_it_is_asked_to(bench, frames, tmp_path, monkeypatch):
    monkeypatch.setenv(bench.results.SINK, str(tmp_path / "figures"))
    bench.results.show(frames.title, frames.rows, frames.how)
    [line] = (tmp_path / "figures").read_text().splitlines()
    given = bench.results.Figures.from_json(line)
    assert (given.title, given.rows, given.how) == (frames.title, frames.rows, frames.how)


SPEAKS = """
import os, sys
from pathlib import Path
sys.path.insert(0, {bench!r})
from results import Row, show
show("A table", [Row("row", 3.0, "floor", 2.0, "ms", 1.0)])
"""


def runner(bench, monkeypatch, folder, **scripts):
    """bench/run.py with these benchmarks in place of its own."""
    for name, text in scripts.items():
        (folder / f"{name}.py").write_text(text.replace("{bench!r}", repr(str(BENCH))))
    monkeypatch.setattr(bench.run, "HERE", folder)
    monkeypatch.setattr(bench.run, "busy", lambda: 0.0)
    return {name: bench.run.Bench(name, "", 5.0, "") for name in scripts}


@pytest.mark.slow
def test_one_that_fails_does_not_lose_the_others(bench, tmp_path, monkeypatch, capfd):
    broken = 'import sys; sys.exit("no jackd here")'
    benches = runner(
        bench, monkeypatch, tmp_path,
        good=SPEAKS, bad=SPEAKS + broken, short=SPEAKS + "sys.exit(3)", mute="",
    )  # fmt: skip
    page = tmp_path / "page.md"
    worked = [bench.run.one(b, page, "", "here", 5.0, quick=True) for b in benches.values()]
    assert worked == [True, False, True, False]
    text = page.read_text()
    assert "| row | 3 ms | floor | 2 ms | 1.5 | <= 1 | **falls short** |" in text
    assert "exit status 1, no jackd here.** (bad)" in text
    assert "it gave no figures.** (mute)" in text
    assert "good: A table" in text[: text.index("## good")]
    assert "bad failed: exit status 1, no jackd here" in capfd.readouterr().err


def test_one_that_does_not_end_is_stopped(bench, tmp_path, monkeypatch):
    benches = runner(bench, monkeypatch, tmp_path, stuck="import time; time.sleep(60)")
    with pytest.raises(bench.run.FailedError, match="it took too long"):
        bench.run.run_once(benches["stuck"], [], 0.5)


def test_an_unknown_name_is_one_clear_line():
    run = subprocess.run(
        [sys.executable, str(BENCH / "run.py"), "stag"],
        capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    assert run.returncode == 2
    assert "'stag' is not one of 'learner', 'latency'" in run.stderr


def test_the_page_of_the_project_is_one_that_can_be_written(bench):
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    written = bench.page.regions(page)
    assert set(written) >= set(bench.run.NAMES)
    assert bench.page.put(page, "summary", bench.page.summary(page)) == page
    for body in written.values():
        keys = [(t.title, r.what, r.baseline_name) for t in bench.page.tables(body) for r in t.rows]
        assert len(keys) == len(set(keys))
