# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A recording as one sequence in time: notes, pedals, parts and the learner's parameters."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from descant.bags.recording import Recording
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.parameters import ParameterError
from descant.piano.player import ReleaseAll, TimedEvent, Timeline
from descant.programme.layers import described
from descant.programme.part_description import PartDescription
from descant.types import Event, Note, Part, Pedal

RUN_BITS = 32
"""Above these an id is the start of the piano's process, in seconds (piano/decoder.py)."""

PART_PARAMETERS = ("trigger", "family", "learning_rate", "threshold", "held_rate")
"""Learner parameters that differ from part to part in recordings without descriptions."""


class LearnerParameters(NamedTuple):
    """The learner's parameters but for part and start, as JSON objects.

    `effective` has all of them, `own` only those whose values did not come with the part.
    """

    own: str
    effective: str


def timeline(recording: Recording, name: str) -> Timeline:
    """Make the timeline of a recording; `name` is for error messages.

    The first note or pedal is at 0, the last at the end. Parts and parameters from before are at 0
    too, in front of it; those from after the end, which nothing was played in, are left out. At
    equal times parts come before parameters, these before pedals, and pedals before notes. Raises
    `UserError` for a recording without notes or with unreadable settings.
    """
    if not recording.notes:
        raise UserError(f"{name}: no notes in this recording: nothing to play")
    events: list[Event] = [*recording.notes, *recording.pedals]
    times = [event.time_ns for event in events]
    start_ns = min(times)
    try:
        entries = [*_parts_and_parameters(recording)]
    except ParameterError as error:
        raise UserError(f"{name}: recorded with another version of descant: {error}") from None
    entries += (TimedEvent(pedal.time_ns, pedal) for pedal in recording.pedals)
    entries += _notes(recording.notes)
    entries.sort(key=_time_ns)
    end_ns = max(times)
    timed = tuple(
        TimedEvent(max(0, entry.time_ns - start_ns), entry.event)
        for entry in entries
        if entry.time_ns <= end_ns
    )
    return Timeline(name, timed, end_ns - start_ns, _state)


def _state(event: object) -> tuple[int, ...]:
    """The state key of an event: parts come before parameters, these before pedals."""
    if isinstance(event, Pedal):
        return 2, event.pedal
    kinds = (Part, LearnerParameters)
    return (kinds.index(type(event)),) if isinstance(event, kinds) else ()


def _time_ns(entry: TimedEvent) -> int:
    return entry.time_ns


def _notes(notes: Sequence[Note]) -> Iterator[TimedEvent]:
    """The notes; where a piano was restarted, the keys held before are released first."""
    run = notes[0].id >> RUN_BITS
    for note in notes:
        if note.id >> RUN_BITS != run:
            yield TimedEvent(note.time_ns, ReleaseAll())
        run = note.id >> RUN_BITS
        yield TimedEvent(note.time_ns, note)


def _parts_and_parameters(recording: Recording) -> Iterator[TimedEvent]:
    settings = [(e.time_ns, LearnerSettings.from_json(e.json)) for e in recording.settings]
    settings.sort(key=lambda entry: entry[0])
    parts = _parts(recording.parts, settings)
    yield from (TimedEvent(part.time_ns, part) for part in parts)
    yield from _parameters(settings, parts)


def _parts(recorded: Sequence[Part], settings: Sequence[tuple[int, LearnerSettings]]) -> list[Part]:
    """The conductor's parts; without a conductor those of the learner's settings.

    A conductor's part without a description (version 0.1) gets one made from the settings that held
    in it.
    """
    if not recorded:
        first = {(s.part, s.start): time_ns for time_ns, s in reversed(settings)}
        return [Part(time_ns, *key, "settings") for key, time_ns in reversed(first.items())]
    known = {(values.part, values.start): values for _, values in settings}
    return [
        part if part.description else _describe(part, known.get((part.number, part.start)))
        for part in recorded
    ]


def _describe(part: Part, settings: LearnerSettings | None) -> Part:
    if settings is None:
        return part
    learner = {name: getattr(settings, name) for name in PART_PARAMETERS}
    description = PartDescription("recorded", f"part {part.number} as recorded", learner)
    return replace(part, description=description.to_json())


def _parameters(
    settings: Sequence[tuple[int, LearnerSettings]], parts: Sequence[Part]
) -> Iterator[TimedEvent]:
    """The learner's parameters wherever others than those of the part changed."""
    overrides: Mapping[tuple[int, int], Mapping[str, Any]] = {
        (part.number, part.start): described(part).learner for part in parts
    }
    base: dict[str, Any] | None = None
    for time_ns, entry in settings:
        of_part = overrides.get((entry.part, entry.start), {})
        effective = {n: v for n, v in entry.values().items() if n not in ("part", "start")}
        own = {n: v for n, v in effective.items() if n not in of_part or of_part[n] != v}
        if base is None or any(v != {**base, **of_part}.get(n) for n, v in own.items()):
            yield TimedEvent(time_ns, LearnerParameters(json.dumps(own), json.dumps(effective)))
        base = {**(base or {}), **{n: v for n, v in own.items() if n not in of_part}}
