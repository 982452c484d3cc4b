# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What the columns say, counted by hand."""

from __future__ import annotations

import math

import pytest

from descant.dissonance.state_arrays import state_arrays
from descant.learner.settings import LearnerSettings
from descant.performance.perform import perform
from descant.types import LearningStatus, State
from descant.whatif.measures import Measures, measure
from support.notes import MS, strokes
from support.states import state


def at(ms: float, episode: int, step: int, loss: float, status: LearningStatus) -> State:
    return state(ms, loss)._replace(episode=episode, step=step, status=status)


LEARNING, CONVERGED, DIVERGED = LearningStatus
BY_HAND = [
    at(0, 1, 0, 0.8, LEARNING),
    at(100, 1, 1, 0.4, LEARNING),
    at(300, 1, 2, 0.002, CONVERGED),
    at(400, 1, 2, 0.002, CONVERGED),  # it rests, and tunes another note
    at(500, 2, 0, 1.0, LEARNING),
    at(600, 2, 1, 900.0, DIVERGED),
    at(600, 2, 0, 2.0, LEARNING),
    at(800, 2, 1, 0.001, CONVERGED),
    at(900, 3, 0, 0.5, LEARNING),
]


def test_every_column_by_hand() -> None:
    found = measure(state_arrays(BY_HAND), 1_000 * MS, 0.25)
    losses = 100 * 0.8 + 200 * 0.4 + 200 * 0.002 + 100 * 1.0 + 200 * 2.0 + 100 * 0.001 + 100 * 0.5
    assert found == Measures(
        states=9,
        episodes=3,
        converged=pytest.approx(2 / 3),
        steps_to_converge=2.0,  # 2 and 1 + 1
        diverged=1,
        mean_loss=pytest.approx(losses / 1_000),
        peak_loss=900.0,
        mean_dissonance=0.25,
    )


def test_nothing_learned_is_nothing_and_not_zero() -> None:
    none = measure(state_arrays([]), 1_000 * MS, 0.0)
    assert none == Measures(0, 0, None, None, 0, None, None, 0.0)
    alone = measure(state_arrays(BY_HAND[:2]), 0, 0.0)
    assert (alone.converged, alone.steps_to_converge) == (0.0, None)


def test_infinite_and_unknown_losses_do_not_spoil_the_mean() -> None:
    states = [
        at(0, 1, 0, 0.5, LEARNING),
        at(100, 1, 1, math.inf, DIVERGED),
        at(100, 1, 0, 0.3, LEARNING),
        at(200, 1, 1, math.nan, DIVERGED),
        at(200, 1, 0, 0.1, LEARNING),
    ]
    found = measure(state_arrays(states), 300 * MS, 0.0)
    assert found.mean_loss == pytest.approx(0.3)
    assert found.peak_loss == math.inf
    assert found.diverged == 2


def test_a_higher_rate_converges_in_fewer_steps_until_it_diverges() -> None:
    notes = strokes([36, *[72] * 400] * 3, period_ms=5)

    def of(rate: float) -> Measures:
        settings = LearnerSettings(learning_rate=rate, seed=2)
        states = [h for h in perform(notes, settings) if isinstance(h, State)]
        return measure(state_arrays(states), notes[-1].time_ns, 0.0)

    slow, quick, wild = of(0.1), of(0.4), of(5.0)
    assert slow.converged == quick.converged == 1.0
    assert quick.steps_to_converge < slow.steps_to_converge
    assert slow.diverged == quick.diverged == 0
    assert wild.diverged > 0
    assert wild.peak_loss > 100.0
