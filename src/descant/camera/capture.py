# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Sources that OpenCV opens: cameras and streams."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from descant.camera import devices, opencv
from descant.camera.compression import whole_jpeg
from descant.camera.devices import CameraDevice
from descant.camera.picture_source import CameraFrame, PictureSource, PictureSourceError

STREAM_OPEN_MS = 5_000
STREAM_READ_MS = 2_000
MOST_DAMAGED = 30
"""So many damaged pictures one after the other, and the camera is opened again."""


class CaptureSource(PictureSource):
    """Reads from `cv2.VideoCapture`; `read` returns when the camera has a new picture.

    Pictures that the camera has compressed as JPEG are returned as they are.
    """

    def __init__(self) -> None:
        self._cv2 = opencv.load()
        self._capture: Any = None
        self._is_compressed = False
        self._may_be_compressed = True

    def read(self) -> CameraFrame | None:
        """Return the next picture; its time is that of its arrival from the driver."""
        for _ in range(MOST_DAMAGED):
            good = self._capture.grab()
            time_ns = time.monotonic_ns()
            pixels = None
            if good:
                good, pixels = self._capture.retrieve()
            if not good or pixels is None:
                raise PictureSourceError("the camera gives no more pictures")
            if not self._is_compressed:
                return CameraFrame(time_ns, pixels)
            if jpeg := whole_jpeg(pixels.tobytes()):
                return CameraFrame(time_ns, np.frombuffer(jpeg, np.uint8))
        self._may_be_compressed = False  # OpenCV shall decode them when it is opened again
        raise PictureSourceError("the camera's compressed pictures are damaged")

    def _take_compressed(self, backend: str, name: str, value: int) -> None:
        """Let `backend` give a camera's JPEG as it is, by a property that only it understands."""
        fourcc = int(self._capture.get(self._cv2.CAP_PROP_FOURCC))
        self._is_compressed = (
            self._may_be_compressed
            and fourcc == self._cv2.VideoWriter.fourcc(*"MJPG")
            and self._capture.getBackendName() == backend
            and self._capture.set(getattr(self._cv2, name), value)
        )

    def close(self) -> None:
        """Release the camera or file."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None


class CameraDeviceSource(CaptureSource):
    """A camera of this machine, opened again by the name of its hardware.

    `wanted` as for `devices.matching`; `width` and `height`, in pixels, and `rate`, in Hz, are
    requests: the camera uses the nearest mode it has. Its exposure is not changed.
    """

    def __init__(
        self,
        wanted: str,
        *,
        width: int,
        height: int,
        rate: float,
        list_devices: Callable[[], Sequence[CameraDevice]] = devices.list_devices,
    ) -> None:
        super().__init__()
        self._wanted = wanted
        self._mode = (width, height, rate)
        self._list_devices = list_devices
        self._known = ""

    def open(self) -> str:
        """Open the best match that can be opened."""
        present = self._list_devices()
        for device in devices.matching(self._wanted, present, self._known):
            self._capture = opencv.capture(device.address)
            if self._capture.isOpened():
                self._known = device.label or self._known
                self._request(*self._mode)
                return f"{device}, {devices.picture_mode(self._cv2, self._capture)}"
            self.close()
        found = ", ".join(str(device) for device in present) or "none"
        raise PictureSourceError(f"waiting for device:{self._wanted}; cameras found: {found}")

    def _request(self, width: int, height: int, rate: float) -> None:
        cv2 = self._cv2
        # Compressed: uncompressed, USB 2 carries ten large pictures a second. A camera without
        # this format ignores the request.
        self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        self._capture.set(cv2.CAP_PROP_FPS, rate)
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._take_compressed("V4L2", "CAP_PROP_CONVERT_RGB", 0)


class StreamSource(CaptureSource):
    """A stream of a network camera or a phone."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def open(self) -> str:
        """Connect to the stream."""
        cv2 = self._cv2
        limits = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            STREAM_OPEN_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            STREAM_READ_MS,
        ]
        self._capture = opencv.capture(self._url, cv2.CAP_FFMPEG, limits)
        if not self._capture.isOpened():
            self.close()
            raise PictureSourceError(f"waiting for url:{self._url}: no answer")
        self._take_compressed("FFMPEG", "CAP_PROP_FORMAT", -1)
        return f"{self._url}, {devices.picture_mode(self._cv2, self._capture)}"
