# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The arithmetic that is the same on every machine: against mpmath, and scalars against arrays."""

from __future__ import annotations

import math
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from descant.arrays import Floats
from descant.learner.arithmetic import (
    LARGEST_ANGLE,
    LARGEST_EXPONENT,
    RowSums,
    axis_sums,
    cos,
    cos_sin,
    dot,
    exp,
    power,
    sin,
    total,
    uniform,
    with_one_nan,
)
from descant.learner.arithmetic_versions import ARITHMETICS
from descant.performance.recompute import bits
from support.properties import examples

mpmath.mp.prec = 160
QUARTER = math.pi / 2
RNG = np.random.default_rng(3)


def ulps(found: float, exact: mpmath.mpf) -> float:
    """Distance of `found` from `exact` in units of the last place of the nearest float."""
    return float(abs(mpmath.mpf(found) - exact) / math.ulp(float(exact)))


def near_quarters() -> Floats:
    """The floats nearest to multiples of pi / 2, and those beside them."""
    centres = QUARTER * np.concatenate([np.arange(-20, 21), RNG.integers(21, 600_000, 60)])
    return np.concatenate([np.nextafter(centres, side) for side in (-np.inf, np.inf)] + [centres])


ANGLES = {
    "in use": RNG.uniform(-1e5, 1e5, 400),
    "of a turn": RNG.uniform(-7.0, 7.0, 400),
    "up to the largest": RNG.uniform(-LARGEST_ANGLE, LARGEST_ANGLE, 200),
    "near multiples of a quarter": near_quarters(),
    "halfway between them": (np.arange(-40, 40) + 0.5) * QUARTER,
    "small": np.concatenate([10.0 ** -RNG.uniform(1, 300, 100), [0.0, 5e-324, -1e-9]]),
}
EXPONENTS = {
    "in use": RNG.uniform(-20.0, 20.0, 400),
    "all": RNG.uniform(-LARGEST_EXPONENT, LARGEST_EXPONENT, 400),
    "near changes of the octave": (np.arange(-500, 500, 7) + 0.5) * math.log(2.0),
    "small": np.concatenate([10.0 ** -RNG.uniform(1, 300, 100), [0.0, -1e-17]]),
}


@pytest.mark.parametrize("kind", ANGLES)
@pytest.mark.parametrize(("ours", "exact"), [(cos, mpmath.cos), (sin, mpmath.sin)])
def test_cosine_and_sine_are_within_an_ulp(
    kind: str, ours: Callable[[float], float], exact: Callable[[mpmath.mpf], mpmath.mpf]
) -> None:
    worst = max(ulps(ours(x), exact(mpmath.mpf(x))) for x in ANGLES[kind].tolist())
    assert worst < 1.0


@pytest.mark.parametrize("kind", EXPONENTS)
def test_exp_is_within_an_ulp(kind: str) -> None:
    found = exp(EXPONENTS[kind])
    pairs = zip(found.tolist(), EXPONENTS[kind].tolist(), strict=True)
    assert max(ulps(y, mpmath.exp(mpmath.mpf(x))) for y, x in pairs) < 1.0


def test_simple_angles_have_their_exact_values() -> None:
    assert cos_sin(0.0) == (1.0, 0.0)
    assert exp(np.array([0.0])).tolist() == [1.0]


@given(st.lists(st.floats(-LARGEST_ANGLE, LARGEST_ANGLE), min_size=1, max_size=40))
@examples(60)
def test_a_float_alone_and_in_an_array_give_the_same_bits(angles: list[float]) -> None:
    alone = [cos_sin(angle) for angle in angles]
    together = zip(*[values.tolist() for values in cos_sin(np.array(angles))], strict=True)
    assert bits(tuple(alone)) == bits(tuple(together))


@given(st.floats(-1e5, 1e5))
@examples(100)
def test_cosine_and_sine_are_even_odd_and_of_length_one(angle: float) -> None:
    c, s = cos_sin(angle)
    assert cos_sin(-angle) == (c, -s)
    assert c * c + s * s == pytest.approx(1.0, abs=4e-16)


def slow_total(values: list[float]) -> float:
    """The order that `total` states, as a plain loop."""
    while len(values) > 1:
        half = (len(values) + 1) // 2
        first, second = values[:half], values[half:]
        values = [a + b for a, b in zip(first, second, strict=False)] + first[len(second) :]
    return values[0]


@pytest.mark.parametrize("count", [*range(1, 20), 64, 99, 100, 1000])
def test_a_sum_is_taken_by_halves(count: int) -> None:
    rows = np.random.default_rng(count).normal(size=(3, count)) * 10.0 ** np.arange(3)[:, None]
    before = rows.copy()
    expected = [slow_total(row) for row in rows.tolist()]
    assert total(rows).tolist() == expected
    assert [float(total(row)) for row in rows] == expected
    sums = RowSums(3, count)
    for _ in range(2):
        sums.rows[...] = rows
        assert sums.total() == expected
    assert total(np.asfortranarray(rows)).tolist() == expected
    assert np.array_equal(rows, before)


@given(st.lists(st.floats(-1e200, 1e200), min_size=1, max_size=70))
@examples(60)
def test_a_sum_is_the_plain_loops_and_near_the_exact_one(values: list[float]) -> None:
    found = float(total(np.array(values)))
    assert bits(found) == bits(slow_total(values))
    size = math.fsum(abs(value) for value in values)
    assert abs(found - math.fsum(values)) <= 1e-15 * size


def test_sums_of_axes_are_the_same_alone_and_together() -> None:
    arrays = [RNG.normal(size=(axes, 77)) for axes in (3, 1, 3)]
    for array, sums in zip(arrays, axis_sums(arrays), strict=True):
        assert sums == axis_sums([array])[0]
        assert sums.axes == total(array).tolist()
        in_order = sums.axes[0]
        for axis in sums.axes[1:]:
            in_order += axis
        assert bits(sums.all) == bits(in_order)


@pytest.mark.parametrize("base", [0.9, 0.999, -1.5, 2.0])
def test_a_power_is_near_pythons(base: float) -> None:
    for exponent in (0, 1, 2, 3, 10, 63, 500):
        assert power(base, exponent) == pytest.approx(base**exponent, rel=1e-13)
    assert power(2.0, 31) == 2.0**31


def test_products_are_added_from_the_first_to_the_last() -> None:
    assert dot((1e16, 1.0, -1e16), (1.0, 1.0, 1.0)) == 0.0
    assert dot((), ()) == 0.0


def test_uniform_draws_what_numpy_draws_to_the_last_bits() -> None:
    ours, numpys = (np.random.default_rng(9) for _ in range(2))
    drawn = uniform(ours, -0.7, 2.5, 1000)
    assert drawn == pytest.approx(numpys.uniform(-0.7, 2.5, 1000), rel=1e-15)
    assert ours.random() == numpys.random()
    assert -0.7 <= drawn.min() < drawn.max() < 2.5


def test_every_nan_becomes_the_same() -> None:
    negative = float(np.array([0xFFF8_0000_0000_0001], np.uint64).view(np.float64)[0])
    assert bits(with_one_nan((negative, 1.0, -math.inf))) == bits((math.nan, 1.0, -math.inf))


def test_both_arithmetics_compute_nearly_the_same() -> None:
    old, new = ARITHMETICS[1], ARITHMETICS[2]
    angles = RNG.uniform(-1e5, 1e5, (3, 50))
    rows = RNG.normal(size=(3, 50))
    assert np.allclose(old.cos_sins(angles), new.cos_sins(angles), rtol=0.0, atol=3e-16)
    assert old.cos_sin(1.25) == pytest.approx(new.cos_sin(1.25), rel=1e-15)
    assert np.allclose(old.exp(rows), new.exp(rows), rtol=5e-16)
    assert np.allclose(old.total(rows), new.total(rows), rtol=1e-13)
    assert old.axis_sums([rows])[0].all == pytest.approx(new.axis_sums([rows])[0].all, rel=1e-12)
    assert old.power(0.9, 17) == pytest.approx(new.power(0.9, 17), rel=1e-14)
    assert (old.portable, new.portable) == (False, True)
