# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Which pictures of a source are published: at most `rate` a second, and no frozen ones."""

from __future__ import annotations

import numpy as np

from descant.camera.picture_source import Pixels
from descant.types import NANOSECONDS

EARLY = 1 / 3  # of a period, that a picture may be early and is still accepted: cameras jitter
GRID = 16  # every 16th pixel of every 16th row is compared first


class RateLimiter:
    """Accepts at most `rate` pictures a second.

    A source of the same rate loses no picture to jitter, and none is delayed; of a faster source
    the pictures nearest to the period are accepted.
    """

    def __init__(self, rate: float) -> None:
        self._period_ns = NANOSECONDS / rate
        self._next_ns: float | None = None

    def accepts(self, time_ns: int) -> bool:
        """Return whether the picture of `time_ns` is accepted; times must not decrease."""
        if self._next_ns is None:
            self._next_ns = float(time_ns)
        if time_ns < self._next_ns - EARLY * self._period_ns:
            return False
        # After a gap the period starts anew, so that missed pictures are not made up for.
        self._next_ns = max(self._next_ns, time_ns - self._period_ns) + self._period_ns
        return True


class RepetitionDetector:
    """Counts pictures that equal the last new one in every bit, as an unplugged camera gives them.

    A real camera's noise makes every picture differ somewhere in the grid, so that whole pictures
    are compared only where the grids are equal.
    """

    def __init__(self) -> None:
        self.repeated = 0
        self._last: Pixels | None = None

    def is_new(self, pixels: Pixels) -> bool:
        """Return whether `pixels` differ from the last new picture; do not change them later."""
        if self._last is not None and _same(self._last, pixels):
            self.repeated += 1
            return False
        self._last = pixels
        return True


def _same(one: Pixels, other: Pixels) -> bool:
    if one.shape != other.shape:
        return False
    grid = np.s_[::GRID, ::GRID] if one.ndim > 1 else np.s_[::GRID]
    return np.array_equal(one[grid], other[grid]) and np.array_equal(one, other)
