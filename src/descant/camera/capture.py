"""Cameras and streams, through OpenCV."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from descant.camera import devices, opencv
from descant.camera.base import Frame, Source, SourceError
from descant.camera.devices import Device

STREAM_OPEN_MS = 5_000
STREAM_READ_MS = 2_000


class CaptureSource(Source):
    """What `cv2.VideoCapture` reads; `read` returns when the camera has a new picture."""

    def __init__(self) -> None:
        self._cv2 = opencv.load()
        self._capture: Any = None

    def read(self) -> Frame | None:
        """The next picture; its time is that of its arrival from the driver."""
        good = self._capture.grab()
        time_ns = time.monotonic_ns()
        pixels = None
        if good:
            good, pixels = self._capture.retrieve()
        if not good or pixels is None:
            raise SourceError("it gives no more pictures")
        return Frame(time_ns, pixels)

    def close(self) -> None:
        """Let go of the camera."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _size(self) -> str:
        width = self._capture.get(self._cv2.CAP_PROP_FRAME_WIDTH)
        height = self._capture.get(self._cv2.CAP_PROP_FRAME_HEIGHT)
        rate = self._capture.get(self._cv2.CAP_PROP_FPS)
        size = f"{width:.0f}x{height:.0f}"
        return f"{size}, {rate:.0f} pictures a second" if rate > 0 else size


class DeviceSource(CaptureSource):
    """A camera of this machine, opened again by the name of its hardware.

    `asked` as for `devices.matching`; width and height are wished for, in pixels, rate in Hz: the
    camera takes what it has that is nearest. Its exposure is not touched.
    """

    def __init__(
        self,
        asked: str,
        *,
        width: int,
        height: int,
        rate: float,
        there_are: Callable[[], Sequence[Device]] = devices.there_are,
    ) -> None:
        super().__init__()
        self._asked = asked
        self._wish = (width, height, rate)
        self._there_are = there_are
        self._known = ""

    def open(self) -> str:
        """Open the best match that opens at all."""
        present = self._there_are()
        for device in devices.matching(self._asked, present, self._known):
            self._capture = self._cv2.VideoCapture(device.address)
            if self._capture.isOpened():
                self._known = device.label or self._known
                self._wish_for(*self._wish)
                return f"{device}, {self._size()}"
            self.close()
        there = ", ".join(str(device) for device in present) or "none"
        raise SourceError(f"waiting for device:{self._asked}; cameras there are: {there}")

    def _wish_for(self, width: int, height: int, rate: float) -> None:
        cv2 = self._cv2
        # Compressed, or USB 2 carries ten large pictures a second; a camera without it says no.
        self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        self._capture.set(cv2.CAP_PROP_FPS, rate)
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)


class UrlSource(CaptureSource):
    """A stream: a network camera, a phone."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def open(self) -> str:
        """Connect."""
        cv2 = self._cv2
        limits = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            STREAM_OPEN_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            STREAM_READ_MS,
        ]
        self._capture = cv2.VideoCapture(self._url, cv2.CAP_FFMPEG, limits)
        if not self._capture.isOpened():
            self.close()
            raise SourceError(f"waiting for url:{self._url}; it does not answer")
        return f"{self._url}, {self._size()}"
