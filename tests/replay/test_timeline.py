# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A recording as one line of time."""

import json

import pytest

from descant.bags.recording import RecordedSettings, Recording
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.piano.player import ReleaseAll, TimedEvent, Timeline
from descant.programme.layers import described
from descant.programme.part_description import PartDescription
from descant.replay.timeline import LearnerParameters, timeline
from descant.types import Note, Part, Pedal
from support.notes import MS, off, on


def recording(*notes: Note, **more: tuple[object, ...]) -> Recording:
    empty: dict[str, tuple[object, ...]] = {"pedals": (), "settings": (), "parts": ()}
    return Recording(notes=tuple(notes), states=(), episodes=(), **{**empty, **more})  # type: ignore[arg-type]


def settings(at_ms: float, **changes: object) -> RecordedSettings:
    return RecordedSettings(1, int(at_ms * MS), 0, LearnerSettings(**changes).to_json())  # type: ignore[arg-type]


def test_the_first_note_or_pedal_is_at_zero_and_the_last_at_the_end() -> None:
    line = timeline(recording(on(5, 60, 1), off(9, 60, 1), pedals=(Pedal(3 * MS, 64, 90),)), "x")
    assert [m.time_ns for m in line.events] == [0, 2 * MS, 6 * MS]
    assert line.duration_ns == 6 * MS


def test_what_held_before_the_first_note_stands_in_front_of_it() -> None:
    part = Part(1 * MS, 2, 0, "launch")
    line = timeline(recording(on(5, 60, 1), settings=(settings(0),), parts=(part,)), "x")
    kinds = [type(m.event) for m in line.events]
    assert kinds == [LearnerParameters, Part, Note]
    assert all(m.time_ns == 0 for m in line.events)


def test_what_came_after_the_last_note_is_left_out() -> None:
    """A show that runs on for an hour after the last note is not replayed for an hour."""
    parts = (Part(9 * MS, 2, 1, "cue"), Part(3_600_000 * MS, 3, 2, "cue"))
    later = (settings(0), settings(3_600_000, seed=4))
    line = timeline(recording(on(5, 60, 1), off(9, 60, 1), settings=later, parts=parts), "x")
    assert [type(m.event) for m in line.events] == [LearnerParameters, Note, Part, Note]
    assert line.events[-1].time_ns == line.duration_ns


def test_only_parameters_that_changed_are_there_without_part_and_start() -> None:
    said = (settings(0), settings(1, part=2, start=1), settings(2, seed=4), settings(3, seed=4))
    line = timeline(recording(on(0, 60, 1), on(9, 62, 2), settings=said), "x")
    found = [
        (m.time_ns, json.loads(m.event.effective))
        for m in line.events
        if isinstance(m.event, LearnerParameters)
    ]
    assert [(time, values["seed"]) for time, values in found] == [(0, 1), (2 * MS, 4)]
    assert not {"part", "start"} & found[0][1].keys()


def test_without_a_conductor_the_parts_are_those_of_the_learner() -> None:
    said = (settings(0, part=1), settings(4, part=3, start=1))
    line = timeline(recording(on(0, 60, 1), on(9, 62, 2), settings=said), "x")
    parts = [(m.time_ns, m.event.number) for m in line.events if isinstance(m.event, Part)]
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
    assert line.events[1] == TimedEvent(5 * MS, ReleaseAll())


def test_a_recording_without_notes_is_one_line() -> None:
    with pytest.raises(UserError, match="show: no notes in this recording: nothing to play"):
        timeline(recording(pedals=(Pedal(0, 64, 0),)), "show")


def test_parameters_of_another_version_are_one_line() -> None:
    strange = RecordedSettings(1, 0, 0, '{"seed": 1, "momentum_of_inertia": 2}')
    with pytest.raises(UserError, match=r"show: recorded with another version.*'momentum_of_in"):
        timeline(recording(on(0, 60, 1), settings=(strange,)), "show")


PART_2 = {"trigger": "held_chord", "family": "knot", "learning_rate": 0.02, "held_rate": 60.0}


def described_part(at_ms: int, number: int, start: int, **learner: object) -> Part:
    description = PartDescription("x", "X", learner)  # type: ignore[arg-type]
    return Part(at_ms * MS, number, start, "cue", description.to_json())


def parameter_times(line: Timeline) -> list[tuple[int, dict[str, object]]]:
    """When the learner's parameters are set, and to which values of their own."""
    return [
        (entry.time_ns, json.loads(entry.event.own))
        for entry in line.events
        if isinstance(entry.event, LearnerParameters)
    ]


def test_parameters_that_come_with_a_part_are_not_set_again() -> None:
    parts = (described_part(0, 1, 0), described_part(4, 2, 1, **PART_2), described_part(8, 1, 2))
    said = (settings(0), settings(4, part=2, start=1, **PART_2), settings(8, part=1, start=2))
    line = timeline(recording(on(0, 60, 1), on(9, 62, 2), settings=said, parts=parts), "x")
    assert [time for time, _ in parameter_times(line)] == [0]


def test_a_parameter_set_by_hand_in_a_part_is_set_there() -> None:
    part = described_part(4, 2, 1, **PART_2)
    by_hand = {**PART_2, "learning_rate": 0.05}
    said = (
        settings(0),
        settings(4, part=2, start=1, **PART_2),
        settings(6, part=2, start=1, **by_hand),
    )
    line = timeline(recording(on(0, 60, 1), on(9, 62, 2), settings=said, parts=(part,)), "x")
    [_, (time_ns, own)] = parameter_times(line)
    assert time_ns == 6 * MS
    assert own["learning_rate"] == 0.05
    assert "held_rate" not in own


def test_a_part_without_a_description_gets_the_settings_that_held_in_it() -> None:
    parts = (Part(0, 1, 0, "launch"), Part(4 * MS, 2, 1, "soft pedal"))
    said = (settings(0), settings(4, part=2, start=1, **PART_2))
    line = timeline(recording(on(0, 60, 1), on(9, 62, 2), settings=said, parts=parts), "x")
    [_, second] = [e.event for e in line.events if isinstance(e.event, Part)]
    assert described(second).learner == {**PART_2, "threshold": 0.004}
    assert [time for time, _ in parameter_times(line)] == [0]
