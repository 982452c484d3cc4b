# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A canvas on a monitor: GLFW's window, or full screen."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import sys
from collections.abc import Callable
from typing import Any

from descant.errors import UserError
from descant.stage.opengl import gl
from descant.stage.settings import StageSettings

DISPLAY_LOST = b"the connection to the X server is lost: the stage ends\n"


class WindowError(Exception):
    """No window could be opened; the text says why."""


class Window:
    """See `canvas.Canvas`. `on_key` is called in the main thread with each key's name."""

    def __init__(self, settings: StageSettings, on_key: Callable[[str], None]) -> None:
        gl()
        self._glfw = glfw = _glfw()
        self._on_key = on_key
        self._windowed = (settings.width, settings.height)
        self.monitor, self._screen = _monitor(glfw, settings.monitor)
        self.kind = "fullscreen" if settings.fullscreen else "window"
        self._hint(glfw)
        _exit_on_display_loss()
        mode = glfw.get_video_mode(self._screen)
        size = mode.size if settings.fullscreen else self._windowed
        screen = self._screen if settings.fullscreen else None
        self._window = glfw.create_window(size[0], size[1], "descant", screen, None)
        if not self._window:
            reason = _text(glfw.get_error()[1])
            glfw.terminate()
            raise WindowError(reason or "GLFW opened no window")
        glfw.make_context_current(self._window)
        glfw.swap_interval(1 if settings.vsync else 0)
        glfw.set_key_callback(self._window, self._key)
        if settings.fullscreen:
            glfw.set_input_mode(self._window, glfw.CURSOR, glfw.CURSOR_HIDDEN)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the framebuffer, pixels (more than the window's on HiDPI screens)."""
        width, height = self._glfw.get_framebuffer_size(self._window)
        return max(int(width), 1), max(int(height), 1)

    def show(self) -> None:
        """Show the frame, with vsync at the monitor's next refresh; process key presses."""
        self._glfw.swap_buffers(self._window)
        self._glfw.poll_events()

    def is_open(self) -> bool:
        """False once the window was closed."""
        return not self._glfw.window_should_close(self._window)

    def toggle_fullscreen(self) -> None:
        """Switch between the window and the whole monitor."""
        glfw = self._glfw
        left, top = glfw.get_monitor_pos(self._screen)
        mode = glfw.get_video_mode(self._screen)
        full = self.kind == "window"
        width, height = mode.size if full else self._windowed
        inset = 0 if full else 40
        glfw.set_window_monitor(
            self._window,
            self._screen if full else None,
            left + inset,
            top + inset,
            width,
            height,
            mode.refresh_rate if full else glfw.DONT_CARE,
        )
        cursor = glfw.CURSOR_HIDDEN if full else glfw.CURSOR_NORMAL
        glfw.set_input_mode(self._window, glfw.CURSOR, cursor)
        self.kind = "fullscreen" if full else "window"

    def close(self) -> None:
        """Release window and context."""
        self._glfw.destroy_window(self._window)
        self._glfw.terminate()

    def _key(self, _window: Any, key: int, _code: int, action: int, _mods: int) -> None:
        glfw = self._glfw
        if action != glfw.PRESS:
            return
        if key == glfw.KEY_ESCAPE:
            self._on_key("escape")
        elif 32 < key < 127:
            self._on_key(chr(key).lower())

    @staticmethod
    def _hint(glfw: Any) -> None:
        glfw.window_hint(glfw.CONTEXT_VERSION_MAJOR, 2)
        glfw.window_hint(glfw.CONTEXT_VERSION_MINOR, 1)
        glfw.window_hint(glfw.SAMPLES, 0)
        glfw.window_hint(glfw.AUTO_ICONIFY, glfw.FALSE)  # the performer may use another monitor
        if sys.platform.startswith("linux"):
            glfw.window_hint(glfw.CONTEXT_CREATION_API, glfw.EGL_CONTEXT_API)


def _glfw() -> Any:
    try:
        glfw: Any = importlib.import_module("glfw")
    except ImportError as error:
        raise WindowError(f"GLFW is missing: {error}") from None
    glfw.ERROR_REPORTING = "ignore"  # errors are read with get_error and reported in one line
    if not glfw.init():
        raise WindowError(_text(glfw.get_error()[1]) or "GLFW does not start")
    return glfw


def _text(message: bytes | str | None) -> str:
    """A text of GLFW, which with its version is bytes, str or None."""
    return message.decode() if isinstance(message, bytes) else message or ""


def _monitor(glfw: Any, wanted: str) -> tuple[str, Any]:
    """Name and handle of the monitor: '' the first, a number from 0, or a part of its name."""
    monitors = glfw.get_monitors()
    if not monitors:
        glfw.terminate()
        raise WindowError("no monitor is connected")
    names = [_text(glfw.get_monitor_name(m)) for m in monitors]
    if not wanted:
        return names[0], monitors[0]
    for number, (name, monitor) in enumerate(zip(names, monitors, strict=True)):
        if wanted == str(number) or (not wanted.isdigit() and wanted.lower() in name.lower()):
            return name, monitor
    glfw.terminate()
    connected = ", ".join(f"{i}: {name}" for i, name in enumerate(names))
    raise UserError(f"no monitor '{wanted}' for the stage; connected: {connected}")


def _display_lost(_display: int) -> int:
    os.write(2, DISPLAY_LOST)
    os._exit(1)


_ON_DISPLAY_LOST = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(_display_lost)


def _exit_on_display_loss() -> None:
    """Exit at once when the X server dies; the launcher starts the stage again.

    Xlib would call exit() in the middle of a frame, and C's exit handlers then wait for DDS's
    threads, now and then for ever.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # no libX11: no X
            ctypes.CDLL("libX11.so.6").XSetIOErrorHandler(_ON_DISPLAY_LOST)
