"""A recording as one line of time."""

import json

import pytest

from descant.bags.recording import RecordedSettings, Recording
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.replay.timeline import Moment, Parameters, Release, timeline
from descant.types import Note, Part, Pedal
from support.notes import MS, off, on


def recording(*notes: Note, **more: tuple[object, ...]) -> Recording:
    empty: dict[str, tuple[object, ...]] = {"pedals": (), "settings": (), "parts": ()}
    return Recording(notes=tuple(notes), states=(), episodes=(), **{**empty, **more})  # type: ignore[arg-type]


def settings(at_ms: float, **changes: object) -> RecordedSettings:
    return RecordedSettings(1, int(at_ms * MS), 0, LearnerSettings(**changes).to_json())  # type: ignore[arg-type]


def test_the_first_note_or_pedal_is_at_zero_and_the_last_at_the_end() -> None:
    line = timeline(recording(on(5, 60, 1), off(9, 60, 1), pedals=(Pedal(3 * MS, 64, 90),)), "x")
    assert [m.time_ns for m in line.moments] == [0, 2 * MS, 6 * MS]
    assert line.duration_ns == 6 * MS


def test_what_held_before_the_first_note_stands_in_front_of_it() -> None:
    part = Part(1 * MS, 2, 0, "launch")
    line = timeline(recording(on(5, 60, 1), settings=(settings(0),), parts=(part,)), "x")
    kinds = [type(m.what) for m in line.moments]
    assert kinds == [Parameters, Part, Note]
    assert all(m.time_ns == 0 for m in line.moments)


def test_only_parameters_that_changed_are_there_without_part_and_start() -> None:
    said = (settings(0), settings(1, part=2, start=1), settings(2, seed=4), settings(3, seed=4))
    line = timeline(recording(on(0, 60, 1), on(9, 62, 2), settings=said), "x")
    found = [
        (m.time_ns, json.loads(m.what.json)) for m in line.moments if isinstance(m.what, Parameters)
    ]
    assert [(time, values["seed"]) for time, values in found] == [(0, 1), (2 * MS, 4)]
    assert not {"part", "start"} & found[0][1].keys()


def test_without_a_conductor_the_parts_are_those_of_the_learner() -> None:
    said = (settings(0, part=1), settings(4, part=3, start=1))
    line = timeline(recording(on(0, 60, 1), on(9, 62, 2), settings=said), "x")
    parts = [(m.time_ns, m.what.number) for m in line.moments if isinstance(m.what, Part)]
    assert parts == [(0, 1), (4 * MS, 3)]


def test_the_opening_is_the_last_word_of_everything_but_the_notes() -> None:
    pedals = (
        Pedal(0, 64, 90),
        Pedal(2 * MS, 67, 127),
        Pedal(4 * MS, 64, 10),
        Pedal(6 * MS, 64, 99),
    )
    part = Part(3 * MS, 2, 1, "cue")
    line = timeline(recording(on(1, 60, 1), on(8, 62, 2), pedals=pedals, parts=(part,)), "x")
    assert line.opening(0) == ()
    assert line.opening(6 * MS) == (part, Pedal(4 * MS, 64, 10), Pedal(2 * MS, 67, 127))


def test_a_piano_that_was_started_again_holds_nothing_of_before() -> None:
    second = 7 << 32
    line = timeline(recording(on(0, 60, 1), on(5, 62, second + 1)), "x")
    assert line.moments[1] == Moment(5 * MS, Release())


def test_a_recording_without_notes_is_one_line() -> None:
    with pytest.raises(UserError, match="show: no notes in this recording: nothing to play"):
        timeline(recording(pedals=(Pedal(0, 64, 0),)), "show")


def test_parameters_of_another_version_are_one_line() -> None:
    strange = RecordedSettings(1, 0, 0, '{"seed": 1, "momentum_of_inertia": 2}')
    with pytest.raises(UserError, match=r"show: recorded with another version.*'momentum_of_in"):
        timeline(recording(on(0, 60, 1), settings=(strange,)), "show")
