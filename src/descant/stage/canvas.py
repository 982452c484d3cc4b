# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Where the picture goes: a window, a whole monitor, or memory."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from descant.errors import UserError
from descant.stage.offscreen import Offscreen
from descant.stage.opengl import gl
from descant.stage.settings import StageSettings
from descant.stage.window import Window, WindowError

KeyPressed = Callable[[str], None]
"""Called with the key's name ('n', '1', 'f', 'escape' ..) for every key pressed in the window."""


class Canvas(Protocol):
    """An OpenGL context of its own with a framebuffer 0 to draw into. Main thread only."""

    @property
    def kind(self) -> str:
        """'window', 'fullscreen' or 'offscreen'."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the framebuffer now, pixels."""

    def show(self) -> None:
        """Show the frame that was drawn; with vsync, wait for the monitor's refresh."""

    def is_open(self) -> bool:
        """False once it was closed."""

    def close(self) -> None:
        """Release window and context."""


def open_canvas(settings: StageSettings, on_key: KeyPressed) -> tuple[Canvas, str]:
    """The canvas that `settings` asks for, and one line for the log: which it is and why.

    'auto' is a window where there is a display and one opens, else memory.
    """
    if settings.canvas == "offscreen":
        return Offscreen(settings.width, settings.height), "drawing off-screen, as asked"
    if settings.canvas == "auto" and not has_display():
        return (
            Offscreen(settings.width, settings.height),
            "drawing off-screen: there is no display (DISPLAY and WAYLAND_DISPLAY are not set)",
        )
    try:
        window = Window(settings, on_key)
    except WindowError as error:
        if settings.canvas != "auto":
            raise UserError(f"no window for the stage: {error}") from None
        return (
            Offscreen(settings.width, settings.height),
            f"drawing off-screen: no window opened ({error})",
        )
    return window, f"drawing into a {window.kind} on monitor {window.monitor}"


def has_display() -> bool:
    """Whether there may be a screen: always on macOS and Windows, by environment on Linux."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def read_back(size: tuple[int, int]) -> NDArray[np.uint8]:
    """The frame that was drawn last, as (height, width, 4) RGBA, first row on top."""
    width, height = size
    g = gl()
    pixels = np.empty((height, width, 4), np.uint8)
    g.glPixelStorei(g.GL_PACK_ALIGNMENT, 1)
    g.glReadPixels(0, 0, width, height, g.GL_RGBA, g.GL_UNSIGNED_BYTE, pixels)
    return pixels[::-1]
