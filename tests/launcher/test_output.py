# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

import io
import threading

import pytest

from descant.launcher.output import LastError, LineSplitter, Printer


def test_every_line_carries_its_process() -> None:
    stream = io.StringIO()
    printer = Printer(stream, color=False)
    printer.line("learner-2", "text")
    printer.log("words")
    printer.close()
    assert stream.getvalue() == "[learner-2] text\n[launch] words\n"


def test_names_keep_their_colour() -> None:
    stream = io.StringIO()
    printer = Printer(stream, color=True)
    for name in ("a-1", "b-2", "a-1"):
        printer.line(name, "x")
    printer.close()
    first, second, third = stream.getvalue().splitlines()
    assert first == third != second.replace("b-2", "a-1")
    assert first == "\x1b[36m[a-1]\x1b[0m x"


def test_a_blocked_terminal_blocks_no_process() -> None:
    taken = threading.Event()

    class Stuck(io.StringIO):
        def write(self, text: str) -> int:
            taken.wait(30.0)
            return super().write(text)

    stream = Stuck()
    printer = Printer(stream, color=False)
    for number in range(10_000):
        printer.line("a-1", str(number))  # returns at once, though nothing is written
    taken.set()
    printer.close()
    assert stream.getvalue().splitlines()[-1] == "[a-1] 9999"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_bytes_become_lines_however_they_arrive(size: int) -> None:
    data = "eins\nzwölf\r\n\ndrei".encode()
    lines = LineSplitter()
    found = []
    for start in range(0, len(data), size):
        found += lines.feed(data[start : start + size])
    assert [*found, *lines.rest()] == ["eins", "zwölf", "", "drei"]
    assert lines.rest() == []


def test_what_is_no_text_is_shown_all_the_same() -> None:
    assert LineSplitter().feed(b"a\xff\n") == ["a\ufffd"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"\x1b]0;title\x07", r"\x1b]0;title\x07"),
        (b"\x1b[2J\x1b[1;1H", r"\x1b[2J\x1b[1;1H"),
        (b"a\rb\x08\x00", r"a\rb\x08\x00"),
        (b"\x1b[33m[WARN] text\x1b[0m", "\x1b[33m[WARN] text\x1b[0m\x1b[0m"),
        (b"\x1b[31mred for ever", "\x1b[31mred for ever\x1b[0m"),
        ("a\tb é \u202e".encode(), "a       b é \\u202e"),
    ],
)
def test_a_terminal_shows_colours_and_obeys_nothing_else(line: bytes, shown: str) -> None:
    assert LineSplitter().feed(line + b"\n") == [shown]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ((), ""),
        (("a", "b", ""), "b"),
        (("ValueError: x", "bye"), "ValueError: x"),
        (("[ERROR] one", "a", "\x1b[31m[FATAL] two\x1b[0m", "b"), "[FATAL] two"),
        (("error: " + "x" * 1000,), "error: " + "x" * 493),
    ],
)
def test_the_line_that_explains_an_end(lines: tuple[str, ...], text: str) -> None:
    last = LastError()
    for line in lines:
        last.add(line)
    assert last.text == text
