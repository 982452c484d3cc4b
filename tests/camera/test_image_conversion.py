# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Camera pictures of every encoding and compression, as RGBA."""

from array import array

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from descant.camera.image_conversion import ENCODINGS, compressed_to_rgba, to_rgba

RED, GREEN, BLUE = 10, 20, 30
PIXELS = {
    "rgb": ([RED, GREEN, BLUE], [RED, GREEN, BLUE, 255]),
    "bgr": ([BLUE, GREEN, RED], [RED, GREEN, BLUE, 255]),
    "rgba": ([RED, GREEN, BLUE, 7], [RED, GREEN, BLUE, 7]),
    "bgra": ([BLUE, GREEN, RED, 7], [RED, GREEN, BLUE, 7]),
    "mono": ([RED], [RED, RED, RED, 255]),
}
UNNAMED = {"UC1": "mono", "UC3": "bgr", "UC4": "bgra"}
PACKED = [
    (f"{name}{bits}", bits, *values) for name, values in PIXELS.items() for bits in (8, 16)
] + [(f"{bits}{c}", bits, *PIXELS[name]) for c, name in UNNAMED.items() for bits in (8, 16)]
MOSAICS = {"rggb": "rggb", "bggr": "bggr", "gbrg": "gbrg", "grbg": "grbg"}
YUV = ["yuv422", "uyvy", "yuv422_yuy2", "yuyv", "nv12", "nv21"]
COLOUR = (200, 90, 40)  # red, green, blue


def shown(pixels: NDArray[np.uint8], colour: tuple[int, ...], tolerance: int = 4) -> None:
    """The middle of the picture has the colour."""
    middle = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2]
    assert np.abs(middle[:3].astype(int) - colour).max() <= tolerance
    assert middle[3] == 255


def samples(encoding: str) -> tuple[bytes, int]:
    """A picture of 8 x 6 of one `COLOUR` as a camera sends it, and its step."""
    plain = np.full((6, 8, 3), COLOUR, np.uint8)
    if encoding.startswith("bayer"):
        at = {"r": COLOUR[0], "g": COLOUR[1], "b": COLOUR[2]}
        tile = np.array([at[letter] for letter in encoding[6:10]], np.uint8).reshape(2, 2)
        return np.tile(tile, (3, 4)).tobytes(), 8
    yuv = cv2.cvtColor(plain, cv2.COLOR_RGB2YUV_I420)
    y, u, v = int(yuv[0, 0]), int(yuv[6, 0]), int(yuv[8, 0])
    if encoding.startswith("nv"):
        pair = [u, v] if encoding == "nv12" else [v, u]
        return bytes([y] * 48 + pair * 12), 8
    four = [y, u, y, v] if encoding in ("yuv422_yuy2", "yuyv") else [u, y, v, y]
    return bytes(four * 24), 16


@pytest.mark.parametrize(("encoding", "bits", "pixel", "expected"), PACKED)
@pytest.mark.parametrize("is_bigendian", [False, True])
def test_colours_and_brightness(
    encoding: str, bits: int, pixel: list[int], expected: list[int], *, is_bigendian: bool
) -> None:
    """Of 16 bits the upper eight; rows may be padded."""
    row = bytes(pixel * 2)
    if bits == 16:
        row = b"".join(bytes([v, 99]) if is_bigendian else bytes([99, v]) for v in pixel * 2)
    data = array("B", (row + b"ccc") * 3)
    pixels = to_rgba(data, 2, 3, len(row) + 3, encoding, is_bigendian=is_bigendian)
    assert pixels.shape == (3, 2, 4)
    if bits == 16 and len(pixel) == 4:
        expected = [*expected[:3], 7]
    assert np.array_equal(pixels, np.broadcast_to(np.array(expected, np.uint8), (3, 2, 4)))


@pytest.mark.parametrize("encoding", [*YUV, *(f"bayer_{m}8" for m in MOSAICS)])
def test_what_cameras_send_unconverted(encoding: str) -> None:
    data, step = samples(encoding)
    pixels = to_rgba(data, 8, 6, step, encoding)
    assert pixels.shape == (6, 8, 4)
    shown(pixels, COLOUR)


def test_the_tables_encodings_are_all_tested() -> None:
    tested = {row[0] for row in PACKED} | {*YUV}
    tested |= {f"bayer_{mosaic}{bits}" for mosaic in MOSAICS for bits in (8, 16)}
    assert set(ENCODINGS) == tested


@pytest.mark.parametrize("encoding", ["yuv411", "", "32FC1", "bayer\x1b[2J"])
def test_an_encoding_nobody_knows_is_refused_with_those_that_are_known(encoding: str) -> None:
    with pytest.raises(ValueError, match="; known: rgb8, rgb16, bgr8") as caught:
        to_rgba(b"\0" * 12, 2, 2, 6, encoding)
    assert "\x1b" not in str(caught.value)


def test_too_little_data_is_refused() -> None:
    with pytest.raises(ValueError, match="11 bytes in rows of 6 are too few for 2 x 2 bgr8"):
        to_rgba(b"\0" * 11, 2, 2, 6, "bgr8")


@pytest.mark.parametrize(("width", "height"), [(0, 0), (1, 1), (1, 2), (2, 1), (3, 3), (2**31, 1)])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_size_is_shown_or_refused(encoding: str, width: int, height: int) -> None:
    """Never another error than `ValueError`, whatever OpenCV says of the size."""
    try:
        pixels = to_rgba(b"\0" * 100, width, height, 8 * width, encoding)
    except ValueError:
        return
    assert pixels.shape == (height, width, 4)


def photograph() -> NDArray[np.uint8]:
    """A picture of blue green red."""
    noise = np.random.default_rng(1).integers(0, 255, (90, 160, 3), np.uint8)
    noise[30:60, 60:100] = COLOUR[::-1]
    return noise


@pytest.mark.parametrize(
    "form", ["bgr8; jpeg compressed bgr8", "rgb8; jpeg compressed bgr8", "jpeg", ""]
)
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_compressed_pictures(suffix: str, form: str) -> None:
    pixels = compressed_to_rgba(cv2.imencode(suffix, photograph())[1].tobytes(), form)
    assert pixels.shape == (90, 160, 4)
    shown(pixels, COLOUR)


def test_a_picture_compressed_in_the_order_rgb() -> None:
    data = cv2.imencode(".png", photograph()[:, :, ::-1])[1].tobytes()
    shown(compressed_to_rgba(data, "rgb8; png compressed rgb8"), COLOUR)


def test_a_grey_picture_of_16_bits() -> None:
    data = cv2.imencode(".png", np.full((20, 20), 0x4321, np.uint16))[1].tobytes()
    shown(compressed_to_rgba(data, "mono16; png compressed"), (0x43, 0x43, 0x43))


def test_damaged_pictures_are_refused_and_nothing_is_printed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """In one line each, cut anywhere or with bytes changed; libjpeg's own lines are among it."""
    whole = cv2.imencode(".jpg", photograph())[1].tobytes()
    random = np.random.default_rng(2)
    refused = []
    for number in range(60):
        damaged = bytearray(whole)
        if number % 2:
            del damaged[random.integers(len(whole) - 2) :]
        for at in random.integers(0, len(damaged), 9) if damaged else ():
            damaged[at] = random.integers(256)
        try:
            compressed_to_rgba(bytes(damaged), "jpeg")
        except ValueError as error:
            refused.append(str(error))
    assert len(refused) >= 30
    assert all("\n" not in line and "bytes of format 'jpeg'" in line for line in refused)
    assert any("are damaged: Corrupt JPEG data" in line for line in refused)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("form", ["16UC1; compressedDepth png", "jpeg"])
def test_what_is_no_picture(form: str) -> None:
    huge = bytearray(cv2.imencode(".jpg", photograph())[1].tobytes())
    size = huge.index(b"\xff\xc0") + 5
    huge[size : size + 4] = b"\xff" * 4  # of 65535 x 65535: no memory for it
    for data in (b"", b"no picture", bytes(huge)):
        with pytest.raises(ValueError, match=r"bytes of format|distances, not a picture"):
            compressed_to_rgba(data, form)
