"""The notes of a performance as the synthesiser sounds them: which, and how loud, sample by sample.

They do not depend on what was learned, so they are found once for all variants that leave the
synthesiser's parameters alone. The synthesiser's own allocator says what fingers and pedals hold,
and which voice is stolen. Simpler than in `synth.control`: attacks, fades and glides take no time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from descant.synth.allocator import Allocator
from descant.synth.commands import Command, Damp, Fade, Start
from descant.synth.loudness import decay_time, gain_of_db
from descant.synth.settings import SynthSettings
from descant.types import NANOSECONDS, Event, Note

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FAINTEST = 1e-3
"""Softer than this (-60 dB below a note struck as hard as can be) a note is taken to be over."""


@dataclass(frozen=True)
class Sounding:
    """Notes 0 .. n - 1 by the time of their strike, sampled at `times_ns`.

    Note i sounds at the samples `first[i]` .. `first[i] + length[i] - 1`; its gains (1: the
    fundamental of a note at full velocity) are `gain[offset[i] : offset[i] + length[i]]`.
    """

    times_ns: Ints
    ids: tuple[int, ...]
    key: Ints
    strike_ns: Ints
    first: Ints
    length: Ints
    gain: Floats

    @property
    def offset(self) -> Ints:
        """Where each note's gains begin."""
        return np.asarray(np.cumsum(self.length) - self.length)


def sound(events: Sequence[Event], settings: SynthSettings, rate: float, end_ns: int) -> Sounding:
    """What `events` (by time, at least one) sound like, `rate` samples a second.

    The first sample is at the first event, the last at or before `end_ns`.
    """
    begin = events[0].time_ns
    count = int((end_ns - begin) * rate / NANOSECONDS) + 1
    times = begin + (np.arange(count) * (NANOSECONDS / rate)).astype(np.int64)
    strings = _Strings(settings)
    for event in events:
        strings.hear(event)
    strings.stop(end_ns + 1)
    sampled = [_sampled(one, times, settings) for one in strings.struck]
    return Sounding(
        times_ns=times,
        ids=tuple(one.id for one in strings.struck),
        key=np.array([one.key for one in strings.struck], np.int64),
        strike_ns=np.array([one.since_ns for one in strings.struck], np.int64),
        first=np.array([first for first, _ in sampled], np.int64),
        length=np.array([len(gains) for _, gains in sampled], np.int64),
        gain=np.concatenate([gains for _, gains in sampled] or [np.zeros(0)]),
    )


@dataclass(slots=True)
class _Struck:
    """One note: `falls` are (from ns on, fallen by then in dB, dB a second from then on)."""

    id: int
    key: int
    since_ns: int
    peak: float
    free_fall: float
    falls: list[tuple[int, float, float]] = field(default_factory=list)
    end_ns: int = 0

    def fallen(self, time_ns: int) -> float:
        """Decibels below its peak."""
        since, fallen, speed = self.falls[-1]
        return fallen + speed * (time_ns - since) / NANOSECONDS


class _Strings:
    """What sounds, told by the allocator as notes and pedals come."""

    def __init__(self, settings: SynthSettings) -> None:
        self._settings = settings
        self._allocator = Allocator(settings)
        self._on: dict[int, _Struck] = {}
        self._now = 0
        self.struck: list[_Struck] = []

    def hear(self, event: Event) -> None:
        """A note or a pedal movement; none may be older than the one before."""
        self._now = max(self._now, event.time_ns)
        self._end_silent()
        if isinstance(event, Note):
            self._do(self._allocator.note(event, self._level), event.id)
        else:
            self._do(self._allocator.pedal(event), 0)

    def stop(self, time_ns: int) -> None:
        """The end: what still sounds is over then."""
        self._now = time_ns
        self._end_silent()
        for struck in self._on.values():
            struck.end_ns = time_ns

    def _do(self, commands: Iterable[Command], note: int) -> None:
        for command in commands:
            if isinstance(command, Start):
                self._start(command, note)
            elif isinstance(command, Damp):
                self._fall(self._on[command.voice], command.seconds)
            elif isinstance(command, Fade):
                self._on.pop(command.voice).end_ns = self._now
                self._allocator.ended(command.voice)

    def _start(self, command: Start, note: int) -> None:
        if command.voice in self._on:
            self._on[command.voice].end_ns = self._now
        free = self._settings.decay_depth / decay_time(command.key, self._settings)
        struck = _Struck(note, command.key, self._now, command.gain, free)
        struck.falls.append((self._now, 0.0, free))
        self._on[command.voice] = struck
        self.struck.append(struck)
        self._aim(struck)

    def _fall(self, struck: _Struck, seconds: float) -> None:
        damping = 0.0 if math.isinf(seconds) else self._settings.decay_depth / seconds
        struck.falls.append((self._now, struck.fallen(self._now), struck.free_fall + damping))
        self._aim(struck)

    def _aim(self, struck: _Struck) -> None:
        """When it will have fallen silent, if nothing happens to it."""
        since, fallen, speed = struck.falls[-1]
        left = self._settings.decay_depth - fallen
        struck.end_ns = since + max(0, math.ceil(left / speed * NANOSECONDS))

    def _level(self, voice: int) -> float:
        struck = self._on.get(voice)
        return struck.peak * gain_of_db(-struck.fallen(self._now)) if struck else 0.0

    def _end_silent(self) -> None:
        for voice in [v for v, struck in self._on.items() if struck.end_ns <= self._now]:
            del self._on[voice]
            self._allocator.ended(voice)


def _sampled(struck: _Struck, times: Ints, settings: SynthSettings) -> tuple[int, Floats]:
    """The first sample at which a note sounds, and its gains from there on."""
    starts = [since for since, _, _ in struck.falls]
    edges = np.searchsorted(times, [*starts, struck.end_ns])
    end = gain_of_db(-settings.decay_depth)
    pieces = []
    for (since, fallen, speed), low, high in zip(struck.falls, edges, edges[1:], strict=False):
        seconds = (times[low:high] - since) / NANOSECONDS
        pieces.append(np.power(10.0, -(fallen + speed * seconds) / 20.0))
    gains = struck.peak * np.maximum(0.0, np.concatenate(pieces) - end) / (1.0 - end)
    faint = np.flatnonzero(gains < FAINTEST)
    return int(edges[0]), gains[: faint[0]] if len(faint) else gains
