# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Bags of recordings that were made without a graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from descant.bags.recording import Recording
from descant.bags.writer import BagWriter
from descant.types import Note
from support.bags import NOTES, message, topic

TOPICS = [
    NOTES,
    topic("/pedals", "PedalEvent"),
    topic("/learner_state", "LearnerState"),
    topic("/learner_settings", "LearnerSettings"),
    topic("/episode", "Episode"),
    topic("/part", "Part"),
    topic("/played", "Played"),
]
Extra = tuple[str, bytes]
"""Topic and data of a message."""


def note_message(note: Note) -> bytes:
    """A note as it is recorded."""
    fields = {**asdict(note), "kind": int(note.on)}
    del fields["on"]
    return message("NoteEvent", stamp=fields.pop("time_ns"), **fields)


def bag_of(
    folder: Path, recording: Recording, *, settings: str | None = None, loss_of: int = -1,
    extra: Sequence[Extra] = (), behind: int = 0,
) -> Path:  # fmt: skip
    """`recording` as a bag; the state number `loss_of` gets another loss, the messages `extra` are
    behind note number `behind`.
    """
    written: list[tuple[int, str, bytes]] = []
    for entry in recording.settings:
        json = entry.json if settings is None else settings
        given = {"run": entry.run, "events": entry.events, "settings": json}
        data = message("LearnerSettings", stamp=entry.time_ns, **given)
        written.append((entry.time_ns, "/learner_settings", data))
    for pedal in recording.pedals:
        data = message("PedalEvent", stamp=pedal.time_ns, pedal=pedal.pedal, value=pedal.value)
        written.append((pedal.time_ns, "/pedals", data))
    for number, note in enumerate(recording.notes):
        written.append((note.time_ns, "/notes", note_message(note)))
        if number == behind:
            written += [(note.time_ns, name, data) for name, data in extra]
    for index, (run, state) in enumerate((e.run, e.state) for e in recording.states):
        fields = {n: list(v) if isinstance(v, tuple) else v for n, v in state._asdict().items()}
        fields |= {"status": int(state.status), "run": run}
        if index == loss_of:
            fields["loss"] = state.loss * (1.0 + 2.0**-52)  # the last bit
        data = message("LearnerState", stamp=fields.pop("time_ns"), **fields)
        written.append((state.time_ns, "/learner_state", data))
    writer = BagWriter(folder)
    for each in TOPICS:
        writer.add_topic(each)
    for time_ns, name, data in sorted(written, key=lambda one: one[0]):
        writer.write(name, time_ns, time_ns, data)
    writer.close()
    return writer.folder
