# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Our L-BFGS: against SciPy's minima, and what it does where nothing can be gained."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import minimize

from descant.learner.family import Evaluation, Vector, load_family
from descant.learner.lbfgs import LBFGS, MEMORY, TRIALS
from descant.learner.optimisers import make_optimiser
from descant.learner.settings import LOSSES, LearnerSettings


class Counted:
    """A function with its gradient, that counts how often it is asked."""

    def __init__(self, function, gradient) -> None:
        self.function, self.slope, self.asked = function, gradient, 0

    def __call__(self, theta: Vector) -> Evaluation:
        self.asked += 1
        return Evaluation(self.function(theta), 0.0, self.slope(theta))


def rosenbrock() -> Counted:
    """Of two numbers, with its only minimum at (1, 1)."""

    def value(t: Vector) -> float:
        return (1.0 - t[0]) ** 2 + 100.0 * (t[1] - t[0] ** 2) ** 2

    def slope(t: Vector) -> Vector:
        steep = t[1] - t[0] ** 2
        return (-2.0 * (1.0 - t[0]) - 400.0 * t[0] * steep, 200.0 * steep)

    return Counted(value, slope)


def path(evaluate: Counted, start: Vector, steps: int, optimiser: LBFGS | None = None):
    found, optimiser = [start], optimiser or LBFGS()
    for _ in range(steps):
        gradient = evaluate(found[-1]).gradient
        found.append(optimiser.step(found[-1], gradient, 1.0, evaluate))
    return found


def test_it_finds_the_minimum_of_a_bent_valley_going_down_all_the_way() -> None:
    evaluate = rosenbrock()
    found = path(evaluate, (-1.2, 1.0), 60)
    losses = [evaluate.function(theta) for theta in found]
    assert losses == sorted(losses, reverse=True)
    assert found[-1] == pytest.approx((1.0, 1.0), abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("family", ["cubic", "knot", "harmonograph"])
@pytest.mark.parametrize("loss", LOSSES)
def test_it_is_there_about_as_soon_as_scipys(family: str, loss: str) -> None:
    """The median over five episodes."""
    settings = LearnerSettings(family=family, loss=loss, knot_points=60)
    learned = load_family(family)

    def steps(seed: int, arithmetic: int) -> int:
        rng = np.random.default_rng(seed)
        drawn, theta = learned.draw_problem(rng, settings), learned.draw_start(rng, settings)
        optimiser = make_optimiser("lbfgs", arithmetic)
        for count in range(60):
            there = drawn.evaluate(theta, loss)
            if there.loss <= settings.threshold:
                return count
            theta = optimiser.step(theta, there.gradient, 1.0, lambda t: drawn.evaluate(t, loss))
        return 60

    ours, scipys = ([steps(seed, a) for seed in range(5)] for a in (2, 1))
    assert max(ours) < 60
    assert np.median(ours) <= 1.5 * np.median(scipys)


def test_a_smooth_minimum_is_scipys() -> None:
    evaluate = rosenbrock()
    theirs = minimize(evaluate.function, (0.3, -0.7), jac=evaluate.slope, method="L-BFGS-B")
    assert path(evaluate, (0.3, -0.7), 60)[-1] == pytest.approx(theirs.x.tolist(), abs=1e-4)


def test_the_first_length_without_a_memory_is_a_step_of_one_doubled_as_long_as_it_helps() -> None:
    endless = Counted(lambda t: 1e6 * t[0], lambda t: (1e6,))
    _, there = path(endless, (0.0,), 1)
    assert there == pytest.approx((-(2.0 ** (TRIALS - 1)),))


def test_where_the_gradient_is_nought_it_stays_and_asks_nothing() -> None:
    flat = Counted(lambda t: 1.0, lambda t: (0.0, -0.0))
    assert LBFGS().step((1.0, 2.0), (0.0, -0.0), 1.0, flat) == (1.0, 2.0)
    assert flat.asked == 0


@pytest.mark.parametrize("beyond", [math.nan, math.inf, 2.0])
def test_where_no_length_is_better_it_stays(beyond: float) -> None:
    wall = Counted(lambda t: 1.0 if t == (0.0,) else beyond, lambda t: (1.0,))
    assert LBFGS().step((0.0,), (1.0,), 1.0, wall) == (0.0,)
    assert wall.asked == 1 + TRIALS


def test_a_search_that_fails_forgets_all_so_the_next_goes_down_the_gradient() -> None:
    optimiser, evaluate = LBFGS(), rosenbrock()
    last = path(evaluate, (-1.2, 1.0), 5, optimiser)[-1]
    assert optimiser._pairs
    wall = Counted(lambda t: 0.0 if t == last else 1.0, evaluate.slope)
    assert optimiser.step(last, evaluate.slope(last), 1.0, wall) == last
    assert not optimiser._pairs


def test_theta_that_was_moved_forgets_all() -> None:
    evaluate = rosenbrock()
    optimiser = LBFGS()
    path(evaluate, (-1.2, 1.0), 20, optimiser)
    assert len(optimiser._pairs) == MEMORY
    elsewhere = (3.0, 0.5)
    gradient = evaluate.slope(elsewhere)
    fresh = LBFGS().step(elsewhere, gradient, 1.0, evaluate)
    assert optimiser.step(elsewhere, gradient, 1.0, evaluate) == fresh


def test_a_pair_along_which_the_gradient_falls_is_not_kept() -> None:
    optimiser = LBFGS()
    optimiser._remember((1.0, 0.0), (-1.0, 0.0))
    optimiser._remember((1e-170, 0.0), (1e-170, 0.0))  # its square is nought
    optimiser._remember((1.0, 0.0), (math.nan, 0.0))
    assert optimiser._pairs == []
