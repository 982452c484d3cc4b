# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A recording recomputed: identical where nothing was changed, and the first change named."""

import dataclasses

import pytest

from descant.bags.recording import RecordedSettings, RecordedState, Recording
from descant.learner.core import Learner, Output
from descant.learner.settings import LearnerSettings
from descant.performance.recompute import verify
from descant.types import SUSTAIN, Note, Pedal, State
from support.notes import MS, off, on, strokes
from support.parts import part_settings

MELODY = strokes([36, *range(60, 80), 40, *range(80, 60, -1)])


def record(
    notes: list[Note], settings: LearnerSettings, changes: dict[int, LearnerSettings] | None = None
) -> Recording:
    learner = Learner(settings)
    log = [RecordedSettings(1, 0, 0, settings.to_json())]
    said = []
    for number, note in enumerate(notes, start=1):
        said += [RecordedState(1, o) for o in learner.take(note) if isinstance(o, State)]
        if changes and number in changes:
            learner.change(changes[number], time_ns=note.time_ns)
            log.append(RecordedSettings(1, note.time_ns, number, changes[number].to_json()))
    return Recording(tuple(notes), (), tuple(said), (), tuple(log))


def test_a_recording_is_identical_to_its_recomputation() -> None:
    [comparison] = verify(record(MELODY, LearnerSettings(seed=4)))
    assert comparison.difference is None
    assert comparison.states == 42


def test_parameters_changed_while_playing_are_followed() -> None:
    settings = LearnerSettings(seed=4)
    changed = {15: settings.replace(learning_rate=0.05), 50: settings.replace(loss="mae")}
    [comparison] = verify(record(MELODY, settings, changed))
    assert comparison.difference is None


def test_steps_of_held_keys_are_followed() -> None:
    notes = [on(0, 36, 1), on(100, 72, 2), off(150, 36, 1), off(700, 72, 2), on(800, 74, 3)]
    [comparison] = verify(record(notes, LearnerSettings(held_rate=60.0)))
    assert comparison.difference is None
    assert comparison.states > 30


def test_one_bit_of_difference_is_found_and_named() -> None:
    recording = record(MELODY, LearnerSettings())
    states = list(recording.states)
    wrong = states[7].state._replace(loss=states[7].state.loss * (1 + 2**-52))
    states[7] = RecordedState(1, wrong)
    [comparison] = verify(dataclasses.replace(recording, states=tuple(states)))
    assert comparison.difference is not None
    assert (comparison.difference.index, comparison.difference.field) == (7, "loss")


def test_a_missing_state_is_found() -> None:
    recording = record(MELODY, LearnerSettings())
    states = recording.states[:5] + recording.states[6:]
    [comparison] = verify(dataclasses.replace(recording, states=states))
    assert comparison.difference is not None
    assert (comparison.difference.index, comparison.difference.field) == (5, "time_ns")


def test_a_learner_that_caught_up_is_compared_from_its_first_state() -> None:
    recording = record(MELODY, LearnerSettings())
    [comparison] = verify(dataclasses.replace(recording, states=recording.states[13:]))
    assert comparison.difference is None
    assert comparison.states == 29


def test_a_recording_without_settings_is_refused() -> None:
    recording = dataclasses.replace(record(MELODY, LearnerSettings()), settings=())
    [comparison] = verify(recording)
    assert "no /learner_settings" in comparison.problem


def test_a_recording_that_began_late_is_refused() -> None:
    recording = record(MELODY, LearnerSettings())
    late = dataclasses.replace(recording, notes=recording.notes[4:], states=recording.states[4:])
    [comparison] = verify(late)
    assert "lacks the first 4 notes" in comparison.problem
    assert not comparison.identical


class Live:
    """A learner as its node runs it: every change in the log, steps made in between."""

    def __init__(self, settings: LearnerSettings) -> None:
        self.learner = Learner(settings)
        self.notes: list[Note] = []
        self.states: list[RecordedState] = []
        self.log: list[RecordedSettings] = []
        self._log_settings(0)

    def play(self, *notes: Note) -> None:
        for note in notes:
            self.notes.append(note)
            self._record(self.learner.take(note))

    def advance(self, at_ms: float) -> None:
        self._record(self.learner.advance(int(at_ms * MS)))

    def set(self, at_ms: float, **changes: object) -> None:
        settings = self.learner.settings.replace(**changes)
        self._record(self.learner.change(settings, time_ns=int(at_ms * MS)))
        self._log_settings(self.learner.reached_ns)

    def begin(self, at_ms: float, number: int, start: int) -> None:
        settings = part_settings(number, start=start, knot_points=32)
        self.set(at_ms, **settings.values())

    def pedal(self, at_ms: float, value: int) -> None:
        self._record(self.learner.take_pedal(Pedal(int(at_ms * MS), SUSTAIN, value)))
        if self.learner.settings.sustain_holds:
            self._log_settings(self.learner.reached_ns)

    def recording(self) -> Recording:
        notes, states, log = tuple(self.notes), tuple(self.states), tuple(self.log)
        return Recording(notes, (), states, (), log)

    def _log_settings(self, time_ns: int) -> None:
        core = self.learner
        entry = RecordedSettings(1, time_ns, core.events, core.settings.to_json(), core.sustain)
        self.log.append(entry)

    def _record(self, outputs: list[Output]) -> None:
        self.states += [RecordedState(1, o) for o in outputs if isinstance(o, State)]


CHORD = [on(0, 40, 1), on(5, 44, 2), on(10, 47, 3)]


def identical(live: Live, states: int) -> None:
    [comparison] = verify(live.recording())
    assert comparison.difference is None
    assert comparison.states == states


def test_parameters_changed_while_a_chord_is_held_are_followed() -> None:
    live = Live(part_settings(2, knot_points=32))
    live.play(*CHORD)
    live.advance(200)
    live.set(301, learning_rate=0.05)
    live.advance(350)
    live.set(402, held_rate=200.0)  # a finer grid from here on
    live.advance(600)
    live.play(off(650, 40, 1))
    identical(live, 1 + 23 + 49)


def test_a_sustain_pedal_that_holds_is_followed() -> None:
    live = Live(part_settings(2, knot_points=32, sustain_holds=True))
    live.play(*CHORD)
    live.pedal(100, 127)
    live.play(off(200, 40, 1), off(200, 44, 2))
    live.advance(500)
    live.pedal(490, 10)  # late: it counts from where the learner is
    live.advance(700)
    live.play(on(800, 40, 4))
    identical(live, 1 + 29)


def test_parts_are_followed() -> None:
    live = Live(part_settings(1, knot_points=32))
    live.play(on(0, 36, 1), on(100, 72, 2), off(150, 36, 1))
    live.begin(200, 2, start=1)
    live.play(*(on(300 + i, key, 10 + i) for i, key in enumerate((40, 44, 47))))
    live.advance(500)
    live.begin(510, 3, start=2)
    live.advance(900)
    live.begin(950, 4, start=3)
    live.play(on(1000, 36, 20), on(1100, 72, 21))
    identical(live, 2 + 1 + 12 + 2)


@pytest.mark.parametrize("optimiser", ["momentum", "adam", "lbfgs"])
def test_other_optimisers_are_followed(optimiser: str) -> None:
    live = Live(LearnerSettings(optimiser=optimiser, learning_rate=0.05))
    live.play(*MELODY[:30])
    live.set(1600, optimiser="descent")
    live.play(*MELODY[30:])
    [comparison] = verify(live.recording())
    assert comparison.difference is None


def test_a_learner_that_ran_ahead_while_it_rested_is_followed() -> None:
    """Nothing is recorded of the steps that a resting episode does not make."""
    live = Live(part_settings(2, knot_points=32, threshold=1.0))
    live.play(*CHORD)
    live.advance(4000)  # it has converged, and the clock is ahead of notes that come late
    late = [on(1000 + i, key, 20 + i) for i, key in enumerate((41, 45, 48))]
    live.play(*late)
    live.advance(4500)
    [comparison] = verify(live.recording())
    assert comparison.difference is None
