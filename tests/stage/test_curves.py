# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""From parameters to points."""

import math

import numpy as np
import pytest

from descant.learner.harmonograph import Harmonograph
from descant.learner.settings import LearnerSettings
from descant.stage.curves import HARMONOGRAPH_TURNS, KNOT_POINTS, cubic, curve, harmonograph, knot


def test_a_cubic_is_its_formula() -> None:
    x, y = cubic((0.0, 0.0, 0.0, 0.0), (2.0, -1.0, 0.5, 0.25)).T
    assert np.allclose(y, 2.0 * x**3 - x**2 + 0.5 * x + 0.25)


def test_a_knot_is_its_formula_and_closed() -> None:
    points = knot((3.0, 4.0, 7.0, 0.1, 0.7, 0.2), None)
    t = np.linspace(0.0, 2 * math.pi, 20_001)
    expected = np.cos([3 * t + 0.1, 4 * t + 0.7, 7 * t + 0.2]).T
    nearest = [int(np.argmin(((expected - p) ** 2).sum(axis=1))) for p in points[1:-1]]
    assert np.abs(expected[nearest] - points[1:-1]).max() < 2e-3
    assert np.all(np.diff(nearest) > 0), "once around, in order"
    assert np.allclose(points[0], points[-1])


@pytest.mark.parametrize("phases", [(0.1, 0.7, 0.2), (0.0, 0.0, 0.0), (2.5, 0.4, 5.0)])
def test_a_knot_bends_by_little_from_point_to_point(phases: tuple[float, float, float]) -> None:
    points = knot((3.0, 4.0, 7.0, *phases), None)
    step = np.diff(points, axis=0)
    step /= np.linalg.norm(step, axis=1)[:, None]
    bend = np.degrees(np.arccos(np.clip((step[1:] * step[:-1]).sum(axis=1), -1.0, 1.0)))
    assert np.percentile(bend, 99.0) < 20.0
    assert np.median(bend) < 8.0


def test_points_move_smoothly_with_the_phases() -> None:
    target = (3.0, 4.0, 7.0, 0.1, 0.7, 0.2)
    moved = [knot(target, (0.1 + 1e-3 * i, 0.7, 0.2)) for i in range(200)]
    assert np.abs(np.diff(moved, axis=0)).max() < 0.02


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


def test_a_harmonograph_is_what_is_learned_and_goes_on_inwards() -> None:
    settings = LearnerSettings(knot_points=400)
    problem = Harmonograph().draw_problem(np.random.default_rng(3), settings)
    learned = np.array(problem.y).reshape(-1, 3)
    drawn = harmonograph(problem.target, None)[:, :3]
    near = np.linalg.norm(learned[:, None] - drawn[None], axis=2)
    assert near.min(axis=1).max() < 0.05, "all that is learned is drawn"
    damping = problem.target[6]
    assert np.abs(drawn[-1]).max() <= math.exp(-damping * HARMONOGRAPH_TURNS)
    own = harmonograph(problem.target, problem.target[3:])
    assert np.array_equal(own, harmonograph(problem.target, None))


def test_a_harmonograph_tapers_to_its_middle() -> None:
    points = harmonograph((3.0, 4.0, 7.0, 0.1, 0.7, 0.2, 0.8), None)
    assert points[0, 3] == 1.0
    assert np.all(np.diff(points[:, 3]) < 0.0)


@pytest.mark.parametrize("damping", [-500.0, -1.0, 0.0, 400.0])
def test_a_damping_gone_astray_stays_in_sight(damping: float) -> None:
    points = harmonograph((3.0, 4.0, 7.0, 0.1, 0.7, 0.2, 0.8), (0.1, 0.7, 0.2, damping))
    assert np.abs(points).max() < 1.2


def test_a_family_nobody_knows_has_no_curve() -> None:
    assert curve("unheard of") is None
