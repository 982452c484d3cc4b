# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""OpenGL as the stage uses it: imported late, programs compiled from files.

glumpy compiles the programs and makes textures and framebuffers. Uniforms, vertices and pixels are
uploaded through PyOpenGL: with NumPy 2 glumpy's uniforms accept only arrays of the exact type, and
its textures cost one more copy of every camera picture.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from descant.errors import UserError

Array = NDArray[Any]
SOFTWARE = ("llvmpipe", "softpipe", "swrast", "software")
UNIFORMS = {1: "glUniform1fv", 2: "glUniform2fv", 3: "glUniform3fv", 4: "glUniform4fv"}


@cache
def gl() -> Any:
    """PyOpenGL's functions; each raises `OpenGL.error.GLError` where OpenGL does.

    On Linux through EGL, with a display or without: the same for window and off-screen canvas.
    """
    if sys.platform.startswith("linux"):
        os.environ["PYOPENGL_PLATFORM"] = "egl"
    return device_library("OpenGL.GL")


@cache
def gloo() -> Any:
    """glumpy's object layer; half a second at the first call."""
    gl()
    return device_library("glumpy.gloo")


class NoOpenGLError(UserError):
    """OpenGL is missing on this machine: the picture stops, everything else goes on."""


def device_library(name: str) -> Any:
    """Import the module `name`; `NoOpenGLError` where it is missing."""
    try:
        return importlib.import_module(name)
    except (ImportError, AttributeError, OSError) as error:  # PyOpenGL raises all of these
        raise NoOpenGLError(
            f"the stage draws with {name}, which is missing: {error} (screen:=none plays without)"
        ) from None


def renderer_name() -> str:
    """Name of the current context's renderer, e.g. 'llvmpipe (LLVM 15.0.6, 256 bits)'."""
    name = gl().glGetString(gl().GL_RENDERER)
    return name.decode() if name else "unknown"


def is_software(name: str) -> bool:
    """Whether the renderer of that name draws on the CPU."""
    return any(word in name.lower() for word in SOFTWARE)


class Shader:
    """A program of `shaders/VERTEX.vert` and `shaders/FRAGMENT.frag`, and its uniforms."""

    def __init__(self, vertex: str, fragment: str) -> None:
        code = [_source(f"{vertex}.vert"), _source(f"{fragment}.frag")]
        self._program = gloo().Program(*code)
        # `activate` would link too, and then fail on every sampler without a glumpy texture.
        self._program._create()
        self.handle = self._program.handle
        self._locations: dict[str, int] = {}

    def use(self) -> None:
        """Draw with this program from now on."""
        gl().glUseProgram(self.handle)

    def set(self, name: str, *values: float) -> None:
        """Set a float or vec2..4 of the program in use."""
        data = np.asarray(values, np.float32)
        getattr(gl(), UNIFORMS[len(values)])(self._location(name), 1, data)

    def texture(self, name: str, unit: int, handle: int) -> None:
        """Bind the texture `handle` to the sampler `name`, through texture unit `unit`."""
        gl().glActiveTexture(gl().GL_TEXTURE0 + unit)
        gl().glBindTexture(gl().GL_TEXTURE_2D, handle)
        gl().glUniform1i(self._location(name), unit)

    def attribute(self, name: str) -> int:
        """Location of the vertex attribute `name`; -1 where the program does not use it."""
        return int(gl().glGetAttribLocation(self.handle, name))

    def _location(self, name: str) -> int:
        if name not in self._locations:
            self._locations[name] = gl().glGetUniformLocation(self.handle, name)
        return self._locations[name]


class Mesh:
    """Vertices of one record type, and triangles over them, drawn with one program.

    `layout`: (attribute, floats) in the order of a vertex's floats.
    """

    def __init__(self, shader: Shader, layout: Sequence[tuple[str, int]]) -> None:
        self.shader = shader
        self._layout = [(shader.attribute(name), count) for name, count in layout]
        self._floats = sum(count for _, count in layout)
        self._vertices, self._indices = (int(b) for b in gl().glGenBuffers(2))
        self._count = 0

    def load(self, vertices: Array, indices: Array) -> None:
        """Copy float32 vertices of shape (n, floats) and uint32 indices to the renderer."""
        assert vertices.shape[1] == self._floats
        g = gl()
        self._count = indices.size
        for target, buffer, data in (
            (g.GL_ARRAY_BUFFER, self._vertices, np.ascontiguousarray(vertices, np.float32)),
            (g.GL_ELEMENT_ARRAY_BUFFER, self._indices, np.ascontiguousarray(indices, np.uint32)),
        ):
            g.glBindBuffer(target, buffer)
            g.glBufferData(target, data.nbytes, data, g.GL_STREAM_DRAW)

    def draw(self) -> None:
        """Draw all triangles in their order, with the program in use."""
        g = gl()
        if not self._count:
            return
        g.glBindBuffer(g.GL_ARRAY_BUFFER, self._vertices)
        g.glBindBuffer(g.GL_ELEMENT_ARRAY_BUFFER, self._indices)
        offset = 0
        for location, count in self._layout:
            if location >= 0:
                g.glEnableVertexAttribArray(location)
                at = ctypes.c_void_p(offset)
                g.glVertexAttribPointer(
                    location, count, g.GL_FLOAT, g.GL_FALSE, 4 * self._floats, at
                )
            offset += 4 * count
        g.glDrawElements(g.GL_TRIANGLES, self._count, g.GL_UNSIGNED_INT, None)
        for location, _ in self._layout:
            if location >= 0:
                g.glDisableVertexAttribArray(location)
        g.glBindBuffer(g.GL_ARRAY_BUFFER, 0)
        g.glBindBuffer(g.GL_ELEMENT_ARRAY_BUFFER, 0)


def full_screen(shader: Shader) -> Mesh:
    """One quad over the whole picture: attribute `position`, -1 .. 1 both ways."""
    mesh = Mesh(shader, [("position", 2)])
    corners = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], np.float32)
    mesh.load(corners, np.array([0, 1, 2, 2, 1, 3], np.uint32))
    return mesh


def _source(name: str) -> str:
    return (resources.files("descant.stage") / "shaders" / name).read_text(encoding="utf-8")
