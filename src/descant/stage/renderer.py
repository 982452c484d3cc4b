# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Draw frames into the current canvas. Main thread only, one renderer for each context."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from descant.stage.frame import Frame
from descant.stage.opengl import Mesh, Shader, gl, is_software, renderer_name
from descant.stage.overlay_text import OverlayText
from descant.stage.ribbons import LAYOUT, Arrays, build_flat, build_tubes
from descant.stage.video import Video
from descant.stage.waves import Waves

SHADOW = 0.55  # strength of the shadow of flat lines, over a picture of full brightness


class Renderer:
    """`distort_on`: 'cpu', 'gpu', or 'auto' for the faster of the two here."""

    def __init__(self, distort_on: str = "auto") -> None:
        self.name = renderer_name()
        software = is_software(self.name)
        self.video = Video(on_cpu=distort_on == "cpu" or (distort_on == "auto" and software))
        self._waves = Waves()
        self._flat = Mesh(Shader("ribbon", "flat"), LAYOUT)
        self._tubes = Mesh(Shader("ribbon", "tube"), LAYOUT)
        self._text = OverlayText()

    def take_picture(self, pixels: NDArray[np.uint8]) -> None:
        """The newest camera picture: (height, width, 4) uint8 RGBA, first row on top."""
        self.video.take(pixels)

    def draw(self, frame: Frame, size: tuple[int, int], text: tuple[str, ...] = ()) -> None:
        """Draw `frame` over `size` pixels, with `text` in the corner."""
        g = gl()
        g.glViewport(0, 0, *size)
        g.glDisable(g.GL_DEPTH_TEST)
        g.glDisable(g.GL_BLEND)
        g.glDepthMask(True)
        g.glClearColor(0.0, 0.0, 0.0, 1.0)
        g.glClear(g.GL_COLOR_BUFFER_BIT)
        if frame.video > 0.0:
            self._draw_video(frame, size)
        g.glEnable(g.GL_BLEND)
        g.glBlendFunc(g.GL_ONE, g.GL_ONE_MINUS_SRC_ALPHA)
        self._draw_lines(frame, size)
        self._text.draw(text, size)

    def _draw_video(self, frame: Frame, size: tuple[int, int]) -> None:
        """Draw the camera picture with one of the distortions: a scene never has both."""
        if len(frame.bubbles) and not frame.wave.at_rest and not np.any(frame.shifts):
            self._waves.draw(frame, self.video, size)
        else:
            self.video.draw(frame, size)

    def _draw_lines(self, frame: Frame, size: tuple[int, int]) -> None:
        """Draw all that is flat, and the tubes in front of it."""
        g = gl()
        pixel = 2.0 / size[1]
        self._flat.shader.use()
        self._flat.shader.set("shadow", SHADOW * frame.video)
        self._draw_mesh(self._flat, build_flat(frame, pixel), size)
        tubes = build_tubes(frame, pixel)
        if not len(tubes[1]):
            return
        g.glClear(g.GL_DEPTH_BUFFER_BIT)
        g.glEnable(g.GL_DEPTH_TEST)
        g.glDepthFunc(g.GL_LEQUAL)
        self._tubes.shader.use()
        self._tubes.shader.set("tube", 1.0)
        self._draw_mesh(self._tubes, tubes, size)
        g.glDisable(g.GL_DEPTH_TEST)

    @staticmethod
    def _draw_mesh(mesh: Mesh, arrays: Arrays, size: tuple[int, int]) -> None:
        if len(arrays[1]):
            mesh.load(*arrays)
            mesh.shader.set("aspect", size[0] / size[1])
            mesh.shader.set("pixel", 2.0 / size[1])
            mesh.draw()
