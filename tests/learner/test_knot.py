# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Loss and gradient of the knot against definitions written independently."""

import math

import numpy as np
import pytest
from scipy.optimize import approx_fprime, check_grad

from descant.learner.knot import Knot, KnotProblem
from descant.learner.settings import LOSSES, LearnerSettings
from descant.performance.recompute import bits


def problem(seed: int, **settings: object) -> tuple[KnotProblem, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return Knot().draw_problem(rng, LearnerSettings().replace(**settings)), rng


def residuals(theta: np.ndarray, p: KnotProblem) -> np.ndarray:
    t = np.array(p.x)[:, None]
    n, phases = np.array(p.target[:3]), np.array(p.target[3:])
    return np.cos(n * t + theta) - np.cos(n * t + phases)


def loss_by_definition(theta: np.ndarray, p: KnotProblem, kind: str) -> float:
    square = (residuals(theta, p) ** 2).sum(axis=1)
    return {"mse": square.mean(), "half_mse": square.mean() / 2, "mae": np.sqrt(square).mean()}[
        kind
    ]


@pytest.mark.parametrize("arithmetic", [1, 2])
@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("seed", range(4))
def test_loss_and_residual_are_their_definitions(kind: str, seed: int, arithmetic: int) -> None:
    p, rng = problem(seed, arithmetic=arithmetic)
    theta = rng.uniform(0, 6, 3)
    result = p.evaluate(tuple(theta), kind)
    assert result.loss == pytest.approx(loss_by_definition(theta, p, kind), rel=1e-10)
    assert result.residual == pytest.approx(residuals(theta, p).sum(axis=1).mean(), abs=1e-10)


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("seed", range(4))
def test_gradient_matches_finite_differences(kind: str, seed: int) -> None:
    p, rng = problem(seed)
    theta = rng.uniform(0, 6, 3)
    numeric = approx_fprime(theta, lambda t: loss_by_definition(t, p, kind), 1e-7)
    assert p.evaluate(tuple(theta), kind).gradient == pytest.approx(numeric, abs=1e-5)


def test_scipy_check_grad_finds_no_error() -> None:
    p, rng = problem(7)
    error = check_grad(
        lambda t: p.evaluate(tuple(t), "mse").loss,
        lambda t: np.array(p.evaluate(tuple(t), "mse").gradient),
        rng.uniform(0, 6, 3),
    )
    assert error < 1e-5


@pytest.mark.parametrize("kind", ["mse", "half_mse"])
@pytest.mark.parametrize("seed", range(4))
def test_the_means_of_the_table_give_what_all_points_give(kind: str, seed: int) -> None:
    """A batch that holds each time once, in order, is all of them by the other way."""
    p, rng = problem(seed)
    theta = tuple(rng.uniform(0, 6, 3))
    from_means = p.evaluate(theta, kind)
    p._batch, p._rng = len(p.x), InOrder()
    from_points = p.evaluate(theta, kind)
    assert from_means.loss == pytest.approx(from_points.loss, rel=1e-13)
    assert from_means.residual == pytest.approx(from_points.residual, abs=1e-14)
    assert from_means.gradient == pytest.approx(from_points.gradient, abs=1e-14)


class InOrder:
    """In place of a generator: each number once."""

    def integers(self, low: int, high: int, count: int) -> np.ndarray:
        return np.arange(low, high)


@pytest.mark.parametrize("arithmetic", [1, 2])
@pytest.mark.parametrize("kind", LOSSES)
def test_at_the_target_all_is_exactly_zero(kind: str, arithmetic: int) -> None:
    p, _ = problem(3, arithmetic=arithmetic)
    at_target = p.evaluate(p.target[3:], kind)
    assert at_target.loss == at_target.residual == 0.0
    assert at_target.gradient == (0.0, 0.0, 0.0)


def test_a_batch_estimates_the_whole_and_is_seeded() -> None:
    whole, _ = problem(5)
    theta = (1.0, 2.0, 3.0)
    first, second = (problem(5, knot_batch=64)[0] for _ in range(2))
    losses = [first.evaluate(theta, "mse").loss for _ in range(400)]
    assert losses == [second.evaluate(theta, "mse").loss for _ in range(400)]
    assert len(set(losses)) > 300
    assert np.mean(losses) == pytest.approx(whole.evaluate(theta, "mse").loss, rel=0.05)


def test_no_axis_is_degenerate_unless_the_range_says_so() -> None:
    for seed in range(200):
        p, _ = problem(seed, knot_points=8)
        assert all(n >= 1 and n == int(n) for n in p.target[:3])
    drawn = {problem(s, knot_lowest=0, knot_points=8)[0].target[0] for s in range(200)}
    assert 0.0 in drawn


@pytest.mark.parametrize("batch", [0, 16])
@pytest.mark.parametrize("phase", [math.inf, -math.inf, math.nan, 1.1e6, -1e300])
@pytest.mark.parametrize("kind", LOSSES)
def test_phases_beyond_reason_are_a_divergence(kind: str, phase: float, batch: int) -> None:
    p, _ = problem(1, knot_batch=batch)
    there = p.evaluate((0.0, phase, 0.0), kind)
    assert bits(there) == bits((math.nan, math.nan, (math.nan,) * 3))
    assert math.isfinite(p.evaluate((0.0, 1e6, -1e6), kind).loss)
