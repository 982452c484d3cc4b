# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A screen for tests: Xvfb on a display of its own, with a hand on its keyboard."""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

needs_xvfb = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")
needs_keyboard = pytest.mark.skipif(
    shutil.which("Xvfb") is None or ctypes.util.find_library("Xtst") is None,
    reason="Xvfb or libXtst is not installed",
)


class Screen:
    """640 x 400 pixels; `name` is what DISPLAY takes."""

    def __init__(self) -> None:
        read, write = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x400x24", "-nolisten", "tcp"],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as answer:  # the server picks the number
            self.name = f":{answer.readline().strip()}"

    def crash(self) -> None:
        """The screen is gone without a word."""
        self._server.kill()
        self._server.wait(10)

    def press(self, key: str) -> None:
        """Press and release a key (its X name: 'n', '1', 'Escape'), the pointer in the middle.

        Without a window manager keys go to the window under the pointer.
        """
        x11 = ctypes.CDLL(ctypes.util.find_library("X11"))
        xtst = ctypes.CDLL(ctypes.util.find_library("Xtst"))
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XStringToKeysym.restype = ctypes.c_ulong
        display = ctypes.c_void_p(x11.XOpenDisplay(self.name.encode()))
        symbol = ctypes.c_ulong(x11.XStringToKeysym(key.encode()))
        code = x11.XKeysymToKeycode(display, symbol)
        now = ctypes.c_ulong(0)
        xtst.XTestFakeMotionEvent(display, -1, 100, 100, now)
        for down in (1, 0):
            xtst.XTestFakeKeyEvent(display, code, down, now)
        x11.XSync(display, 0)
        x11.XCloseDisplay(display)

    def close(self) -> None:
        """Stop the server."""
        if self._server.poll() is None:
            self._server.terminate()
            self._server.wait(10)


@contextlib.contextmanager
def screen() -> Iterator[Screen]:
    """A screen for the length of a block."""
    made = Screen()
    try:
        yield made
    finally:
        made.close()
