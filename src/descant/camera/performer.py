"""The moving test picture as a source, drawn at the wanted rate."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from descant.camera import opencv
from descant.camera.base import Frame, Source
from descant.camera.keyboard.picture import KeyboardPicture
from descant.types import NANOSECONDS, Note


class KeyboardSource(Source):
    """Give it the notes from any thread.

    `epoch` turns a time of the monotonic clock, ns, into one of the notes' clock.
    """

    live = False

    def __init__(
        self, *, width: int, height: int, rate: float, glow: float, epoch: Callable[[int], int]
    ) -> None:
        self._cv2 = opencv.load()
        self._shape = (width, height)
        self._rate = rate
        self._glow = glow
        self._epoch = epoch
        self._period_ns = NANOSECONDS / rate
        self._due_ns = 0.0
        self._lock = threading.Lock()
        self._picture: KeyboardPicture | None = None  # painted when it is opened: it takes seconds
        self._early: list[Note] = []
        self._interrupted = threading.Event()

    def open(self) -> str:
        """Paint the keyboard, if that was not done yet."""
        self._interrupted.clear()
        width, height = self._shape
        if self._picture is None:
            picture = KeyboardPicture(self._cv2, width, height, brightness=self._glow)
            with self._lock:
                for note in self._early:
                    picture.take(note)
                self._early.clear()
                self._picture = picture
        self._due_ns = float(time.monotonic_ns())
        return f"a keyboard, {width}x{height}, {self._rate:g} pictures a second"

    def read(self) -> Frame | None:
        """The next picture, when it is due; those whose time is over are left out."""
        now_ns = time.monotonic_ns()
        self._interrupted.wait(max(0.0, self._due_ns - now_ns) / NANOSECONDS)
        time_ns = time.monotonic_ns()
        missed = max(0, int((time_ns - self._due_ns) // self._period_ns))
        self._due_ns += (1 + missed) * self._period_ns
        assert self._picture is not None
        with self._lock:
            return Frame(time_ns, self._picture.draw(self._epoch(time_ns)))

    def close(self) -> None:
        """There is nothing to give back."""

    def interrupt(self) -> None:
        """Wait for nothing any more."""
        self._interrupted.set()

    def take(self, note: Note) -> None:
        """A key goes down or up."""
        with self._lock:
            if self._picture is None:
                self._early.append(note)
            else:
                self._picture.take(note)

    def release_all(self, time_ns: int) -> None:
        """All keys go up, at a time of the notes' clock."""
        with self._lock:
            self._early.clear()
            if self._picture is not None:
                self._picture.release_all(time_ns)

    def brighten(self, glow: float) -> None:
        """How brightly keys glow from now on, 0..2."""
        self._glow = glow
        if self._picture is not None:
            self._picture.brightness = glow
