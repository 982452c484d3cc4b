"""Loss and gradient of the knot against definitions written independently."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime, check_grad

from descant.learner.knot import Knot, KnotProblem
from descant.learner.settings import LOSSES, LearnerSettings


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


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("seed", range(4))
def test_loss_and_residual_are_their_definitions(kind: str, seed: int) -> None:
    p, rng = problem(seed)
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


@pytest.mark.parametrize("kind", LOSSES)
def test_at_the_target_all_is_exactly_zero(kind: str) -> None:
    p, _ = problem(3)
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


def test_non_finite_phases_give_a_non_finite_loss() -> None:
    p, _ = problem(1)
    assert not p.evaluate((float("inf"), 0.0, 0.0), "mse").loss <= 1e12
