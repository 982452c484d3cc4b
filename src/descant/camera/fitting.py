# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Scale, crop, mirror and flip the pictures of a source to the published size."""

from __future__ import annotations

from typing import Any

import numpy as np

from descant.camera.picture_source import Pixels
from descant.camera.settings import CameraSettings


def fit_picture(cv2: Any, pixels: Pixels, settings: CameraSettings) -> Pixels:
    """Return `pixels` in the size and orientation of the settings; the same array if they are."""
    pixels = _scaled(cv2, pixels, settings)
    if settings.mirror or settings.flip:
        code = -1 if settings.mirror and settings.flip else int(settings.mirror)
        pixels = cv2.flip(pixels, code)
    return np.ascontiguousarray(pixels)


def _scaled(cv2: Any, pixels: Pixels, settings: CameraSettings) -> Pixels:
    if pixels.ndim == 2:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    width, height = settings.width, settings.height
    rows, columns = pixels.shape[:2]
    if (columns, rows) == (width, height):
        return pixels
    if settings.fit == "stretch":
        return _resized(cv2, pixels, width, height)
    if settings.fit == "crop":
        return _resized(cv2, _central_part(pixels, width / height), width, height)
    scale = min(width / columns, height / rows)
    inner = _resized(cv2, pixels, max(1, round(columns * scale)), max(1, round(rows * scale)))
    canvas = np.zeros((height, width, 3), np.uint8)
    top, left = (height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2
    canvas[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return canvas


def _central_part(pixels: Pixels, ratio: float) -> Pixels:
    """Return the largest central part whose width over height is `ratio`."""
    rows, columns = pixels.shape[:2]
    width = max(1, min(columns, round(rows * ratio)))
    height = max(1, min(rows, round(columns / ratio)))
    left, top = (columns - width) // 2, (rows - height) // 2
    return pixels[top : top + height, left : left + width]


def _resized(cv2: Any, pixels: Pixels, width: int, height: int) -> Pixels:
    if pixels.shape[:2] == (height, width):
        return pixels
    smaller = width * 2 <= pixels.shape[1]
    method = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    resized: Pixels = cv2.resize(pixels, (width, height), interpolation=method)
    return resized
