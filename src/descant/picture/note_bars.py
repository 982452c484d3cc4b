# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Notes as bars, with the time they sound on under the pedal, and pedal curves."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from descant.bags.recording import Recording
from descant.errors import UserError
from descant.types import NANOSECONDS, SUSTAIN, Note, Pedal

PEDAL_HOLDS = 64
"""Controller value from which the sustain pedal counts as down (the MIDI convention)."""
MAX_TAIL_S = 6.0
"""Longest tail: by then a note of a piano has almost died away."""
MAX_LEAD_IN_S = 1.0
"""Longest time from the start of the picture to the first note, however early a pedal moved."""
MAX_LEAD_OUT_S = 3.0
"""Longest time from the last note to the end of the picture, however late a pedal moved."""


@dataclass(frozen=True, slots=True)
class NoteBar:
    """One note. Times in s from the start of the span; the tail is from `end_s` to `tail_s`.

    `loss` detuned its overtones at the onset; None where nothing was being learned.
    """

    start_s: float
    end_s: float
    tail_s: float
    key: int
    velocity: int
    loss: float | None


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """The time that is drawn, in ns since the epoch."""

    start_ns: int
    end_ns: int

    @property
    def duration_s(self) -> float:
        """Length in s, > 0."""
        return self.seconds(self.end_ns)

    def seconds(self, time_ns: int) -> float:
        """A time as s from the start."""
        return (time_ns - self.start_ns) / NANOSECONDS


PedalCurve = tuple[tuple[float, int], ...]
"""(time in s, value 0..127); a value holds until the next."""


def time_span(recording: Recording) -> TimeSpan:
    """First to last note, with pedals before and after; `UserError` where there is no note."""
    if not recording.notes:
        raise UserError("nothing to draw: the recording has no notes")
    times = [note.time_ns for note in recording.notes]
    pedals = [pedal.time_ns for pedal in recording.pedals]
    first, last = min(times), max(times)
    start = max(min([first, *pedals]), first - int(MAX_LEAD_IN_S * NANOSECONDS))
    end = min(max([last, *pedals]), last + int(MAX_LEAD_OUT_S * NANOSECONDS))
    return TimeSpan(start, max(end, start + NANOSECONDS))


def note_bars(recording: Recording, span: TimeSpan) -> tuple[NoteBar, ...]:
    """All notes in the order of their onsets; one without a release lasts to the end."""
    ends = {note.id: note.time_ns for note in recording.notes if not note.on}
    onsets = sorted((n for n in recording.notes if n.on), key=lambda note: (note.time_ns, note.id))
    losses = _losses(recording, onsets)
    following = _next_onsets(onsets)
    damper_lifts = _damper_lifts(recording.pedals, span)
    made = []
    for note in onsets:
        end = max(ends.get(note.id, span.end_ns), note.time_ns)
        limit = min(
            following.get(note.id, span.end_ns), span.end_ns, end + int(MAX_TAIL_S * NANOSECONDS)
        )
        made.append(
            NoteBar(
                start_s=span.seconds(note.time_ns),
                end_s=span.seconds(end),
                tail_s=span.seconds(max(end, min(_damped(end, damper_lifts), limit))),
                key=note.key,
                velocity=note.velocity,
                loss=losses.get(note.id),
            )
        )
    return tuple(made)


def pedal_curve(pedals: Iterable[Pedal], which: int, span: TimeSpan) -> PedalCurve:
    """The values of one pedal, from the start of the span to its end; empty if it never moved."""
    movements = sorted(
        ((p.time_ns, p.value) for p in pedals if p.pedal == which), key=lambda movement: movement[0]
    )
    if not any(value for _, value in movements):
        return ()
    before = [value for time, value in movements if time <= span.start_ns]
    inside = [
        (span.seconds(time), value)
        for time, value in movements
        if span.start_ns < time < span.end_ns
    ]
    first = before[-1] if before else 0
    last = inside[-1][1] if inside else first
    return ((0.0, first), *inside, (span.duration_s, last))


def _losses(recording: Recording, onsets: list[Note]) -> Mapping[int, float]:
    """Note id -> loss of the state that the note caused, else of the latest state before it."""
    ordered = sorted((r.state for r in recording.states), key=lambda s: (s.time_ns, s.events))
    own: dict[int, float] = {}
    for state in ordered:
        for number in state.notes:
            own.setdefault(number, state.loss)
    times = [state.time_ns for state in ordered]
    for note in onsets:
        known = bisect_right(times, note.time_ns)
        if note.id not in own and known:
            own[note.id] = ordered[known - 1].loss
    return own


def _next_onsets(onsets: list[Note]) -> Mapping[int, int]:
    """Note id -> time of the next onset of the same key, ns."""
    by_key: dict[int, list[Note]] = {}
    for note in onsets:
        by_key.setdefault(note.key, []).append(note)
    return {a.id: b.time_ns for notes in by_key.values() for a, b in pairwise(notes)}


def _damper_lifts(pedals: Iterable[Pedal], span: TimeSpan) -> list[tuple[int, int]]:
    """Intervals (down, up) in ns in which the sustain pedal is down."""
    intervals: list[tuple[int, int]] = []
    down: int | None = None
    for pedal in sorted((p for p in pedals if p.pedal == SUSTAIN), key=lambda p: p.time_ns):
        if pedal.value >= PEDAL_HOLDS:
            down = pedal.time_ns if down is None else down
        elif down is not None:
            intervals.append((down, pedal.time_ns))
            down = None
    return intervals if down is None else [*intervals, (down, span.end_ns)]


def _damped(end_ns: int, lifts: list[tuple[int, int]]) -> int:
    """Time at which a note released at `end_ns` is damped, ns."""
    index = bisect_left(lifts, (end_ns + 1,)) - 1
    return lifts[index][1] if index >= 0 and lifts[index][1] > end_ns else end_ns
