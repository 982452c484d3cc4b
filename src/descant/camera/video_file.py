# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A video file as a picture source, played at its own speed."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from descant.camera.picture_source import CameraFrame, PictureSource
from descant.camera.video_reader import VideoPicture, check_video, play
from descant.types import NANOSECONDS

MOST_SKIPPED = 8  # late pictures at once: of a video that is too slow to decode some are shown


class VideoFileSource(PictureSource):
    """Returns the pictures of a video file, each at its time; late pictures are skipped.

    Raises `UserError` for a file that is missing or holds no picture. `loop` may be changed while
    the file plays: it is read at the end.
    """

    live = False

    def __init__(self, path: Path, *, loop: bool) -> None:
        self.loop = loop
        self._path = path
        self._interrupted = threading.Event()
        self._start_ns: int | None = None
        self._pictures: Iterator[VideoPicture] = iter(())
        self._speed = check_video(path)

    def open(self) -> str:
        """Start at the beginning."""
        self._interrupted.clear()
        self._start_ns = None
        self._pictures = play(self._path, lambda: self.loop)
        return f"'{self._path}', {self._speed}"

    def read(self) -> CameraFrame | None:
        """Wait for the time of the next picture and return it; None at the end."""
        picture = self._next()
        if picture is None:
            return None
        due_ns = self._due_ns(picture.start_s)
        self._interrupted.wait(max(0, due_ns - time.monotonic_ns()) / NANOSECONDS)
        return CameraFrame(max(due_ns, time.monotonic_ns()), picture.pixels)

    def close(self) -> None:
        """Release the file."""
        self._pictures = iter(())  # the generator closes it

    def interrupt(self) -> None:
        """End a wait in `read`."""
        self._interrupted.set()

    def _next(self) -> VideoPicture | None:
        """Return the next picture that is not over; one of several if it is slow to decode."""
        picture = None
        for picture in itertools.islice(self._pictures, MOST_SKIPPED + 1):
            if self._start_ns is None:
                self._start_ns = time.monotonic_ns()
            if self._due_ns(picture.end_s) > time.monotonic_ns():
                break
        return picture

    def _due_ns(self, seconds: float) -> int:
        assert self._start_ns is not None
        return self._start_ns + round(seconds * NANOSECONDS)
