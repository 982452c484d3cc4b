"""Whether a picture is new: a camera that was unplugged may go on giving its last one."""

from __future__ import annotations

import numpy as np

from descant.camera.base import Pixels

GRID = 16  # every 16th pixel of every 16th row is looked at first


class Repetition:
    """Remembers the last new picture, and counts those that equal it in every bit.

    A real camera's noise makes every picture differ somewhere in the grid, so that the whole is
    compared only when there is suspicion.
    """

    def __init__(self) -> None:
        self.repeated = 0
        self._last: Pixels | None = None

    def is_new(self, pixels: Pixels) -> bool:
        """Whether `pixels` (not to be written to afterwards) differ from the last new picture."""
        if self._last is not None and _same(self._last, pixels):
            self.repeated += 1
            return False
        self._last = pixels
        return True


def _same(one: Pixels, other: Pixels) -> bool:
    if one.shape != other.shape:
        return False
    grid = np.s_[::GRID, ::GRID]
    return np.array_equal(one[grid], other[grid]) and np.array_equal(one, other)
