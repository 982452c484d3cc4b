# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A short notation for piano music.

A voice is a line of words, read from left to right. Times and note values are in beats:

    @2.5      continue at beat 2.5               :1/3     the following notes last 1/3 beat
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
    """A note or chord as written: beat and length in beats, keys, and factor of the velocity."""

    beat: float
    length: float
    keys: list[int]
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One episode, started by a bass note or a chord of the left hand.

    `tempo` (quarter notes per minute) and `dynamics` (velocity of the right hand) are curves over
    the beats, 'beat value, ..'; so is `soft`, the soft pedal, which is not moved if it is empty.
    `pedal` lists the changes of the sustain pedal: 'beat depth', or 'beat depth/lift' where it is
    lifted to `lift` only.
    """

    beats: float
    tempo: str
    dynamics: str
    left: str
    right: str
    inner: str = ""
    pedal: str = "0 100"
    soft: str = ""
    left_level: float = 0.9  # velocity of the left hand, as a fraction of the right one's
    inner_level: float = 0.76


def tones(text: str) -> list[Tone]:
    """Return the tones of a voice in the order written."""
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
    """Parse '0 104, 4 98/46' as [(0, 104, 0), (4, 98, 46)]: beat, depth, and lift."""
    changes = []
    for change in text.split(","):
        beat, depth = change.split()
        down, _, lift = depth.partition("/")
        changes.append((float(beat), float(down), float(lift or 0)))
    return changes
