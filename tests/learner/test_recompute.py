"""A recording recomputed: identical where nothing was changed, and the first change named."""

import dataclasses

import pytest

from descant.bags.recording import RecordedSettings, RecordedState, Recording
from descant.errors import UserError
from descant.events import Note
from descant.learner.core import Learner
from descant.learner.recompute import verify
from descant.learner.settings import LearnerSettings
from descant.learner.state import State
from support.notes import off, on, strokes

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
    [verdict] = verify(record(MELODY, LearnerSettings(seed=4)))
    assert verdict.difference is None
    assert verdict.states == 42


def test_parameters_changed_while_playing_are_followed() -> None:
    settings = LearnerSettings(seed=4)
    changed = {15: settings.replace(learning_rate=0.05), 50: settings.replace(loss="mae")}
    [verdict] = verify(record(MELODY, settings, changed))
    assert verdict.difference is None


def test_steps_of_held_keys_are_followed() -> None:
    notes = [on(0, 36, 1), on(100, 72, 2), off(150, 36, 1), off(700, 72, 2), on(800, 74, 3)]
    [verdict] = verify(record(notes, LearnerSettings(held_rate=60.0)))
    assert verdict.difference is None
    assert verdict.states > 30


def test_one_bit_of_difference_is_found_and_named() -> None:
    recording = record(MELODY, LearnerSettings())
    states = list(recording.states)
    wrong = states[7].state._replace(loss=states[7].state.loss * (1 + 2**-52))
    states[7] = RecordedState(1, wrong)
    [verdict] = verify(dataclasses.replace(recording, states=tuple(states)))
    assert verdict.difference is not None
    assert (verdict.difference.index, verdict.difference.field) == (7, "loss")


def test_a_missing_state_is_found() -> None:
    recording = record(MELODY, LearnerSettings())
    states = recording.states[:5] + recording.states[6:]
    [verdict] = verify(dataclasses.replace(recording, states=states))
    assert verdict.difference is not None
    assert (verdict.difference.index, verdict.difference.field) == (5, "time_ns")


def test_a_learner_that_caught_up_is_compared_from_its_first_state() -> None:
    recording = record(MELODY, LearnerSettings())
    [verdict] = verify(dataclasses.replace(recording, states=recording.states[13:]))
    assert verdict.difference is None
    assert verdict.states == 29


def test_a_recording_without_settings_is_refused() -> None:
    recording = dataclasses.replace(record(MELODY, LearnerSettings()), settings=())
    with pytest.raises(UserError, match="no /learner_settings"):
        verify(recording)


def test_a_recording_that_began_late_is_refused() -> None:
    recording = record(MELODY, LearnerSettings())
    late = dataclasses.replace(recording, notes=recording.notes[4:], states=recording.states[4:])
    with pytest.raises(UserError, match="lacks the first 4 notes"):
        verify(late)
