# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Recordings made from a MIDI file by the learner's core, without a graph."""

from __future__ import annotations

from pathlib import Path

import mido

from descant.bags.recording import RecordedSettings, RecordedState, Recording
from descant.learner.core import Learner, Output
from descant.learner.settings import LearnerSettings
from descant.types import NANOSECONDS, PEDALS, Episode, Note, Pedal, State

START_NS = 1_700_000_000 * NANOSECONDS


def events(path: Path) -> tuple[list[Note], list[Pedal]]:
    """Notes and pedals of a MIDI file that begins at START_NS."""
    now, notes, pedals, down = 0.0, [], [], {}
    for message in mido.MidiFile(path):
        now += message.time
        time = START_NS + round(now * NANOSECONDS)
        if message.type == "note_on" and message.velocity:
            down[message.note] = len(notes) + 1
            velocity = message.velocity
            notes.append(Note(time, len(notes) + 1, True, message.note, velocity, velocity * 128))
        elif message.type in ("note_on", "note_off"):
            notes.append(Note(time, down.pop(message.note), False, message.note, 64, 64 * 128))
        elif message.type == "control_change" and message.control in PEDALS:
            pedals.append(Pedal(time, message.control, message.value))
    return notes, pedals


def perform(path: Path, settings: LearnerSettings) -> Recording:
    """A MIDI file through the learner, as a recorder would have written it."""
    notes, pedals = events(path)
    learner = Learner(settings)
    said: list[Output] = [output for note in notes for output in learner.take(note)]
    return Recording(
        notes=tuple(notes),
        pedals=tuple(pedals),
        states=tuple(RecordedState(1, s) for s in said if isinstance(s, State)),
        episodes=tuple(e for e in said if isinstance(e, Episode)),
        settings=(RecordedSettings(1, START_NS, 0, settings.to_json()),),
    )
