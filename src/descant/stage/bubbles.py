"""Part 4's bubbles: one for each note, easing in and out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from descant.events import Note
from descant.stage.easing import smooth
from descant.stage.settings import StageSettings, screen_units

Floats = NDArray[np.float64]
SWELL_S = 0.18
LEAVE_S = 0.6
GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
MIDDLE_KEY = 63  # between the hands
SPREAD_KEYS = 22.0  # the busy middle of the keyboard gets most of the picture
EDGE = 0.92
RECENT = 4096  # ids count on from nanoseconds since the epoch: too large for a float's fraction
SOFTEST_RADIUS = 0.45  # of the full one, at velocity 0


@dataclass
class _Bubble:
    x: float
    y: float
    radius: float
    born: float
    ends: float


class Bubbles:
    """The bubbles in sight. Times are seconds of the performance."""

    def __init__(self) -> None:
        self._all: list[_Bubble] = []

    def take(self, note: Note, now: float, settings: StageSettings, aspect: float) -> None:
        """A key was struck: one more bubble, and all others away where the key clears them.

        It stands where its key is, low keys at the left, at a height that the golden ratio
        spreads evenly over the notes, so that neighbours do not cover each other.
        """
        if note.key < settings.bubble_clear_below:
            self._leave(self._all, now)
        if note.key < settings.bubble_from:
            return
        living = [b for b in self._all if b.ends > now + LEAVE_S]
        self._leave(living[: max(0, len(living) + 1 - settings.bubbles)], now)
        place = EDGE * math.tanh((note.key - MIDDLE_KEY) / SPREAD_KEYS)
        loudness = SOFTEST_RADIUS + (1.0 - SOFTEST_RADIUS) * note.velocity / 127.0
        self._all.append(
            _Bubble(
                x=place * aspect,
                y=0.62 * (2.0 * (note.id % RECENT * GOLDEN % 1.0) - 1.0),
                radius=screen_units(settings.bubble_radius) * loudness,
                born=now,
                ends=now + settings.bubble_time,
            )
        )

    def clear(self, now: float) -> None:
        """All bubbles leave."""
        self._leave(self._all, now)

    def at(self, now: float, settings: StageSettings) -> Floats:
        """(n, 4): x, y, radius in screen units and strength 0 .. 1; oldest first."""
        self._all = [b for b in self._all if b.ends > now]
        rows = [self._row(b, now, settings) for b in self._all]
        return np.array(rows, float).reshape(-1, 4)

    @staticmethod
    def _row(bubble: _Bubble, now: float, settings: StageSettings) -> tuple[float, ...]:
        age = now - bubble.born
        swell = smooth(age / SWELL_S)
        leave = smooth((bubble.ends - now) / LEAVE_S)
        shrunk = 1.0 - settings.bubble_shrink * min(1.0, age / settings.bubble_time)
        radius = bubble.radius * shrunk * (0.5 + 0.5 * swell) * (0.7 + 0.3 * leave)
        return (bubble.x, bubble.y, radius, swell * leave)

    @staticmethod
    def _leave(bubbles: list[_Bubble], now: float) -> None:
        for bubble in bubbles:
            bubble.ends = min(bubble.ends, now + LEAVE_S)
