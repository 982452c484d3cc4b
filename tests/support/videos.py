# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Small videos, written for a test."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np

STEP = 24  # grey levels from one picture to the next


def write_video(
    path: Path, count: int, *, rate: float = 25.0, size: tuple[int, int] = (320, 180)
) -> Path:
    """`count` pictures whose grey tells their number: see `number_of`."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), rate, size)
    assert writer.isOpened()
    for number in range(count):
        writer.write(np.full((size[1], size[0], 3), STEP * (number % 10) + 10, np.uint8))
    writer.release()
    return path


def number_of(pixels: np.ndarray) -> int:
    """Which picture of a video this is, modulo 10."""
    return round((float(pixels.mean()) - 10) / STEP)


def pixels(image: Any) -> np.ndarray:
    """The pixels of a message sensor_msgs/Image."""
    return np.frombuffer(image.data, np.uint8).reshape(image.height, image.width, 3)


def glowing(image: Any) -> int:
    """How many pixels of a message have the colour of a sounding key of the drawn keyboard."""
    colours = pixels(image).astype(int)
    return int((colours[..., 2] - colours[..., 0] > 120).sum())


def write_timed_video(
    path: Path, times_ms: Sequence[int], *, codec: str = "libx264", size: tuple[int, int] = (96, 64)
) -> Path:
    """A video of any container and codec of FFmpeg, whose pictures have these times.

    Their grey tells their number: see `number_of`. A quarter, above on the left, is white.
    """
    import av

    options = {"movflags": "+faststart"} if path.suffix == ".mp4" else {}  # the header first
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, time_ms in enumerate(times_ms):
            pixels = np.full((size[1], size[0], 3), STEP * (number % 10) + 10, np.uint8)
            pixels[: size[1] // 2, : size[0] // 2] = 255
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = time_ms, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def turned(path: Path, quarters: int) -> Path:
    """Say in an MP4 file's metadata that it is to be shown turned clockwise by quarter turns."""
    a, b, c, d = ((1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0))[quarters]
    data = bytearray(path.read_bytes())
    place = data.index(b"tkhd") + 44  # ISO/IEC 14496-12, 8.3.2, version 0
    values = (a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    data[place : place + 36] = struct.pack(">9i", *values)
    path.write_bytes(data)
    return path


def mark_of(pixels: np.ndarray) -> tuple[int, int]:
    """Row and column, 0 or 1 each, of the white quarter of a picture of `write_timed_video`."""
    rows, columns = pixels.shape[0] // 2, pixels.shape[1] // 2
    quarters = [
        pixels[r * rows : (r + 1) * rows, c * columns : (c + 1) * columns, :3].mean()
        for r in (0, 1) for c in (0, 1)
    ]  # fmt: skip
    return divmod(int(np.argmax(quarters)), 2)
