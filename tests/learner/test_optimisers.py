# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The optimisers against the textbook written down independently, and live in the learner."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import fmin_l_bfgs_b

from descant.learner.core import Learner
from descant.learner.cubic import Cubic, CubicProblem
from descant.learner.family import Evaluation, Vector
from descant.learner.optimisers import make_optimiser
from descant.learner.settings import OPTIMISERS, LearnerSettings
from descant.performance.recompute import bits
from descant.types import Episode, LearningStatus, State
from support.notes import off, on, strokes
from support.parts import part_settings

Floats = NDArray[np.float64]
PHRASE = strokes([36, *[72] * 40, 40, *[72] * 40])


def problem(seed: int = 1) -> tuple[CubicProblem, Vector]:
    """A target cubic on 100 points, and a start."""
    rng, given_settings = np.random.default_rng(seed), LearnerSettings()
    drawn = Cubic().draw_problem(rng, given_settings)
    return drawn, Cubic().draw_start(rng, given_settings)


def gradient(drawn: CubicProblem, theta: Floats) -> Floats:
    """Of the mean square, from the sample points alone."""
    x, y = np.array(drawn.x), np.array(drawn.y)
    r = np.polyval(theta, x) - y
    return np.array([2.0 * np.mean(r * x**k) for k in (3, 2, 1, 0)])


def ours(name: str, steps: int, rate: float, seed: int = 1, arithmetic: int = 2) -> Floats:
    """Theta after each of `steps` steps, shape (steps + 1, 4)."""
    drawn, theta = problem(seed)
    optimiser = make_optimiser(name, arithmetic)
    path = [theta]
    for _ in range(steps):
        there = drawn.evaluate(path[-1], "mse")
        step = optimiser.step(path[-1], there.gradient, rate, lambda t: drawn.evaluate(t, "mse"))
        path.append(step)
    return np.array(path)


def descent(drawn: CubicProblem, theta: Floats, rate: float, steps: int) -> list[Floats]:
    path = [theta]
    for _ in range(steps):
        path.append(path[-1] - rate * gradient(drawn, path[-1]))
    return path


def momentum(drawn: CubicProblem, theta: Floats, rate: float, steps: int) -> list[Floats]:
    """Polyak's heavy ball in its own form: two points, no velocity."""
    path = [theta, theta - rate * gradient(drawn, theta)]
    for _ in range(steps - 1):
        force = -rate * gradient(drawn, path[-1])
        path.append(path[-1] + force + 0.9 * (path[-1] - path[-2]))
    return path


def adam(drawn: CubicProblem, theta: Floats, rate: float, steps: int) -> list[Floats]:
    """The running means as the weighted sums over all past gradients that they are."""
    path, past = [theta], []
    for t in range(1, steps + 1):
        past.append(gradient(drawn, path[-1]))
        ages = np.arange(t - 1, -1, -1)[:, None]
        m = (0.1 * 0.9**ages * past).sum(axis=0) / (1 - 0.9**t)
        v = (0.001 * 0.999**ages * np.square(past)).sum(axis=0) / (1 - 0.999**t)
        path.append(path[-1] - rate * m / (np.sqrt(v) + 1e-8))
    return path


TEXTBOOK = {"descent": (descent, 0.3), "momentum": (momentum, 0.05), "adam": (adam, 0.05)}


@pytest.mark.parametrize("name", TEXTBOOK)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_step_is_the_textbooks(name: str, seed: int) -> None:
    drawn, start = problem(seed)
    textbook, rate = TEXTBOOK[name]
    expected = np.array(textbook(drawn, np.array(start), rate, 60))
    np.testing.assert_allclose(ours(name, 60, rate, seed), expected, rtol=1e-9, atol=1e-11)


def test_the_first_step_of_adam_is_the_rate_in_every_direction() -> None:
    path = ours("adam", 1, 0.05)
    np.testing.assert_allclose(np.abs(path[1] - path[0]), 0.05, rtol=1e-5)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_lbfgs_of_arithmetic_1_goes_through_scipys_own_iterates_to_its_minimum(seed: int) -> None:
    """SciPy asked by its other door, stopped after 1, 2, 3 .. iterations."""
    drawn, start = problem(seed)
    x, y = np.array(drawn.x), np.array(drawn.y)

    def loss(theta: Floats) -> tuple[float, Floats]:
        return float(np.mean((np.polyval(theta, x) - y) ** 2)), gradient(drawn, theta)

    path = ours("lbfgs", 4, 123.0, seed, arithmetic=1)  # whatever the rate
    for iterations in (1, 2, 3):
        theta, _, _ = fmin_l_bfgs_b(loss, np.array(start), maxiter=iterations)
        np.testing.assert_allclose(path[iterations], theta, rtol=1e-6, atol=1e-8)
    last = ours("lbfgs", 40, 1.0, seed, arithmetic=1)[-1]
    np.testing.assert_allclose(last, drawn.target, atol=5e-3)


def test_lbfgs_of_arithmetic_1_begins_anew_where_theta_was_moved() -> None:
    drawn, start = problem()
    optimiser = make_optimiser("lbfgs", 1)
    calls = []

    def evaluate(theta: Vector) -> Evaluation:
        calls.append(theta)
        return drawn.evaluate(theta, "mse")

    first = optimiser.step(start, (), 1.0, evaluate)
    asked = len(calls)
    second = optimiser.step(first, (), 1.0, evaluate)
    assert len(calls) == asked  # its iterates were found at once
    moved = tuple(value + 1.0 for value in second)
    optimiser.step(moved, (), 1.0, evaluate)
    assert calls[asked] == moved


@pytest.mark.slow
@given(st.integers(0, 2**53), st.sampled_from(sorted(OPTIMISERS)))
@settings(deadline=None, max_examples=40)
def test_every_optimiser_converges_on_every_cubic(seed: int, name: str) -> None:
    rate = {"descent": 0.4, "momentum": 0.1, "adam": 0.05, "lbfgs": 0.4}[name]
    learner = Learner(LearnerSettings(seed=seed, optimiser=name, learning_rate=rate))
    for note in strokes([36, *[72] * 3_000]):
        learner.take(note)
        last = learner.current()
        if last is not None and last.status is LearningStatus.CONVERGED:
            break
    assert last is not None
    assert last.status is LearningStatus.CONVERGED
    assert last.attempt == 0
    assert last.loss <= 0.004


@pytest.mark.parametrize("name", sorted(OPTIMISERS))
@pytest.mark.parametrize("part", [1, 2])
def test_the_same_notes_give_the_same_bits(name: str, part: int) -> None:
    def said() -> list[object]:
        learner = Learner(part_settings(part, optimiser=name))
        chord = [on(0, 40, 901), on(5, 44, 902), on(9, 47, 903), off(2_000, 40, 901)]
        notes = PHRASE if part == 1 else chord
        return [bits(o) for note in notes for o in learner.take(note) if isinstance(o, State)]

    assert len(said()) >= 4
    assert said() == said()


def thetas(learner_settings: LearnerSettings, attempt: int) -> list[Vector]:
    """Theta at the start of an episode's attempt and after it, until the attempt is over."""
    learner, path = Learner(learner_settings), []
    for note in strokes([36, *[72] * 30]):
        path += [
            o.theta
            for o in learner.take(note)
            if isinstance(o, State) and o.attempt == attempt
        ]  # fmt: skip
    return path


@pytest.mark.parametrize("name", ["momentum", "adam"])
def test_a_new_attempt_knows_nothing_of_the_one_that_diverged(name: str) -> None:
    """The second attempt's steps are those of an optimiser that has only seen its start."""
    rate = {"momentum": 6.0, "adam": 30.0}[name]
    chosen = LearnerSettings(optimiser=name, learning_rate=rate, loss_bound=50.0, threshold=0.0)
    learner, opening = Learner(chosen), None
    for note in strokes([36, *[72] * 30]):
        outputs = learner.take(note)
        found = [o for o in outputs if isinstance(o, Episode) and o.attempt == 1]
        opening = found[0] if found and opening is None else opening
    assert opening is not None, "the first attempt did not diverge"
    drawn = CubicProblem(np.array(opening.x), opening.target)
    fresh, theta = make_optimiser(name, 2), opening.theta
    for expected in thetas(chosen, 1)[1:4]:
        there = drawn.evaluate(theta, "mse")
        theta = fresh.step(theta, there.gradient, rate, lambda t: drawn.evaluate(t, "mse"))
        assert theta == expected


@pytest.mark.parametrize("name", ["momentum", "adam", "lbfgs"])
def test_a_new_episode_knows_nothing_of_the_one_before(name: str) -> None:
    """Its second episode is the same, however many steps the first has had."""

    def second(first: int) -> list[object]:
        learner = Learner(LearnerSettings(optimiser=name, learning_rate=0.1))
        said = [o for n in strokes([36, *[72] * first, 36, *[72] * 9]) for o in learner.take(n)]
        states = [o for o in said if isinstance(o, State) and o.episode == 2]
        return [(bits(s.theta), bits(s.loss), s.step) for s in states]

    assert len(second(0)) == 10
    assert second(0) == second(7) == second(20)


@pytest.mark.parametrize("name", sorted(OPTIMISERS))
def test_it_can_be_changed_while_playing(name: str) -> None:
    """From the next step on; the first step of the new one is as if it had always been it."""
    learner = Learner(LearnerSettings())
    notes = strokes([36, *[72] * 5])
    for note in notes[:6]:
        learner.take(note)
    changed = learner.settings.replace(optimiser=name, learning_rate=0.05)
    assert learner.change(changed, time_ns=notes[5].time_ns) == []
    before = learner.current()
    learner.take(notes[6])
    after = learner.current()
    assert before is not None
    assert after is not None
    drawn, _ = problem()
    episode = learner.current_episode()
    assert episode is not None
    drawn = CubicProblem(np.array(episode.x), episode.target)
    expected = make_optimiser(name, 2).step(
        before.theta, before.gradient, 0.05, lambda t: drawn.evaluate(t, "mse")
    )
    assert after.theta == expected


def test_descent_is_what_the_paper_prints() -> None:
    step = make_optimiser("descent", 2).step((1.0, -2.0), (0.5, math.pi), 0.1, lambda t: None)
    assert step == (1.0 - 0.1 * 0.5, -2.0 - 0.1 * math.pi)
