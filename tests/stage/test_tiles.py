# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Where the bubbles are, in tiles."""

import numpy as np

from descant.stage.tiles import TILE, quads, tiles_under

SIZE = (640, 360)


def covered(tiles: np.ndarray) -> np.ndarray:
    """How often each pixel of the screen is drawn, the lowest row first."""
    vertices, indices = quads(tiles, SIZE)
    count = np.zeros(SIZE[::-1], int)
    for quad in indices.reshape(-1, 6):
        corners = vertices[quad]
        x = np.rint((corners[:, 0] + 1.0) / 2.0 * SIZE[0]).astype(int)
        y = np.rint((corners[:, 1] + 1.0) / 2.0 * SIZE[1]).astype(int)
        count[y.min() : y.max(), x.min() : x.max()] += 1
    return count


def test_every_pixel_belongs_to_the_bubbles_or_to_the_rest_and_never_to_both() -> None:
    rng = np.random.default_rng(1)
    for count in (0, 1, 5, 60):
        low, high = [-1.9, -1.1, 0.0, 0.0], [1.9, 1.1, 0.3, 1.0]
        tiles = tiles_under(rng.uniform(low, high, (count, 4)), SIZE, 4.0)
        assert np.all(covered(tiles) + covered(~tiles) == 1)


def test_all_that_a_bubble_reaches_is_among_its_tiles() -> None:
    bubbles = np.array([[-0.6, 0.1, 0.35, 1.0], [1.5, -0.9, 0.3, 0.7]])
    inside = covered(tiles_under(bubbles, SIZE, 4.0)) > 0
    y, x = np.mgrid[0:360, 0:640]
    x, y = (2.0 * (x + 0.5) - 640) / 360, 2.0 * (y + 0.5) / 360 - 1.0
    for bx, by, radius, _ in bubbles:
        assert np.all(inside[np.hypot(x - bx, y - by) < radius])
    assert inside.mean() < 0.4


def test_no_bubble_is_no_tile() -> None:
    tiles = tiles_under(np.zeros((0, 4)), SIZE, 4.0)
    assert tiles.shape == (-(-360 // TILE), -(-640 // TILE))
    assert not tiles.any()
