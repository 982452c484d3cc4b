# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Make a performance of a written score: curves, note names, notes and pedals."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import mido

TICKS_PER_SECOND = 1000  # 500 ticks per quarter note at 120 quarter notes per minute

SUSTAIN, SOFT, PREFIX = 64, 67, 88

Curve = list[tuple[float, float]]  # (x, y), linear between the points


def key(name: str) -> int:
    """Return the MIDI key of a name: 'Eb5' -> 75 (C4 = 60); 's' is sharp, 'b' flat."""
    steps = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    shift = {"b": -1, "s": 1}.get(name[1:-1], 0)
    return 12 * (int(name[-1]) + 1) + steps[name[0]] + shift


def curve(text: str) -> Curve:
    """Parse '0 66, 1.5 80' as [(0, 66), (1.5, 80)]."""
    points = (point.split() for point in text.split(","))
    return [(float(x), float(y)) for x, y in points]


def at(points: Curve, where: float) -> float:
    """Return the value of a curve; it is constant before its first and after its last point."""
    if where <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if where <= x1:
            return y0 + (y1 - y0) * (where - x0) / (x1 - x0)
    return points[-1][1]


def seconds(tempo: Curve, beat: float) -> float:
    """Return the time from beat 0 to `beat`: the integral of 60 / tempo (per minute)."""
    steps = max(1, math.ceil(beat * 64))
    width = beat / steps
    return sum(60.0 / at(tempo, (n + 0.5) * width) for n in range(steps)) * width


class Performance:
    """MIDI messages with their times in seconds, in any order."""

    def __init__(self, seed: int) -> None:
        self.messages: list[tuple[float, int, mido.Message]] = []
        self.uneven = random.Random(seed)

    def add(self, time: float, message: mido.Message) -> None:
        """Add one message at `time` (s)."""
        self.messages.append((time, len(self.messages), message))

    def note(self, start: float, end: float, pitch: int, velocity: float) -> None:
        """Add a note with a high-resolution velocity of 1,023 steps, as some Disklaviers do."""
        fine = min(1023, max(8, round(velocity * 8)))
        self.add(start, mido.Message("control_change", control=PREFIX, value=fine % 8 * 16))
        self.add(start, mido.Message("note_on", note=pitch, velocity=fine // 8))
        release = min(127, max(20, round(90 - 40 * (end - start) + self.uneven.gauss(0, 6))))
        self.add(end, mido.Message("note_off", note=pitch, velocity=release))

    def glide(self, control: int, start: float, end: float, low: float, high: float) -> None:
        """Add a smooth pedal movement from value `low` to `high`, a value about every 12 ms."""
        steps = max(2, round((end - start) / 0.012))
        last = None
        for n in range(steps + 1):
            x = n / steps
            value = round(low + (high - low) * x * x * (3 - 2 * x))
            if value != last:
                time = start + (end - start) * x
                self.add(time, mido.Message("control_change", control=control, value=value))
            last = value


def as_file(performance: Performance, end: float, name: str) -> mido.MidiFile:
    """Return the messages as a file of one track that ends at `end` (s); a tick is 1 ms."""
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_SECOND // 2)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("track_name", name=name))
    track.append(mido.MetaMessage("set_tempo", tempo=500_000))
    now = 0
    for time, _, message in sorted(performance.messages, key=lambda m: (m[0], m[1])):
        ticks = round(time * TICKS_PER_SECOND)
        track.append(message.copy(time=ticks - now))
        now = ticks
    track.append(mido.MetaMessage("end_of_track", time=round(end * TICKS_PER_SECOND) - now))
    return file
