# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The two triggers of the paper (section "Performance").

`bass_and_upper`: a bass note starts an episode; a note of the upper half is one gradient step.
Between the two nothing happens, unless the performer lets the upper half begin lower.

`held_chord`: a chord of the left hand starts an episode, and steps are made at a steady rate for as
long as it is held. What a chord is:

- `chord_keys` keys below `chord_split`, struck within `chord_window` and still down, are a chord;
  it begins when the last of them is struck. More keys within the same window belong to it.
- It is held while at least `chord_keys` keys below the split are held, whichever they are: a finger
  that changes its key continues the same episode, and so does a key lifted and struck again.
- Only `chord_keys` newly struck keys make a new chord.

A key is held while it is down; with `sustain_holds` also after its release, until the sustain pedal
that was down then goes up.
"""

from __future__ import annotations

from collections.abc import Iterable

from descant.learner.settings import LearnerSettings
from descant.types import NANOSECONDS, Note

# A chord this far ahead of a note has the time of another clock: it does not delay a new one.
FROM_ANOTHER_CLOCK_NS = 10 * NANOSECONDS


class Held:
    """Keys that count as held, in the order they were struck."""

    def __init__(self) -> None:
        self._notes: dict[int, Note] = {}
        self._by_pedal: set[int] = set()  # ids of the notes that only the pedal holds
        self._pedal = False

    def strike(self, note: Note) -> None:
        """A key goes down; an earlier note of it that the pedal held ends."""
        for other in [n for n in self._by_pedal if self._notes[n].key == note.key]:
            self._drop(other)
        self._notes[note.id] = note

    def release(self, note: Note) -> None:
        """A key goes up."""
        if self._pedal and note.id in self._notes:
            self._by_pedal.add(note.id)
        else:
            self._drop(note.id)

    def pedal(self, *, down: bool) -> None:
        """The pedal holds keys from now on, or releases all that it held."""
        self._pedal = down
        if not down:
            for note in tuple(self._by_pedal):
                self._drop(note)

    def down(self) -> Iterable[Note]:
        """The notes whose keys are down."""
        return (note for note in self._notes.values() if note.id not in self._by_pedal)

    def ids(self) -> Iterable[int]:
        """The ids of all held notes."""
        return self._notes.keys()

    def notes(self) -> Iterable[Note]:
        """All held notes."""
        return self._notes.values()

    def __len__(self) -> int:
        return len(self._notes)

    def _drop(self, note: int) -> None:
        self._notes.pop(note, None)
        self._by_pedal.discard(note)


class BassAndUpper:
    """A bass note starts an episode, an upper note makes a step."""

    def __init__(self) -> None:
        self._upper = Held()

    def strike(self, note: Note, settings: LearnerSettings, *, running: bool) -> bool:
        """See `Trigger`."""
        if is_upper(note.key, settings):
            self._upper.strike(note)
        return note.key < settings.bass_below or (settings.first_note_starts and not running)

    def release(self, note: Note) -> None:
        """See `Trigger`."""
        self._upper.release(note)

    def pedal(self, *, down: bool) -> None:
        """See `Trigger`: the pedal holds keys, or releases them."""
        self._upper.pedal(down=down)

    def steps(self, note: Note, settings: LearnerSettings) -> bool:
        """See `Trigger`: whether the key belongs to the upper half."""
        return is_upper(note.key, settings)

    def rate(self, settings: LearnerSettings) -> float:
        """See `Trigger`."""
        return settings.held_rate if len(self._upper) else 0.0

    def opening_notes(self, note: Note, settings: LearnerSettings) -> tuple[int, ...]:
        """See `Trigger`: the note that started the episode."""
        return (note.id,)

    def step_notes(self, settings: LearnerSettings) -> tuple[int, ...]:
        """See `Trigger`: the upper notes that are held."""
        return tuple(self._upper.ids())


class HeldChord:
    """A left-hand chord starts an episode; steps are made while it is held."""

    def __init__(self) -> None:
        self._held = Held()
        self._claimed_ns = -1  # keys struck up to this time belong to the latest chord
        self._started_ns: int | None = None
        self._holding = False

    def strike(self, note: Note, settings: LearnerSettings, *, running: bool) -> bool:
        """See `Trigger`: whether the key completes a new chord."""
        self._held.strike(note)
        new = self._completes(note, settings)
        if new:
            self._started_ns = note.time_ns
        self._hold(settings)
        return new

    def release(self, note: Note) -> None:
        """See `Trigger`."""
        self._held.release(note)

    def pedal(self, *, down: bool) -> None:
        """See `Trigger`: the pedal holds keys, or releases them."""
        self._held.pedal(down=down)

    def steps(self, note: Note, settings: LearnerSettings) -> bool:
        """See `Trigger`: no key makes a step by itself."""
        return False

    def rate(self, settings: LearnerSettings) -> float:
        """See `Trigger`."""
        self._hold(settings)
        return settings.held_rate if self._holding else 0.0

    def opening_notes(self, note: Note, settings: LearnerSettings) -> tuple[int, ...]:
        """See `Trigger`: the held notes, or all that sound."""
        return self.step_notes(settings)

    def step_notes(self, settings: LearnerSettings) -> tuple[int, ...]:
        """See `Trigger`: the first `tuned_notes` of the held notes, or all that sound."""
        return tuple(self._held.ids())[: settings.tuned_notes] if settings.tuned_notes else ()

    def _completes(self, note: Note, settings: LearnerSettings) -> bool:
        if note.key >= settings.chord_split:
            return False
        window = int(settings.chord_window * NANOSECONDS)
        if self._claimed_ns > note.time_ns + window + FROM_ANOTHER_CLOCK_NS:
            self._claimed_ns = -1
        if self._started_ns is not None:
            since = note.time_ns - self._started_ns
            if -FROM_ANOTHER_CLOCK_NS < since < settings.chord_gap * NANOSECONDS:
                return False
        fresh = [
            other.time_ns
            for other in self._held.down()
            if other.key < settings.chord_split
            and other.time_ns > self._claimed_ns
            and abs(note.time_ns - other.time_ns) <= window
        ]
        if len(fresh) < settings.chord_keys:
            return False
        self._claimed_ns = min(fresh) + window
        return True

    def _hold(self, settings: LearnerSettings) -> None:
        left = {n.key for n in self._held.notes() if n.key < settings.chord_split}
        enough = len(left) >= settings.chord_keys
        self._holding = self._started_ns is not None and (enough or settings.chord_always)


def is_upper(key: int, settings: LearnerSettings) -> bool:
    """Whether `key` belongs to the upper half, whose notes make steps."""
    return key >= settings.upper_from
