# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The standard streams of a command: whatever they are, text can be written and a loss is told."""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO

import click

from descant.plain_text import plain

STDOUT = "standard output"


class _Output(io.FileIO):
    """Standard output; an error of writing it carries its name, as errors of files do."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise OSError(error.errno, error.strerror, STDOUT) from None


def prepare() -> None:
    """Make every stream usable: a closed one is opened, and no character is impossible.

    Where standard output is closed, writing to it fails as on a full disk. A file that a command
    opens never takes the number of a closed stream.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            _open_null(number)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stdout is sys.__stdout__ and not (sys.stdout and sys.stdout.isatty()):
        sys.stdout = _output(sys.stdout)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_text(*lines: str) -> None:
    """Print each of `lines` as one line on standard output, harmlessly whatever is in it."""
    click.echo("\n".join(map(plain, lines)))


def flush() -> None:
    """Write what waits for standard output; `OSError` where it, and all that follows, is lost."""
    try:
        sys.stdout.flush()
    except OSError:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())  # or Python would complain when it ends
        os.close(null)
        raise


def _open_null(number: int) -> None:
    """Open the descriptor `number` as a file that is always empty; only errors can be written."""
    null = os.open(os.devnull, os.O_WRONLY if number == 2 else os.O_RDONLY)
    if null != number:
        os.dup2(null, number)
        os.close(null)


def _output(stream: TextIO | None) -> io.TextIOWrapper:
    if isinstance(stream, io.TextIOWrapper):
        encoding, line_buffering = stream.encoding, stream.line_buffering
        stream.flush()
    else:
        encoding, line_buffering = "utf-8", False
    buffer = io.BufferedWriter(_Output(1, "w", closefd=False))
    return io.TextIOWrapper(buffer, encoding, line_buffering=line_buffering)
