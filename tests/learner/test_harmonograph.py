# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The harmonograph against its formula, written independently."""

import math

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from descant.learner.harmonograph import Harmonograph, HarmonographProblem
from descant.learner.settings import LOSSES, LearnerSettings


def problem(seed: int, **settings: object) -> tuple[HarmonographProblem, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return Harmonograph().draw_problem(rng, LearnerSettings().replace(**settings)), rng


def points(n: np.ndarray, theta: np.ndarray, t: np.ndarray) -> np.ndarray:
    return np.exp(-theta[3] * t / (2 * math.pi))[:, None] * np.cos(np.outer(t, n) + theta[:3])


@pytest.mark.parametrize("arithmetic", [1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_curve_loss_and_residual_are_their_definitions(seed: int, arithmetic: int) -> None:
    p, rng = problem(seed, arithmetic=arithmetic)
    theta = np.array([*rng.uniform(0, 6, 3), 0.7])
    t, target = np.array(p.x), np.array(p.target)
    y = points(target[:3], target[3:], t)
    r = points(target[:3], theta, t) - y
    said = p.evaluate(tuple(theta), "mse")
    assert np.reshape(p.y, (-1, 3)) == pytest.approx(y)
    assert said.loss == pytest.approx((r**2).sum(axis=1).mean())
    assert said.residual == pytest.approx(r.sum(axis=1).mean())


def test_at_the_target_all_is_exactly_zero() -> None:
    p, _ = problem(3)
    assert p.evaluate(p.target[3:], "mse") == (0.0, 0.0, (0.0, 0.0, 0.0, 0.0))


def test_the_damping_is_drawn_from_its_range() -> None:
    low, high = LearnerSettings().damping_low, LearnerSettings().damping_high
    drawn = [problem(seed, knot_points=8)[0].target[6] for seed in range(100)]
    assert low <= min(drawn) < max(drawn) <= high


def test_the_amplitude_of_a_long_span_does_not_underflow_to_something_else() -> None:
    """exp of less than -700 is taken as that of -700, which is nought beside anything."""
    p, _ = problem(1, knot_span=1000.0, knot_points=64, damping_low=10.0, damping_high=10.0)
    assert np.abs(p.y[-3:]).max() < 1e-300
    assert math.isfinite(p.evaluate((0.0, 1.0, 2.0, 400.0), "mae").loss)


@pytest.mark.parametrize("kind", LOSSES)
def test_gradient_matches_finite_differences(kind: str) -> None:
    p, rng = problem(2)
    theta = np.array([*rng.uniform(0, 6, 3), 0.7])
    numeric = approx_fprime(theta, lambda t: p.evaluate(tuple(t), kind).loss, 1e-7)
    assert p.evaluate(tuple(theta), kind).gradient == pytest.approx(numeric, abs=1e-5)


def test_a_batch_is_seeded() -> None:
    first, second = (problem(5, knot_batch=32)[0] for _ in range(2))
    theta = (1.0, 2.0, 3.0, 0.5)
    losses = [first.evaluate(theta, "mse").loss for _ in range(50)]
    assert losses == [second.evaluate(theta, "mse").loss for _ in range(50)]
    assert len(set(losses)) > 40


@pytest.mark.parametrize("damping", [float("nan"), float("inf"), -1e4])
def test_a_damping_beyond_reason_is_a_divergence_not_an_error(damping: float) -> None:
    p, _ = problem(1)
    assert not p.evaluate((0.0, 0.0, 0.0, damping), "mse").loss <= 1e12
