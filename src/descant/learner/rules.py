"""What the keys do in each part (paper, section "Performance").

Parts 1 and 4, cubics: a bass note starts an episode; a note of the upper half is one gradient
step. Between the two nothing happens, unless the performer lets the upper half begin lower.

Parts 2 and 3, knots: a chord of the left hand starts an episode, and steps are made at a steady
rate for as long as it is held. What a chord is:

- `chord_keys` keys below `chord_split`, struck within `chord_window` and still down, are a chord;
  it begins when the last of them is struck. More keys within the same window belong to it.
- It is held while at least `chord_keys` keys below the split are down, whichever they are: a finger
  that changes its key goes on with the same knot, and so does a key lifted and struck again.
- Only `chord_keys` newly struck keys make a new chord.
"""

from __future__ import annotations

from collections.abc import Iterable

from descant.events import NANOSECONDS, Note
from descant.learner.settings import LearnerSettings

KNOT_PARTS = (2, 3)


def family_of(settings: LearnerSettings) -> str:
    """The function family that the part learns."""
    return settings.knot_family if settings.part in KNOT_PARTS else settings.family


class CubicRules:
    """Parts 1 and 4."""

    def __init__(self) -> None:
        self._upper: dict[int, None] = {}  # ids of the upper keys that are down, as struck

    def strike(self, note: Note, settings: LearnerSettings, *, running: bool) -> bool:
        """A key goes down; returns whether it starts an episode. `running`: there is one."""
        if is_upper(note.key, settings):
            self._upper[note.id] = None
        return note.key < settings.bass_below or (settings.first_note_starts and not running)

    def release(self, note: Note) -> None:
        """A key goes up."""
        self._upper.pop(note.id, None)

    def steps(self, note: Note, settings: LearnerSettings) -> bool:
        """Whether the key that went down is a step by itself."""
        return is_upper(note.key, settings)

    def rate(self, settings: LearnerSettings) -> float:
        """Steps a second now; 0 for none."""
        return settings.held_rate if self._upper else 0.0

    def opened_by(self, note: Note, settings: LearnerSettings) -> tuple[int, ...]:
        """The notes that the start of an episode tunes: the one that opened it."""
        return (note.id,)

    def tuned(self, settings: LearnerSettings) -> tuple[int, ...]:
        """The notes that a step of held keys tunes."""
        return tuple(self._upper)


class KnotRules:
    """Parts 2 and 3."""

    def __init__(self) -> None:
        self._down: dict[int, Note] = {}  # every key that is down, as struck
        self._claimed_ns = -1  # keys struck up to here belong to the latest chord
        self._started_ns: int | None = None
        self._holding = False

    def strike(self, note: Note, settings: LearnerSettings, *, running: bool) -> bool:
        """A key goes down; returns whether it completes a new chord."""
        self._down[note.id] = note
        new = self._completes(note, settings)
        if new:
            self._started_ns = note.time_ns
        self._hold(settings)
        return new

    def release(self, note: Note) -> None:
        """A key goes up."""
        self._down.pop(note.id, None)

    def steps(self, note: Note, settings: LearnerSettings) -> bool:
        """No key is a step by itself."""
        return False

    def rate(self, settings: LearnerSettings) -> float:
        """Steps a second now; 0 for none."""
        self._hold(settings)
        return settings.knot_rate if self._holding else 0.0

    def opened_by(self, note: Note, settings: LearnerSettings) -> tuple[int, ...]:
        """The notes that the start of an episode tunes."""
        return self.tuned(settings)

    def tuned(self, settings: LearnerSettings) -> tuple[int, ...]:
        """The notes that a step tunes; none named means every sounding note."""
        return tuple(self._down)[: settings.knot_tunes] if settings.knot_tunes else ()

    def _completes(self, note: Note, settings: LearnerSettings) -> bool:
        if note.key >= settings.chord_split:
            return False
        window = int(settings.chord_window * NANOSECONDS)
        since = self._started_ns
        if since is not None and note.time_ns - since < settings.knot_gap * NANOSECONDS:
            return False
        fresh = [
            other.time_ns
            for other in self._left(settings)
            if other.time_ns > self._claimed_ns and note.time_ns - other.time_ns <= window
        ]
        if len(fresh) < settings.chord_keys:
            return False
        self._claimed_ns = min(fresh) + window
        return True

    def _hold(self, settings: LearnerSettings) -> None:
        enough = sum(1 for _ in self._left(settings)) >= settings.chord_keys
        self._holding = self._started_ns is not None and (enough or settings.knot_always)

    def _left(self, settings: LearnerSettings) -> Iterable[Note]:
        return (note for note in self._down.values() if note.key < settings.chord_split)


Rules = CubicRules | KnotRules


def rules_of(settings: LearnerSettings) -> Rules:
    """Fresh rules for the part in `settings`."""
    return KnotRules() if settings.part in KNOT_PARTS else CubicRules()


def is_upper(key: int, settings: LearnerSettings) -> bool:
    """Whether `key` belongs to the half that steps."""
    return key >= settings.upper_from
