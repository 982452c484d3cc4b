# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Loss and gradient of the cubic against definitions written independently."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime, check_grad

from descant.learner.cubic import Cubic, CubicProblem
from descant.learner.settings import LOSSES, LearnerSettings


def problem(seed: int, **settings: int) -> tuple[CubicProblem, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return Cubic().draw_problem(rng, LearnerSettings(**settings)), rng


def loss_by_definition(theta: np.ndarray, p: CubicProblem, kind: str) -> float:
    x = np.array(p.x)
    r = np.polyval(theta, x) - np.polyval(p.target, x)
    return {"mse": np.mean(r**2), "half_mse": np.mean(r**2) / 2, "mae": np.mean(np.abs(r))}[kind]


@pytest.mark.parametrize("arithmetic", [1, 2])
@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("seed", range(5))
def test_loss_is_its_definition(kind: str, seed: int, arithmetic: int) -> None:
    p, rng = problem(seed, arithmetic=arithmetic)
    theta = rng.uniform(-2, 2, 4)
    assert p.evaluate(tuple(theta), kind).loss == pytest.approx(
        loss_by_definition(theta, p, kind), rel=1e-12
    )


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("seed", range(5))
def test_gradient_matches_finite_differences(kind: str, seed: int) -> None:
    p, rng = problem(seed)
    theta = rng.uniform(-2, 2, 4)
    numeric = approx_fprime(theta, lambda t: loss_by_definition(t, p, kind), 1e-7)
    assert p.evaluate(tuple(theta), kind).gradient == pytest.approx(numeric, abs=1e-5)


@pytest.mark.parametrize("kind", ["mse", "half_mse"])
def test_scipy_check_grad_finds_no_error(kind: str) -> None:
    p, rng = problem(7)
    error = check_grad(
        lambda t: p.evaluate(tuple(t), kind).loss,
        lambda t: np.array(p.evaluate(tuple(t), kind).gradient),
        rng.uniform(-1, 1, 4),
    )
    assert error < 1e-6


@pytest.mark.parametrize("kind", LOSSES)
def test_at_the_target_loss_residual_and_gradient_are_exactly_zero(kind: str) -> None:
    p, _ = problem(3)
    at_target = p.evaluate(p.target, kind)
    assert (at_target.loss, at_target.residual) == (0.0, 0.0)
    assert at_target.gradient == (0.0, 0.0, 0.0, 0.0)


def test_residual_is_the_signed_mean() -> None:
    p, _ = problem(4)
    a, b, c, d = p.target
    assert p.evaluate((a, b, c, d + 0.25), "mse").residual == pytest.approx(0.25)
    assert p.evaluate((a, b, c, d - 0.25), "mae").residual == pytest.approx(-0.25)


def test_sample_points_and_coefficients_lie_in_their_ranges() -> None:
    settings = LearnerSettings(points=1000, x_low=-0.5, x_high=2.0, target_range=0.1)
    p = Cubic().draw_problem(np.random.default_rng(0), settings)
    assert -0.5 <= min(p.x) < max(p.x) < 2.0
    assert list(p.x) == sorted(p.x)
    assert max(map(abs, p.target)) <= 0.1
    assert p.y == pytest.approx(np.polyval(p.target, p.x))


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("theta", [(1e200, 1e200, -1e308, 1e308), (float("nan"), 0.0, 0.0, 0.0)])
def test_overflow_and_nan_are_returned_not_raised(kind: str, theta: tuple[float, ...]) -> None:
    p, _ = problem(5)
    with np.errstate(all="ignore"):
        assert not p.evaluate(theta, kind).loss <= 1e12
