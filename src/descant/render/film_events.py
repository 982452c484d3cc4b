"""What happens in a film and when: from a MIDI file by the cores, from a bag as it was recorded."""

from __future__ import annotations

import dataclasses
import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from descant.bags.recording import Recording
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.performance.perform import PerformanceEvent, perform
from descant.render.settings import Rooms
from descant.types import NANOSECONDS, Episode, Note, Part, Pedal, State

LEAD_NS = NANOSECONDS // 2
"""A film of a bag begins so long before the first event: nobody records from time 0."""


@dataclass(frozen=True)
class Score:
    """Everything that happens, by time in nanoseconds from the film's start.

    `zero_ns` is that start on the clock of the recording; 0 for a MIDI file.
    """

    happenings: tuple[PerformanceEvent, ...]
    part: int
    end_ns: int
    zero_ns: int = 0

    def notes(self) -> tuple[Note, ...]:
        """The keys, for the picture of the keyboard."""
        return tuple(h for h in self.happenings if isinstance(h, Note))

    def heard(self) -> tuple[Note | Pedal | State, ...]:
        """What the synthesiser is told."""
        return tuple(h for h in self.happenings if isinstance(h, Note | Pedal | State))

    def shows_video(self) -> bool:
        """Whether any part shows the performer's picture."""
        parts = {h.number for h in self.happenings if isinstance(h, Part)} | {self.part}
        return not parts.isdisjoint((3, 4))


def of_midi(path: Path, rooms: Rooms, *, part: int | None) -> Score:
    """A MIDI file performed: with the conductor's rules, or by those of one part throughout.

    Raises `UserError` where the file is broken or holds no note.
    """
    from descant.piano.midifile import load  # noqa: PLC0415 -- mido only when it is needed

    events = load(path).events()
    tail = int(rooms.render.tail * NANOSECONDS)
    if part is None:
        first = rooms.conductor.part
        happenings = tuple(perform(events, rooms.learner, rooms.conductor, tail_ns=tail))
    else:
        first = part
        happenings = tuple(perform(events, rooms.learner.replace(part=part), tail_ns=tail))
    return Score(happenings, first, events[-1].time_ns + tail)


def of_recording(recording: Recording, rooms: Rooms, *, name: str) -> Score:
    """A recording as it was: its own states, episodes and changes of part.

    Raises `UserError` where nothing was played.
    """
    if not recording.notes:
        raise UserError(f"{name}: no note was recorded, so there is nothing to render")
    played = [n.time_ns for n in recording.notes] + [p.time_ns for p in recording.pedals]
    zero, last = min(played) - LEAD_NS, max(played)
    streams: tuple[Iterable[PerformanceEvent], ...] = (
        recording.notes,
        recording.pedals,
        recording.parts,
        _shown_once(recording),
    )
    # A state comes after the note of the same time that caused it, an episode before its state.
    merged = heapq.merge(*(sorted(s, key=_time) for s in streams), key=_time)
    happenings = tuple(_moved(h, zero) for h in merged)
    end = last - zero + int(rooms.render.tail * NANOSECONDS)
    return Score(happenings, _first_part(recording), end, zero)


def _shown_once(recording: Recording) -> Iterable[Episode | State]:
    """Episodes and states in the order of their times, an episode before its own states."""
    episodes = [e.episode for e in recording.episodes]
    states = [s.state for s in recording.states]
    return sorted(chain(episodes, states), key=_time)


def _first_part(recording: Recording) -> int:
    """The part that was on before any change: that of the learner's first settings."""
    if recording.parts:
        return min(recording.parts, key=_time).number
    if recording.settings:
        return LearnerSettings.from_json(recording.settings[0].json).part
    return 1


def _moved(happening: PerformanceEvent, zero: int) -> PerformanceEvent:
    """The same, with time counted from the film's start; what was before it is at the start."""
    time_ns = max(0, happening.time_ns - zero)
    if isinstance(happening, State):
        return happening._replace(time_ns=time_ns)
    return dataclasses.replace(happening, time_ns=time_ns)


def _time(happening: PerformanceEvent) -> int:
    return happening.time_ns
