# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The live stage: events and camera pictures arrive in any thread, the main thread draws them."""

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

from descant.stage.canvas import Canvas, KeyPressed, open_canvas
from descant.stage.renderer import Renderer
from descant.stage.scene import INVALID_EVENT, Scene, StageEvent
from descant.stage.settings import StageSettings
from descant.stage.snapshots import Snapshots
from descant.stage.window import Window
from descant.types import NANOSECONDS

VSYNC_MARGIN = 1.15  # with vsync the monitor sets the pace; this limits one that does not
TEXT_PERIOD_S = 0.25


@dataclass(frozen=True, eq=False)
class CameraPicture:
    """A camera picture: `pixels` (height, width, 4) uint8 RGBA, first row on top.

    `stamp_ns` is None where its delay cannot be measured.
    """

    stamp_ns: int | None
    pixels: NDArray[np.uint8]


@dataclass(frozen=True)
class FrameStatistics:
    """Frames and camera pictures since the last such statistics; NaN where there were none."""

    frame_rate: float  # frames per second
    frame_time_ms: float  # median, to draw one
    dropped: int  # camera pictures that were never shown, since the start
    camera_delays_ms: tuple[float, ...]  # of each picture that was shown, from stamp to frame
    camera_age_s: float  # since the newest picture

    @property
    def camera_delay_ms(self) -> float:
        """The median of `camera_delays_ms`."""
        return statistics.median(self.camera_delays_ms) if self.camera_delays_ms else math.nan


class LiveStage:
    """Made, drawn and closed in the main thread; `put` and `put_picture` are for any thread.

    `clock_ns`: nanoseconds, steady; a picture's stamp is on it. `on_key`: see `canvas.KeyPressed`;
    the keys that concern the picture itself (o, f, escape) are handled here. `on_invalid` is called
    with one line about an event that cannot be drawn, `on_failure` with one about snapshots that
    cannot be written.
    """

    def __init__(
        self,
        settings: StageSettings,
        clock_ns: Callable[[], int],
        on_key: KeyPressed,
        on_invalid: Callable[[str], None] = lambda _: None,
        on_failure: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._clock_ns = clock_ns
        self._on_key = on_key
        self._on_invalid = on_invalid
        self._start_ns = clock_ns()
        self._canvas, self.canvas_text = open_canvas(settings, self._key)
        self._renderer = Renderer(settings.distort_on)
        self._scene = Scene(settings)
        self._snapshots = Snapshots(on_failure)
        self._overlay = settings.overlay
        self._events: queue.SimpleQueue[StageEvent] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._picture: CameraPicture | None = None
        self._closed = False
        self._text: tuple[str, ...] = ()
        self._text_at = -math.inf
        self._speed_text: tuple[str, ...] = ()
        self._dropped = 0
        self._newest_ns: int | None = None
        self._frame_ns: list[int] = []
        self._delay_ns: list[int] = []
        self._statistics_ns = self._start_ns

    @property
    def settings(self) -> StageSettings:
        """The settings that hold now."""
        return self._scene.settings

    @property
    def part(self) -> int:
        """Number of the part that is shown."""
        return self._scene.part

    @property
    def canvas(self) -> Canvas:
        """Where it is shown."""
        return self._canvas

    @property
    def description(self) -> str:
        """'window', 'fullscreen' or 'offscreen', and the name of the renderer."""
        return f"{self._canvas.kind}, {self._renderer.name}"

    def put(self, event: StageEvent) -> None:
        """Add an event, to be shown on the next frame."""
        self._events.put(event)

    def put_picture(self, picture: CameraPicture) -> None:
        """The camera's newest picture; one that was waiting to be shown is dropped."""
        with self._lock:
            self._dropped += self._picture is not None
            self._picture = picture
            self._newest_ns = self._clock_ns()

    def run(self, stop: threading.Event) -> None:
        """Draw until `stop` is set or the window is closed."""
        due = time.monotonic()
        while not stop.is_set() and self.is_open():
            self.draw()
            rate = self.settings.frame_rate
            if self.settings.vsync and self._canvas.kind != "offscreen":
                rate *= VSYNC_MARGIN
            due = max(due + 1.0 / rate, time.monotonic() - 1.0 / rate)
            wait = due - time.monotonic()
            if wait > 0.0:
                stop.wait(wait)

    def is_open(self) -> bool:
        """False once the window was closed, or escape pressed in it."""
        return not self._closed and self._canvas.is_open()

    def draw(self) -> None:
        """Draw one frame, now."""
        start_ns = self._clock_ns()
        now = (start_ns - self._start_ns) / NANOSECONDS
        self._take_events(now)
        picture = self._take_picture(now)
        size = self._canvas.size
        self._scene.aspect = size[0] / size[1]
        frame = self._scene.at(now)
        self._renderer.draw(frame, size, self._lines(frame.text, now))
        drawn_ns = self._clock_ns()
        self._snapshots.write(now, size, self.settings)
        self._canvas.show()
        shown_ns = self._clock_ns()
        waits = self._canvas.kind != "offscreen"  # a window waits for the monitor in `show`
        self._frame_ns.append((drawn_ns if waits else shown_ns) - start_ns)
        if picture is not None and picture.stamp_ns is not None:
            self._delay_ns.append(shown_ns - picture.stamp_ns)

    @property
    def draws(self) -> bool:
        """Whether it has drawn a frame since the last statistics."""
        return bool(self._frame_ns)

    def statistics(self) -> FrameStatistics:
        """The statistics since the last call; for any thread."""
        now_ns = self._clock_ns()
        frames, self._frame_ns = self._frame_ns, []
        delays, self._delay_ns = self._delay_ns, []
        seconds = max(now_ns - self._statistics_ns, 1) / NANOSECONDS
        self._statistics_ns = now_ns
        newest = self._newest_ns
        return FrameStatistics(
            frame_rate=len(frames) / seconds,
            frame_time_ms=statistics.median(frames) / 1e6 if frames else math.nan,
            dropped=self._dropped,
            camera_delays_ms=tuple(delay / 1e6 for delay in delays),
            camera_age_s=(now_ns - newest) / NANOSECONDS if newest is not None else math.nan,
        )

    def close(self) -> None:
        """Release the canvas."""
        self._canvas.close()

    def _take_events(self, now: float) -> None:
        overlay = self.settings.overlay
        while not self._events.empty():  # nobody else takes any
            event = self._events.get_nowait()
            try:
                self._scene.take(event, now)
            except INVALID_EVENT as error:
                self._on_invalid(f"a {type(event).__name__} cannot be drawn: {error}")
        if self.settings.overlay != overlay:
            self._overlay = not overlay

    def _take_picture(self, now: float) -> CameraPicture | None:
        with self._lock:
            picture, self._picture = self._picture, None
        if picture is not None:
            self._renderer.take_picture(picture.pixels)
            self._scene.take_picture(now)
        return picture

    def _lines(self, text: tuple[str, ...], now: float) -> tuple[str, ...]:
        """The overlay, where it is on; it changes a few times a second, to be readable."""
        if not self._overlay:
            return ()
        if now - self._text_at >= TEXT_PERIOD_S or not self._text:
            self._text = (*text, *self._speed())
            self._text_at = now
        return self._text

    def _speed(self) -> tuple[str, ...]:
        """A line with the frame rate, kept while too few frames were drawn to measure it anew."""
        frames = self._frame_ns
        seconds = (self._clock_ns() - self._statistics_ns) / NANOSECONDS
        if frames and seconds > TEXT_PERIOD_S:
            cost = statistics.median(frames[-60:]) / 1e6
            self._speed_text = (f"{len(frames) / seconds:.0f} frames/s  {cost:.1f} ms",)
        return self._speed_text

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
