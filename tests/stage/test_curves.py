"""From parameters to points."""

import math

import numpy as np
import pytest

from descant.stage.curves import KNOT_POINTS, cubic, curve, knot


def test_a_cubic_is_its_formula() -> None:
    x, y = cubic((0.0, 0.0, 0.0, 0.0), (2.0, -1.0, 0.5, 0.25)).T
    assert np.allclose(y, 2.0 * x**3 - x**2 + 0.5 * x + 0.25)


def test_a_knot_is_its_formula_and_closed() -> None:
    points = knot((3.0, 4.0, 7.0, 0.1, 0.7, 0.2), None)
    t = np.linspace(0.0, 2 * math.pi, len(points))
    expected = np.cos([3 * t + 0.1, 4 * t + 0.7, 7 * t + 0.2]).T
    assert np.allclose(points, expected)
    assert np.allclose(points[0], points[-1])


def test_the_learned_knot_has_the_targets_integers() -> None:
    own = knot((3.0, 4.0, 7.0, 0.1, 0.7, 0.2), (0.1, 0.7, 0.2))
    assert np.array_equal(own, knot((3.0, 4.0, 7.0, 0.1, 0.7, 0.2), None))


@pytest.mark.parametrize("n", [(2.0, 4.0, 6.0), (0.0, 3.0, 3.0), (0.0, 0.0, 0.0)])
def test_a_knot_goes_once_around_even_where_its_integers_have_a_common_divisor(
    n: tuple[float, ...],
) -> None:
    points = knot((*n, 0.3, 0.1, 0.9), None)
    assert np.allclose(points[0], points[-1])
    assert KNOT_POINTS[0] < len(points) <= KNOT_POINTS[1] + 1


def test_a_family_nobody_knows_has_no_curve() -> None:
    assert curve("unheard of") is None
