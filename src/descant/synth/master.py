"""What keeps the sum of all notes in its place: seats from left to right, and full scale. Pure.

Notes sit in `SEATS` places from left to right (equal power: the same loudness everywhere). The
sum of all passes a limiter that needs no look-ahead, because it is told: it knows every voice's
level, so it knows the power of the sum before the sum sounds. Notes that are not in phase peak at
about CREST times their power's root; the gain goes down, within the block in which the levels go
up, so that this stays below the knee, and comes back in RECOVERY. One note is never touched,
eight loud ones hardly, and 88 keys at full velocity lose some 15 dB of level and nothing of their
sound. What still stands out (moments when many partials meet) is rounded off between KNEE and
CEILING by a curve that has no corner and leaves all below untouched. Having no memory it cannot
click, and it ends below full scale by construction.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Line = Callable[[float, float], None]

SEATS = 8
MIDDLE_KEY, HALF_KEYBOARD = 64.5, 43.5
CEILING = 0.984375  # -0.14 dBFS, and exact in single precision
KNEE = 0.8
CREST = 3.6
RECOVERY = 0.25  # seconds
# pyo's Lookup reads its table from 0.5 to 99.5 % of it, for values of -1 .. 1.
LOOKUP_SLOPE = 0.495


def seat_of(key: int) -> int:
    """The seat of a key: 0 for the lowest keys .. SEATS - 1 for the highest."""
    place = (key - MIDDLE_KEY) / HALF_KEYBOARD
    return round((max(-1.0, min(1.0, place)) + 1.0) / 2.0 * (SEATS - 1))


def seat_gains(seat: int, spread: float) -> tuple[float, float]:
    """Gains of a seat to the left and right; their squares add up to 1."""
    place = (2.0 * seat / (SEATS - 1) - 1.0) * spread
    angle = (place + 1.0) * math.pi / 4.0
    return math.cos(angle), math.sin(angle)


def ceiling_curve(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is below KNEE as it is, the rest rounded off to stay below CEILING."""
    size = np.abs(value)
    room = CEILING - KNEE
    rounded = KNEE + room * np.tanh((size - KNEE) / room)
    return np.where(size > KNEE, np.copysign(rounded, value), value)


def ceiling_table(size: int, reach: float) -> NDArray[np.float64]:
    """The curve as pyo's Lookup reads it, for values of -reach .. reach given as -1 .. 1."""
    place = (np.arange(size) / size - 0.5) / LOOKUP_SLOPE
    return ceiling_curve(place * reach)


class Limiter:
    """The gain of everything; times are numbers of blocks, `recover` the part of the way back
    that is made in `grid` of them. What it says goes to two lines, of one block and of the grid.
    """

    def __init__(self, quick: Line, slow: Line, *, grid: int, recover: float) -> None:
        self.power = 0.0  # mean square of the louder channel
        self.gain = 1.0  # at the end of the line that is being drawn
        self._was = 1.0
        self._since = 0
        self._quick, self._slow = quick, slow
        self._quickly = False
        self._grid = grid
        self._recover = recover
        self._free = (KNEE / CREST) ** 2

    @property
    def hurried(self) -> bool:
        """Whether it must be told of the next block, even if that is no louder."""
        return self._quickly

    def follow(self, now: int, power: float) -> None:
        """The next block, `now`, has this power at most."""
        on_grid = now % self._grid == 0
        at_rest = self._was == self.gain == 1.0 or not on_grid
        if power == self.power and not self._quickly and at_rest:
            return
        self.power = power
        wanted = 1.0 if power <= self._free else KNEE / (CREST * math.sqrt(power))
        current = self._at(now)
        if wanted < self.gain:
            self._draw(now, current, min(wanted, current), quickly=True)
        elif on_grid and wanted > current:
            nearer = current + (wanted - current) * self._recover
            self._draw(now, current, 1.0 if nearer > 0.9999 else nearer)
        elif self._quickly or on_grid:
            self._draw(now, current, current)

    def _draw(self, now: int, before: float, after: float, *, quickly: bool = False) -> None:
        (self._quick if quickly else self._slow)(before, after)
        self._was, self.gain, self._since, self._quickly = before, after, now, quickly

    def _at(self, now: int) -> float:
        """The gain at the start of block `now`; slow lines start on the grid."""
        if self._quickly or self._was == self.gain:
            return self.gain
        return self._was + (self.gain - self._was) * (now - self._since) / self._grid
