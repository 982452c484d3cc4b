# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Tables and progress bars on terminals and in pipes, with any text in them."""

from __future__ import annotations

import io
import sys

import pytest
from rich.cells import cell_len

from descant.console import ProgressBar, print_table

LONG = "word " * 99 + "words"
HARMFUL = "[red]/topic[/] [link=x] :smile: \x1b[2J\nnext \u202e"
SHOWN = r"[red]/topic[/] [link=x] :smile: \x1b[2J\nnext \u202e"


class Terminal(io.StringIO):
    """A terminal that keeps what it is sent."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize("columns", ["", "20", "0", "x"])
def test_in_a_pipe_each_row_is_one_line(
    columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    print_table(("a", "b"), [(LONG, "1"), ("x", LONG)], right=("b",), title=LONG)
    title, headings, first, second = capsys.readouterr().out.splitlines()
    assert title == LONG
    assert headings.split() == ["a", "b"]
    assert first == f"{LONG}  {'1':>500}"
    assert second == f"{'x':<500}  {LONG}"


def test_markup_and_control_characters_in_cells_are_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table((HARMFUL,), [(HARMFUL,)], title=HARMFUL)
    assert capsys.readouterr().out.splitlines() == [SHOWN] * 3


def test_without_rows_there_is_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("a", "b"), [], title="Nothing")
    assert capsys.readouterr().out == "Nothing\n"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("columns", [20, 60, 200])
def test_on_a_terminal_nothing_of_a_long_cell_is_left_out(
    encoding: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal = Terminal(encoding)
    monkeypatch.setattr(sys, "stdout", terminal)
    print_table(("name", "text"), [("n", "abcdefghij" * 30)])
    lines = terminal.getvalue().replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines()
    assert max(map(cell_len, lines)) <= max(columns, 40)
    assert "".join(line[4:].strip() for line in lines[1:]) == "abcdefghij" * 30


def test_a_progress_bar_shows_names_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal("ascii")
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "200")
    with ProgressBar(HARMFUL, total=4) as bar:
        bar.advance(2)
        bar.show(what=f"[b]{HARMFUL}")
        bar.show(4, 4)
    shown = terminal.getvalue()
    assert SHOWN in shown
    assert "100 %" in shown
    assert shown.isascii()


def test_where_nobody_looks_there_is_no_progress_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBar("work", total=2) as bar:
        bar.advance()
        bar.show(2, 2, what="more work")
    assert capsys.readouterr() == ("", "")
