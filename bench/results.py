# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What every benchmark gives: figure, baseline of the same run, ratio, target, verdict.

A benchmark hands its rows to `show`, which prints them for a person; where the environment variable
DESCANT_FIGURES names a file, they are appended to it as well, one table a line of JSON, for
bench/run.py.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from machine import machine, versions
from rich.console import Console
from rich.table import Table

SINK = "DESCANT_FIGURES"
SHORT_STATUS = 3  # exit status: all was measured, and something must not be as it is


@dataclass(frozen=True)
class Row:
    """One comparison.

    `target` is what figure / baseline may be at most (None: no target), or at least where more is
    better. What it is (`what`), beside what, must be unique in its table and the same in every run:
    by these two a figure finds its predecessor.
    """

    what: str
    figure: float
    baseline_name: str
    baseline: float
    unit: str
    target: float | None = None
    more_is_better: bool = False

    @property
    def ratio(self) -> float:
        """Figure over baseline; NaN beside nothing."""
        return self.figure / self.baseline if self.baseline else math.nan

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none. What is not a number meets none."""
        if self.target is None:
            return None
        if self.more_is_better:
            return self.ratio >= self.target
        return self.ratio <= self.target

    @property
    def verdict(self) -> str:
        """'met', 'FALLS SHORT' or '' where there is no target."""
        return {None: "", True: "met", False: "FALLS SHORT"}[self.met]


@dataclass(frozen=True)
class Figures:
    """One table: its title, which is the same in every run, how it was taken, its rows."""

    title: str
    rows: tuple[Row, ...]
    how: str = ""
    versions: tuple[str, ...] = ()  # of the libraries that were at work, "numpy 2.4.6"

    def to_json(self) -> str:
        """One line."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Figures:
        """The table of one line."""
        fields = json.loads(line)
        rows = tuple(Row(**row) for row in fields.pop("rows"))
        return cls(rows=rows, versions=tuple(fields.pop("versions")), **fields)


def median_of(measure: Callable[[], float], repeats: int) -> float:
    """The median of `repeats` calls of `measure`."""
    return statistics.median(measure() for _ in range(repeats))


def over_runs(runs: Sequence[Sequence[Figures]]) -> list[Figures]:
    """The tables of several runs as one: each figure and each baseline the median over the runs
    that have it.
    """
    every: dict[tuple[str, str, str], list[Row]] = {}
    for table, row in ((t, r) for run in runs for t in run for r in t.rows):
        every.setdefault((table.title, row.what, row.baseline_name), []).append(row)
    tables: dict[str, Figures] = {}
    for table in (t for run in runs for t in run):
        tables.setdefault(table.title, table)
    made = []
    for title, table in tables.items():
        rows = [middle(found) for (of, *_), found in every.items() if of == title]
        made.append(dataclasses.replace(table, rows=tuple(rows)))
    return made


def middle(rows: Iterable[Row]) -> Row:
    """One row out of those of several runs."""
    found = list(rows)
    return dataclasses.replace(
        found[-1],
        figure=statistics.median(row.figure for row in found),
        baseline=statistics.median(row.baseline for row in found),
    )


def number(value: float, digits: int = 4) -> str:
    """So many digits, and all those before the point; 'none' where it is not a number."""
    if not math.isfinite(value):
        return "none"
    return f"{value:,.0f}" if abs(value) >= 10 ** (digits - 1) else f"{value:.{digits}g}"


def ratio(row: Row) -> str:
    """Figure over baseline, three digits: no more are to be had from figures of four."""
    return number(row.ratio, 3)


def bound(row: Row) -> str:
    """What is asked of the ratio."""
    if row.target is None:
        return ""
    return f"{'>=' if row.more_is_better else '<='} {row.target:g}"


def show(title: str, rows: Sequence[Row], how: str = "") -> None:
    """Print the rows as one table, wide enough for a log file, and hand them on where asked to.

    `how` says what may differ from run to run: repeats, seconds, who drew.
    """
    table = Table(
        "what", "figure", "beside", "baseline", "ratio", "target", "",
        title=f"{title}; {how}" if how else title,
    )  # fmt: skip
    for row in rows:
        table.add_row(
            row.what,
            f"{number(row.figure)} {row.unit}",
            row.baseline_name,
            f"{number(row.baseline)} {row.unit}",
            ratio(row),
            bound(row),
            row.verdict,
        )
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(table)
    console.print(machine())
    if path := os.environ.get(SINK):
        with Path(path).open("a", encoding="utf-8") as sink:
            sink.write(Figures(title, tuple(rows), how, tuple(versions())).to_json() + "\n")
