# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Convert camera pictures from the encodings of sensor_msgs/Image and CompressedImage to RGBA."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from descant.camera import opencv
from descant.camera.compression import decode
from descant.plain_text import plain

Rgba = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Encoding:
    """`channels` samples of `size` bytes a pixel; OpenCV's conversion to RGBA, '' for none.

    `lines`: rows of data for each row of the picture, where the colour stands below the brightness.
    """

    channels: int
    conversion: str
    size: int = 1
    lines: float = 1.0


_PACKED = {
    "rgb": (3, "RGB2RGBA"),
    "bgr": (3, "BGR2RGBA"),
    "rgba": (4, ""),
    "bgra": (4, "BGRA2RGBA"),
    "mono": (1, "GRAY2RGBA"),
    **{f"bayer_{p}": (1, f"Bayer{p.upper()}2RGBA") for p in ("rggb", "bggr", "gbrg", "grbg")},
}
_UNNAMED = {"C1": "mono", "C3": "bgr", "C4": "bgra"}
_YUV = {
    "yuv422": Encoding(2, "YUV2RGBA_UYVY"),
    "uyvy": Encoding(2, "YUV2RGBA_UYVY"),
    "yuv422_yuy2": Encoding(2, "YUV2RGBA_YUY2"),
    "yuyv": Encoding(2, "YUV2RGBA_YUY2"),
    "nv12": Encoding(1, "YUV2RGBA_NV12", lines=1.5),
    "nv21": Encoding(1, "YUV2RGBA_NV21", lines=1.5),
}
ENCODINGS = {
    **{f"{name}{8 * n}": Encoding(*_PACKED[name], n) for name in _PACKED for n in (1, 2)},
    **{f"{8 * n}U{c}": Encoding(*_PACKED[name], n) for c, name in _UNNAMED.items() for n in (1, 2)},
    **_YUV,
}
"""Of sensor_msgs/image_encodings those of colours and brightness. Of 16 bits the upper 8 are shown;
channels without a meaning (8UC3) are taken in OpenCV's order, as cv_bridge does."""


def to_rgba(
    data: bytes | array[int],
    width: int,
    height: int,
    step: int,
    encoding: str,
    *,
    is_bigendian: bool = False,
) -> Rgba:
    """Return rows of `step` bytes as (height, width, 4) RGBA, which OpenGL uploads fastest.

    Raises `ValueError` for an encoding that is not in `ENCODINGS`, or too little data.
    """
    kind = ENCODINGS.get(encoding)
    if kind is None:
        raise ValueError(f"encoding '{plain(encoding)}'; known: {', '.join(ENCODINGS)}")
    rows, used = int(height * kind.lines), width * kind.channels * kind.size
    flat = np.frombuffer(data, np.uint8)
    if width < 1 or height < 1 or step < used or flat.size < step * rows:
        raise ValueError(
            f"{flat.size} bytes in rows of {step} are too few for {width} x {height} {encoding}"
        )
    if encoding in _YUV and (width % 2 or rows != height * kind.lines):
        raise ValueError(f"{width} x {height} is no even size, as {encoding} needs it")
    samples = flat[: step * rows].reshape(rows, step)[:, :used]
    if kind.size == 2:
        samples = samples[:, 0 if is_bigendian else 1 :: 2]
    pixels = np.ascontiguousarray(samples).reshape(rows, width, kind.channels)
    if not kind.conversion:
        return pixels.copy()
    return _converted(pixels, kind.conversion)


def compressed_to_rgba(data: bytes | array[int], form: str = "") -> Rgba:
    """Return the JPEG, PNG or other picture in `data` as (height, width, 4) RGBA.

    `form` is the format of sensor_msgs/CompressedImage; it need not name the file format. Raises
    `ValueError` for what is damaged or cannot be decoded.
    """
    if "compressedDepth" in form:
        raise ValueError(f"format '{plain(form)}': distances, not a picture")
    pixels = decode(data, form)
    # As image_transport has it: most compress bgr, which is what JPEG decoders expect.
    return _converted(pixels, "RGB2RGBA" if "compressed rgb" in form else "BGR2RGBA")


def _converted(pixels: NDArray[np.uint8], conversion: str) -> Rgba:
    cv2 = opencv.load()
    try:
        return np.asarray(cv2.cvtColor(pixels, getattr(cv2, f"COLOR_{conversion}")), np.uint8)
    except cv2.error as error:  # a size that OpenCV refuses, as a mosaic of one line
        raise ValueError(f"OpenCV cannot convert {pixels.shape}: {error.err}") from None
