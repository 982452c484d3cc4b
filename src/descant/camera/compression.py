# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Compress pictures as JPEG, and decode compressed ones."""

from __future__ import annotations

import struct
from array import array

import numpy as np
from numpy.typing import NDArray

from descant.camera import opencv
from descant.camera.picture_source import Pixels
from descant.plain_text import plain
from descant.stderr import taken_from_stderr

Data = NDArray[np.uint8]
LIBJPEG = ("Corrupt JPEG data", "Premature end of JPEG", "Invalid SOS", "Unsupported marker")
"""Beginnings of libjpeg's lines about a damaged picture, which it decodes all the same."""
START, END, MARKER = b"\xff\xd8", b"\xff\xd9", 0xFF
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # markers of a segment with the size


def compress(pixels: Pixels, quality: int) -> Data:
    """Return `pixels` as JPEG of that quality, 1..100."""
    cv2 = opencv.load()
    good, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not good:
        raise ValueError(f"OpenCV cannot compress a picture of {pixels.shape}")
    return np.asarray(data, np.uint8).ravel()


def decode(data: bytes | array[int] | Data, form: str) -> Pixels:
    """Return the JPEG, PNG or other picture in `data`; `form` is its format, for messages.

    Raises `ValueError` for what is damaged or cannot be decoded.
    """
    cv2 = opencv.load()
    flat = np.frombuffer(data, np.uint8)
    what = f"{flat.size} bytes of format '{plain(form)}'"
    with taken_from_stderr(LIBJPEG) as damage:
        try:
            pixels = cv2.imdecode(flat, cv2.IMREAD_COLOR) if flat.size else None
        except cv2.error:  # larger than is allowed
            pixels = None
    if pixels is None:
        raise ValueError(f"{what} are no whole picture that OpenCV can decode")
    if damage:
        raise ValueError(f"{what} are damaged: {plain(damage[0])}")
    return np.asarray(pixels, np.uint8)


def whole_jpeg(data: bytes) -> bytes:
    """Return the JPEG at the start of `data`, without what a driver left behind it; b'' if none."""
    if not data.startswith(START):
        return b""
    return data[: data.rfind(END) + len(END)] if END in data else b""


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a JPEG by its header; None where it has none."""
    at = len(START)
    while at + 9 <= len(data) and data[at] == MARKER:
        if data[at + 1] in FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
