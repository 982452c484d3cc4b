"""Small videos, written for a test."""

from __future__ import annotations

from pathlib import Path

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
