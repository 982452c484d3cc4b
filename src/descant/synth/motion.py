"""The lines on which a voice moves, and where it stands on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Line = Callable[[float, float], None]

LONG = 8  # steps of the grid


class Lines(NamedTuple):
    """How a voice's level is told where to go: value at the start of a ramp, and at its end.

    `quick` runs over the next block, `slow` from one point of the grid to the next, `long` over
    LONG steps of the grid; who starts in between gives the values that make the line pass where
    it should.
    """

    quick: Line
    slow: Line
    long: Line
    follow: Callable[[int], None]  # the glide of this number gives the stretch from now on


def grid_after(block: int, grid: int) -> int:
    """The first point of a grid after `block`."""
    return (block // grid + 1) * grid


def through(before: float, after: float, blocks: int, grid: int) -> tuple[float, float]:
    """Ends of the grid's ramp on a line that is at `before` when `blocks` of it are left."""
    return after - (after - before) * grid / blocks, after


class Voice:
    """Where one voice stands. Levels are amplitudes, 0..1; times are numbers of blocks."""

    __slots__ = (
        "attack", "attack_step", "base", "decay", "factor", "free_fall", "grid", "left", "level",
        "level_was", "number", "offset", "right", "scale", "since",
    )  # fmt: skip

    def __init__(self, number: int) -> None:
        self.number = number
        self.level_was = 0.0  # at the start of the line that is being drawn
        self.level = 0.0  # at its end
        self.since = 0  # when it started, where it is slow
        self.grid = 1  # blocks of the ramp it is on, where it is slow
        self.base = 0.0  # level at which the attack began
        self.attack = 1.0  # 0..1
        self.attack_step = 1.0  # a block
        self.decay = 0.0  # 1 .. the end of the decay
        self.factor = 1.0  # of the decay, a block
        self.free_fall = 0.0  # of the undamped voice, dB a block
        self.scale = 0.0  # level = scale * decay - offset
        self.offset = 0.0
        self.left = self.right = 0.5  # parts of its power

    def power(self) -> tuple[float, float]:
        """The most it gives left and right while its line is drawn, as squared levels."""
        top = max(self.level_was, self.level)
        return top * top * self.left, top * top * self.right
