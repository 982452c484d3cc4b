# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Two hands: which keys they can hold together, and which are released to reach others.

A note that is released early continues to sound with the pedal.
"""

from __future__ import annotations

from dataclasses import dataclass

SPAN = 16  # reach of a hand in semitones: a tenth
FINGERS = 5
LIFT = 0.03  # seconds a key is up before it, or another key of its hand, is struck
SHORTEST = 0.06  # smallest time in seconds that a key is down


@dataclass
class Struck:
    """A note, its times in seconds."""

    start: float
    end: float
    key: int
    velocity: float


def strain(keys: list[int]) -> int:
    """Return by how many semitones and fingers `keys` exceed two hands; 0: they do not."""
    keys = sorted(keys)
    return min(_strain(keys[:cut]) + _strain(keys[cut:]) for cut in range(len(keys) + 1))


def _strain(hand: list[int]) -> int:
    if not hand:
        return 0
    return max(0, hand[-1] - hand[0] - SPAN) + max(0, len(hand) - FINGERS)


def release_unreachable(notes: list[Struck]) -> None:
    """Shorten `notes` so that two hands can play them; `ValueError` where that is impossible."""
    ordered = sorted(notes, key=lambda n: n.start)
    down: list[Struck] = []
    for note in ordered:
        for again in (other for other in down if other.key == note.key):
            _end(again, note.start)
        down = [other for other in down if other.end > note.start]
        down.append(note)
        while strain([other.key for other in down]):
            # The note whose release helps most; of several the one held longest.
            freed = min(down[:-1], key=lambda one: strain([o.key for o in down if o is not one]))
            _end(freed, note.start)
            down.remove(freed)


def _end(note: Struck, time: float) -> None:
    note.end = min(note.end, time - LIFT)
    if note.end < note.start + SHORTEST:
        raise ValueError(f"key {note.key} at {note.start:.2f} s is out of reach at {time:.2f} s")
