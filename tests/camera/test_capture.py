# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Cameras through OpenCV: pictures that the camera has compressed are taken as they come."""

import cv2
import numpy as np
import pytest

from descant.camera import opencv
from descant.camera.capture import MOST_DAMAGED, CameraDeviceSource, StreamSource
from descant.camera.devices import CameraDevice
from descant.camera.picture_source import CameraFrame, PictureSourceError
from support.mjpeg import network_camera

PICTURE = np.full((48, 64, 3), 77, np.uint8)
JPEG = cv2.imencode(".jpg", PICTURE)[1].tobytes()


class FakeCapture:
    """A camera of V4L2 as OpenCV shows it: a row of bytes where it shall not convert."""

    def __init__(self, *, fourcc: str = "MJPG", backend: str = "V4L2", sends: bytes = JPEG) -> None:
        self.properties = {cv2.CAP_PROP_CONVERT_RGB: 1.0}
        self._fourcc, self._backend, self._sends = fourcc, backend, sends

    def isOpened(self) -> bool:
        return True

    def getBackendName(self) -> str:
        return self._backend

    def get(self, name: int) -> float:
        if name == cv2.CAP_PROP_FOURCC:
            return float(cv2.VideoWriter.fourcc(*self._fourcc))
        return self.properties.get(name, 0.0)

    def set(self, name: int, value: float) -> bool:
        self.properties[name] = value
        return True

    def grab(self) -> bool:
        return True

    def retrieve(self) -> tuple[bool, np.ndarray]:
        if self.properties[cv2.CAP_PROP_CONVERT_RGB]:
            return True, PICTURE
        return True, np.frombuffer(self._sends, np.uint8)[None, :]

    def release(self) -> None:
        pass


def opened(monkeypatch: pytest.MonkeyPatch, capture: FakeCapture) -> CameraDeviceSource:
    monkeypatch.setattr(opencv, "capture", lambda *_: capture)
    devices = [CameraDevice("/dev/video0", "camera")]
    source = CameraDeviceSource("0", width=64, height=48, rate=30, list_devices=lambda: devices)
    source.open()
    return source


def read(source: CameraDeviceSource) -> CameraFrame:
    frame = source.read()
    assert frame is not None
    return frame


@pytest.mark.parametrize("behind", [b"", b"\0" * 1000])
def test_the_jpeg_of_a_camera_is_taken_as_it_comes(
    monkeypatch: pytest.MonkeyPatch, behind: bytes
) -> None:
    frame = read(opened(monkeypatch, FakeCapture(sends=JPEG + behind)))
    assert frame.is_jpeg
    assert frame.pixels.tobytes() == JPEG


@pytest.mark.parametrize("kind", [{"fourcc": "YUYV"}, {"backend": "AVFOUNDATION"}])
def test_others_are_decoded_by_opencv(
    monkeypatch: pytest.MonkeyPatch, kind: dict[str, str]
) -> None:
    frame = read(opened(monkeypatch, FakeCapture(**kind)))
    assert not frame.is_jpeg
    assert frame.pixels is PICTURE


def test_a_camera_whose_jpeg_is_none_is_decoded_by_opencv_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    capture = FakeCapture(sends=b"no JPEG")
    source = opened(monkeypatch, capture)
    with pytest.raises(PictureSourceError, match="compressed pictures are damaged"):
        source.read()
    source.close()
    capture.properties[cv2.CAP_PROP_CONVERT_RGB] = 1.0
    source.open()
    assert read(source).pixels is PICTURE
    assert MOST_DAMAGED > 1


def test_the_jpeg_of_a_network_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with network_camera() as camera:
        source = StreamSource(camera.url)
        source.open()
        frames = [source.read() for _ in range(3)]
        source.close()
    for frame in frames:
        assert frame is not None
        assert frame.is_jpeg
        assert cv2.imdecode(frame.pixels, cv2.IMREAD_COLOR).shape == (180, 320, 3)
