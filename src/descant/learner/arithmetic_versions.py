# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The arithmetics of the learner; the parameter `arithmetic`, which a recording has, chooses one.

2 has the same bits on every machine (`arithmetic.py`). 1, of descant 0.1 and 0.2, is the C
library's and NumPy's, and is kept for what was recorded with it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from descant.arrays import Floats
from descant.learner.arithmetic import (
    LARGEST_ANGLE,
    LARGEST_EXPONENT,
    AxisSums,
    RowSums,
    axis_sums,
    cos_sin,
    exp,
    power,
    total,
    uniform,
)


def _each(function: Callable[[float], float]) -> Callable[[Floats], Floats]:
    """Apply a function of the C library to each value."""

    def apply(values: Floats) -> Floats:
        return np.array([function(v) for v in values.ravel().tolist()]).reshape(values.shape)

    return apply


def _platform_cos_sin(angle: float) -> tuple[float, float]:
    return math.cos(angle), math.sin(angle)


def _platform_cos_sins(angles: Floats) -> tuple[Floats, Floats]:
    return _each(math.cos)(angles), _each(math.sin)(angles)


def _platform_total(rows: Floats) -> Floats:
    result: Floats = np.add.reduce(rows, axis=-1)
    return result


class _PlatformRowSums(RowSums):
    def __init__(self, axes: int, count: int) -> None:
        self.rows = np.empty((axes, count))

    def total(self) -> list[float]:
        found: list[float] = np.add.reduce(self.rows, axis=1).tolist()
        return found


def _platform_axis_sums(arrays: Sequence[Floats]) -> list[AxisSums]:
    return [
        AxisSums(_platform_total(a).tolist(), float(np.add.reduce(a, axis=None))) for a in arrays
    ]


@dataclass(frozen=True)
class Arithmetic:
    """The functions that a learner computes with.

    `portable`: the same bits on every machine. `cos_sin` is of a float, `cos_sins` of an array.
    Cosines hold for angles up to `largest_angle`, plus or minus, and `exp` down to
    -`largest_exponent`.
    """

    portable: bool
    largest_angle: float
    largest_exponent: float
    cos_sin: Callable[[float], tuple[float, float]]
    cos_sins: Callable[[Floats], tuple[Floats, Floats]]
    exp: Callable[[Floats], Floats]
    power: Callable[[float, int], float]
    total: Callable[[Floats], Floats]
    axis_sums: Callable[[Sequence[Floats]], list[AxisSums]]
    row_sums: type[RowSums]
    uniform: Callable[[np.random.Generator, float, float, int], Floats]


ARITHMETICS: Mapping[int, Arithmetic] = MappingProxyType(
    {
        1: Arithmetic(
            portable=False,
            largest_angle=sys.float_info.max,
            largest_exponent=math.inf,
            cos_sin=_platform_cos_sin,
            cos_sins=_platform_cos_sins,
            exp=_each(math.exp),
            power=lambda base, exponent: base**exponent,
            total=_platform_total,
            axis_sums=_platform_axis_sums,
            row_sums=_PlatformRowSums,
            uniform=lambda rng, low, high, count: rng.uniform(low, high, count),
        ),
        2: Arithmetic(
            portable=True,
            largest_angle=LARGEST_ANGLE,
            largest_exponent=LARGEST_EXPONENT,
            cos_sin=cos_sin,
            cos_sins=cos_sin,
            exp=exp,
            power=power,
            total=total,
            axis_sums=axis_sums,
            row_sums=RowSums,
            uniform=uniform,
        ),
    }
)
"""Value of the parameter `arithmetic` -> functions."""
