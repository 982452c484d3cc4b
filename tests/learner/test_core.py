# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The learner's rules, its trajectory and its recovery, note by note."""

import dataclasses
import math

import numpy as np
import pytest

from descant.learner import core
from descant.learner.core import Learner, Output, episode_seed
from descant.learner.family import Evaluation
from descant.learner.settings import LearnerSettings
from descant.performance.recompute import bits
from descant.piano.midifile import load
from descant.types import NANOSECONDS, Episode, LearningStatus, Note, State
from support.notes import off, on, strokes
from support.performances import NOTE_ONS, performance

BASS, MIDDLE, UPPER = 36, 55, 72


def play(learner: Learner, notes: list[Note]) -> list[Output]:
    return [output for note in notes for output in learner.take(note)]


def states(outputs: list[Output]) -> list[State]:
    return [output for output in outputs if isinstance(output, State)]


def episodes(outputs: list[Output]) -> list[Episode]:
    return [output for output in outputs if isinstance(output, Episode)]


def test_a_bass_note_starts_an_episode_and_says_where_it_starts() -> None:
    outputs = Learner(LearnerSettings()).take(on(0, BASS, 1))
    assert [type(o) for o in outputs] == [Episode, State]
    [episode], [start] = episodes(outputs), states(outputs)
    assert (episode.number, start.episode, start.step, start.notes) == (1, 1, 0, (1,))
    assert start.theta == episode.theta
    assert start.target == episode.target != episode.theta


def test_every_upper_note_is_one_step_and_belongs_to_its_state() -> None:
    said = states(play(Learner(LearnerSettings()), strokes([BASS, UPPER, 60, 108])))
    assert [(s.step, s.notes) for s in said] == [(0, (1,)), (1, (2,)), (2, (3,)), (3, (4,))]


def test_a_step_is_theta_minus_rate_times_gradient() -> None:
    before, after = states(play(Learner(LearnerSettings(learning_rate=0.2)), strokes([30, 80])))
    expected = np.array(before.theta) - 0.2 * np.array(before.gradient)
    assert after.theta == pytest.approx(expected, abs=0)


def test_between_bass_and_upper_nothing_happens() -> None:
    learner = Learner(LearnerSettings())
    learner.take(on(0, BASS, 1))
    assert play(learner, strokes([48, MIDDLE, 59])) == []


def test_the_performer_can_let_the_upper_half_begin_at_the_bass() -> None:
    learner = Learner(LearnerSettings(upper_from=48))
    said = states(play(learner, strokes([47, 48, MIDDLE])))
    assert [s.step for s in said] == [0, 1, 2]


def test_the_very_first_note_starts_an_episode_whichever_it_is() -> None:
    said = states(play(Learner(LearnerSettings()), strokes([UPPER])))
    assert [(s.episode, s.step) for s in said] == [(1, 0), (1, 1)]


def test_without_that_rule_upper_notes_before_any_bass_do_nothing() -> None:
    learner = Learner(LearnerSettings(first_note_starts=False))
    assert play(learner, strokes([UPPER, MIDDLE])) == []


def test_releases_are_counted_and_change_nothing() -> None:
    learner = Learner(LearnerSettings())
    learner.take(on(0, BASS, 1))
    assert learner.take(off(10, BASS, 1)) == []
    [state] = learner.take(on(20, UPPER, 2))
    assert isinstance(state, State)
    assert state.events == 3


def test_a_melody_converges_and_then_rests() -> None:
    learner = Learner(LearnerSettings(learning_rate=0.5))
    said = states(play(learner, strokes([BASS] + [UPPER] * 200)))
    losses = [s.loss for s in said]
    assert losses == sorted(losses, reverse=True)
    first = next(s for s in said if s.status is LearningStatus.CONVERGED)
    assert first.loss <= learner.settings.threshold
    assert said[-1].step == first.step
    assert said[-1].notes == (201,)


def test_a_learning_rate_too_high_diverges_and_gets_a_new_start() -> None:
    learner = Learner(LearnerSettings(learning_rate=5.0, loss_bound=10.0))
    outputs = play(learner, strokes([BASS] + [UPPER] * 20))
    said = states(outputs)
    index = next(i for i, s in enumerate(said) if s.status is LearningStatus.DIVERGED)
    diverged, fresh = said[index], said[index + 1]
    assert diverged.loss > 10.0
    assert (fresh.attempt, fresh.step, fresh.notes) == (1, 0, diverged.notes)
    assert fresh.target == diverged.target
    assert fresh.loss <= 10.0
    assert [e.attempt for e in episodes(outputs)][:2] == [0, 1]


def test_non_finite_values_are_reported_and_recovered_from() -> None:
    learner = Learner(LearnerSettings())
    learner.take(on(0, BASS, 1))
    learner.change(learner.settings.replace(learning_rate=100.0, loss_bound=1e12), time_ns=0)
    said = states(play(learner, strokes([UPPER] * 30)))
    assert any(s.status is LearningStatus.DIVERGED for s in said)
    assert all(np.isfinite(s.loss) for s in said if s.status is not LearningStatus.DIVERGED)


class Wild:
    """A family whose losses and gradients are NaN of the sign that a processor may give them."""

    name, parameter_names = "wild", ("a", "b")
    target, x, y = (0.0, 0.0), (), ()

    def draw_problem(self, rng: np.random.Generator, settings: LearnerSettings) -> "Wild":
        return self

    def draw_start(self, rng: np.random.Generator, settings: LearnerSettings) -> tuple[float, ...]:
        return (1.0, 2.0)

    def evaluate(self, theta: tuple[float, ...], loss: str) -> Evaluation:
        value = 1.0 if theta == (1.0, 2.0) else -math.nan
        return Evaluation(value, -math.nan, (-math.nan, 0.5))


def test_a_nan_of_a_state_has_the_same_bits_on_every_processor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(core, "load_family", lambda name: Wild())
    start, diverged, again = states(play(Learner(LearnerSettings()), strokes([BASS, UPPER])))
    assert (start.loss, diverged.status, again.attempt) == (1.0, LearningStatus.DIVERGED, 1)
    assert bits(diverged.theta) == bits((math.nan, 1.8))
    assert bits(diverged.gradient) == bits((math.nan, 0.5))
    assert bits((diverged.loss, diverged.residual)) == bits((math.nan, math.nan))


def test_an_episode_keeps_its_arithmetic_until_the_next() -> None:
    notes = strokes([BASS, *[UPPER] * 4, BASS, *[UPPER] * 4])
    changed = LearnerSettings(arithmetic=1)
    learner = Learner(LearnerSettings())
    said = play(learner, notes[:4])
    learner.change(changed, time_ns=notes[3].time_ns)
    said += play(learner, notes[4:])
    new, old = (play(Learner(LearnerSettings(arithmetic=a)), notes) for a in (2, 1))
    assert bits(tuple(said[:6])) == bits(tuple(new[:6])) != bits(tuple(old[:6]))
    assert bits(tuple(said[6:])) == bits(tuple(old[6:])) != bits(tuple(new[6:]))


def test_the_same_notes_and_seed_give_the_same_bits() -> None:
    notes = strokes([BASS, *range(60, 90), 40, *range(90, 60, -1)])
    first, second = (play(Learner(LearnerSettings(seed=5)), notes) for _ in range(2))
    assert first == second


def test_another_seed_gives_another_performance() -> None:
    one, two = (Learner(LearnerSettings(seed=s)).take(on(0, BASS, 1)) for s in (1, 2))
    assert episodes(one)[0].target != episodes(two)[0].target
    assert episode_seed(1, 2) != episode_seed(2, 1)


def test_settings_change_from_the_next_note_on() -> None:
    learner = Learner(LearnerSettings())
    [_, start] = learner.take(on(0, BASS, 1))
    learner.change(learner.settings.replace(learning_rate=0.1), time_ns=0)
    [state] = learner.take(on(1, UPPER, 2))
    assert isinstance(start, State)
    assert isinstance(state, State)
    expected = np.array(start.theta) - 0.1 * np.array(start.gradient)
    assert state.theta == pytest.approx(expected, abs=0)


def test_held_keys_step_on_a_grid_of_the_performance_time() -> None:
    settings = LearnerSettings(held_rate=50.0, threshold=0.0)
    learner = Learner(settings)
    learner.take(on(0, BASS, 1))
    learner.take(on(100, UPPER, 2))
    said = states(learner.take(off(190, UPPER, 2)))
    assert [s.time_ns // 1_000_000 for s in said] == [120, 140, 160, 180]
    assert states(learner.advance(10**12)) == []


def test_held_steps_do_not_depend_on_when_the_learner_was_asked() -> None:
    notes = [on(0, BASS, 1), on(100, UPPER, 2), on(433, 80, 3), off(900, UPPER, 2), off(950, 80, 3)]
    plain = Learner(LearnerSettings(held_rate=60.0))
    asked = Learner(LearnerSettings(held_rate=60.0))
    expected = play(plain, notes)
    got: list[Output] = []
    for note in notes:
        for part in (0.2, 0.7, 1.0):
            got += asked.advance(int(note.time_ns * part))
        got += asked.take(note)
    assert got == expected


PROFILES = [{}, {"upper_from": 48, "held_rate": 60.0, "loss": "half_mse"}]


@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES, ids=["paper", "original"])
@pytest.mark.parametrize("name", NOTE_ONS)
def test_a_real_performance_loses_no_event_and_leaves_no_key(
    name: str, profile: dict[str, object]
) -> None:
    """The first 60 s: every note is counted, every bass note an episode, no held key is left."""
    events = load(performance(name)).events()
    notes = [n for n in events if isinstance(n, Note) and n.time_ns < 60 * NANOSECONDS]
    down = {n.id for n in notes if n.on} - {n.id for n in notes if not n.on}
    notes += [dataclasses.replace(n, on=False) for n in notes if n.on and n.id in down]
    learner = Learner(LearnerSettings().replace(**profile))
    said = states(play(learner, notes))
    bass = sum(n.on and n.key < 48 for n in notes)
    first_is_not_bass = notes[0].key >= 48
    assert learner.events == len(notes)
    assert said[-1].episode == bass + first_is_not_bass
    assert learner.held == 0
