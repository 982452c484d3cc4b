"""Convert camera pictures from the encodings of sensor_msgs/Image to RGBA."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

ENCODINGS = {
    "rgb8": (3, "COLOR_RGB2RGBA"),
    "bgr8": (3, "COLOR_BGR2RGBA"),
    "rgba8": (4, ""),
    "bgra8": (4, "COLOR_BGRA2RGBA"),
    "mono8": (1, "COLOR_GRAY2RGBA"),
}
"""Encoding of sensor_msgs/Image -> bytes per pixel, and OpenCV's conversion to RGBA."""


def to_rgba(
    data: bytes | array[int], width: int, height: int, step: int, encoding: str
) -> NDArray[np.uint8]:
    """Rows of `step` bytes as (height, width, 4) RGBA, which OpenGL uploads fastest.

    Raises `ValueError` for an encoding that is not in `ENCODINGS`, or too little data.
    """
    import cv2  # noqa: PLC0415 -- a device library: imported only where used

    if encoding not in ENCODINGS:
        raise ValueError(f"encoding '{encoding}'; known: {', '.join(ENCODINGS)}")
    count, conversion = ENCODINGS[encoding]
    flat = np.frombuffer(data, np.uint8)
    if width < 1 or height < 1 or step < width * count or flat.size < step * height:
        raise ValueError(
            f"{flat.size} bytes in rows of {step} are too few for {width} x {height} {encoding}"
        )
    rows = flat[: step * height].reshape(height, step)[:, : width * count]
    pixels = rows.reshape(height, width, count)
    if not conversion:
        return pixels.copy()
    return np.asarray(cv2.cvtColor(pixels, getattr(cv2, conversion)), np.uint8)
