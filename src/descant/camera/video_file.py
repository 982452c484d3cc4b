"""A video file as a picture source, played at its own speed."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from descant.camera.capture import CaptureSource
from descant.camera.picture_source import CameraFrame, PictureSourceError
from descant.errors import UserError
from descant.stderr import silenced_stderr
from descant.types import NANOSECONDS

DEFAULT_RATE = 30.0  # of a file without a sensible rate of its own, Hz
SENSIBLE_RATES = (1.0, 240.0)
VIDEOS = {".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".ogv"}


class VideoFileSource(CaptureSource):
    """Returns the pictures of a video file, each at its time; late pictures are skipped.

    Raises `UserError` for a file that is missing or holds no picture. `loop` may be changed while
    the file plays: it is read at the end.
    """

    live = False

    def __init__(self, path: Path, *, loop: bool) -> None:
        super().__init__()
        self.loop = loop
        self._path = path
        self._interrupted = threading.Event()
        self._start_ns: int | None = None
        self._index = 0  # of the next picture since `_start_ns`
        self._period_ns = 0.0
        self._check()

    def open(self) -> str:
        """Start at the beginning."""
        self._interrupted.clear()
        self._open_file()
        self._start_ns = None
        self._index = 0
        return f"'{self._path}', {NANOSECONDS / self._period_ns:.3g} pictures a second"

    def read(self) -> CameraFrame | None:
        """Wait for the time of the next picture and return it; None at the end."""
        self._skip_late()
        good, pixels = self._capture.read()
        if not good:
            return self._read_first() if self.loop and self._index else None
        if self._start_ns is None:
            self._start_ns = time.monotonic_ns()
        due_ns = self._start_ns + round(self._index * self._period_ns)
        self._index += 1
        self._interrupted.wait(max(0, due_ns - time.monotonic_ns()) / NANOSECONDS)
        return CameraFrame(max(due_ns, time.monotonic_ns()), pixels)

    def interrupt(self) -> None:
        """End a wait in `read`."""
        self._interrupted.set()

    def _read_first(self) -> CameraFrame | None:
        assert self._start_ns is not None
        self._start_ns += round(self._index * self._period_ns)
        self._index = 0
        self.close()
        self._open_file()
        return self.read()

    def _skip_late(self) -> None:
        """Skip pictures that are over: the time of the next one has come already."""
        if self._start_ns is None:
            return
        elapsed = time.monotonic_ns() - self._start_ns
        while self._index and (self._index + 1) * self._period_ns < elapsed:
            if not self._capture.grab():
                return
            self._index += 1

    def _open_file(self) -> None:
        self._capture = self._cv2.VideoCapture(str(self._path))
        if not self._capture.isOpened():
            self.close()
            raise PictureSourceError(f"'{self._path}' can no longer be opened")
        rate = self._capture.get(self._cv2.CAP_PROP_FPS)
        low, high = SENSIBLE_RATES
        self._period_ns = NANOSECONDS / (rate if low <= rate <= high else DEFAULT_RATE)

    def _check(self) -> None:
        if not self._path.is_file():
            near = sorted(p.name for p in self._path.parent.glob("*") if p.suffix.lower() in VIDEOS)
            found = f"; videos found: {', '.join(near[:8])}" if near else ""
            raise UserError(f"no video file '{self._path}'{found}")
        try:
            with silenced_stderr():  # OpenCV's readers print warnings about a broken file
                self._open_file()
                good, _ = self._capture.read()
        except PictureSourceError:
            good = False
        finally:
            self.close()
        if not good:
            raise UserError(f"'{self._path}' is broken, or not a video that OpenCV can decode")
