# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The stage light: a spotlight of slowly varying strength, glowing keys, the dark hall."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from descant.camera.keyboard import geometry as g
from descant.camera.keyboard.textures import Image, glow_colour
from descant.types import NANOSECONDS

REACH_MM = 46.0  # reach of a key's glow
GLOW = 1.15  # light that a glow adds to its surroundings
BREATH_S = (19.0, 29.0)  # periods of the variation of the spotlight's two halves
BREATH = 0.07
MIRROR_Y = 2 * (g.LENGTH + 1.5)


class StageLight:
    """The light on a grid `coarse` times coarser than the picture; 1 is the light as painted.

    Outside `band` (rows of the grid) it is always 1.
    """

    def __init__(self, cv2: Any, view: g.View, coarse: int, size: tuple[int, int]) -> None:
        self._cv2 = cv2
        self._size = size
        self._glows = {key: self._key_light(view, coarse, key) for key in g.KEYS}
        rows = [box[0] for box, _ in self._glows.values()]
        self.band = slice(min(r.start for r in rows), size[1])
        x = np.linspace(-1, 1, size[0], dtype=np.float32)[None, :]
        y = np.linspace(-1, 1, self.band.stop - self.band.start, dtype=np.float32)[:, None]
        self._left, self._right = (
            self._in_band(np.cos(np.pi / 2 * y) ** 2 * np.exp(-(((x - at) / 0.6) ** 2)))
            for at in (-0.45, 0.35)
        )

    def at_rest(self, time_ns: int) -> Image:
        """Return the light without a note; the caller may change the array."""
        one, other = (
            BREATH * math.sin(2 * math.pi * (time_ns % round(p * NANOSECONDS)) / (p * NANOSECONDS))
            for p in BREATH_S
        )
        light: Image = self._cv2.addWeighted(self._left, one, self._right, other, 1.0)
        return light

    def _in_band(self, part: NDArray[np.float32]) -> Image:
        """Return light given for the band on the whole grid, in three colours."""
        image = np.zeros((self._size[1], self._size[0], 3), np.float32)
        image[self.band] = part[..., None]
        return image

    def add_glow(self, light: Image, key: int, glow: float) -> None:
        """Add the glow of one key, 0..1.5, to `light`."""
        box, key_light = self._glows[key]
        light[box] += np.float32(GLOW * glow) * key_light

    def _key_light(
        self, view: g.View, coarse: int, key: int
    ) -> tuple[tuple[slice, slice], NDArray[np.float32]]:
        """Return the light around a key and around its reflection in the fallboard, and its box."""
        x, y = g.middle(key), 78.0 if g.is_black(key) else 45.0
        columns, rows = self._size
        total = np.zeros((rows, columns), np.float32)
        across, down = np.arange(columns)[None, :], np.arange(rows)[:, None]
        for place, strength in ((y, 1.0), (y + 55.0, 0.45), (MIRROR_Y - y, 1.3)):
            [(px, py)] = (view.project([(x, place, 4.0)]) + 0.5) / coarse - 0.5
            reach = REACH_MM * view.scale((x, place, 4.0)) / coarse
            bell = [np.exp(-(((n - p) / reach) ** 2) * 1.65) for n, p in ((down, py), (across, px))]
            total += (strength * bell[0] * bell[1]).astype(np.float32)
        found_rows, found_columns = np.nonzero(total > 0.01)
        box = (
            slice(int(found_rows.min()), int(found_rows.max()) + 1),
            slice(int(found_columns.min()), int(found_columns.max()) + 1),
        )
        colour = glow_colour(key) ** 1.6  # more saturated than the key, as ivory reduces the colour
        return box, (total[box][..., None] * colour).astype(np.float32)


def backdrop(size: tuple[int, int]) -> Image:
    """Paint the dark hall: haze lit from the upper left, and lamps out of focus."""
    width, height = size
    x = (np.arange(width, dtype=np.float32) / width)[None, :]
    y = (np.arange(height, dtype=np.float32) / width)[:, None]
    haze = 0.13 * np.exp(-(((x - 0.30) / 0.45) ** 2) - ((y - 0.02) / 0.24) ** 2)
    image = (haze + _beam(x, y))[..., None] * np.array((0.46, 0.66, 1.0), np.float32)
    image = image + (0.05 * np.exp(-(((x - 0.9) / 0.3) ** 2) - (y / 0.18) ** 2))[..., None] * (
        np.array((1.0, 0.55, 0.30), np.float32)
    )
    for lamp in _LAMPS:
        image = image + _lamp(x, y, lamp)
    return np.asarray(image, dtype=np.float32)


def _beam(x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """Return the spotlight's beam in the haze, from the upper left to the middle of the keys."""
    along = (y + 0.12) / 0.46
    aside = (x - (0.13 + 0.30 * along)) / (0.022 + 0.13 * np.maximum(along, 0))
    beam: NDArray[Any] = 0.22 * np.exp(-(aside**2)) * np.exp(-1.3 * along) * (along > 0)
    return beam


class Lamp(NamedTuple):
    """A lamp: place and size in widths of the picture; `warmth` 0 blue .. 1 amber."""

    x: float
    y: float
    radius: float
    strength: float
    warmth: float


_LAMPS = (
    Lamp(0.07, 0.050, 0.022, 0.10, 0.9),
    Lamp(0.155, 0.105, 0.014, 0.07, 1.0),
    Lamp(0.235, 0.038, 0.018, 0.09, 0.7),
    Lamp(0.36, 0.075, 0.026, 0.06, 0.9),
    Lamp(0.47, 0.030, 0.016, 0.08, 1.0),
    Lamp(0.575, 0.085, 0.020, 0.05, 0.5),
    Lamp(0.66, 0.035, 0.028, 0.07, 0.2),
    Lamp(0.79, 0.060, 0.018, 0.07, 0.0),
    Lamp(0.90, 0.030, 0.024, 0.08, 0.1),
)


def _lamp(x: NDArray[Any], y: NDArray[Any], lamp: Lamp) -> NDArray[Any]:
    """Return a disc with a brighter edge, as a lens shows a lamp out of focus."""
    distance = np.hypot(x - lamp.x, y - lamp.y) / lamp.radius
    disc = 0.5 - 0.5 * np.tanh((distance - 1.0) * 11.0)
    disc = disc * (0.72 + 0.28 * np.clip(distance, 0, 1) ** 3)
    warm, cold = np.array((0.35, 0.66, 1.0)), np.array((1.0, 0.62, 0.42))
    colour = lamp.warmth * warm + (1 - lamp.warmth) * cold
    return 1.5 * lamp.strength * disc[..., None] * colour
