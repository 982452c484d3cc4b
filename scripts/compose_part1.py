# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Write share/midi/part1.mid: a short improvisation for Part 1.

Usage: scripts/compose_part1.py [FILE]        (the same bytes every time)

Seven bass notes, each of which starts an episode, lead from B flat minor to D flat major:
B♭ - G♭ - C - C♭ - A - A♭ - D♭. Each has a melody on the upper half of the keyboard. All melodies
develop one motif, a whole step up and a leap: E♭ F C' at first, E♭ F A♭ at the end. The first
phrase is hesitant, the second flowing; two short ones break off unresolved; the fifth is the
climax, the motif in octaves over A lydian and a cascade down; the sixth stays on the dominant; the
last, the longest, returns to the tonic.

Phrases are written in beats and note names. Rubato (a tempo curve), dynamics (a velocity curve),
voicing, pedals and a little seeded unevenness make a performance of them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import mido
import pianist
from pianist import SOFT, SUSTAIN, as_file, at, curve, key

SEED = 1
TARGET = Path(__file__).resolve().parent.parent / "share" / "midi" / "part1.mid"

Tone = tuple[float, float, list[int]]  # beat, length in beats, keys


@dataclass(frozen=True)
class Phrase:
    """One episode: a bass note, inner voices (below middle C) and the melody above.

    Curves are written 'beat value, ..', tones 'beat length name [name ..], ..'.
    """

    bass: str
    bass_velocity: int
    beats: float  # until the next bass note
    tempo: str  # quarter notes per minute
    dynamics: str  # velocity of the melody
    inner: str
    melody: str
    pedal: int  # depth of the sustain pedal, 0..127


SEARCHING = Phrase(
    bass="Bb1",
    bass_velocity=52,
    beats=6.40,
    tempo="0 66, 1.5 80, 3.2 72, 4.1 90, 5.2 82, 6.4 62",
    dynamics="0 46, 1.75 60, 3.6 46, 4.6 61, 5.0 65, 6.4 48",
    inner="0.45 2.2 F3, 0.57 2.4 Ab3, 3.60 2.4 Db3",
    melody="""
        0.95 0.42 Eb5, 1.38 0.40 F5, 1.75 1.05 C6, 2.75 0.34 Bb5, 3.05 0.75 Ab5,
        4.08 0.27 Eb5, 4.31 0.27 F5, 4.55 0.46 C5 C6, 5.00 0.32 Db6, 5.28 0.34 F5, 5.58 0.80 Gb5
    """,
    pedal=104,
)

FLOWING = Phrase(
    bass="Gb1",
    bass_velocity=56,
    beats=6.50,
    tempo="0 80, 1.3 98, 3.0 92, 4.6 108, 5.6 100, 6.5 72",
    dynamics="0 48, 1.33 66, 2.9 56, 4.0 71, 4.66 79, 6.2 54",
    inner="0.20 2.8 F3, 0.30 2.7 Bb3, 3.00 2.6 Db3, 3.33 2.2 Ab3",
    melody="""
        0.50 0.36 Bb4, 0.75 0.36 Db5, 1.00 0.40 F5, 1.33 0.70 C6,
        2.00 0.36 Bb5, 2.33 0.36 Ab5, 2.66 0.36 F5, 3.00 0.36 Eb5, 3.33 0.36 F5, 3.66 0.36 Ab5,
        4.00 0.64 C5 C6, 4.66 0.38 Eb6, 5.00 0.36 Db6, 5.33 0.34 Bb5, 5.60 0.34 Ab5, 5.88 0.60 Gb5
    """,
    pedal=112,
)

QUESTION = Phrase(
    bass="C2",
    bass_velocity=74,
    beats=2.75,
    tempo="0 88, 1.0 108, 1.9 88, 2.75 70",
    dynamics="0 60, 1.0 82, 1.75 66, 2.7 58",
    inner="0.06 1.6 Eb3, 0.10 1.6 Gb3",
    melody="0.28 0.26 D5, 0.52 0.26 Eb5, 0.76 0.26 Gb5, 1.00 0.78 Gb5 Bb5, 1.75 0.70 D5 A5",
    pedal=96,
)

QUESTION_AGAIN = Phrase(
    bass="B1",
    bass_velocity=84,
    beats=2.70,
    tempo="0 96, 1.0 120, 2.0 104, 2.7 78",
    dynamics="0 68, 1.0 90, 1.6 98, 2.7 92",
    inner="0.05 1.5 Eb3, 0.08 1.5 A3",
    melody="""
        0.22 0.22 Eb5, 0.42 0.22 F5, 0.62 0.22 A5, 0.82 0.22 B5,
        1.02 0.50 Db5 Db6, 1.52 0.94 F5 F6, 2.30 0.34 Eb6
    """,
    pedal=100,
)

CLIMAX = Phrase(
    bass="A1",
    bass_velocity=104,
    beats=7.50,
    tempo="0 88, 1.0 104, 2.0 88, 3.3 100, 5.2 116, 6.3 92, 7.5 54",
    dynamics="0 78, 1.0 100, 2.0 114, 3.3 98, 5.2 74, 6.2 56, 7.5 40",
    inner="0.04 2.8 E3, 0.07 2.8 A3, 3.05 2.2 E3, 5.40 1.8 Gs3",
    melody="""
        0.14 0.24 E4, 0.27 0.24 Gs4, 0.40 0.24 B4, 0.53 0.24 Cs5, 0.66 0.24 E5, 0.78 0.24 Gs5,
        1.00 0.50 B5 B4, 1.50 0.50 Cs6 Cs5, 2.00 1.20 Gs6 Ds6 Gs5,
        3.25 0.24 Fs6, 3.48 0.24 Ds6, 3.70 0.24 Cs6, 3.92 0.24 B5, 4.12 0.24 Cs6, 4.33 0.24 Gs5,
        4.54 0.24 Fs5, 4.74 0.24 Ds5, 4.94 0.24 Fs5, 5.15 0.24 Cs5, 5.37 0.26 B4, 5.61 0.28 Gs4,
        5.90 0.32 Cs5, 6.24 0.36 Ds5, 6.62 0.82 Gs5
    """,
    pedal=124,
)

WAITING = Phrase(
    bass="Ab1",
    bass_velocity=46,
    beats=3.90,
    tempo="0 66, 1.2 80, 2.2 68, 3.2 72, 3.9 50",
    dynamics="0 46, 1.6 57, 2.05 60, 3.9 42",
    inner="0.20 3.0 Gb3, 0.28 3.0 Bb3",
    melody="""
        0.50 0.52 Ab4 F5, 1.00 0.52 Bb4 Gb5, 1.50 0.52 C5 Ab5, 2.00 0.86 Db5 Bb5,
        2.88 0.50 C5 Ab5, 3.36 0.55 Eb5
    """,
    pedal=108,
)

HOME = Phrase(
    bass="Db1",
    bass_velocity=60,
    beats=14.8,
    tempo="0 84, 1.5 98, 4.4 92, 6.5 102, 8.2 82, 9.8 60, 11.2 54, 14.8 56",
    dynamics="0 48, 2.0 62, 4.0 52, 6.0 73, 8.0 54, 9.2 62, 10.6 48, 12.4 38",
    inner="""
        0.35 3.6 Db3, 0.66 3.3 Ab3, 4.05 3.5 Bb3, 4.15 3.4 F3, 8.00 2.5 Ab3, 8.10 2.4 Eb3,
        10.55 4.1 Db3, 10.65 4.0 Ab3
    """,
    melody="""
        0.90 0.38 Ab4, 1.20 0.38 Db5, 1.50 0.40 Eb5, 1.83 0.42 F5, 2.16 0.84 Ab5,
        2.90 0.36 Bb5, 3.20 0.36 Ab5, 3.50 0.36 F5, 3.80 0.56 Eb5,
        4.40 0.36 F5, 4.72 0.36 Ab5, 5.04 0.36 Db6, 5.36 0.36 Eb6, 5.70 0.92 F5 F6,
        6.56 0.36 Eb6, 6.86 0.36 Db6, 7.16 0.36 Bb5, 7.48 0.74 Ab5,
        8.56 0.46 Eb5 Eb6, 9.04 0.48 F5 F6, 9.54 1.10 Ab5 Ab6,
        10.76 3.8 Db4, 10.89 3.7 F4, 11.03 3.6 Ab4, 11.19 3.4 Db5, 11.39 3.2 F5, 12.20 2.3 Db7
    """,
    pedal=118,
)

PIECE = [SEARCHING, FLOWING, QUESTION, QUESTION_AGAIN, CLIMAX, WAITING, HOME]
OPENING, CLOSING = 0.60, 1.30  # seconds of silence before the first note, of resonance at the end

# Time (s) and depth: some una corda, never the full press of a gesture.
SOFT_PEDAL = """
    0.0 0, 0.45 52, 4.6 46, 5.8 0, 18.2 0, 19.2 58, 22.0 40, 24.5 22, 28.5 62, 32.2 62, 33.0 0
"""


def tones(text: str) -> list[Tone]:
    """Parse '4.55 0.46 C5 C6' as [(4.55, 0.46, [72, 84])]."""
    words = (tone.split() for tone in text.split(","))
    return [(float(beat), float(length), [key(n) for n in names]) for beat, length, *names in words]


def seconds(phrase: Phrase, beat: float) -> float:
    """Return the time from the phrase's first beat (s)."""
    return pianist.seconds(curve(phrase.tempo), beat)


class Performance(pianist.Performance):
    """Plays phrases one after the other."""

    def tone(self, phrase: Phrase, start: float, tone: Tone, velocity: float) -> None:
        """Play a tone or double note: the top voice is earlier and louder than the others."""
        beat, length, keys = tone
        onset = start + seconds(phrase, beat) + self.uneven.gauss(0, 0.006)
        end = start + seconds(phrase, beat + length)
        for depth, pitch in enumerate(sorted(keys, reverse=True)):
            late = 0.014 * depth + (abs(self.uneven.gauss(0, 0.004)) if depth else 0.0)
            softer = velocity * (0.84**depth) + self.uneven.gauss(0, 1.6)
            self.note(onset + late, max(end, onset + late + 0.09), pitch, softer)

    def play(self, phrase: Phrase, start: float) -> float:
        """Play a whole phrase; return the time of the next bass note (s)."""
        end = start + seconds(phrase, phrase.beats)
        held = min(end - 0.05, start + 2.6) if phrase is not HOME else end - 0.9
        self.note(start, held, key(phrase.bass), phrase.bass_velocity)
        dynamics = curve(phrase.dynamics)
        for tone in tones(phrase.inner):
            self.tone(phrase, start, tone, 0.78 * at(dynamics, tone[0]))
        for tone in tones(phrase.melody):
            self.tone(phrase, start, tone, at(dynamics, tone[0]))
        return end


def pedal(performance: Performance, bass_times: list[float], end: float) -> None:
    """Change the sustain pedal with every bass note: up with the note, down again after it."""
    depth = 0.0
    for phrase, time in zip(PIECE, bass_times, strict=True):
        performance.glide(SUSTAIN, time - 0.03, time + 0.06, depth, 0)
        performance.glide(SUSTAIN, time + 0.10, time + 0.30, 0, phrase.pedal)
        depth = phrase.pedal
        if phrase is CLIMAX:  # half pedal clears the cascade and keeps some resonance
            fall = time + seconds(phrase, 4.0)
            performance.glide(SUSTAIN, fall, fall + 0.25, depth, 58)
            performance.glide(SUSTAIN, fall + 0.45, fall + 0.75, 58, 98)
            depth = 98.0
        if phrase is HOME:  # the harmony changes over the same bass: half pedal
            for beat in (4.00, 7.95):
                change = time + seconds(phrase, beat)
                performance.glide(SUSTAIN, change, change + 0.08, depth, 46)
                performance.glide(SUSTAIN, change + 0.12, change + 0.34, 46, depth)
    performance.glide(SUSTAIN, end - 2.2, end, depth, 0)


def perform() -> mido.MidiFile:
    """Return the whole improvisation as a MIDI file of one track."""
    performance = Performance(SEED)
    time, bass_times = OPENING, []
    for phrase in PIECE:
        bass_times.append(time)
        time = performance.play(phrase, time)
    pedal(performance, bass_times, time)
    for (start, low), (end, high) in pairwise(curve(SOFT_PEDAL)):
        if low != high:
            performance.glide(SOFT, start, end, low, high)
    return as_file(performance, time + CLOSING, "Part 1, an improvisation")


def main() -> None:
    """Write the file and print its duration."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    file = perform()
    file.save(target)
    print(f"{target}: {file.length:.1f} s, {len(file.tracks[0])} messages")


if __name__ == "__main__":
    main()
