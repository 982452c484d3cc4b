# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Loss curves of a recording."""

import math

import pytest

from descant.bags.recording import RecordedSettings, RecordedState, Recording
from descant.learner.settings import LearnerSettings
from descant.picture.loss_curves import (
    LossCurve,
    LossPoint,
    convergence_threshold,
    loss_curves,
    loss_range,
    on_axis,
)
from descant.picture.note_bars import TimeSpan
from descant.types import NANOSECONDS, LearningStatus, State

DRAWN = TimeSpan(0, 100 * NANOSECONDS)


def state(
    time: float, episode: int, step: int, loss: float, *, attempt: int = 0, run: int = 1,
    status: LearningStatus = LearningStatus.LEARNING,
) -> RecordedState:  # fmt: skip
    values = State(
        round(time * NANOSECONDS), 1, 1, episode, attempt, step, status, 1, "cubic",
        (0.0,) * 4, (0.0,) * 4, loss, 0.0, (0.0,) * 4, (1,),
    )  # fmt: skip
    return RecordedState(run=run, state=values)


def drawn(*states: RecordedState) -> tuple[LossCurve, ...]:
    return loss_curves(Recording((), (), states, (), ()), DRAWN)


def losses(line: LossCurve) -> list[float]:
    return [point.loss for point in line.points]


def test_every_episode_is_a_curve_that_ends_where_the_next_begins():
    one, two = drawn(state(1, 1, 0, 2.0), state(2, 1, 1, 0.5), state(10, 2, 0, 3.0))
    assert (one.episode, one.start_s, one.end_s, losses(one)) == (1, 1.0, 10.0, [2.0, 0.5])
    assert (two.episode, two.start_s, two.end_s, losses(two)) == (2, 10.0, 100.0, [3.0])


def test_a_new_start_after_a_divergence_is_a_curve_of_its_own():
    broken, fresh = drawn(
        state(1, 1, 0, 2.0),
        state(2, 1, 1, math.inf, status=LearningStatus.DIVERGED),
        state(2, 1, 0, 1.0, attempt=1),
    )
    assert (broken.attempt, broken.end_s, fresh.attempt, fresh.start_s) == (0, 2.0, 1, 2.0)


def test_a_learner_that_was_started_again_goes_on_with_the_same_curve():
    (line,) = drawn(state(1, 1, 0, 2.0), state(2, 1, 1, 0.5), state(5, 1, 2, 0.3, run=2))
    assert losses(line) == [2.0, 0.5, 0.3]


def test_a_learner_that_begins_anew_begins_a_new_curve():
    assert len(drawn(state(1, 1, 0, 2.0), state(2, 1, 1, 0.5), state(5, 1, 0, 0.3, run=2))) == 2


def test_a_curve_knows_where_it_came_to_rest():
    rested, left = drawn(
        state(1, 1, 0, 2.0),
        state(2, 1, 1, 0.0009, status=LearningStatus.CONVERGED),
        state(3, 1, 1, 0.0009, status=LearningStatus.CONVERGED),
        state(4, 2, 0, 1.0),
    )
    assert rested.converged == LossPoint(2.0, 0.0009, LearningStatus.CONVERGED)
    assert left.converged is None


def test_the_threshold_is_that_of_the_first_settings_else_the_default():
    said = RecordedSettings(1, 0, 0, LearnerSettings(threshold=0.02).to_json())
    assert convergence_threshold(Recording((), (), (), (), (said,))) == 0.02
    assert convergence_threshold(Recording((), (), (), (), ())) == LearnerSettings().threshold


@pytest.mark.parametrize(
    "text",
    ["", "[1]", '{"version": 3}', "{}", '{"version": 3, "threshold": NaN}',
     '{"version": 3, "threshold": "x"}', "[" * 100_000],
)  # fmt: skip
def test_settings_without_a_readable_threshold_give_the_default(text):
    recorded = (RecordedSettings(1, 0, 0, text),)
    default = LearnerSettings().threshold
    assert convergence_threshold(Recording((), (), (), (), recorded)) == default


def test_the_threshold_of_a_chord_part_of_version_01_is_the_one_that_held_in_it():
    old = '{"part": 2, "threshold": 0.5, "knot_threshold": 0.25}'
    recorded = (RecordedSettings(1, 0, 0, old),)
    assert convergence_threshold(Recording((), (), (), (), recorded)) == 0.25


def test_the_loss_axis_holds_every_finite_loss_and_the_threshold():
    lines = drawn(state(1, 1, 0, 5.0), state(2, 1, 1, 0.0), state(3, 1, 2, math.nan))
    low, high = loss_range(lines, 0.001)
    assert 0.0001 < low < 0.001
    assert 5.0 < high < 10.0


def test_the_loss_axis_stays_within_reason():
    wild = drawn(state(1, 1, 0, 1e200), state(2, 1, 1, 1e-200))
    assert loss_range(wild, 0.0) == (1e-6, 1e3)


def test_zero_is_at_the_bottom_and_what_is_no_number_at_the_top_of_the_axis():
    bounds = (0.001, 10.0)
    seen = [on_axis(loss, bounds) for loss in (0.0, 0.5, math.inf, math.nan)]
    assert seen == [0.001, 0.5, 10.0, 10.0]
