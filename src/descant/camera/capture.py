"""Sources that OpenCV opens: cameras and streams."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from descant.camera import devices, opencv
from descant.camera.devices import CameraDevice
from descant.camera.picture_source import CameraFrame, PictureSource, PictureSourceError

STREAM_OPEN_MS = 5_000
STREAM_READ_MS = 2_000


class CaptureSource(PictureSource):
    """Reads from `cv2.VideoCapture`; `read` returns when the camera has a new picture."""

    def __init__(self) -> None:
        self._cv2 = opencv.load()
        self._capture: Any = None

    def read(self) -> CameraFrame | None:
        """Return the next picture; its time is that of its arrival from the driver."""
        good = self._capture.grab()
        time_ns = time.monotonic_ns()
        pixels = None
        if good:
            good, pixels = self._capture.retrieve()
        if not good or pixels is None:
            raise PictureSourceError("the camera gives no more pictures")
        return CameraFrame(time_ns, pixels)

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
        return f"{self._url}, {devices.picture_mode(self._cv2, self._capture)}"
