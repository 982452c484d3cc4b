"""The stage at work: what arrives in any thread, drawn in the main one."""

from __future__ import annotations

import math
import queue
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from descant.stage.canvas import Canvas, choose
from descant.stage.renderer import Renderer
from descant.stage.scene import Scene
from descant.stage.settings import StageSettings
from descant.stage.snapshots import Snapshots
from descant.stage.window import Window
from descant.types import NANOSECONDS, Episode, Note, State

VSYNC_ROOM = 1.15  # with vsync the screen sets the pace; this only holds one back that does not
TEXT_PERIOD_S = 0.25


@dataclass(frozen=True)
class PartChange:
    """Part 1 .. 4; `start` grows with every fresh start."""

    part: int
    start: int


@dataclass(frozen=True, eq=False)
class Picture:
    """A camera picture: `pixels` (height, width, 4) uint8 RGBA, first row on top."""

    stamp_ns: int
    pixels: NDArray[np.uint8]


Told = Note | State | Episode | PartChange | StageSettings


@dataclass(frozen=True)
class Report:
    """How it went since the last report; NaN where there was nothing."""

    frame_rate: float  # frames a second
    frame_time_ms: float  # median, to draw one
    dropped: int  # pictures never shown, since the start
    camera_delays_ms: tuple[float, ...]  # of each picture that was shown, from stamp to frame
    camera_age_s: float  # since the newest picture

    @property
    def camera_delay_ms(self) -> float:
        """The median of `camera_delays_ms`."""
        return statistics.median(self.camera_delays_ms) if self.camera_delays_ms else math.nan


class Show:
    """Made, drawn and closed in the main thread; `tell` and `tell_picture` are for any thread.

    `clock_ns`: nanoseconds, steady; a picture's stamp is on it. `on_key`: see
    `canvas.KeyPressed`; the keys that concern the picture itself (o, f, escape) are done with
    here. `strange` is told of what was passed over since it has no shape.
    """

    def __init__(
        self,
        settings: StageSettings,
        clock_ns: Callable[[], int],
        on_key: Callable[[str], None],
        strange: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.settings = settings
        self._clock_ns = clock_ns
        self._on_key = on_key
        self._strange = strange
        self._start_ns = clock_ns()
        self._canvas, self.line = choose(settings, self._key)
        self._renderer = Renderer(settings.distort_on)
        self._scene = Scene(settings)
        self._snapshots = Snapshots()
        self._overlay = settings.overlay
        self._told: queue.SimpleQueue[Told] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._picture: Picture | None = None
        self._part_start: tuple[int, int] | None = None
        self._closed = False
        self._text: tuple[str, ...] = ()
        self._text_at = -math.inf
        self._dropped = 0
        self._newest_ns: int | None = None
        self._frame_ns: list[int] = []
        self._delay_ns: list[int] = []
        self._reported_ns = self._start_ns

    @property
    def part(self) -> int:
        """The part on show."""
        return self._scene.part

    @property
    def canvas(self) -> Canvas:
        """Where it is shown."""
        return self._canvas

    @property
    def description(self) -> str:
        """'window', 'fullscreen' or 'offscreen', and what it draws with."""
        return f"{self._canvas.kind}, {self._renderer.name}"

    def tell(self, what: Told) -> None:
        """Something happened; it is on the next frame."""
        self._told.put(what)

    def tell_picture(self, picture: Picture) -> None:
        """The camera's newest picture; one that was waiting to be shown is dropped."""
        with self._lock:
            self._dropped += self._picture is not None
            self._picture = picture
            self._newest_ns = self._clock_ns()

    def perform(self, stop: threading.Event) -> None:
        """Draw until `stop` is set or the performer has closed the window."""
        due = time.monotonic()
        while not stop.is_set() and self.is_open():
            self.draw()
            rate = self.settings.frame_rate
            if self.settings.vsync and self._canvas.kind != "offscreen":
                rate *= VSYNC_ROOM
            due = max(due + 1.0 / rate, time.monotonic() - 1.0 / rate)
            wait = due - time.monotonic()
            if wait > 0.0:
                stop.wait(wait)

    def is_open(self) -> bool:
        """False once the performer has closed the window."""
        return not self._closed and self._canvas.is_open()

    def draw(self) -> None:
        """One frame, now."""
        start_ns = self._clock_ns()
        now = (start_ns - self._start_ns) / NANOSECONDS
        self._listen(now)
        picture = self._take_picture(now)
        size = self._canvas.size
        self._scene.aspect = size[0] / size[1]
        frame = self._scene.at(now)
        self._renderer.draw(frame, size, self._lines(frame.text, now))
        drawn_ns = self._clock_ns()
        self._snapshots.take(now, size, self.settings)
        self._canvas.show()
        shown_ns = self._clock_ns()
        waits = self._canvas.kind != "offscreen"  # swapping a window's buffers is waiting
        self._frame_ns.append((drawn_ns if waits else shown_ns) - start_ns)
        if picture is not None:
            self._delay_ns.append(shown_ns - picture.stamp_ns)

    def report(self) -> Report:
        """How it goes; any thread. The next report begins here."""
        now_ns = self._clock_ns()
        frames, self._frame_ns = self._frame_ns, []
        delays, self._delay_ns = self._delay_ns, []
        seconds = max(now_ns - self._reported_ns, 1) / NANOSECONDS
        self._reported_ns = now_ns
        newest = self._newest_ns
        return Report(
            frame_rate=len(frames) / seconds,
            frame_time_ms=statistics.median(frames) / 1e6 if frames else math.nan,
            dropped=self._dropped,
            camera_delays_ms=tuple(delay / 1e6 for delay in delays),
            camera_age_s=(now_ns - newest) / NANOSECONDS if newest is not None else math.nan,
        )

    def close(self) -> None:
        """Give back the canvas."""
        self._canvas.close()

    def _listen(self, now: float) -> None:
        while True:
            try:
                what = self._told.get_nowait()
            except queue.Empty:
                return
            try:
                self._take(what, now)
            except (ValueError, TypeError, ArithmeticError) as error:
                self._strange(f"a {type(what).__name__} cannot be drawn: {error}")

    def _take(self, what: Told, now: float) -> None:
        match what:
            case Note():
                self._scene.take_note(what, now)
            case State():
                self._scene.take_state(what)
            case Episode():
                self._scene.take_episode(what)
            case PartChange():
                if (what.part, what.start) != self._part_start:
                    fresh = self._part_start is not None or what.part != self._scene.part
                    self._scene.take_part(what.part, fresh=fresh)
                    self._part_start = (what.part, what.start)
            case StageSettings():
                if what.overlay != self.settings.overlay:
                    self._overlay = what.overlay
                self.settings = self._scene.settings = what

    def _take_picture(self, now: float) -> Picture | None:
        with self._lock:
            picture, self._picture = self._picture, None
        if picture is not None:
            self._renderer.take_picture(picture.pixels)
            self._scene.take_picture(now)
        return picture

    def _lines(self, text: tuple[str, ...], now: float) -> tuple[str, ...]:
        """The overlay, where it is on; it changes a few times a second, to be read."""
        if not self._overlay:
            return ()
        if now - self._text_at >= TEXT_PERIOD_S or not self._text:
            frames = self._frame_ns[-60:]
            seconds = (self._clock_ns() - self._reported_ns) / NANOSECONDS
            rate = len(self._frame_ns) / seconds if seconds > TEXT_PERIOD_S else math.nan
            cost = statistics.median(frames) / 1e6 if frames else math.nan
            self._text = (*text, f"{rate:.0f} frames/s  {cost:.1f} ms")
            self._text_at = now
        return self._text

    def _key(self, key: str) -> None:
        if key == "o":
            self._overlay = not self._overlay
            self._text = ()
        elif key == "f" and isinstance(self._canvas, Window):
            self._canvas.toggle_fullscreen()
        elif key == "escape":
            self._closed = True
        else:
            self._on_key(key)
