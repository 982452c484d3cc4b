# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Motion that does not depend on the frame rate, and never jumps."""

from __future__ import annotations

import math

import numpy as np

from descant.arrays import Floats


def share(dt: float, time: float) -> float:
    """Fraction of the distance to its goal that a value moves in `dt` seconds: 63 % in `time` s.

    Two steps of half `dt` give the same as one of `dt`, so the motion does not depend on frames.
    """
    return 1.0 - math.exp(-dt / time) if time > 0.0 else 1.0


def approach(value: Floats, goal: Floats, dt: float, time: float, *, rest: float = 0.0) -> Floats:
    """`value` after `dt` seconds on its way to `goal`; exactly there once within `rest`."""
    moved = value + (goal - value) * share(dt, time)
    return np.where(np.abs(goal - moved) <= rest, goal, moved)


def ramp(value: float, goal: float, dt: float, time: float) -> float:
    """`value` after `dt` seconds towards `goal`, at a speed of one in `time` seconds."""
    step = dt / time if time > 0.0 else math.inf
    return min(goal, value + step) if goal > value else max(goal, value - step)


def eased(age: float, time: float) -> float:
    """0 .. 1, smoothly, over the first `time` seconds of `age`; at once where `time` is 0."""
    return smooth(age / time) if time > 0.0 else float(age >= 0.0)


def smooth(x: float) -> float:
    """0 .. 1 as 0 .. 1 with no speed at both ends (3 x^2 - 2 x^3)."""
    x = min(1.0, max(0.0, x))
    return x * x * (3.0 - 2.0 * x)
