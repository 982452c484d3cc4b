# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Learners that were killed and started again: each run is verified by itself."""

from __future__ import annotations

import dataclasses
import random

import pytest

from descant.bags.recording import RecordedState, Recording
from descant.performance.recompute import verify
from descant.performance.rerun import last_run, rerun
from descant.programme.reading import load_programme
from descant.types import Note, Part, State
from support.parts import part_settings
from support.restarts import START_NS, Restarts

MS = 1_000_000
CHORDS = ((40, 44, 47), (41, 45, 48), (38, 43, 46))


def notes_of_part(number: int, begin_ns: int, seed: int) -> list[Note]:
    """Four seconds of chords that are held, a bass line and upper notes: any part steps."""
    chance = random.Random(seed)
    strokes: list[tuple[int, int, int]] = []
    for second in range(4):
        for key in CHORDS[second % 3]:
            strokes.append((second * 1000 + chance.randrange(20), key, 700))
        strokes += [
            (second * 1000 + chance.randrange(100, 900), chance.randrange(60, 90), 90)
            for _ in range(5)
        ]
    found: list[Note] = []
    for index, (at_ms, key, length_ms) in enumerate(strokes):
        on_ns, name = begin_ns + at_ms * MS + chance.randrange(MS), number * 1000 + index
        found.append(Note(on_ns, name, True, key, 70, 70 << 7))
        found.append(Note(on_ns + length_ms * MS, name, False, key, 64, 64 << 7))
    return sorted(found, key=lambda note: note.time_ns)


def show(programme: str, kills: dict[int, int]) -> Restarts:
    """All parts of a programme. `kills`: index of the event at which the learner is killed ->
    number of events that it misses.
    """
    parts = len(load_programme(programme).parts)
    changes = {
        START_NS + (number - 1) * 5_000 * MS: part_settings(
            number, programme, start=number - 1, knot_points=32
        )
        for number in range(1, parts + 1)
    }
    events: list[Note | Part] = []
    for number, begin_ns in enumerate(changes, start=1):
        events.append(Part(begin_ns, number, number - 1, "test"))
        events += notes_of_part(number, begin_ns + 100 * MS, number)
    events.sort(key=lambda event: event.time_ns)
    first = part_settings(1, programme, knot_points=32)
    live = Restarts(first, changes)
    back = -1
    for index, event in enumerate(events):
        if index in kills:
            live.kill()
            back = index + kills[index]
        if index == back:
            live.start(events[index - 1].time_ns + 1)
        live.play(event)
    return live


def runs(recording: Recording) -> list[str]:
    found = verify(recording)
    return ["identical" if c.identical else c.problem or str(c.difference) for c in found]


@pytest.mark.parametrize("programme", ["paper", "original", "studies"])
def test_a_learner_killed_in_every_part_is_verified_run_by_run(programme: str) -> None:
    parts = len(load_programme(programme).parts)
    kills = {65 * part + at: 7 for part in range(parts) for at in (9, 38)}
    recording = show(programme, kills).recording()
    found = runs(recording)
    assert found == ["identical"] * len(found)
    assert len(found) > parts


@pytest.mark.parametrize("seed", range(4))
def test_kills_at_random_are_verified(seed: int) -> None:
    chance = random.Random(seed)
    kills = {65 * part + chance.randrange(64): chance.randrange(1, 20) for part in range(4)}
    recording = show("paper", kills).recording()
    assert set(runs(recording)) == {"identical"}
    chance_order = list(recording.states)
    chance_order.sort(key=lambda entry: -entry.run)  # runs may lie in any order in the file
    assert set(runs(dataclasses.replace(recording, states=tuple(chance_order)))) == {"identical"}


def test_a_run_of_nothing_but_held_steps_is_anchored() -> None:
    """Only steps of a chord were recorded, at no note's own time."""
    recording = show("paper", {80: 3}).recording()
    last = recording.states[-1].run
    times = {note.time_ns for note in recording.notes}
    of_run = [entry for entry in recording.states if entry.run == last and entry.state.step > 0]
    episode = of_run[0].state.episode + 1
    states = tuple(entry for entry in of_run if entry.state.episode == episode)
    assert times.isdisjoint(entry.state.time_ns for entry in states)
    assert len(states) > 10
    assert runs(dataclasses.replace(recording, states=states)) == ["identical"]


def test_one_bad_run_does_not_spoil_the_others() -> None:
    recording = show("paper", {70: 5, 140: 5}).recording()
    numbers = list(dict.fromkeys(entry.run for entry in recording.states))
    assert len(numbers) == 3
    alien = RecordedState(5, recording.states[0].state._replace(cause=99))
    lacking = tuple(entry for entry in recording.settings if entry.run != numbers[1])
    bad = dataclasses.replace(recording, states=(alien, *recording.states), settings=lacking)
    found = verify(bad)
    assert [c.identical for c in found] == [False, True, False, True]
    assert "no /learner_settings" in found[0].problem
    assert "no /learner_settings" in found[2].problem
    with_settings = dataclasses.replace(bad, settings=recording.settings)
    assert [c.identical for c in verify(with_settings)] == [False, True, True, True]


def test_the_last_run_that_works_is_run_again() -> None:
    """For what-if: the last run lacks its settings, so the one before is computed."""
    recording = show("paper", {70: 5, 140: 5}).recording()
    numbers = list(dict.fromkeys(entry.run for entry in recording.states))
    lacking = tuple(entry for entry in recording.settings if entry.run != numbers[-1])
    run = last_run(dataclasses.replace(recording, settings=lacking))
    states = [event for event in rerun(run) if isinstance(event, State)]
    last = [entry.state for entry in recording.states if entry.run == numbers[1]][-1]
    assert last in states


STRAYS = [0, 1, -3_600 * 10**9, 2**31 * 10**9 - 1, 2**62]


@pytest.mark.parametrize("stamp_ns", STRAYS)
@pytest.mark.parametrize("consumed", [True, False])
def test_a_stray_note_does_not_keep_a_recording_from_being_verified(
    stamp_ns: int, consumed: bool
) -> None:
    """Whether the learner received it or not, live or among its history."""
    live = show("paper", {})
    events = list(live.played)
    stray = Note(stamp_ns, 77_777, True, 40, 70, 70 << 7)
    live = Restarts(part_settings(1, knot_points=32), live.parts)
    for index, event in enumerate(events):
        if index == 60 and consumed:
            live.play(stray)
        if index == 100:
            live.kill()
            live.start(events[index - 1].time_ns + 1)
        live.play(event)
    usual = live.recording()
    notes = list(usual.notes)
    if not consumed:
        notes.insert(60, stray)
    received = dataclasses.replace(usual, notes=tuple(notes))
    kept = tuple(note for note in notes if note is not stray)
    recording = dataclasses.replace(
        usual,
        notes=kept,
        states=tuple(e for e in usual.states if e.state.time_ns != stamp_ns),
        as_received=received,
    )
    assert set(runs(recording)) == {"identical"}
    again = [event for event in rerun(last_run(recording)) if isinstance(event, Note)]
    assert again == list(kept)


@pytest.mark.parametrize("missed", [1, 2, 5, 41])
def test_the_last_notes_of_a_killed_piano_may_have_reached_the_recorder_alone(missed: int) -> None:
    live = Restarts(part_settings(1, "original"), {})
    pianos = [notes_of_part(1, START_NS + second * 1_000 * MS, second) for second in (1, 11, 21)]
    for run, notes in enumerate(pianos, start=1):
        of_run = [dataclasses.replace(note, id=run << 32 | note.id) for note in notes[:41]]
        count = 41 - missed if run == 2 else 40  # 0: killed before the learner had found it
        for note in of_run[:count]:
            live.play(note)
        live.played += of_run[count:]
    recording = live.recording()
    assert len(recording.states) > 10
    assert runs(recording) == ["identical"]
