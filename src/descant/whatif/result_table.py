# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The results of a grid as a table on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from descant.console import print_table
from descant.errors import UserError
from descant.parameters import Value
from descant.whatif.results import COLUMNS, Row

# Column -> heading.
SHOWN = {
    "episodes": "episodes",
    "converged": "converged",
    "steps_to_converge": "steps",
    "mean_loss": "mean loss",
    "peak_loss": "peak loss",
    "mean_dissonance": "dissonance",
}


def print_results(rows: Sequence[Row], first: str) -> None:
    """Print `rows` with their parameters and measures; variant 0 is called `first`."""
    names = ("variant", *rows[0].values, *SHOWN.values())
    headings = [name.rpartition(".")[2] for name in names]
    print_table(headings, [_cells(row, first) for row in rows], right=headings)


def _cells(row: Row, first: str) -> list[str]:
    measured = [_cell(name, row.column(name)) for name in SHOWN]
    values = [_short(value) for value in row.values.values()]
    return [str(row.number) if row.number else first, *values, *measured]


def select_rows(rows: Sequence[Row], count: int, sort: str | None) -> list[Row]:
    """Variant 0 and at most `count` more (0: all), the lowest of the column `sort` first.

    Rows without a number there come last.
    """
    first, *others = rows
    if sort is not None:
        others = sorted(others, key=lambda row: _rank(row, sort))
    return [first, *(others[:count] if count else others)]


def check_column(sort: str | None) -> None:
    """`UserError` where `sort` is no column of numbers."""
    names = [name for name, _, _ in COLUMNS]
    if sort is not None and sort not in names:
        raise UserError(f"--sort {sort}: no such column; there are: {', '.join(names)}")


def _cell(name: str, value: int | float | None) -> str:
    """A measure with few characters."""
    if value is None:
        return "-"
    if name == "converged":
        return f"{value:.0%}"
    return f"{value:.4g}"


def _short(value: Value) -> str:
    """A parameter's value with few characters."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ",".join(f"{part:g}" for part in value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _rank(row: Row, name: str) -> tuple[bool, float]:
    value = row.column(name)
    return value is None, value or 0.0
