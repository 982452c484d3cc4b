# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The events of a film: of a MIDI file computed by the cores, of a bag as they were recorded."""

from __future__ import annotations

import dataclasses
import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, takewhile
from pathlib import Path

from descant.bags.recording import Recording
from descant.conductor.core import Conductor
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.performance.perform import PerformanceEvent, perform
from descant.piano.midifile import load
from descant.programme.layers import PartLayers, with_description
from descant.programme.programme import Programme
from descant.render.settings import PerformanceSettings
from descant.synth.settings import SettingsChange, SynthSettings
from descant.types import NANOSECONDS, Episode, Note, Part, Pedal, State

LEAD_NS = NANOSECONDS // 2
"""A film of a bag begins so long before the first event: a recording does not begin at time 0."""

SoundEvent = Note | Pedal | State | SettingsChange
"""What the synthesiser takes."""


@dataclass(frozen=True)
class FilmEvents:
    """Everything that happens, by time in nanoseconds from the film's start.

    `part` holds from that start on; every part has its description. `zero_ns` is the start on the
    clock of the recording; 0 for a MIDI file. `remarks` are on what was odd in the input.
    """

    events: tuple[PerformanceEvent, ...]
    part: Part
    end_ns: int
    zero_ns: int = 0
    remarks: tuple[str, ...] = ()

    def notes(self) -> tuple[Note, ...]:
        """The notes, for the picture of the keyboard."""
        return tuple(e for e in self.events if isinstance(e, Note))

    def sound(self, settings: PerformanceSettings) -> tuple[SynthSettings, list[SoundEvent]]:
        """The synthesiser's settings at the start, and the events that it takes."""
        layers = PartLayers(settings.synth, "synth", settings.fixed["synth"])
        start = current = layers.begin(self.part)
        events: list[SoundEvent] = []
        for event in self.events:
            if isinstance(event, Note | Pedal | State):
                events.append(event)
            elif isinstance(event, Part) and (new := layers.begin(event)) != current:
                current = new
                events.append(SettingsChange(event.time_ns, new))
        return start, events

    def shows_camera(self, settings: PerformanceSettings) -> bool:
        """Whether any part shows the camera picture."""
        layers = PartLayers(settings.stage, "stage", settings.fixed["stage"])
        parts = (self.part, *(e for e in self.events if isinstance(e, Part)))
        return any(layers.begin(part).camera_brightness > 0.0 for part in parts)


def of_midi(
    path: Path,
    settings: PerformanceSettings,
    programme: Programme,
    *,
    part: int | None,
    until_ns: int | None = None,
) -> FilmEvents:
    """The events of a MIDI file: through the parts of `programme`, or in one `part` throughout.

    Those after `until_ns` are left out, and not computed; the film's end is what it would be.
    Raises `UserError` where the file is broken or holds no note, or there is no such part.
    """
    file = load(path)
    tail = int(settings.render.tail * NANOSECONDS)
    rules = settings.conductor
    if part is not None:
        rules = rules.replace(part=part, presses=0, key=-1)  # nothing leads to the next part
    conductor = Conductor(rules, programme, 0)
    first = conductor.part
    fixed = settings.fixed["learner"]
    end = file.duration_ns + tail
    last = end if until_ns is None else until_ns
    events = perform(file.decode(), settings.learner, conductor, fixed=fixed, tail_ns=tail)
    wanted = tuple(takewhile(lambda event: event.time_ns <= last, events))
    return FilmEvents(wanted, first, end, remarks=file.remarks)


def of_recording(
    recording: Recording, settings: PerformanceSettings, programme: Programme, *, name: str
) -> FilmEvents:
    """The events of a recording as they were: its own states, episodes and parts.

    Parts that were recorded without a description have that of their number in `programme`.
    Raises `UserError` where nothing was played, or `programme` lacks such a part.
    """
    if not recording.notes:
        why = recording.why_incomplete
        raise UserError(f"{name}: no note was recorded, so there is nothing to render{why}")
    played = [n.time_ns for n in recording.notes] + [p.time_ns for p in recording.pedals]
    zero, last = min(played) - LEAD_NS, max(played)
    parts = [with_description(part, programme) for part in recording.parts]
    streams: tuple[Iterable[PerformanceEvent], ...] = (
        recording.notes,
        recording.pedals,
        parts,
        _learner_events(recording),
    )
    # A state comes after the note of the same time that caused it, an episode before its state.
    merged = heapq.merge(*(sorted(s, key=_time) for s in streams), key=_time)
    events = tuple(_moved(event, zero) for event in merged)
    end = last - zero + int(settings.render.tail * NANOSECONDS)
    first = min(parts, key=_time) if parts else with_description(_first_part(recording), programme)
    return FilmEvents(events, first, end, zero, recording.oddities)


def _learner_events(recording: Recording) -> Iterable[Episode | State]:
    """Episodes and states in the order of their times, an episode before its own states."""
    states = [s.state for s in recording.states]
    return sorted(chain(recording.episodes, states), key=_time)


def _first_part(recording: Recording) -> Part:
    """The part of a recording without /part: that of the learner's first settings."""
    number = 1
    if recording.settings:
        number = LearnerSettings.from_json(recording.settings[0].json).part
    return Part(0, number, 0, "recording")


def _moved(event: PerformanceEvent, zero: int) -> PerformanceEvent:
    """The same event, with its time counted from the film's start; 0 where it was before that."""
    time_ns = max(0, event.time_ns - zero)
    if isinstance(event, State):
        return event._replace(time_ns=time_ns)
    return dataclasses.replace(event, time_ns=time_ns)


def _time(event: PerformanceEvent) -> int:
    return event.time_ns
