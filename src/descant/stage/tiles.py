# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The screen in tiles: those under bubbles, and the others, which are cheaper to draw."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from descant.stage.ribbons import QUAD, Arrays

Floats = NDArray[np.floating[Any]]
TILE = 64
"""Pixels, both ways: smaller tiles are drawn faster and take longer to compute."""


def tiles_under(bubbles: Floats, size: tuple[int, int], margin: float) -> NDArray[np.bool_]:
    """Whether each tile of a screen of `size` pixels lies within `margin` pixels of a bubble.

    (rows, columns), the lower left first; `bubbles` as in `frame.Frame`.
    """
    width, height = size
    # One row for each bubble, in pixels from the lower left.
    x = ((bubbles[:, 0] * height / width + 1.0) * width / 2.0)[:, None]
    y = ((bubbles[:, 1] + 1.0) * height / 2.0)[:, None]
    reach = (bubbles[:, 2] * height / 2.0 + margin)[:, None]
    left, low = np.arange(0, width, TILE), np.arange(0, height, TILE)
    across = np.clip(x, left, left + TILE) - x
    up = np.clip(y, low, low + TILE) - y
    near = (up * up)[:, :, None] + (across * across)[:, None, :] < (reach * reach)[:, :, None]
    under: NDArray[np.bool_] = near.any(axis=0)
    return under


def quads(tiles: NDArray[np.bool_], size: tuple[int, int]) -> Arrays:
    """One quad for each row of adjacent tiles: vertices (n, 2), -1 .. 1 both ways; indices."""
    edge = np.diff(np.pad(tiles.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    row, start = np.nonzero(edge == 1)
    _, end = np.nonzero(edge == -1)
    x = np.minimum(np.stack([start, end]) * TILE, size[0]) * 2.0 / size[0] - 1.0
    y = np.minimum(np.stack([row, row + 1]) * TILE, size[1]) * 2.0 / size[1] - 1.0
    vertices = np.empty((len(row), 4, 2), np.float32)
    for corner, (side, height) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1))):
        vertices[:, corner, 0], vertices[:, corner, 1] = x[side], y[height]
    indices = (np.arange(len(row), dtype=np.uint32)[:, None] * 4 + QUAD).ravel()
    return vertices.reshape(-1, 2), indices
