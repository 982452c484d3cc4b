# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The moving test picture as a picture source, drawn at the requested rate."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from descant.camera import opencv
from descant.camera.keyboard.picture import KeyboardPicture
from descant.camera.picture_source import CameraFrame, PictureSource
from descant.types import NANOSECONDS, Note


class KeyboardSource(PictureSource):
    """Draws the keyboard with the keys that are down; notes may come from any thread.

    `to_note_time` converts a time of the monotonic clock, ns, into one of the notes' clock.
    """

    live = False

    def __init__(
        self,
        *,
        width: int,
        height: int,
        rate: float,
        glow: float,
        to_note_time: Callable[[int], int],
    ) -> None:
        self._cv2 = opencv.load()
        self._shape = (width, height)
        self._rate = rate
        self._glow = glow
        self._to_note_time = to_note_time
        self._period_ns = NANOSECONDS / rate
        self._due_ns = 0.0
        self._lock = threading.Lock()
        self._picture: KeyboardPicture | None = None  # painted in `open`: it takes seconds
        self._pending: list[Note] = []
        self._interrupted = threading.Event()

    def open(self) -> str:
        """Paint the keyboard, if that has not been done yet."""
        self._interrupted.clear()
        width, height = self._shape
        if self._picture is None:
            picture = KeyboardPicture(self._cv2, width, height, brightness=self._glow)
            with self._lock:
                for note in self._pending:
                    picture.take(note)
                self._pending.clear()
                self._picture = picture
        self._due_ns = float(time.monotonic_ns())
        return f"a keyboard, {width}x{height}, {self._rate:g} pictures a second"

    def read(self) -> CameraFrame | None:
        """Wait for the time of the next picture and draw it; late pictures are skipped."""
        now_ns = time.monotonic_ns()
        self._interrupted.wait(max(0.0, self._due_ns - now_ns) / NANOSECONDS)
        time_ns = time.monotonic_ns()
        missed = max(0, int((time_ns - self._due_ns) // self._period_ns))
        self._due_ns += (1 + missed) * self._period_ns
        assert self._picture is not None
        with self._lock:
            return CameraFrame(time_ns, self._picture.draw(self._to_note_time(time_ns)))

    def close(self) -> None:
        """Do nothing: no device is held."""

    def interrupt(self) -> None:
        """End a wait in `read`."""
        self._interrupted.set()

    def take(self, note: Note) -> None:
        """Draw one note event: a key goes down or up."""
        with self._lock:
            if self._picture is None:
                self._pending.append(note)
            else:
                self._picture.take(note)

    def release_all(self, time_ns: int) -> None:
        """Release all keys, at a time of the notes' clock."""
        with self._lock:
            self._pending.clear()
            if self._picture is not None:
                self._picture.release_all(time_ns)

    def set_glow(self, glow: float) -> None:
        """Set how brightly keys glow, 0..2."""
        self._glow = glow
        if self._picture is not None:
            self._picture.brightness = glow
