# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read a video file picture by picture: upright, each at its own time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from descant.camera import opencv
from descant.camera.picture_source import PictureSourceError, Pixels
from descant.errors import UserError
from descant.stderr import silenced_stderr

DEFAULT_RATE = 30.0  # of a file without times and without a sensible rate of its own, Hz
SENSIBLE_RATES = (1.0, 240.0)
LONGEST_S = 600.0
"""For a longer time no picture is shown: a damaged file."""
LARGEST_PIXELS = 7680 * 4320
VIDEOS = {".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".ogv"}


@dataclass(frozen=True)
class VideoPicture:
    """A picture and the time it is shown, seconds from the first picture of the video."""

    start_s: float
    end_s: float
    pixels: Pixels


class VideoReader:
    """An open video file, turned as its metadata says. Close it after use.

    `rate` is that of the pictures, Hz, as far as the file tells: a stream without times, such as
    raw H.264, is shown at it. `PictureSourceError` where the file cannot be opened or decoded,
    or its name is not UTF-8.
    """

    def __init__(self, path: Path) -> None:
        self._cv2 = opencv.load()
        with silenced_stderr():  # OpenCV's readers print warnings about a broken file
            # Not by other means of OpenCV: one of them takes 'show%02d.mp4' for many pictures.
            # An absolute path, as 'concat:a.mp4' would be a protocol.
            name = str(path.absolute())
            self._capture: Any = opencv.capture(name, self._cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            raise PictureSourceError(f"'{path}' is broken, or not a video that OpenCV can decode")
        width, height = (self._number(f"FRAME_{side}") for side in ("WIDTH", "HEIGHT"))
        if not width * height <= LARGEST_PIXELS:
            self.close()
            raise PictureSourceError(
                f"'{path}' has pictures of {width:.0f}x{height:.0f} pixels; expected 7680x4320 at "
                "most"
            )
        rate = self._number("FPS")
        self.is_rate_known = SENSIBLE_RATES[0] <= rate <= SENSIBLE_RATES[1]
        self.rate = rate if self.is_rate_known else DEFAULT_RATE

    def pictures(self) -> Iterator[VideoPicture]:
        """Return all pictures; the last one is shown as long as the one before it."""
        gap, time_s = 1.0 / self.rate, 0.0
        pixels = self._next()
        stamp = self._number("POS_MSEC")
        while pixels is not None:
            following = self._next()
            if following is not None:
                before, stamp = stamp, self._number("POS_MSEC")
                gap = self._gap((stamp - before) / 1000.0)
            yield VideoPicture(time_s, time_s + gap, pixels)
            pixels, time_s = following, time_s + gap

    def close(self) -> None:
        """Release the file."""
        self._capture.release()

    def _gap(self, seconds: float) -> float:
        """Seconds from one picture to the next; by the rate where the times are none."""
        return seconds if 0.0 < seconds <= LONGEST_S else 1.0 / self.rate

    def _next(self) -> Pixels | None:
        try:
            good, pixels = self._capture.read()
        except self._cv2.error:  # a damaged file: no memory for its picture, or an impossible one
            return None
        return pixels if good else None

    def _number(self, name: str) -> float:
        return float(self._capture.get(getattr(self._cv2, f"CAP_PROP_{name}")))


def check_video(path: Path) -> str:
    """Return at what rate the video is shown, for a person; `UserError` where it is missing or
    broken.
    """
    if not path.is_file():
        near = sorted(p.name for p in path.parent.glob("*") if p.suffix.lower() in VIDEOS)
        found = f"; videos found: {', '.join(near[:8])}" if near else ""
        raise UserError(f"no video file '{path}'{found}")
    try:
        reader = VideoReader(path)
        try:
            first = next(reader.pictures(), None)
        finally:
            reader.close()
    except PictureSourceError as error:
        raise UserError(str(error)) from None
    if first is None:
        raise UserError(f"'{path}' is broken, or not a video that OpenCV can decode")
    return f"{reader.rate:.3g} pictures a second" if reader.is_rate_known else "by its own times"


def play(path: Path, loop: Callable[[], bool]) -> Iterator[VideoPicture]:
    """Return the pictures of a video, again from the beginning as long as `loop()`.

    `PictureSourceError` where it can no longer be opened.
    """
    start_s = 0.0
    while True:
        end_s = start_s
        reader = VideoReader(path)
        try:
            for picture in reader.pictures():
                end_s = start_s + picture.end_s
                yield VideoPicture(start_s + picture.start_s, end_s, picture.pixels)
        finally:
            reader.close()
        if end_s == start_s or not loop():
            return
        start_s = end_s
