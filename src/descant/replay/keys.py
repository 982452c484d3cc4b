# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read single keys from a terminal as they are pressed; without a terminal there are none."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from collections.abc import Iterator
from enum import Enum


class Key(Enum):
    """A key with a meaning."""

    TOGGLE = "space"
    BACK = "left"
    FORWARD = "right"
    QUIT = "q"


NAMES = {b" ": Key.TOGGLE, b"\x1b[D": Key.BACK, b"\x1b[C": Key.FORWARD, b"q": Key.QUIT}
# A terminal in application mode sends these for the same arrows.
NAMES |= {b"\x1bOD": Key.BACK, b"\x1bOC": Key.FORWARD}


class Keys:
    """Keys of a terminal, or of none."""

    def __init__(self, file_number: int | None) -> None:
        self._file = file_number

    @property
    def available(self) -> bool:
        """Whether there is a terminal."""
        return self._file is not None

    def wait(self, timeout_s: float) -> Key | None:
        """The next key within `timeout_s`; None for none, or a key without a meaning."""
        if self._file is None:
            return None
        ready, _, _ = select.select([self._file], [], [], timeout_s)
        if not ready:
            return None
        data = os.read(self._file, 16)  # an arrow's bytes come together
        if not data:  # the terminal has gone
            self._file = None
        return NAMES.get(data)


@contextlib.contextmanager
def keys() -> Iterator[Keys]:
    """The keys of standard input, as a context; ctrl-c still interrupts."""
    if not sys.stdin or not sys.stdin.isatty():
        yield Keys(None)
        return
    import termios  # noqa: PLC0415 -- not on every system
    import tty  # noqa: PLC0415 -- the same

    file_number = sys.stdin.fileno()
    before = termios.tcgetattr(file_number)
    tty.setcbreak(file_number)
    try:
        yield Keys(file_number)
    finally:
        termios.tcsetattr(file_number, termios.TCSADRAIN, before)
