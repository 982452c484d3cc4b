# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Tables and progress bars: names in them are text, and nothing is cut where nobody looks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from types import TracebackType
from typing import Literal

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from descant.plain_text import plain

NO_LIMIT = 100_000
"""Columns of a pipe or file."""
NARROWEST = 40
"""Columns: a narrower terminal wraps the lines itself."""


def print_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Collection[str] = (),
    title: str = "",
) -> None:
    """Print `rows` under their `headings` on standard output; those in `right` hold numbers.

    Without headings the rows stand alone. On a terminal long cells are wrapped; in a pipe or file
    each row is one line, however long.
    """
    console = Console(highlight=False)
    console.width = max(console.width, NARROWEST) if console.is_terminal else NO_LIMIT
    with console.capture() as capture:
        if title:
            console.print(Text(plain(title), style="bold"))
        if rows:
            console.print(_table(headings, rows, right))
    for line in capture.get().splitlines():
        click.echo(line.rstrip())


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.show_header = bool(headings)
    for heading in headings or [""] * max(map(len, rows), default=0):
        side: Literal["left", "right"] = "right" if heading in right else "left"
        table.add_column(Text(plain(heading)), justify=side, overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain(cell)) for cell in row))
    return table


class _Percent(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text("" if task.total is None else f"{task.percentage:3.0f} %")


class ProgressBar:
    """A bar on standard error while its block runs; nothing where that is no terminal."""

    def __init__(self, what: str, total: float | None = None) -> None:
        console = Console(stderr=True, highlight=False)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None, complete_style="cyan", finished_style="cyan"),
            _Percent(),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
            disable=not console.is_interactive,
        )
        self._task = self._progress.add_task(plain(what), total=total)

    def __enter__(self) -> ProgressBar:
        self._progress.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def show(
        self, done: float | None = None, total: float | None = None, *, what: str | None = None
    ) -> None:
        """Show how much is done of `total`, and what is being done; None leaves it as it is."""
        description = None if what is None else plain(what)
        self._progress.update(self._task, completed=done, total=total, description=description)

    def advance(self, count: int = 1) -> None:
        """Show that `count` more are done."""
        self._progress.advance(self._task, count)
