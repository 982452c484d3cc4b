# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The level of one voice over time, and the straight lines on which it moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Line = Callable[[float, float], None]
"""Sets the value at the start and at the end of a ramp."""

LONG = 8  # steps of the grid


class VoiceLines(NamedTuple):
    """Outputs of one voice: three ramps for its level, and the glide that gives its stretch.

    `block` runs over the next block, `grid` from one point of the grid to the next, `long` over
    LONG steps of the grid. A line that starts between two points gets the values that make it pass
    where it should (`ramp_ends`).
    """

    block: Line
    grid: Line
    long: Line
    follow: Callable[[int], None]  # take the stretch from the glide of this number


def grid_after(block: int, grid: int) -> int:
    """The first point of a grid after `block`."""
    return (block // grid + 1) * grid


def ramp_ends(before: float, after: float, blocks: int, grid: int) -> tuple[float, float]:
    """Ends of the grid's ramp on a line that is at `before` when `blocks` of it are left."""
    return after - (after - before) * grid / blocks, after


class Envelope:
    """The level of one voice. Levels are amplitudes, 0..1; times are numbers of blocks."""

    __slots__ = (
        "attack", "attack_step", "base", "decay", "factor", "grid", "left", "level", "level_before",
        "number", "offset", "right", "scale", "since", "undamped",
    )  # fmt: skip

    def __init__(self, number: int) -> None:
        self.number = number
        self.level_before = 0.0  # at the start of the present line
        self.level = 0.0  # at its end
        self.since = 0  # the line's first block, on the grid
        self.grid = 1  # blocks of the line's ramp, on the grid
        self.base = 0.0  # level at which the attack began
        self.attack = 1.0  # 0..1
        self.attack_step = 1.0  # per block
        self.decay = 0.0  # 1 .. the end of the decay
        self.factor = 1.0  # of the decay per block
        self.undamped = 0.0  # fall without damper, dB per block
        self.scale = 0.0  # level = scale * decay - offset
        self.offset = 0.0
        self.left = self.right = 0.5  # parts of its power

    def power(self) -> tuple[float, float]:
        """The highest power left and right during the present line, as squared levels."""
        top = max(self.level_before, self.level)
        return top * top * self.left, top * top * self.right
