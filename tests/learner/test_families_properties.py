# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Every family at every theta: numbers, or what is plainly none, and never an exception."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from descant.learner.family import load_family
from descant.learner.harmonograph import Harmonograph
from descant.learner.optimisers import make_optimiser
from descant.learner.settings import LOSSES, OPTIMISERS, LearnerSettings
from support.properties import examples
from support.strategies import edges, family_from_outside, learner_settings

SETTINGS = st.deferred(
    lambda: learner_settings(
        knot_span=edges(LearnerSettings, "knot_span"),
        damping_low=st.sampled_from([0.0, 0.3]),
        damping_high=st.sampled_from([0.3, 10.0]),
    )
)
THETAS = st.one_of(
    st.floats(-10.0, 10.0), st.floats(), st.sampled_from([-500.0, -5.0, 500.0, 1e308, -1e308])
)
LONG = LearnerSettings(family="harmonograph", knot_span=1000.0, knot_points=8)

# The examples ask for inf - inf.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::RuntimeWarning")]


@pytest.fixture(scope="module", autouse=True)
def _wave() -> Iterator[None]:
    """A family that is not built in."""
    with family_from_outside():
        yield


@given(SETTINGS, st.integers(0, 2**32), st.lists(THETAS, min_size=4, max_size=4))
@example(LONG, 1, [0.0, 0.0, 0.0, -5.0])
@examples(150)
def test_any_theta_can_be_asked_for(
    settings: LearnerSettings, seed: int, numbers: list[float]
) -> None:
    rng = np.random.default_rng(seed)
    learned = load_family(settings.family)
    problem = learned.draw_problem(rng, settings)
    start = learned.draw_start(rng, settings)
    assert len(start) == len(learned.parameter_names)
    assert all(map(math.isfinite, (*problem.target, *problem.x, *problem.y, *start)))
    theta = tuple(numbers[: len(start)])
    for loss in LOSSES:
        at_start = problem.evaluate(start, loss)
        assert math.isfinite(at_start.loss)
        assert all(map(math.isfinite, at_start.gradient))
        there = problem.evaluate(theta, loss)
        assert not there.loss < 0.0
        assert len(there.gradient) == len(start)


@given(SETTINGS, st.sampled_from(sorted(OPTIMISERS)), st.floats(1e-6, 100.0), st.integers(0, 99))
@examples(30)
def test_any_optimiser_goes_on_for_ever(
    settings: LearnerSettings, name: str, rate: float, seed: int
) -> None:
    """To a theta that is as long, whatever becomes of its numbers."""
    rng = np.random.default_rng(seed)
    learned = load_family(settings.family)
    problem = learned.draw_problem(rng, settings)
    optimiser = make_optimiser(name, settings.arithmetic)
    theta = learned.draw_start(rng, settings)
    count = len(theta)
    for _ in range(6):
        gradient = problem.evaluate(theta, settings.loss).gradient
        theta = optimiser.step(theta, gradient, rate, lambda t: problem.evaluate(t, settings.loss))
        assert len(theta) == count


def test_a_damping_that_grew_far_below_nought_over_a_long_span_is_no_number() -> None:
    """Found by the property above: exp overflowed, and the learner's node with it."""
    rng = np.random.default_rng(1)
    problem = Harmonograph().draw_problem(rng, LONG)
    assert math.isnan(problem.evaluate((0.0, 0.0, 0.0, -5.0), "mse").loss)
    assert math.isfinite(problem.evaluate((0.0, 0.0, 0.0, 5.0), "mse").loss)
