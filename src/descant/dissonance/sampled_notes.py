# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The notes of a performance as the synthesiser sounds them, with their gains sample by sample.

They do not depend on the learner, so they are computed once for all variants that leave the
synthesiser's parameters alone. The synthesiser's own `Allocator` decides which notes fingers and
pedals hold and which voices are stolen. Simpler than `synth.control`: attacks, fades and glides
take no time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from descant.arrays import Floats, Ints
from descant.synth.allocator import Allocator
from descant.synth.commands import Command, Damp, Fade, Start
from descant.synth.loudness import decay_time, gain_of_db
from descant.synth.settings import SettingsChange, SynthSettings
from descant.types import NANOSECONDS, Event, Note, Pedal

RATE = 20.0
"""Samples per second; with 40 the mean dissonance moved by 0.3 % at most."""
LOWEST_GAIN = 1e-3
"""A note ends at this gain, 60 dB below a note at full velocity."""


@dataclass(frozen=True)
class SampleGrid:
    """The times of `count` samples, `rate` a second from `begin_ns` on."""

    begin_ns: int
    rate: float
    count: int

    def times_ns(self, index: Ints | None = None) -> Ints:
        """The times of the samples of an index, or of all."""
        index = np.arange(self.count) if index is None else index
        return np.asarray(self.begin_ns + (index * (NANOSECONDS / self.rate)).astype(np.int64))


@dataclass(frozen=True)
class SampledNotes:
    """Notes 0 .. n - 1, sorted by the time of their strike, sampled at `times_ns`: those times of
    `grid` at which any of them sounds, `index` in it. So a long pause costs nothing.

    Note i sounds at the samples `first[i]` .. `first[i] + length[i] - 1`; its gains (1: the
    fundamental of a note at full velocity) are `gain[offset[i] : offset[i] + length[i]]`.
    """

    grid: SampleGrid
    index: Ints
    times_ns: Ints
    ids: tuple[int, ...]
    key: Ints
    strike_ns: Ints
    first: Ints
    length: Ints
    gain: Floats

    @property
    def offset(self) -> Ints:
        """Index in `gain` at which each note begins."""
        return np.asarray(np.cumsum(self.length) - self.length)


def sample_notes(
    events: Sequence[Event | SettingsChange], settings: SynthSettings, rate: float, end_ns: int
) -> SampledNotes:
    """The notes of `events` (sorted by time, at least one), `rate` samples a second.

    The first sample is at the first event, the last at or before `end_ns`.
    """
    begin = events[0].time_ns
    grid = SampleGrid(begin, rate, int((end_ns - begin) * rate / NANOSECONDS) + 1)
    decays = _NoteDecays(settings)
    for event in events:
        decays.add(event)
    notes = decays.finish(end_ns + 1)
    index = _sounding(notes, grid)
    times = grid.times_ns(index)
    sampled = [_sampled(note, times) for note in notes]
    return SampledNotes(
        grid=grid,
        index=index,
        times_ns=times,
        ids=tuple(note.id for note in notes),
        key=np.array([note.key for note in notes], np.int64),
        strike_ns=np.array([note.strike_ns for note in notes], np.int64),
        first=np.array([first for first, _ in sampled], np.int64),
        length=np.array([len(gains) for _, gains in sampled], np.int64),
        gain=np.concatenate([gains for _, gains in sampled] or [np.zeros(0)]),
    )


@dataclass(slots=True)
class _NoteDecay:
    """One note: `slopes` are (from this time in ns, dB fallen by then, dB per second from then)."""

    id: int
    key: int
    strike_ns: int
    peak: float
    depth: float  # dB after which it ends
    undamped: float  # dB per second
    slopes: list[tuple[int, float, float]] = field(default_factory=list)
    end_ns: int = 0

    def fallen(self, time_ns: int) -> float:
        """Decibels below its peak."""
        since, fallen, speed = self.slopes[-1]
        return fallen + speed * (time_ns - since) / NANOSECONDS


class _NoteDecays:
    """Follows the allocator's commands: when notes begin, how fast they fall and when they end."""

    def __init__(self, settings: SynthSettings) -> None:
        self._settings = settings
        self._allocator = Allocator(settings)
        self._sounding: dict[int, _NoteDecay] = {}  # by voice
        self._now = 0
        self._notes: list[_NoteDecay] = []

    def add(self, event: Event | SettingsChange) -> None:
        """Process the next event; none may be older than the one before."""
        self._now = max(self._now, event.time_ns)
        self._end_silent()
        if isinstance(event, Note):
            self._apply(self._allocator.note(event, self._level), event.id)
        elif isinstance(event, Pedal):
            self._apply(self._allocator.pedal(event), 0)
        else:
            self._settings = event.settings
            self._apply(self._allocator.change(event.settings), 0)

    def finish(self, time_ns: int) -> list[_NoteDecay]:
        """All notes; those that still sound end at `time_ns`."""
        self._now = time_ns
        self._end_silent()
        for note in self._sounding.values():
            note.end_ns = time_ns
        return self._notes

    def _apply(self, commands: Iterable[Command], note: int) -> None:
        for command in commands:
            if isinstance(command, Start):
                self._start(command, note)
            elif isinstance(command, Damp):
                self._damp(self._sounding[command.voice], command.seconds)
            elif isinstance(command, Fade):
                self._sounding.pop(command.voice).end_ns = self._now
                self._allocator.ended(command.voice)

    def _start(self, command: Start, id_: int) -> None:
        if command.voice in self._sounding:
            self._sounding[command.voice].end_ns = self._now
        depth = self._settings.decay_depth
        undamped = depth / decay_time(command.key, self._settings)
        note = _NoteDecay(id_, command.key, self._now, command.gain, depth, undamped)
        self._sounding[command.voice] = note
        self._notes.append(note)
        self._set_slope(note, 0.0, undamped)

    def _damp(self, note: _NoteDecay, seconds: float) -> None:
        damping = 0.0 if math.isinf(seconds) else self._settings.decay_depth / seconds
        self._set_slope(note, note.fallen(self._now), note.undamped + damping)

    def _set_slope(self, note: _NoteDecay, fallen: float, speed: float) -> None:
        """`speed` dB per second from now on; the note ends when it has fallen by the depth."""
        note.slopes.append((self._now, fallen, speed))
        left = note.depth - fallen
        note.end_ns = self._now + max(0, math.ceil(left / speed * NANOSECONDS))

    def _level(self, voice: int) -> float:
        note = self._sounding.get(voice)
        return note.peak * gain_of_db(-note.fallen(self._now)) if note else 0.0

    def _end_silent(self) -> None:
        for voice in [v for v, note in self._sounding.items() if note.end_ns <= self._now]:
            del self._sounding[voice]
            self._allocator.ended(voice)


def _sounding(notes: Sequence[_NoteDecay], grid: SampleGrid) -> Ints:
    """The index of all samples at which notes (sorted by their strike) sound, and some around."""
    times = np.array([(note.strike_ns, note.end_ns) for note in notes], np.int64).reshape(-1, 2)
    low, high = ((times - grid.begin_ns) * (grid.rate / NANOSECONDS)).astype(np.int64).T
    high = np.minimum(np.maximum.accumulate(high + 2), grid.count)
    begins = np.flatnonzero(np.append(True, low[1:] > high[:-1])) if len(low) else low
    ends = [*(begins[1:] - 1).tolist(), len(low) - 1]
    pieces = [np.arange(low[a], high[b]) for a, b in zip(begins.tolist(), ends, strict=False)]
    return np.concatenate([np.zeros(0, np.int64), *pieces])


def _sampled(note: _NoteDecay, times: Ints) -> tuple[int, Floats]:
    """The first sample at which a note sounds, and its gains from there on."""
    starts = [since for since, _, _ in note.slopes]
    edges = np.searchsorted(times, [*starts, note.end_ns])
    end = gain_of_db(-note.depth)
    pieces = []
    for (since, fallen, speed), low, high in zip(note.slopes, edges, edges[1:], strict=False):
        seconds = (times[low:high] - since) / NANOSECONDS
        pieces.append(np.power(10.0, -(fallen + speed * seconds) / 20.0))
    gains = note.peak * np.maximum(0.0, np.concatenate(pieces) - end) / (1.0 - end)
    low_gains = np.flatnonzero(gains < LOWEST_GAIN)
    return int(edges[0]), gains[: low_gains[0]] if len(low_gains) else gains
