"""Two hands: which keys can be down together, and which are let go so that others can be reached.

What a hand lets go early sounds on in the pedal, as pianists do it.
"""

from __future__ import annotations

from dataclasses import dataclass

SPAN = 16  # semitones that a hand reaches: a tenth
FINGERS = 5
LIFT = 0.03  # seconds a key is up before it is struck again, or its hand strikes elsewhere
SHORTEST = 0.06  # seconds a key is down at least


@dataclass
class Struck:
    """A note, its times in seconds."""

    start: float
    end: float
    key: int
    velocity: float


def strain(keys: list[int]) -> int:
    """How far `keys` are out of reach of two hands: semitones and fingers too many; 0: none."""
    keys = sorted(keys)
    return min(_strain(keys[:cut]) + _strain(keys[cut:]) for cut in range(len(keys) + 1))


def _strain(hand: list[int]) -> int:
    if not hand:
        return 0
    return max(0, hand[-1] - hand[0] - SPAN) + max(0, len(hand) - FINGERS)


def let_go(notes: list[Struck]) -> None:
    """Shorten `notes` so that two hands can play them; `ValueError` where they cannot."""
    ordered = sorted(notes, key=lambda n: n.start)
    down: list[Struck] = []
    for note in ordered:
        for again in (other for other in down if other.key == note.key):
            _end(again, note.start)
        down = [other for other in down if other.end > note.start]
        down.append(note)
        while strain([other.key for other in down]):
            # The one whose key helps most; of several the one that has been down longest.
            freed = min(down[:-1], key=lambda one: strain([o.key for o in down if o is not one]))
            _end(freed, note.start)
            down.remove(freed)


def _end(note: Struck, time: float) -> None:
    note.end = min(note.end, time - LIFT)
    if note.end < note.start + SHORTEST:
        raise ValueError(f"key {note.key} at {note.start:.2f} s is out of reach at {time:.2f} s")
