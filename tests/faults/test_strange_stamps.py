# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Stamps of other clocks: no step of a core takes for ever, none is lost."""

import time

import numpy as np
import pytest

from descant.learner.core import LONGEST_HOLD_NS, Learner
from descant.stage.curves import curve
from descant.stage.episode_curves import EpisodeCurves
from descant.stage.settings import StageSettings
from descant.types import NANOSECONDS, Episode, LearningStatus, Note, State
from support.parts import conductor, part_settings

NOW_NS = 1_800_000_000 * NANOSECONDS
CHORD = (40, 44, 47)


def chord(at_ns: int, first: int = 1) -> list[Note]:
    return [Note(at_ns, first + n, True, key, 80, 80 << 7) for n, key in enumerate(CHORD)]


@pytest.mark.parametrize("stamp", [-(2**31), 0, 2**31 - 1])
@pytest.mark.parametrize("always", [True, False])
def test_a_note_stamped_years_away_makes_no_steps_until_then(*, stamp: int, always: bool) -> None:
    settings = part_settings(2, seed=4, chord_always=always, threshold=0.0)
    learner = Learner(settings)
    for note in chord(NOW_NS):
        learner.take(note)
    began = time.monotonic()
    learner.take(Note(stamp * NANOSECONDS, 9, True, 90, 80, 80 << 7))
    learner.advance(NOW_NS + NANOSECONDS)
    for note in chord(stamp * NANOSECONDS, 20):
        learner.take(note)
    learner.advance(NOW_NS + 2 * NANOSECONDS)
    assert time.monotonic() - began < 20.0  # else some 10^11 steps
    for key in (*range(1, 4), 9, *range(20, 23)):
        learner.take(Note(NOW_NS + 3 * NANOSECONDS, key, False, 40, 64, 64 << 7))
    fresh = NOW_NS + 4 * NANOSECONDS
    opened = [out for note in chord(fresh, 30) for out in learner.take(note)]
    assert any(isinstance(out, Episode) for out in opened)
    steps = learner.advance(fresh + NANOSECONDS)
    assert len(steps) >= 59


def test_a_chord_may_be_held_for_most_of_an_hour() -> None:
    learner = Learner(part_settings(2, seed=4, held_rate=0.1, threshold=0.0))
    for note in chord(NOW_NS):
        learner.take(note)
    states = learner.advance(NOW_NS + LONGEST_HOLD_NS)
    assert sum(isinstance(s, State) and s.step > 0 for s in states) == 360


def test_after_the_last_start_of_a_part_the_count_begins_at_0() -> None:
    conducted = conductor()
    conducted.resume(NOW_NS, 4, 2**32 - 1)
    assert conducted.begin(NOW_NS, 1, "cue").start == 0


def state(time_ns: int, episode: int, target: tuple[float, ...], theta: tuple[float, ...]) -> State:
    nothing = (0.0,) * len(theta)
    return State(time_ns, 1, 1, episode, 0, 1, LearningStatus.LEARNING, 5, "cubic", target, theta,
                 0.5, 0.1, nothing, ())  # fmt: skip


def test_the_stage_shows_a_new_episode_after_a_state_from_the_future() -> None:
    settings, curves = StageSettings(), EpisodeCurves()
    four = (0.1, 0.2, 0.3, 0.4)
    for time_ns, episode in ((NOW_NS, 1), (2**61, 4_294_967_295), (NOW_NS + NANOSECONDS, 2)):
        curves.take_state(state(time_ns, episode, four, four), curve("cubic"), settings)
    assert curves.current is not None
    assert curves.current.key[0] == 2


@pytest.mark.parametrize("count", [0, 1, 3, 5, 300])
def test_the_stage_keeps_its_curve_where_a_state_does_not_fit_its_family(count: int) -> None:
    settings, curves = StageSettings(), EpisodeCurves()
    four, other = (0.1, 0.2, 0.3, 0.4), (0.5,) * count
    curves.take_state(state(NOW_NS, 1, four, four), curve("cubic"), settings)
    with pytest.raises(ValueError, match=r"parameters|unpack"):
        curves.take_state(state(NOW_NS + 1, 1, four, other), curve("cubic"), settings)
    with pytest.raises(ValueError, match="unpack"):
        curves.take_state(state(NOW_NS + 2, 2, other, other), curve("cubic"), settings)
    curves.take_state(state(NOW_NS + 3, 3, four, four), curve("cubic"), settings)
    curves.advance(0.1, settings)
    assert curves.current is not None
    assert np.isfinite(curves.current.learned_points()).all()
