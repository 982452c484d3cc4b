"""Single keys from a terminal, as they are pressed; none where there is no terminal."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from collections.abc import Iterator
from enum import Enum


class Key(Enum):
    """What a key asks for."""

    TOGGLE = "space"
    BACK = "left"
    FORWARD = "right"
    QUIT = "q"


NAMES = {b" ": Key.TOGGLE, b"\x1b[D": Key.BACK, b"\x1b[C": Key.FORWARD, b"q": Key.QUIT}
# A terminal in application mode sends these for the same arrows.
NAMES |= {b"\x1bOD": Key.BACK, b"\x1bOC": Key.FORWARD}


class Keys:
    """Asks a terminal; `listening` says whether there is one."""

    def __init__(self, file_number: int | None) -> None:
        self._file = file_number

    @property
    def listening(self) -> bool:
        """Whether keys can come at all."""
        return self._file is not None

    def wait(self, timeout_s: float) -> Key | None:
        """The next key within `timeout_s`; None for none, or one that means nothing here."""
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
    """The keys of standard input, for the length of a block; ctrl-c stays what it is."""
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
