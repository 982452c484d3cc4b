# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Take the figures of docs/benchmarks.md: run the benchmarks, write their tables, tell the change.

    python bench/run.py [NAME...] [--quick] [--page FILE]

Each benchmark is a process of its own. Its section of the page is written as it ends, so a later
one that fails, or ctrl-c, loses nothing; a failed one keeps its old figures, is named on the page
and at the end, and makes the exit status 1. Sections of benchmarks that are not run stay as they
are, with their date and machine. Everything is compared with the page as it is committed.

A new benchmark hands its rows to `results.show`, has a line in BENCHES and a section on the page.
"""

from __future__ import annotations

import datetime
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click
from machine import busy, machine, renderer
from page import (
    SUMMARY,
    Taken,
    changes,
    failed,
    put,
    regions,
    seconds,
    section,
    shortfalls,
    summary,
    tables,
)
from results import SHORT_STATUS, SINK, Figures, bound, number, over_runs, ratio

HERE = Path(__file__).parent
ROOT = HERE.parent
PAGE = ROOT / "docs" / "benchmarks.md"
QUICK_PAGE = ROOT / "out" / "benchmarks.md"  # what was taken in haste is no figure to keep
PATIENCE = 3.0  # times as long as expected, and PATIENCE_S more
PATIENCE_S = 300.0
STOP_S = 60.0
EMPTY = f"# Benchmarks\n\n<!-- figures: {SUMMARY} -->\n<!-- end -->\n"
QUIET = 0.1  # of the processor; above it others are at work, and it is said


@dataclass(frozen=True)
class Bench:
    """One of the benchmarks: how it is called, how often (medians), and about how long that takes
    in seconds on two slow cores; `quick`: how to try the machinery in a few seconds.
    """

    name: str
    words: str
    lasts: float
    quick: str
    runs: int = 1


BENCHES = (
    Bench("learner", "", 15, "--repeats 1 --steps 200"),
    Bench(
        "latency",
        "--seconds 6 --ahead 2.5",
        380,
        "--rates 200 --seconds 1 --repeats 1 --periods ''",
    ),
    Bench(
        "dropouts",
        "--parts 1,2,3,4 --ahead 2.5 --loops 0,2 --seconds 5",
        720,
        "--periods 256 --ahead 5 --parts 1 --loops 0 --seconds 3",
    ),
    Bench("failover", "--times 100 --apart 3", 480, "--times 2 --apart 3"),
    Bench("restart", "--times 3", 150, "--times 1 --launches 1"),
    Bench("cue", "", 120, "--times 2"),
    Bench("flood", "--repeats 2", 180, "--seconds 0.2 --repeats 1"),
    Bench("synth", "--repeats 3 --seconds 3", 230, "--repeats 1 --seconds 1 --notes 8,32"),
    Bench("loudness", "", 60, "--to 5"),
    Bench("camera", "--seconds 6", 150, "--seconds 2 --sizes 320x240", runs=3),
    Bench("stage", "", 30, "--rounds 3 --size 720p"),
    Bench("graph", "--seconds 10", 165, "--seconds 3 --parts 3 --size 320x240", runs=3),
    Bench("render", "--frames 90", 290, "--frames 5 --repeats 1 --size 720p --part 1 --no-sound"),
    Bench("whatif", "--alone 20", 330, "--seconds 10 --variants 40 --alone 4"),
    Bench("export", "", 110, "--repeats 1"),
    Bench("verify", "--seconds 40", 400, "--seconds 3 --only part1"),
    Bench("history", "", 240, "--notes 4000 --repeats 1"),
    Bench("browser", "", 100, "--seconds 2"),
    Bench("network", "--seconds 15", 170, "--seconds 2 --cut 2 --cable-only"),
)
NAMES = tuple(bench.name for bench in BENCHES)


class FailedError(Exception):
    """A benchmark did not come to its end; the message says how."""


def run_once(bench: Bench, words: list[str], limit: float) -> list[Figures]:
    """Run it, its output before our eyes; what it gave. `FailedError` where it failed."""
    with tempfile.TemporaryDirectory() as folder:
        sink, log = Path(folder) / "figures", Path(folder) / "log"
        command = [sys.executable, str(HERE / f"{bench.name}.py"), *words]
        environment = {**os.environ, SINK: str(sink)}
        with log.open("wb") as errors:
            child = subprocess.Popen(
                command, env=environment, stderr=errors, start_new_session=True
            )
        status = _ended(child, limit)
        if status not in (0, SHORT_STATUS):
            said = log.read_text(errors="replace").strip().splitlines()
            click.echo("\n".join(said[-20:]), err=True)
            why = "was stopped, it took too long" if status is None else f"exit status {status}"
            raise FailedError(f"{why}, {said[-1] if said else 'without a word'}")
        lines = sink.read_text(encoding="utf-8").splitlines() if sink.exists() else []
    if not lines:
        raise FailedError("it gave no figures")
    return [Figures.from_json(line) for line in lines]


def _ended(child: subprocess.Popen[bytes], limit: float) -> int | None:
    """Its exit status; None where it had to be stopped. It is over in any case."""
    try:
        return child.wait(limit)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)  # it stops what it started
            try:
                child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def take(bench: Bench, where: str, lasts: float, *, quick: bool) -> tuple[Taken, list[Figures]]:
    """All runs of a benchmark, and their medians."""
    runs = 1 if quick else bench.runs
    load, in_use = os.getloadavg()[0], busy()
    if in_use > QUIET:
        click.echo(f"! others use {in_use:.0%} of the processor: no figures of a quiet machine")
    words = shlex.split(bench.quick if quick else bench.words)
    began = time.monotonic()
    limit = PATIENCE * lasts / runs + PATIENCE_S
    found = over_runs([run_once(bench, words, limit) for _ in range(runs)])
    took = time.monotonic() - began
    today = datetime.date.today().isoformat()
    return Taken(today, took, where, load, in_use, runs), found


def committed(page: Path) -> str:
    """The page as it was committed; where there is no such, as it is."""
    where = page.resolve()
    if where.is_relative_to(ROOT.resolve()):
        name = where.relative_to(ROOT.resolve()).as_posix()
        git = ["git", "-C", str(ROOT), "show", f"HEAD:{name}"]
        run = subprocess.run(git, capture_output=True, text=True, check=False)
        if run.returncode == 0:
            return run.stdout
    return page.read_text(encoding="utf-8") if page.exists() else ""


def write(page: Path, name: str, body: str) -> None:
    """One region of the page anew, and the summary of all."""
    text = page.read_text(encoding="utf-8") if page.exists() else EMPTY
    text = put(text, name, body)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(put(text, SUMMARY, summary(text)), encoding="utf-8")


def spoken(length: float) -> str:
    """A length of time (s), as exact as one needs it."""
    return f"{length:.0f} s" if length < 120 else f"{length / 60:.0f} min"


class Clock:
    """How long it will take, and how far it is."""

    def __init__(self, benches: list[Bench], before: dict[str, str], *, quick: bool) -> None:
        self.lasts = {
            b.name: 15.0 if quick else seconds(before.get(b.name, "")) or b.lasts for b in benches
        }
        self._began = time.monotonic()

    def tell(self, name: str) -> None:
        """Before each."""
        names = list(self.lasts)
        at = names.index(name)
        passed = spoken(time.monotonic() - self._began)
        left = spoken(sum(self.lasts[n] for n in names[at:]))
        click.secho(
            f"\n[{at + 1}/{len(names)}] {name}, about {spoken(self.lasts[name])}: "
            f"{passed} passed, about {left} left",
            bold=True,
        )


def one(bench: Bench, page: Path, before: str, where: str, lasts: float, *, quick: bool) -> bool:
    """Run one benchmark, write its section, tell the change; whether it worked."""
    try:
        taken, found = take(bench, where, lasts, quick=quick)
    except FailedError as error:
        text = page.read_text(encoding="utf-8") if page.exists() else ""
        today = datetime.date.today().isoformat()
        write(page, bench.name, failed(regions(text).get(bench.name, ""), today, str(error)))
        click.secho(f"{bench.name} failed: {error}", fg="red", err=True)
        return False
    old = tables(before)
    write(page, bench.name, section(taken, found, old))
    for line in changes(found, old):
        click.echo(f"  {line}")
    return True


def tell_shortfalls(written: dict[str, str]) -> None:
    """What of this run does not meet its target."""
    short = [(name, *found) for name, body in written.items() for found in shortfalls(body)]
    click.secho("\nWhat falls short:" if short else "\nNothing falls short.", bold=True)
    for name, title, row in short:
        click.echo(
            f"  {name}, {title}: {row.what}, {number(row.figure)} {row.unit}, is "
            f"{ratio(row)} times {row.baseline_name}, asked {bound(row)}"
        )


@click.command(help=__doc__)
@click.argument("names", nargs=-1, type=click.Choice(NAMES), metavar="[NAME]...")
@click.option("--quick", is_flag=True, help=f"A few seconds each, into {QUICK_PAGE.name} of out/.")
@click.option("--page", type=click.Path(path_type=Path, dir_okay=False), help="Write this one.")
def main(names: tuple[str, ...], page: Path | None, *, quick: bool) -> None:
    """Run what was asked for."""
    page = page or (QUICK_PAGE if quick else PAGE)
    chosen = [bench for bench in BENCHES if not names or bench.name in names]
    before = regions(committed(page))
    clock = Clock(chosen, before, quick=quick)
    where = f"{machine()}, drawn by {renderer()}"
    click.echo(where)
    good = []
    for bench in chosen:
        clock.tell(bench.name)
        lasts = clock.lasts[bench.name]
        body = before.get(bench.name, "")
        good.append(one(bench, page, body, where, lasts, quick=quick))
    written = regions(page.read_text(encoding="utf-8"))
    tell_shortfalls({bench.name: written[bench.name] for bench in chosen})
    lost = [bench.name for bench, worked in zip(chosen, good, strict=True) if not worked]
    click.echo(f"{page} is written" + (f"; failed: {', '.join(lost)}" if lost else ""))
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
