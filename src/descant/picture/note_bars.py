"""What was played, ready to be drawn: one bar a note, its tail under the pedal, pedal curves."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from descant.bags.recording import Recording
from descant.errors import UserError
from descant.types import NANOSECONDS, SUSTAIN, Note, Pedal

PEDAL_HOLDS = 64
"""From this controller value on the dampers are drawn as off the strings (the MIDI convention)."""
LONGEST_TAIL_S = 6.0
"""A tail ends here at the latest: by then a piano's note has all but died away."""
LONGEST_SILENCE_S = 1.0
"""The picture begins at most this long before the first note, however early a pedal moved."""
LONGEST_RESONANCE_S = 3.0
"""It ends at most this long after the last key, however late a pedal moved."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One note. Times in s from the picture's origin; the tail sounds from `end_s` to `tail_s`.

    `loss` is what detuned its overtones as it was struck; None where nothing was being learned.
    """

    start_s: float
    end_s: float
    tail_s: float
    key: int
    velocity: int
    loss: float | None


@dataclass(frozen=True, slots=True)
class Span:
    """The stretch of time that is drawn, in ns since the epoch."""

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
"""(time in s, value 0..127), a value holding until the next."""


def span(recording: Recording) -> Span:
    """First to last note, with the pedal around them; `UserError` where there is no note."""
    if not recording.notes:
        raise UserError("nothing to draw: the recording has no notes")
    times = [note.time_ns for note in recording.notes]
    pedals = [pedal.time_ns for pedal in recording.pedals]
    first, last = min(times), max(times)
    start = max(min([first, *pedals]), first - int(LONGEST_SILENCE_S * NANOSECONDS))
    end = min(max([last, *pedals]), last + int(LONGEST_RESONANCE_S * NANOSECONDS))
    return Span(start, max(end, start + NANOSECONDS))


def bars(recording: Recording, drawn: Span) -> tuple[Bar, ...]:
    """All notes in the order they were struck; one that never ends lasts to the end."""
    ends = {note.id: note.time_ns for note in recording.notes if not note.on}
    struck = sorted((n for n in recording.notes if n.on), key=lambda note: (note.time_ns, note.id))
    losses = _losses(recording, struck)
    again = _struck_again(struck)
    lifts = _lifts(recording.pedals, drawn)
    made = []
    for note in struck:
        end = max(ends.get(note.id, drawn.end_ns), note.time_ns)
        limit = min(
            again.get(note.id, drawn.end_ns), drawn.end_ns, end + int(LONGEST_TAIL_S * NANOSECONDS)
        )
        made.append(
            Bar(
                start_s=drawn.seconds(note.time_ns),
                end_s=drawn.seconds(end),
                tail_s=drawn.seconds(max(end, min(_silenced(end, lifts), limit))),
                key=note.key,
                velocity=note.velocity,
                loss=losses.get(note.id),
            )
        )
    return tuple(made)


def pedal_curve(pedals: Iterable[Pedal], which: int, drawn: Span) -> PedalCurve:
    """The values of one pedal, from the span's start to its end; empty if it never moved."""
    moves = sorted(
        ((p.time_ns, p.value) for p in pedals if p.pedal == which), key=lambda move: move[0]
    )
    if not any(value for _, value in moves):
        return ()
    before = [value for time, value in moves if time <= drawn.start_ns]
    inside = [
        (drawn.seconds(time), value)
        for time, value in moves
        if drawn.start_ns < time < drawn.end_ns
    ]
    first = before[-1] if before else 0
    last = inside[-1][1] if inside else first
    return ((0.0, first), *inside, (drawn.duration_s, last))


def _losses(recording: Recording, struck: list[Note]) -> Mapping[int, float]:
    """Id -> loss of the state that the note caused, else of the latest state before it."""
    ordered = sorted((r.state for r in recording.states), key=lambda s: (s.time_ns, s.events))
    own: dict[int, float] = {}
    for state in ordered:
        for number in state.notes:
            own.setdefault(number, state.loss)
    times = [state.time_ns for state in ordered]
    for note in struck:
        known = bisect_right(times, note.time_ns)
        if note.id not in own and known:
            own[note.id] = ordered[known - 1].loss
    return own


def _struck_again(struck: list[Note]) -> Mapping[int, int]:
    """Id -> when the same key is struck the next time, ns."""
    by_key: dict[int, list[Note]] = {}
    for note in struck:
        by_key.setdefault(note.key, []).append(note)
    return {a.id: b.time_ns for notes in by_key.values() for a, b in pairwise(notes)}


def _lifts(pedals: Iterable[Pedal], drawn: Span) -> list[tuple[int, int]]:
    """Stretches (down, up) in ns in which the sustain pedal holds."""
    stretches: list[tuple[int, int]] = []
    down: int | None = None
    for pedal in sorted((p for p in pedals if p.pedal == SUSTAIN), key=lambda p: p.time_ns):
        if pedal.value >= PEDAL_HOLDS:
            down = pedal.time_ns if down is None else down
        elif down is not None:
            stretches.append((down, pedal.time_ns))
            down = None
    return stretches if down is None else [*stretches, (down, drawn.end_ns)]


def _silenced(end_ns: int, lifts: list[tuple[int, int]]) -> int:
    """When a note released at `end_ns` is damped."""
    index = bisect_left(lifts, (end_ns + 1,)) - 1
    return lifts[index][1] if index >= 0 and lifts[index][1] > end_ns else end_ns
