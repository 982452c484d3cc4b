"""The lines on which a voice moves, and where it stands on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Line = Callable[[float, float], None]


class Lines(NamedTuple):
    """How a voice is told where to go: value at the start of a ramp, and at its end.

    `quick` runs over the next block, the others from one point of the grid to the next; who
    starts in between gives the values that make the line pass where it should.
    """

    quick: Line  # level
    slow: Line  # level
    stretch: Line


class Voice:
    """Where one voice stands. Levels are amplitudes, 0..1; times are numbers of blocks."""

    __slots__ = (
        "attack", "attack_step", "base", "decay", "factor", "free_fall", "glide_end", "left",
        "level", "level_was", "number", "offset", "right", "scale", "since", "stretch",
        "stretch_since", "stretch_was", "target",
    )  # fmt: skip

    def __init__(self, number: int) -> None:
        self.number = number
        self.level_was = 0.0  # at the start of the line that is being drawn
        self.level = 0.0  # at its end
        self.since = 0  # when it started, where it is slow
        self.base = 0.0  # level at which the attack began
        self.attack = 1.0  # 0..1
        self.attack_step = 1.0  # a block
        self.decay = 0.0  # 1 .. the end of the decay
        self.factor = 1.0  # of the decay, a block
        self.free_fall = 0.0  # of the undamped voice, dB a block
        self.scale = 0.0  # level = scale * decay - offset
        self.offset = 0.0
        self.left = self.right = 0.5  # parts of its power
        self.stretch_was = 0.0
        self.stretch = 0.0
        self.stretch_since = 0
        self.target = 0.0
        self.glide_end = 0

    def power(self) -> tuple[float, float]:
        """The most it gives left and right while its line is drawn, as squared levels."""
        top = max(self.level_was, self.level)
        return top * top * self.left, top * top * self.right
