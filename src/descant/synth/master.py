# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The sum of all notes: pan positions from left to right, limiter and soft ceiling. Pure.

A note plays at one of PAN_POSITIONS from left to right (equal power: the same loudness everywhere).
The sum of all passes a limiter that needs no look-ahead: it knows every voice's level, and so the
power of the sum, before the sum sounds. Notes that are not in phase peak at about CREST times their
power's root; the gain goes down within the block in which the levels go up, so that this stays
below the knee, and comes back in RECOVERY. One note is never touched, eight loud ones hardly, and
88 keys at full velocity lose some 15 dB of level and nothing of their sound. What still stands out
(moments when many partials meet) is rounded off between KNEE and CEILING by a curve that has no
corner and leaves all below untouched. The curve has no memory, so it cannot click, and it ends
below full scale by construction.
"""

from __future__ import annotations

import math

import numpy as np

from descant.arrays import Floats
from descant.synth.envelope import Line

PAN_POSITIONS = 8
MIDDLE_KEY, HALF_KEYBOARD = 64.5, 43.5
CEILING = 0.984375  # -0.14 dBFS, and exact in single precision
KNEE = 0.8
CREST = 3.6
RECOVERY = 0.25  # seconds
# pyo's Lookup reads its table from 0.5 to 99.5 % of it, for values of -1 .. 1.
LOOKUP_SLOPE = 0.495


def pan_position(key: int) -> int:
    """The pan position of a key: 0 for the lowest keys .. PAN_POSITIONS - 1 for the highest."""
    place = (key - MIDDLE_KEY) / HALF_KEYBOARD
    return round((max(-1.0, min(1.0, place)) + 1.0) / 2.0 * (PAN_POSITIONS - 1))


def pan_gains(position: int, spread: float) -> tuple[float, float]:
    """Gains of a pan position to the left and right; their squares add up to 1."""
    place = (2.0 * position / (PAN_POSITIONS - 1) - 1.0) * spread
    angle = (place + 1.0) * math.pi / 4.0
    return math.cos(angle), math.sin(angle)


def ceiling_curve(value: Floats) -> Floats:
    """Values below KNEE unchanged, the rest rounded off to stay below CEILING."""
    size = np.abs(value)
    room = CEILING - KNEE
    rounded = KNEE + room * np.tanh((size - KNEE) / room)
    return np.where(size > KNEE, np.copysign(rounded, value), value)


def ceiling_table(size: int, reach: float) -> Floats:
    """The curve as pyo's Lookup reads it, for values of -reach .. reach given as -1 .. 1."""
    place = (np.arange(size) / size - 0.5) / LOOKUP_SLOPE
    return ceiling_curve(place * reach)


class Limiter:
    """The gain of the whole sound; times are numbers of blocks.

    Its outputs are a line of one block and one of the grid; `recover` is the part of the way back
    to 1 that the gain makes in `grid` blocks.
    """

    def __init__(self, block_line: Line, grid_line: Line, *, grid: int, recover: float) -> None:
        self.power = 0.0  # mean square of the louder channel
        self.gain = 1.0  # at the end of the present line
        self._before = 1.0
        self._since = 0
        self._block_line, self._grid_line = block_line, grid_line
        self._on_block = False
        self._grid = grid
        self._recover = recover
        self._highest_power = (KNEE / CREST) ** 2

    @property
    def on_block(self) -> bool:
        """Whether its line ends with this block, so that the next block needs one too."""
        return self._on_block

    def follow(self, now: int, power: float) -> None:
        """The next block, `now`, has this power at most."""
        on_grid = now % self._grid == 0
        at_rest = self._before == self.gain == 1.0 or not on_grid
        if power == self.power and not self._on_block and at_rest:
            return
        self.power = power
        wanted = 1.0 if power <= self._highest_power else KNEE / (CREST * math.sqrt(power))
        current = self._at(now)
        if wanted < self.gain:
            self._draw(now, current, min(wanted, current), on_block=True)
        elif on_grid and wanted > current:
            nearer = current + (wanted - current) * self._recover
            self._draw(now, current, 1.0 if nearer > 0.9999 else nearer)
        elif self._on_block or on_grid:
            self._draw(now, current, current)

    def _draw(self, now: int, before: float, after: float, *, on_block: bool = False) -> None:
        (self._block_line if on_block else self._grid_line)(before, after)
        self._before, self.gain, self._since, self._on_block = before, after, now, on_block

    def _at(self, now: int) -> float:
        """The gain at the start of block `now`; lines of the grid start on the grid."""
        if self._on_block or self._before == self.gain:
            return self.gain
        return self._before + (self.gain - self._before) * (now - self._since) / self._grid
