# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Pixels and JPEG of a picture: what is made, what is passed on, and what is refused."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from descant.camera import published_picture
from descant.camera.compression import jpeg_size, whole_jpeg
from descant.camera.picture_source import CameraFrame
from descant.camera.published_picture import PublishedPicture
from descant.camera.settings import CameraSettings

SETTINGS = CameraSettings(width=96, height=64)
Pixels = NDArray[np.uint8]


def pixels(width: int = 96, height: int = 64) -> Pixels:
    smooth = np.random.default_rng(3).integers(0, 255, (height // 8, width // 8, 3), np.uint8)
    return np.asarray(cv2.resize(smooth, (width, height)), np.uint8)


def jpeg(picture: Pixels, *options: int) -> Pixels:
    return np.asarray(cv2.imencode(".jpg", picture, options)[1], np.uint8).ravel()


def decoded(data: Pixels) -> Pixels:
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def distance(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(int) - other).mean())


def test_a_camera_s_jpeg_is_published_as_it_is_and_not_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = jpeg(pixels())
    monkeypatch.setattr(published_picture, "decode", lambda *_: pytest.fail("decoded"))
    assert PublishedPicture(CameraFrame(1, data), SETTINGS).jpeg is data


@pytest.mark.parametrize(
    "settings",
    [
        SETTINGS.replace(mirror=True),
        SETTINGS.replace(flip=True),
        CameraSettings(width=64, height=64),
    ],
)
def test_one_of_another_form_is_made_anew(settings: CameraSettings) -> None:
    picture = PublishedPicture(CameraFrame(1, jpeg(pixels())), settings)
    assert picture.pixels.shape == (settings.height, settings.width, 3)
    assert distance(decoded(picture.jpeg), picture.pixels) < 6.0


def test_pixels_of_a_jpeg_and_a_jpeg_of_pixels() -> None:
    assert distance(PublishedPicture(CameraFrame(1, jpeg(pixels())), SETTINGS).pixels, pixels()) < 6
    picture = PublishedPicture(CameraFrame(1, pixels()), SETTINGS)
    assert distance(decoded(picture.jpeg), pixels()) < 6.0


def test_the_quality_is_that_of_the_parameter() -> None:
    sizes = [
        len(PublishedPicture(CameraFrame(1, pixels()), SETTINGS.replace(jpeg_quality=quality)).jpeg)
        for quality in (10, 50, 95)
    ]
    assert sizes == sorted(set(sizes))


def test_a_damaged_jpeg_is_refused() -> None:
    with pytest.raises(ValueError, match="no whole picture"):
        _ = PublishedPicture(CameraFrame(1, jpeg(pixels())[:200]), SETTINGS).pixels


@pytest.mark.parametrize(("width", "height"), [(96, 64), (1280, 720), (8, 8)])
@pytest.mark.parametrize(
    "options", [(), (cv2.IMWRITE_JPEG_PROGRESSIVE, 1), (cv2.IMWRITE_JPEG_RST_INTERVAL, 4)]
)
def test_the_size_stands_in_the_header(width: int, height: int, options: tuple[int, ...]) -> None:
    data = jpeg(pixels(width, height), *options).tobytes()
    assert jpeg_size(data) == (width, height)
    assert whole_jpeg(data + b"\0" * 500) == data
    assert whole_jpeg(data[:-2]) == b""
    assert whole_jpeg(b"YUYV" * 100) == b""


def test_no_header_has_no_size_and_ends() -> None:
    random = np.random.default_rng(1)
    whole = jpeg(pixels()).tobytes()
    for _ in range(200):
        damaged = bytearray(whole[: random.integers(len(whole))])
        for at in random.integers(0, len(damaged), 5) if damaged else ():
            damaged[at] = random.integers(256)
        size = jpeg_size(bytes(damaged))
        assert size is None or max(size) < 65_536
