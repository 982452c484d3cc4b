# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Write share/midi/performance.mid: an improvisation through all four parts, about two minutes.

Usage: scripts/compose_performance.py [FILE]        (the same bytes every time)

The music is in `movements`, one module per part. It was written for the profile `paper` and the
learner's seed 1: the number of steps in which each episode converges is known, and the music uses
it. Between the parts the soft pedal is pressed twice in quick succession, the conductor's gesture;
elsewhere it is pressed partly, or once.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import mido
from hands import Struck, release_unreachable
from movements import part1, part2, part3, part4
from notation import Passage, Tone, pedal_changes, tones
from pianist import SOFT, SUSTAIN, Curve, Performance, as_file, at, curve, seconds

SEED = 4
TARGET = Path(__file__).resolve().parent.parent / "share" / "midi" / "performance.mid"
PARTS = [part1.PASSAGES, part2.PASSAGES, part3.PASSAGES, part4.PASSAGES]
OPENING, CLOSING = 0.6, 1.8  # seconds of silence before the first note, of resonance at the end

# The gesture, in seconds: wait after the last key, two presses, pause before the next part.
WAIT, PRESS, BETWEEN, PAUSE = 0.30, 0.08, 0.05, 0.75
FULL = 118

LEGATO = 1.03  # of a note's length: the next key goes down before this one goes up


class Pianist:
    """Plays passages one after the other."""

    def __init__(self) -> None:
        self.performance = Performance(SEED)
        self.uneven = self.performance.uneven
        self.notes: list[Struck] = []
        self.sustain = 0.0

    def play(self, passage: Passage, start: float) -> float:
        """Play a whole passage from `start` (s); return the time of the next one."""
        tempo, dynamics = curve(passage.tempo), curve(passage.dynamics)
        for tone in tones(passage.left):
            self.chord(tone, tempo, start, passage.left_level * at(dynamics, tone.beat))
        for tone in tones(passage.inner):
            self.chord(tone, tempo, start, passage.inner_level * at(dynamics, tone.beat))
        for tone in tones(passage.right):
            self.sing(tone, tempo, start, at(dynamics, tone.beat))
        self.pedals(passage, tempo, start)
        return start + seconds(tempo, passage.beats)

    def chord(self, tone: Tone, tempo: Curve, start: float, velocity: float) -> None:
        """Play the left hand: almost together, from the bottom; released exactly where written."""
        onset = start + seconds(tempo, tone.beat) + abs(self.uneven.gauss(0, 0.003))
        end = start + seconds(tempo, tone.beat + tone.length)
        for place, key in enumerate(sorted(tone.keys)):
            late = 0.006 * place + abs(self.uneven.gauss(0, 0.002))
            loud = velocity * tone.weight * (0.94 if place else 1.0) + self.uneven.gauss(0, 1.8)
            self.strike(onset + late, end + self.uneven.uniform(0, 0.012), key, loud)

    def sing(self, tone: Tone, tempo: Curve, start: float, velocity: float) -> None:
        """Play the right hand: the top voice is earlier and louder than the others."""
        ideal = seconds(tempo, tone.beat)
        length = seconds(tempo, tone.beat + tone.length * LEGATO) - ideal
        onset = start + ideal + self.uneven.gauss(0, min(0.007, 0.05 * length))
        for depth, key in enumerate(sorted(tone.keys, reverse=True)):
            late = 0.010 * depth + (abs(self.uneven.gauss(0, 0.004)) if depth else 0.0)
            loud = velocity * tone.weight * 0.86**depth + self.uneven.gauss(0, 2.0)
            self.strike(onset + late, onset + max(length, 0.07 + late), key, loud)

    def strike(self, start: float, end: float, key: int, velocity: float) -> None:
        """Store one note until all are known."""
        self.notes.append(Struck(start, end, key, min(126.0, max(12.0, velocity))))

    def pedals(self, passage: Passage, tempo: Curve, start: float) -> None:
        """Change the sustain pedal where written: up with the new harmony, down again after it."""
        for beat, depth, lift in pedal_changes(passage.pedal):
            time = start + seconds(tempo, beat)
            up = min(lift, self.sustain)
            self.performance.glide(SUSTAIN, time - 0.03, time + 0.06, self.sustain, up)
            self.performance.glide(SUSTAIN, time + 0.10, time + 0.28, up, depth)
            self.sustain = depth
        for (b0, low), (b1, high) in pairwise(curve(passage.soft)) if passage.soft else ():
            if low != high:
                low_time, high_time = (start + seconds(tempo, beat) for beat in (b0, b1))
                self.performance.glide(SOFT, low_time, high_time, low, high)

    def gesture(self, time: float) -> float:
        """Press the soft pedal twice; return the time at which it is up again."""
        for _ in range(2):
            self.performance.glide(SOFT, time, time + PRESS, 0, FULL)
            self.performance.glide(SOFT, time + PRESS, time + 2 * PRESS, FULL, 0)
            time += 2 * PRESS + BETWEEN
        return time - BETWEEN

    def release(self, start: float, end: float) -> None:
        """Release the sustain pedal slowly."""
        self.performance.glide(SUSTAIN, start, end, self.sustain, 0)
        self.sustain = 0.0

    def finish(self) -> None:
        """Write all notes, shortened where two hands cannot reach them."""
        release_unreachable(self.notes)
        for note in sorted(self.notes, key=lambda n: n.start):
            self.performance.note(note.start, note.end, note.key, note.velocity)


def perform() -> mido.MidiFile:
    """Return the whole improvisation as a MIDI file of one track."""
    pianist, time = Pianist(), OPENING
    for number, passages in enumerate(PARTS, start=1):
        for passage in passages:
            time = pianist.play(passage, time)
        if number < len(PARTS):
            rung = pianist.gesture(time + WAIT)
            pianist.release(rung + 0.1, rung + 0.6)
            time = rung + PAUSE
    pianist.release(time - 1.6, time)
    pianist.finish()
    return as_file(pianist.performance, time + CLOSING, "Four parts, an improvisation")


def main() -> None:
    """Write the file and print its duration."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    file = perform()
    file.save(target)
    print(f"{target}: {file.length:.1f} s, {len(file.tracks[0])} messages")


if __name__ == "__main__":
    main()
