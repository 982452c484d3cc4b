# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Any events and any changes of parameters: the outputs of the learner are consistent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descant.bags.recording import RecordedState, Recording
from descant.conductor.core import STARTS
from descant.learner.core import Learner, Output
from descant.learner.settings import LearnerSettings
from descant.performance.recompute import verify
from descant.programme.reading import load_programme
from descant.types import NANOSECONDS, Episode, Event, LearningStatus, Note, State
from support.learning import RUN, Input, check, performances, play, process, recorded, same
from support.notes import MS, off, on
from support.parts import part_settings
from support.properties import examples
from support.strategies import family_from_outside, heard, learner_settings, played

pytestmark = pytest.mark.slow

SETTINGS = st.deferred(learner_settings)


@pytest.fixture(scope="module", autouse=True)
def _wave() -> Iterator[None]:
    """A family that is not built in."""
    with family_from_outside():
        yield


@given(SETTINGS, performances())
@examples(100)
def test_every_episode_has_its_states_and_every_state_its_step(
    settings: LearnerSettings, inputs: list[Input]
) -> None:
    outputs = play(settings, inputs)
    check(outputs)
    times = [o.time_ns for o in outputs]
    assert times == sorted(times)
    struck = {e.id for e in inputs if isinstance(e, Note)}
    for state in outputs:
        if isinstance(state, State):
            assert {state.cause, *state.notes} <= struck


@given(SETTINGS, heard())
@examples(60)
def test_no_event_that_can_arrive_breaks_it(settings: LearnerSettings, events: list[Event]) -> None:
    check(play(settings, events))


@given(SETTINGS, performances(most=20), st.data())
@examples(60)
def test_the_outputs_do_not_depend_on_how_often_it_is_advanced(
    settings: LearnerSettings, inputs: list[Input], data: st.DataObject
) -> None:
    learner, outputs, last_ns = Learner(settings), list[Output](), 0
    for what in inputs:
        for _ in range(data.draw(st.integers(0, 2))):
            last_ns = data.draw(st.integers(last_ns, what.time_ns))
            outputs += learner.advance(last_ns)
        outputs += process(learner, what)
        last_ns = what.time_ns
    outputs += learner.advance(last_ns)
    once = Learner(settings)
    expected = [o for what in inputs for o in process(once, what)] + once.advance(last_ns)
    assert same(outputs, expected)


@given(SETTINGS, performances())
@examples(60)
def test_any_performance_is_recomputed_to_the_bit(
    settings: LearnerSettings, inputs: list[Input]
) -> None:
    recording = recorded(settings, inputs)
    for verdict in verify(recording):
        assert verdict.difference is None
        assert verdict.states == len(recording.states)


@given(SETTINGS, performances(up_at_the_end=True))
@examples(60)
def test_once_all_keys_and_pedals_are_up_no_step_is_made(
    settings: LearnerSettings, inputs: list[Input]
) -> None:
    """Held keys are released, across changes of part and of what counts as held."""
    learner = Learner(settings)
    for what in inputs:
        process(learner, what)
    assert learner.held == 0
    end_ns = learner.reached_ns
    if not (learner.settings.chord_always and learner.settings.trigger == "held_chord"):
        assert learner.advance(end_ns + 30 * NANOSECONDS) == []


@given(SETTINGS, played(most=15))
@examples(60)
def test_a_fresh_start_at_any_time_is_as_good_as_a_new_learner(
    settings: LearnerSettings, events: list[Event]
) -> None:
    """Except for the number of the episode and its seed."""
    learner = Learner(settings)
    for what in events:
        process(learner, what)
    now_ns = learner.reached_ns
    for number in (1, 2, 3, 4):
        start = (learner.settings.start + 1) % STARTS
        overrides = load_programme("paper").part(number).overrides("learner")
        again = learner.settings.replace(**{**overrides, "part": number, "start": start})
        learner.change(again, time_ns=now_ns)
        assert learner.current() is None
        assert learner.current_episode() is None
        fresh = Learner(again)
        for what in (on(0, 36, 901), on(1, 40, 902), on(2, 43, 903), on(9, 72, 904)):
            note = Note(now_ns + what.time_ns, what.id, True, what.key, 64, 64 << 7)
            ours = [type(o) for o in learner.take(note)]
            assert ours == [type(o) for o in fresh.take(note)] or learner.settings.chord_always
        for what in (off(10, 36, 901), off(10, 40, 902), off(10, 43, 903), off(10, 72, 904)):
            learner.take(Note(now_ns + what.time_ns, what.id, False, what.key, 64, 64 << 7))
        now_ns = learner.reached_ns


CHORD = [on(n, key, n + 1) for n, key in enumerate((36, 40, 43, 48, 52, 55, 57))]


CHORD_SETTINGS = learner_settings(
    trigger=st.just("held_chord"),
    held_rate=st.sampled_from([0.1, 60.0, 97.3]),
    start_range=st.just(1.0),
)


@given(CHORD_SETTINGS)
@examples(80)
def test_while_a_chord_is_held_steps_continue_until_it_has_converged(
    settings: LearnerSettings,
) -> None:
    """Also where the start lies beyond the bound: then another attempt follows."""
    learner = Learner(settings)
    states = [o for note in CHORD for o in learner.take(note) if isinstance(o, State)]
    steady = settings.chord_keys <= len(CHORD) and settings.chord_split > 57
    if not states or not (steady or settings.chord_always):
        return
    seconds = 1.0 / settings.held_rate + 0.01
    for turn in range(1, 4):
        last = learner.current()
        assert last is not None
        found = learner.advance(learner.reached_ns + int(turn * seconds * NANOSECONDS))
        assert (last.status is LearningStatus.CONVERGED) == (found == [])


@given(SETTINGS)
@examples(60)
def test_settings_are_the_same_after_json(settings: LearnerSettings) -> None:
    assert LearnerSettings.from_json(settings.to_json()) == settings


def test_a_chord_whose_start_lies_beyond_the_bound_gets_another() -> None:
    """Found by the property above: it stayed DIVERGED for as long as the chord was held."""
    settings = part_settings(2, loss_bound=1.0, seed=4)
    learner = Learner(settings)
    outputs = [o for note in CHORD for o in learner.take(note)]
    assert outputs[-1].status is LearningStatus.DIVERGED
    outputs += learner.advance(400 * MS)
    check(outputs)
    assert isinstance(outputs[-1], State)
    assert outputs[-1].status is LearningStatus.LEARNING
    assert any(isinstance(o, Episode) and o.attempt > 0 for o in outputs)


def test_a_chord_held_for_two_hours_is_recomputed_to_the_bit() -> None:
    """Live its steps were made one by one; recomputed it was a jump in time."""
    settings = part_settings(2, held_rate=0.1, threshold=0.0, knot_points=8, learning_rate=1e-6)
    learner, hours_ms = Learner(settings), 2 * 3_600_000
    outputs = [o for note in CHORD[:3] for o in learner.take(note)]
    for minute in range(120):
        outputs += learner.advance(minute * 60 * NANOSECONDS)
    last = on(hours_ms, 72, 9)
    outputs += learner.take(last)
    states = tuple(RecordedState(RUN, o) for o in outputs if isinstance(o, State))
    logged = recorded(settings, []).settings
    (verdict,) = verify(Recording((*CHORD[:3], last), (), states, (), logged))
    assert verdict.difference is None
    assert verdict.states == len(states) == 720
