"""What every benchmark prints: figure, baseline of the same run, ratio, target, verdict."""

from __future__ import annotations

import os
import platform
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One comparison. `target` is what figure / baseline may be at most (None: no target)."""

    what: str
    figure: float
    baseline_name: str
    baseline: float
    unit: str
    target: float | None = None

    @property
    def ratio(self) -> float:
        """Figure over baseline."""
        return self.figure / self.baseline

    @property
    def verdict(self) -> str:
        """'met', 'NOT MET' or '' where there is no target."""
        if self.target is None:
            return ""
        return "met" if self.ratio <= self.target else "NOT MET"


def median_of(measure: Callable[[], float], repeats: int) -> float:
    """The median of `repeats` calls of `measure`."""
    return statistics.median(measure() for _ in range(repeats))


def machine() -> str:
    """One line that says where the figures were taken."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} cores, {platform.system()}, Python {platform.python_version()}"


def show(title: str, rows: Sequence[Row]) -> None:
    """Print the rows as one table, wide enough for a log file."""
    table = Table("what", "figure", "beside", "baseline", "ratio", "target", "", title=title)
    for row in rows:
        target = "" if row.target is None else f"<= {row.target:g}"
        table.add_row(
            row.what,
            f"{row.figure:.4g} {row.unit}",
            row.baseline_name,
            f"{row.baseline:.4g} {row.unit}",
            f"{row.ratio:.2f}",
            target,
            row.verdict,
        )
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(table)
    console.print(machine())
