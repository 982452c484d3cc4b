# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A canvas in memory, needing no display: EGL with a pbuffer.

Three kinds of EGL display are tried: each device (a GPU without a display), Mesa's surfaceless
platform, the default display. The first one that draws on a GPU is used, else the first that works.
The context is a compatibility context of version 2.1: from 3.1 on drivers may give a core context,
in which glumpy does not draw.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from descant.stage.opengl import (
    NoOpenGLError,
    device_library,
    gl,
    is_software,
    renderer_name,
)

PLATFORM_DEVICE = 0x313F
PLATFORM_SURFACELESS = 0x31DD
MAX_DEVICES = 16


class Offscreen:
    """See `canvas.Canvas`. `software`: prefer the CPU, so that pictures are the same anywhere."""

    kind = "offscreen"

    def __init__(self, width: int, height: int, *, software: bool = False) -> None:
        if software:
            os.environ["LIBGL_ALWAYS_SOFTWARE"] = "1"
        self.size = (width, height)
        gl()
        self._egl = device_library("OpenGL.EGL")
        self._context: tuple[Any, Any, Any] | None = None
        for display in _displays(self._egl):
            made = self._try(display)
            if made is None:
                continue
            if self._context is not None:
                if is_software(renderer_name()) is not software:
                    self._destroy(made)
                    break
                self._destroy(self._context)
            self._context = made
            if is_software(renderer_name()) is software:
                break
        if self._context is None:
            raise NoOpenGLError(
                "no off-screen canvas: EGL gives no OpenGL 2.1 context; on Debian or Ubuntu: "
                "apt install libegl1 libgl1-mesa-dri (screen:=none plays without a picture)"
            )
        self._make_current(self._context)

    def show(self) -> None:
        """Wait until the frame is drawn."""
        gl().glFinish()

    def is_open(self) -> bool:
        """Always: only `close` closes it."""
        return True

    def close(self) -> None:
        """Release the context."""
        if self._context is not None:
            self._destroy(self._context)
            self._context = None

    def make_current(self) -> None:
        """Draw here from now on, after another canvas was made."""
        if self._context is not None:
            self._make_current(self._context)

    def _try(self, display: Any) -> tuple[Any, Any, Any] | None:
        """(display, surface, context), current; None where this display cannot."""
        try:
            return self._open(display)
        except device_library("OpenGL.error").Error:
            return None

    def _open(self, display: Any) -> tuple[Any, Any, Any] | None:
        egl = self._egl
        if not egl.eglInitialize(display, None, None) or not egl.eglBindAPI(egl.EGL_OPENGL_API):
            return None
        wanted = [egl.EGL_SURFACE_TYPE, egl.EGL_PBUFFER_BIT, egl.EGL_RED_SIZE, 8]
        wanted += [egl.EGL_GREEN_SIZE, 8, egl.EGL_BLUE_SIZE, 8, egl.EGL_ALPHA_SIZE, 8]
        wanted += [egl.EGL_DEPTH_SIZE, 16]
        wanted += [egl.EGL_RENDERABLE_TYPE, egl.EGL_OPENGL_BIT, egl.EGL_NONE]
        configs, count = (egl.EGLConfig * 1)(), ctypes.c_long()
        egl.eglChooseConfig(display, _ints(*wanted), configs, 1, count)
        if not count.value:
            return None
        width, height = self.size
        shape = _ints(egl.EGL_WIDTH, width, egl.EGL_HEIGHT, height, egl.EGL_NONE)
        surface = egl.eglCreatePbufferSurface(display, configs[0], shape)
        context = egl.eglCreateContext(display, configs[0], egl.EGL_NO_CONTEXT, _ints(egl.EGL_NONE))
        made = (display, surface, context)
        return made if surface and context and self._make_current(made) else None

    def _make_current(self, made: tuple[Any, Any, Any]) -> bool:
        display, surface, context = made
        return bool(self._egl.eglMakeCurrent(display, surface, surface, context))

    def _destroy(self, made: tuple[Any, Any, Any]) -> None:
        display, surface, context = made
        egl = self._egl
        egl.eglMakeCurrent(display, egl.EGL_NO_SURFACE, egl.EGL_NO_SURFACE, egl.EGL_NO_CONTEXT)
        egl.eglDestroyContext(display, context)
        egl.eglDestroySurface(display, surface)


def _displays(egl: Any) -> Iterator[Any]:
    """Every EGL display to try, in order."""
    failure = device_library("OpenGL.error").Error
    wanted = [(PLATFORM_DEVICE, device) for device in _devices()] + [(PLATFORM_SURFACELESS, None)]
    for platform, device in wanted:
        with contextlib.suppress(failure):
            yield egl.eglGetPlatformDisplay(platform, device, None)
    with contextlib.suppress(failure):
        yield egl.eglGetDisplay(egl.EGL_DEFAULT_DISPLAY)


def _devices() -> list[ctypes.c_void_p]:
    """EGL's devices (extension EGL_EXT_device_enumeration); none where it is missing."""
    address = device_library("OpenGL.platform").PLATFORM.EGL.eglGetProcAddress
    address.restype = ctypes.c_void_p
    address.argtypes = [ctypes.c_char_p]
    query = address(b"eglQueryDevicesEXT")
    if not query:
        return []
    function = ctypes.CFUNCTYPE(
        ctypes.c_uint,
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_void_p),
        ctypes.POINTER(ctypes.c_int),
    )(query)
    found, count = (ctypes.c_void_p * MAX_DEVICES)(), ctypes.c_int()
    if not function(MAX_DEVICES, found, ctypes.byref(count)):
        return []
    return [ctypes.c_void_p(found[i]) for i in range(count.value)]


def _ints(*values: int) -> Any:
    return np.array(values, np.int32).ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
