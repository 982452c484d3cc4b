# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Functions whose results have the same bits on every machine, for floats and arrays alike.

Addition, subtraction, multiplication, division and square root are correctly rounded everywhere
(IEEE 754), and neither Python nor NumPy fuses a product with a sum. All else is written out here
from them, in a stated order: the C library's cosine and NumPy's sums differ in the last bit from
processor to processor. The browser's page computes the same (`page/core/arithmetic.js`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from descant.arrays import Floats

X = TypeVar("X", float, Floats)
Vector = tuple[float, ...]

LARGEST_ANGLE = 1e6
"""rad; `cos_sin` holds its accuracy up to here, plus or minus."""
LARGEST_EXPONENT = 700.0
"""`exp` neither overflows nor loses bits up to here, plus or minus."""

# Adding and subtracting it leaves the nearest integer: 2^52 + 2^51.
_ROUND = 6755399441055744.0
_PER_QUARTER = 0.6366197723675814  # 2 / pi
# pi / 2 in three parts of 33 bits, whose products with a number of quarters below 2^20 are exact,
# and the rest of it.
_QUARTER = (
    float.fromhex("0x1.921fb544p+0"),
    float.fromhex("0x1.0b4611a6p-34"),
    float.fromhex("0x1.3198a2ep-69"),
    float.fromhex("0x1.b839a252049c1p-104"),
)
# Coefficients of the minimax polynomials of fdlibm (Sun Microsystems 1993; k_sin.c, k_cos.c,
# e_exp.c), for arguments up to pi / 4 and ln 2 / 2.
_SIN = (
    -1.66666666666666324348e-01,
    8.33333333332248946124e-03,
    -1.98412698298579493134e-04,
    2.75573137070700676789e-06,
    -2.50507602534068634195e-08,
    1.58969099521155010221e-10,
)
_COS = (
    4.16666666666666019037e-02,
    -1.38888888888741095749e-03,
    2.48015872894767294178e-05,
    -2.75573143513906633035e-07,
    2.08757232129817482790e-09,
    -1.13596475577881948265e-11,
)
_EXP = (
    1.66666666666666019037e-01,
    -2.77777777770155933842e-03,
    6.61375632143793436117e-05,
    -1.65339022054652515390e-06,
    4.13813679705723846039e-08,
)
_PER_OCTAVE = 1.4426950408889634  # 1 / ln 2
_OCTAVE = (float.fromhex("0x1.62e42feep-1"), float.fromhex("0x1.a39ef35793c76p-33"))


class AxisSums(NamedTuple):
    """Sums of an array (axes, n): of each axis, and of all axes."""

    axes: list[float]
    all: float


def cos_sin(angle: X) -> tuple[X, X]:
    """Cosine and sine of `angle` (rad), each within 1 ulp up to `LARGEST_ANGLE`.

    Cody and Waite's reduction to a quarter turn, then fdlibm's polynomials.
    """
    quarters = (angle * _PER_QUARTER + _ROUND) - _ROUND
    r, low = _reduced(angle, quarters)
    z = r * r
    s1, s2, s3, s4, s5, s6 = _SIN
    v = z * r
    p = s2 + z * (s3 + z * (s4 + z * (s5 + z * s6)))
    sine = r - ((z * (0.5 * low - v * p) - low) - v * s1)
    c1, c2, c3, c4, c5, c6 = _COS
    p = z * (c1 + z * (c2 + z * (c3 + z * (c4 + z * (c5 + z * c6)))))
    half = 0.5 * z
    w = 1.0 - half
    cosine = w + (((1.0 - w) - half) + (z * p - r * low))
    # Cosine and sine of so many quarters, -2 .. 2: each 0, 1 or -1, so the products are exact.
    turned = quarters - 4.0 * ((quarters * 0.25 + _ROUND) - _ROUND)
    c = 1.0 - abs(turned)
    s = turned * (2.0 - abs(turned))
    return c * cosine - s * sine, c * sine + s * cosine


def _reduced(angle: X, quarters: X) -> tuple[X, X]:
    """`angle` less so many quarter turns, as the sum of two numbers, the second much smaller."""
    first, second, third, rest = _QUARTER
    a = angle - quarters * first
    high, low = _difference(a, quarters * second)
    higher, lower = _difference(high, quarters * third)
    low = (low + lower) - quarters * rest
    r = higher + low
    return r, (higher - r) + low


def _difference(a: X, b: X) -> tuple[X, X]:
    """a - b rounded, and what the rounding left out (Knuth's two-sum)."""
    difference = a - b
    other = difference - a
    return difference, (a - (difference - other)) - (b + other)


def cos(angle: X) -> X:
    """Cosine of `angle` (rad); see `cos_sin`."""
    return cos_sin(angle)[0]


def sin(angle: X) -> X:
    """Sine of `angle` (rad); see `cos_sin`."""
    return cos_sin(angle)[1]


def exp(x: Floats) -> Floats:
    """e to the power of each of `x`, within 1 ulp up to `LARGEST_EXPONENT`, plus or minus."""
    octaves = (x * _PER_OCTAVE + _ROUND) - _ROUND
    high = x - octaves * _OCTAVE[0]
    low = octaves * _OCTAVE[1]
    r = high - low
    t = r * r
    p1, p2, p3, p4, p5 = _EXP
    c = r - t * (p1 + t * (p2 + t * (p3 + t * (p4 + t * p5))))
    y = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    return np.ldexp(y, octaves.astype(np.int32))


def power(base: float, exponent: int) -> float:
    """`base` to the power of an integer >= 0, by squaring."""
    result = 1.0
    while exponent:
        if exponent & 1:
            result *= base
        base *= base
        exponent >>= 1
    return result


def total(rows: Floats) -> Floats:
    """The sums over the last axis, by halves.

    The second half is added to the first, element by element, until one element remains; where the
    count is odd, the element in the middle waits for the next round.
    """
    columns = np.array(rows.T, order="C")  # the halves of all rows side by side: much faster
    for head, rest in _halves(columns):
        np.add(head, rest, out=head)
    result: Floats = columns[0].T
    return result


def _halves(columns: Floats) -> Iterator[tuple[Floats, Floats]]:
    """What `total` adds to what, round by round, along the first axis."""
    count = len(columns)
    while count > 1:
        half = (count + 1) // 2
        yield columns[: count - half], columns[half:count]
        count = half


class RowSums:
    """`rows`, of shape (axes, n), to be filled again and again, and their sums by `total`."""

    def __init__(self, axes: int, count: int) -> None:
        columns = np.empty((count, axes))
        self.rows: Floats = columns.T
        self._rounds = tuple(_halves(columns))
        self._first = columns[0]

    def total(self) -> list[float]:
        """The sum of each row; the rows are spoilt."""
        for head, rest in self._rounds:
            np.add(head, rest, head)
        found: list[float] = self._first.tolist()
        return found


def axis_sums(arrays: Sequence[Floats]) -> list[AxisSums]:
    """Sums of arrays (axes, n): of each axis by `total`, of all from the first axis to the last."""
    sums = iter(total(np.concatenate(arrays)).tolist())
    found = []
    for array in arrays:
        axes = [next(sums) for _ in array]
        every = axes[0]
        for axis in axes[1:]:
            every += axis
        found.append(AxisSums(axes, every))
    return found


def dot(a: Vector, b: Vector) -> float:
    """The products of `a` and `b`, added from the first to the last.

    Not `sum`, which rounds in another way from Python 3.12 on.
    """
    result = 0.0
    for x, y in zip(a, b, strict=True):
        result += x * y
    return result


def with_one_nan(values: Vector) -> Vector:
    """`values` with every NaN the same: its sign differs from processor to processor."""
    return tuple([math.nan if math.isnan(value) else value for value in values])


def uniform(rng: np.random.Generator, low: float, high: float, count: int) -> Floats:
    """`count` numbers uniform in [low, high). `Generator.uniform` may fuse product and sum."""
    return low + (high - low) * rng.random(count)
