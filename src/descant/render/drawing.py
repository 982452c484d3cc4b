"""The stage at fixed times: frame k is what it shows in the middle of its time, (k + 1/2) / fps.

A player shows frame k from k / fps on. Taken there, everything seen would come up to a frame
after it is heard; taken in the middle, it comes at most half a frame early or late.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from descant.errors import UserError
from descant.render.film_events import Score
from descant.render.pictures import Pictures
from descant.stage.frame import Frame
from descant.stage.offscreen import Offscreen
from descant.stage.opengl import gl
from descant.stage.renderer import Renderer
from descant.stage.scene import Scene
from descant.stage.settings import StageSettings
from descant.types import NANOSECONDS, Episode, Note, Part, State

Pixels = NDArray[np.uint8]


class Drawer:
    """Draws the frames of a score one after the other. Made and used in one thread.

    `software`: on the CPU even where there is a GPU, so that the frames are the same anywhere.
    """

    def __init__(
        self,
        score: Score,
        pictures: Pictures,
        settings: StageSettings,
        *,
        size: tuple[int, int],
        fps: Fraction,
        software: bool,
    ) -> None:
        self._score = score.happenings
        self._pictures = pictures
        self._size = size
        self._fps = fps
        self._overlay = settings.overlay
        self._number = 0
        self._taken = 0
        self._unseen = False  # there is a newer picture than the renderer has
        self._scene = Scene(settings.replace(part=score.part), size[0] / size[1])
        self._start: int | None = None
        self._canvas = Offscreen(*size, software=software)
        self._renderer = Renderer(settings.distort_on)
        _check_size(size)
        self.name = self._renderer.name

    def skip(self) -> None:
        """The next frame passes undrawn: the one after it is the same as if it had been drawn."""
        self._pass()

    def draw(self, into: Pixels) -> None:
        """The next frame as RGBA into (height, width, 4), the lowest row first."""
        frame = self._pass()
        if self._unseen and frame.video > 0.0:
            self._renderer.take_picture(self._pictures.pixels())
            self._unseen = False
        self._renderer.draw(frame, self._size, frame.text if self._overlay else ())
        g = gl()
        g.glPixelStorei(g.GL_PACK_ALIGNMENT, 1)
        g.glReadPixels(0, 0, *self._size, g.GL_RGBA, g.GL_UNSIGNED_BYTE, into)

    def close(self) -> None:
        """Give back the canvas."""
        self._canvas.close()

    def _pass(self) -> Frame:
        """On to the next frame: what is to be seen on it."""
        time_ns = round((2 * self._number + 1) * NANOSECONDS / (2 * self._fps))
        self._number += 1
        self._tell(time_ns)
        now = time_ns / NANOSECONDS
        if self._pictures.go_to(time_ns):
            self._scene.take_picture(now)
            self._unseen = True
        return self._scene.at(now)

    def _tell(self, time_ns: int) -> None:
        """Everything that happened up to now, each with its own time."""
        score = self._score
        while self._taken < len(score) and score[self._taken].time_ns <= time_ns:
            happening = score[self._taken]
            self._taken += 1
            if isinstance(happening, Note):
                self._scene.take_note(happening, happening.time_ns / NANOSECONDS)
            elif isinstance(happening, State):
                self._scene.take_state(happening)
            elif isinstance(happening, Episode):
                self._scene.take_episode(happening)
            elif isinstance(happening, Part):
                self._take_part(happening)

    def _take_part(self, part: Part) -> None:
        """As the stage's node has it: the first word about the part it shows is no fresh start."""
        if part.start != self._start or part.number != self._scene.part:
            fresh = self._start is not None or part.number != self._scene.part
            self._scene.take_part(part.number, fresh=fresh)
            self._start = part.start


def _check_size(size: tuple[int, int]) -> None:
    """`UserError` where the canvas cannot be as large."""
    g = gl()
    width, height = (int(most) for most in g.glGetIntegerv(g.GL_MAX_VIEWPORT_DIMS))
    if size[0] > width or size[1] > height:
        raise UserError(
            f"{size[0]}x{size[1]} is larger than this machine draws: at most {width}x{height}"
        )
