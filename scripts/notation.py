"""A short notation for piano music, and what a hand makes of it.

A voice is a line of words, read from left to right; times and note values are in beats:

    @2.5      go to beat 2.5 of the passage      :1/3     notes are a third of a beat from here on
    A4        a note (C4 is middle C)            A4+D5    a chord
    _         a rest                             ~        the last note is one value longer
    A4!       accented                           A4.      short
    {A4 D5}*6 the group six times
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from pianist import key

ACCENT = 1.16  # times the velocity
SHORT = 0.45  # times the length


@dataclass
class Tone:
    """A note or chord as written: beat and length in beats, keys, and its share of loudness."""

    beat: float
    length: float
    keys: list[int]
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One episode: what a bass note, or a chord of the left hand, begins.

    `tempo` (quarter notes a minute) and `dynamics` (velocity of the right hand) are curves over
    the beats, 'beat value, ..'; so is `soft`, the soft pedal, and a missing one leaves it alone.
    `pedal` says where sustain is changed: 'beat depth' or 'beat depth/lift', lifted to `lift` only.
    """

    beats: float
    tempo: str
    dynamics: str
    left: str
    right: str
    inner: str = ""
    pedal: str = "0 100"
    soft: str = ""
    left_level: float = 0.9  # velocity of the left hand, as a share of the right one's
    inner_level: float = 0.76


def tones(text: str) -> list[Tone]:
    """A voice as tones in the order written."""
    made: list[Tone] = []
    beat, value = Fraction(0), Fraction(1)
    for word in _words(text):
        if word[0] == "@":
            beat = Fraction(word[1:])
        elif word[0] == ":":
            value = Fraction(word[1:])
        elif word == "~":
            made[-1].length += float(value)
            beat += value
        else:
            if word != "_":
                made.append(_tone(word, float(beat), float(value)))
            beat += value
    return made


def _words(text: str) -> Iterator[str]:
    whole = re.sub(r"\{([^}]*)\}\*(\d+)", lambda m: f"{m[1]} " * int(m[2]), text)
    return iter(whole.split())


def _tone(word: str, beat: float, value: float) -> Tone:
    names = word.rstrip("!.")
    marks = word[len(names) :]
    length = value * (SHORT if "." in marks else 1.0)
    return Tone(beat, length, [key(name) for name in names.split("+")], ACCENT ** marks.count("!"))


def pedal_changes(text: str) -> list[tuple[float, float, float]]:
    """'0 104, 4 98/46' -> [(0, 104, 0), (4, 98, 46)]: beat, depth, and where it is lifted to."""
    changes = []
    for change in text.split(","):
        beat, depth = change.split()
        down, _, lift = depth.partition("/")
        changes.append((float(beat), float(down), float(lift or 0)))
    return changes
