# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Draw the camera picture, with distortion 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from descant.arrays import Floats, Pixels
from descant.stage.frame import Frame
from descant.stage.opengl import Shader, full_screen, gl, gloo


class Video:
    """Keeps the newest picture and draws it, its colours moved apart by the frame's `shifts`.

    Distortion 1 is computed where it is faster: by OpenCV (`on_cpu`) where OpenGL itself draws on
    the CPU, else in a shader. Both interpolate between pixels and repeat those at the edge.
    """

    def __init__(self, *, on_cpu: bool) -> None:
        self.on_cpu = on_cpu
        self.size = (0, 0)
        self.plain = Shader("picture", "picture")
        self._shift = Shader("picture", "shift")
        self._quads = {s: full_screen(s) for s in (self.plain, self._shift)}
        self._texture: Any = None
        self._pixels: Pixels | None = None
        self._channels: list[Pixels] = []
        self._moved: list[Pixels] = []
        self._merged: Pixels = np.empty((0, 0, 4), np.uint8)
        self._is_split = False
        self._up_to_date = False
        self._nearest: bool | None = None

    def take(self, pixels: Pixels) -> None:
        """Keep the newest picture: (height, width, 4) uint8 RGBA, first row on top; not copied."""
        height, width = pixels.shape[:2]
        if self.size != (width, height):
            self.size = (width, height)
            self._allocate()
        self._pixels = pixels
        self._is_split = False
        self._up_to_date = False

    def crop(self, aspect: float) -> tuple[float, float]:
        """Fractions of the picture's width and height that fill a screen of that aspect."""
        width, height = self.size
        own = width / height if height else aspect
        return min(1.0, aspect / own), min(1.0, own / aspect)

    def to_picture(self, displacement: Floats, aspect: float) -> Floats:
        """Convert a displacement on the screen (y up) to the picture's (0 .. 1, y down)."""
        across, down = self.crop(aspect)
        scale: Floats = np.array([across / (2.0 * aspect), -down / 2.0])
        return displacement * scale

    def draw(self, frame: Frame, size: tuple[int, int]) -> None:
        """Draw the picture with distortion 1 over a screen of `size` pixels."""
        if self._pixels is None:
            return
        aspect = size[0] / size[1]
        moves = self.to_picture(frame.shifts, aspect)
        moved = bool(np.any(moves))
        if moved and self.on_cpu:
            self.upload(self._shifted(moves * np.array(self.size)))
            self._up_to_date = False
        else:
            self.ready()
        if not moved or self.on_cpu:
            self.use_plain(frame.video, size)
            self._quads[self.plain].draw()
            return
        self._shift.use()
        for name, move in zip(("red", "green", "blue"), moves, strict=True):
            self._shift.set(name, *move)
        self.bind(self._shift, aspect, frame.video, nearest=False)
        self._quads[self._shift].draw()

    def use_plain(self, brightness: float, size: tuple[int, int]) -> None:
        """Use the program that draws the undistorted picture, on a screen of `size` pixels."""
        self.plain.use()
        self.bind(self.plain, size[0] / size[1], brightness, nearest=self.size == size)

    def bind(self, shader: Shader, aspect: float, brightness: float, *, nearest: bool) -> None:
        """Bind the picture to `shader`, which is in use."""
        g = gl()
        shader.texture("picture", 0, self._texture.handle)
        if nearest is not self._nearest:
            self._nearest = nearest
            how = g.GL_NEAREST if nearest else g.GL_LINEAR
            g.glTexParameteri(g.GL_TEXTURE_2D, g.GL_TEXTURE_MIN_FILTER, how)
            g.glTexParameteri(g.GL_TEXTURE_2D, g.GL_TEXTURE_MAG_FILTER, how)
        shader.set("crop", *self.crop(aspect))
        shader.set("brightness", brightness)

    def ready(self) -> bool:
        """Upload the undistorted picture where that is needed; False where there is none."""
        if self._pixels is None:
            return False
        if not self._up_to_date:
            self.upload(self._pixels)
            self._up_to_date = True
        return True

    def upload(self, pixels: Pixels) -> None:
        """Copy pixels of the picture's size into the texture."""
        g = gl()
        g.glBindTexture(g.GL_TEXTURE_2D, self._texture.handle)
        g.glPixelStorei(g.GL_UNPACK_ALIGNMENT, 1)
        width, height = self.size
        data = np.ascontiguousarray(pixels)
        g.glTexSubImage2D(
            g.GL_TEXTURE_2D, 0, 0, 0, width, height, g.GL_RGBA, g.GL_UNSIGNED_BYTE, data
        )

    def _shifted(self, moves: Floats) -> Pixels:
        """The picture with each colour moved by its own displacement, pixels of the picture."""
        import cv2  # noqa: PLC0415 -- a device library: imported only where used

        assert self._pixels is not None
        # Into existing arrays: new ones would cost twice the time.
        width, height = self.size
        if not self._is_split:
            cv2.split(self._pixels, self._channels)
            self._is_split = True
        for channel, moved, (x, y) in zip(self._channels, self._moved, moves, strict=False):
            middle = ((width - 1) / 2.0 - x, (height - 1) / 2.0 - y)
            cv2.getRectSubPix(channel, (width, height), middle, moved)
        cv2.merge([*self._moved, self._channels[3]], self._merged)
        return self._merged

    def _allocate(self) -> None:
        width, height = self.size
        if self._texture is not None:
            self._texture.delete()
        self._texture = np.zeros((height, width, 4), np.uint8).view(gloo().Texture2D)
        self._texture.activate()
        self._texture.deactivate()
        self._nearest = None
        self._channels = [np.empty((height, width), np.uint8) for _ in range(4)]
        self._moved = [np.empty((height, width), np.uint8) for _ in range(3)]
        self._merged = np.empty((height, width, 4), np.uint8)
