# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Draw the camera picture with distortion 2: the bubbles into a small mask, then the picture.

Only tiles under bubbles are distorted; the others show the undistorted picture.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from descant.stage.frame import Frame, Wave
from descant.stage.opengl import Mesh, Shader, gl, gloo
from descant.stage.ribbons import CORNERS, QUAD, Floats
from descant.stage.tiles import quads, tiles_under
from descant.stage.video import Video

REDUCED = 4  # the screen is so many times larger than the mask, both ways: its edges are soft
TILES = [("position", 2)]
LAYOUT = (("position", 2), ("offset", 2), ("strength", 1))


class Waves:
    """Draws the camera picture with bubbles."""

    def __init__(self) -> None:
        self._bubble = Shader("bubble", "bubble")
        self._bubbles = Mesh(self._bubble, LAYOUT)
        self._bent, self._over = (Shader("picture", name) for name in ("wave", "over"))
        self._inside = {s: Mesh(s, TILES) for s in (self._bent, self._over)}
        self._outside: Mesh | None = None
        self._size = (0, 0)
        self._mask: Any = None
        self._target: Any = None

    def draw(self, frame: Frame, video: Video, size: tuple[int, int]) -> None:
        """Draw the picture with distortion 2 over a screen of `size` pixels."""
        aspect = size[0] / size[1]
        if not video.ready():
            return
        tiles = tiles_under(frame.bubbles, size, margin=REDUCED)
        self._draw_mask(frame.bubbles, size)
        shader = self._over if frame.wave.over else self._bent
        shader.use()
        video.bind(shader, aspect, frame.video, nearest=False)
        shader.texture("mask", 1, self._mask.handle)
        _set(shader, frame.wave, video, aspect)
        # A bubble blended over the picture has a brightness of its own, however dim the picture.
        shader.set("light", frame.wave.light * (1.0 if frame.wave.over else frame.video))
        inside = self._inside[shader]
        inside.load(*quads(tiles, size))
        inside.draw()
        if self._outside is None:
            self._outside = Mesh(video.plain, TILES)
        self._outside.load(*quads(~tiles, size))
        video.use_plain(frame.video, size)
        self._outside.draw()

    def _draw_mask(self, bubbles: Floats, size: tuple[int, int]) -> None:
        g = gl()
        small = (-(-size[0] // REDUCED), -(-size[1] // REDUCED))
        if small != self._size:
            self._allocate(small)
        self._target.activate()
        g.glViewport(0, 0, *small)
        g.glClearColor(0.0, 0.0, 0.0, 0.0)
        g.glClear(g.GL_COLOR_BUFFER_BIT)
        g.glEnable(g.GL_BLEND)
        g.glBlendEquation(g.GL_MAX)
        self._bubbles.load(*_bubbles(bubbles))
        self._bubble.use()
        self._bubble.set("aspect", size[0] / size[1])
        self._bubbles.draw()
        g.glBlendEquation(g.GL_FUNC_ADD)
        g.glDisable(g.GL_BLEND)
        self._target.deactivate()
        g.glViewport(0, 0, *size)

    def _allocate(self, small: tuple[int, int]) -> None:
        g = gl()
        if self._target is not None:
            self._target.delete()
            self._mask.delete()
        self._size = small
        mask = np.zeros((small[1], small[0], 4), np.uint8).view(gloo().Texture2D)
        mask.interpolation = g.GL_LINEAR
        mask.activate()
        mask.deactivate()
        self._mask = mask
        self._target = gloo().FrameBuffer(color=[mask])


def _set(shader: Shader, wave: Wave, video: Video, aspect: float) -> None:
    """Set the wave's uniforms of `shader`, which is in use."""
    shader.set("amplitude", *video.to_picture(np.array(wave.amplitude), aspect))
    turns = 1.0 / (2.0 * np.pi)
    shader.set("phase", *(p * turns for p in wave.phase))
    up, across = 2.0 * wave.k * turns, 2.0 * wave.k * aspect * turns
    shader.set("across", across if wave.along else 0.0, across)
    shader.set("up", 0.0 if wave.along else up, 0.0)


def _bubbles(bubbles: Floats) -> tuple[Any, Any]:
    vertices = np.empty((len(bubbles), 4, 5), np.float32)
    middle, radius, strength = bubbles[:, :2], bubbles[:, 2], bubbles[:, 3]
    vertices[..., 0:2] = middle[:, None] + CORNERS * radius[:, None, None]
    vertices[..., 2:4] = CORNERS
    vertices[..., 4] = strength[:, None]
    indices = (np.arange(len(bubbles), dtype=np.uint32)[:, None] * 4 + QUAD).ravel()
    return vertices.reshape(-1, 5), indices
