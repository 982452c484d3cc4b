# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Print the lines of many processes on one terminal, each with the name of its process."""

from __future__ import annotations

import errno
import os
import queue
import re
import threading
from typing import TextIO

from rich.color import ColorSystem
from rich.style import Style

from descant.plain_text import plain

LAUNCHER = "launch"
_STYLES = ("cyan", "magenta", "yellow", "green", "blue", "bright_cyan", "bright_magenta")
_CLOSE_TIMEOUT_S = 2.0
_COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")
_ERROR = re.compile(r"error|exception|fatal", re.IGNORECASE)
_LONGEST_ERROR = 500  # characters
_NO_COLOUR = "\x1b[0m"


class Printer:
    """Writes whole lines from a thread of its own.

    A blocked terminal (scrolled back, ctrl-s) blocks this thread only: waiting lines stay in
    memory, and no process is ever blocked by its own output. `lost` says why lines were lost,
    unless nobody reads them any longer.
    """

    def __init__(self, stream: TextIO, *, color: bool) -> None:
        self._stream = stream
        self._color = color
        self.lost = ""
        self._styles: dict[str, Style] = {LAUNCHER: Style(bold=True)}
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="output", daemon=True)
        self._thread.start()

    def line(self, name: str, text: str) -> None:
        """Print one line of the process `name`; `text` has no newline at its end."""
        self._lines.put(f"{self._prefix(name)} {text}\n")

    def log(self, text: str) -> None:
        """Print one line of the launcher itself."""
        self.line(LAUNCHER, text)

    def close(self) -> None:
        """Wait, at most two seconds, until everything is written."""
        self._lines.put(None)
        self._thread.join(_CLOSE_TIMEOUT_S)

    @property
    def blocked(self) -> bool:
        """Whether, after `close`, the terminal or pipe still takes no more lines."""
        return self._thread.is_alive()

    def _prefix(self, name: str) -> str:
        prefix = f"[{name}]"
        if not self._color:
            return prefix
        color = _STYLES[(len(self._styles) - 1) % len(_STYLES)]
        style = self._styles.setdefault(name, Style(color=color))
        return style.render(prefix, color_system=ColorSystem.STANDARD)

    def _write_all(self) -> None:
        while (text := self._lines.get()) is not None:
            try:
                self._stream.write(text)
                if self._lines.empty():
                    self._stream.flush()
            except OSError as error:
                if error.errno != errno.EPIPE:
                    self.lost = self.lost or str(error.strerror)
                self._discard()

    def _discard(self) -> None:
        """Drop all further output: the terminal or pipe is closed, the processes go on."""
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self._stream.fileno())
        os.close(null)


class LastError:
    """Keeps the line that explains a process's end: the last one with an error, or the last."""

    def __init__(self) -> None:
        self._error = self._last = ""

    @property
    def text(self) -> str:
        """That line, without colours, shortened."""
        return (self._error or self._last)[:_LONGEST_ERROR]

    def add(self, line: str) -> None:
        """Add a line of the process's output."""
        line = _COLOUR.sub("", line).strip()
        if not line:
            return
        self._last = line
        if _ERROR.search(line):
            self._error = line


class LineSplitter:
    """Splits bytes as they arrive into lines of text."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Return the lines that `data` completes."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        return [_text(line) for line in whole]

    def rest(self) -> list[str]:
        """Return the last line, if it has no newline at its end."""
        rest, self._rest = self._rest, b""
        return [_text(rest)] if rest else []


def _text(line: bytes) -> str:
    """The line with its colours; what else controls a terminal is shown as text."""
    text = line.decode(errors="replace").removesuffix("\r").expandtabs()
    pieces = _COLOUR.split(text)
    pieces[::2] = [plain(piece) for piece in pieces[::2]]
    return "".join(pieces) + _NO_COLOUR * (len(pieces) > 1)
