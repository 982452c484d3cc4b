# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Draw the stage at fixed times: frame k at the middle of its time, (k + 1/2) / fps.

A player shows frame k from k / fps on. Drawn for that time, everything would be seen up to a frame
after it is heard; drawn for the middle, at most half a frame early or late.
"""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

from descant.arrays import Pixels
from descant.errors import UserError
from descant.programme.layers import PartLayers, described
from descant.render.camera_pictures import CameraPictures
from descant.render.film_events import FilmEvents
from descant.render.settings import PerformanceSettings
from descant.stage.frame import Frame
from descant.stage.offscreen import Offscreen
from descant.stage.opengl import gl
from descant.stage.renderer import Renderer
from descant.stage.scene import INVALID_EVENT, PartSettings, Scene
from descant.types import NANOSECONDS, Part


class FrameDrawer:
    """Draws the frames of a film one after the other. Made and used in one thread.

    `software`: on the CPU even where there is a GPU, so that the frames are the same anywhere.
    """

    def __init__(
        self,
        film: FilmEvents,
        pictures: CameraPictures,
        settings: PerformanceSettings,
        *,
        size: tuple[int, int],
        fps: Fraction,
        software: bool,
    ) -> None:
        self._events = film.events
        self._pictures = pictures
        self._size = size
        self._fps = fps
        self._number = 0
        self._taken = 0
        self._not_uploaded = False  # there is a newer picture than the renderer has
        self._layers = PartLayers(settings.stage, "stage", settings.fixed["stage"])
        self._scene = Scene(self._layers.begin(film.part), size[0] / size[1])
        self._canvas = Offscreen(*size, software=software)
        self._renderer = Renderer(settings.stage.distort_on)
        _check_size(size)
        self.name = self._renderer.name

    def skip(self) -> None:
        """Go to the next frame without drawing it: the frames after it stay the same."""
        self._next_frame()

    def draw(self, into: Pixels) -> None:
        """Draw the next frame as RGBA into (height, width, 4), the lowest row first."""
        frame = self._next_frame()
        if self._not_uploaded and frame.video > 0.0:
            self._renderer.take_picture(self._pictures.pixels())
            self._not_uploaded = False
        overlay = self._scene.settings.overlay
        self._renderer.draw(frame, self._size, frame.text if overlay else ())
        g = gl()
        g.glPixelStorei(g.GL_PACK_ALIGNMENT, 1)
        g.glReadPixels(0, 0, *self._size, g.GL_RGBA, g.GL_UNSIGNED_BYTE, into)

    def close(self) -> None:
        """Release the canvas."""
        self._canvas.close()

    def _next_frame(self) -> Frame:
        time_ns = round((2 * self._number + 1) * NANOSECONDS / (2 * self._fps))
        self._number += 1
        self._take_events(time_ns)
        now = time_ns / NANOSECONDS
        if self._pictures.advance(time_ns):
            self._scene.take_picture(now)
            self._not_uploaded = True
        return self._scene.at(now)

    def _take_events(self, time_ns: int) -> None:
        """Let the scene take all events up to `time_ns`, each at its own time."""
        events = self._events
        while self._taken < len(events) and events[self._taken].time_ns <= time_ns:
            event = events[self._taken]
            self._taken += 1
            now = event.time_ns / NANOSECONDS
            if isinstance(event, Part):
                settings = self._layers.begin(event)
                self._scene.take(PartSettings(event, described(event).title, settings), now)
            else:
                with suppress(*INVALID_EVENT):  # the live stage leaves it out as well
                    self._scene.take(event, now)


def _check_size(size: tuple[int, int]) -> None:
    """`UserError` where the canvas cannot be as large."""
    g = gl()
    width, height = (int(most) for most in g.glGetIntegerv(g.GL_MAX_VIEWPORT_DIMS))
    if size[0] > width or size[1] > height:
        raise UserError(
            f"{size[0]}x{size[1]} is larger than OpenGL draws here: at most {width}x{height}"
        )
