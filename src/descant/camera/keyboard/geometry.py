# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The keyboard in millimetres, and its projection by a camera.

x runs along the keyboard from its left end, y from the front edge of the white keys to the
fallboard, z up from the tops of the white keys. Measures are those of a concert grand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from descant.arrays import Floats
from descant.types import HIGHEST_PIANO_KEY, LOWEST_PIANO_KEY

KEYS = range(LOWEST_PIANO_KEY, HIGHEST_PIANO_KEY + 1)
PITCH = 23.5  # from white key to white key
LENGTH = 150.0  # of a white key, as far as the fallboard
LIP = 17.0  # visible height of a white key's front
BLACK_WIDTH = 11.0
BLACK_FRONT = 52.0  # y of a black key's foot
BLACK_SLOPE = 6.0  # by which its front leans back
BLACK_HEIGHT = 12.0
WHITE_DIP = (-10.0, -2.5)  # z of a pressed white key's front and back
BLACK_DIP = (-8.5, -3.0)  # the same, added to the height
_WHITE_STEPS = (0, None, 1, None, 2, 3, None, 4, None, 5, None, 6)
_BLACK_SHIFTS = {1: -3.0, 3: 3.0, 6: -4.0, 8: 0.0, 10: 4.0}  # from the gap between white keys


def is_black(key: int) -> bool:
    """Return whether a MIDI key is a black one."""
    return _WHITE_STEPS[key % 12] is None


def _white_index(key: int) -> int:
    step = _WHITE_STEPS[key % 12]
    assert step is not None
    return 7 * (key // 12) + step


_FIRST = _white_index(LOWEST_PIANO_KEY)
WHITE_KEYS = tuple(key for key in KEYS if not is_black(key))
BLACK_KEYS = tuple(key for key in KEYS if is_black(key))
WIDTH = PITCH * len(WHITE_KEYS)


def span(key: int) -> tuple[float, float]:
    """Return the left and the right edge of a key's top, mm."""
    if is_black(key):
        middle = PITCH * (_white_index(key - 1) - _FIRST + 1) + _BLACK_SHIFTS[key % 12]
        return middle - BLACK_WIDTH / 2, middle + BLACK_WIDTH / 2
    left = PITCH * (_white_index(key) - _FIRST)
    return left, left + PITCH


def middle(key: int) -> float:
    """Return the x of a key's middle, mm."""
    left, right = span(key)
    return (left + right) / 2


@dataclass(frozen=True)
class View:
    """A pinhole camera at `eye` that points at `target`, rolled clockwise by `roll` radians.

    `focal` is the focal length in pixels, `centre` the pixel of `target`.
    """

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    roll: float
    focal: float
    centre: tuple[float, float]

    @cached_property
    def _axes(self) -> Floats:
        forward = np.subtract(self.target, self.eye)
        forward = forward / np.linalg.norm(forward)
        right = np.cross(forward, (0.0, 0.0, 1.0))
        right = right / np.linalg.norm(right)
        down = np.cross(forward, right)
        cos, sin = np.cos(self.roll), np.sin(self.roll)
        return np.array([cos * right + sin * down, cos * down - sin * right, forward])

    def project(self, points: ArrayLike) -> Floats:
        """Return the pixels (x, y) of points in millimetres, n x 3."""
        seen = (np.asarray(points, dtype=float) - self.eye) @ self._axes.T
        return self.focal * seen[:, :2] / seen[:, 2:] + self.centre

    def scale(self, point: Sequence[float]) -> float:
        """Return the pixels per millimetre at a point."""
        seen = (np.asarray(point, dtype=float) - self.eye) @ self._axes.T
        return float(self.focal / seen[2])
