"""Part 4's bubbles: one for each note, easing in and out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from descant.stage.easing import eased
from descant.stage.seeded_random import uniform
from descant.stage.settings import StageSettings, screen_units
from descant.types import Note

Floats = NDArray[np.float64]
GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
MIDDLE_KEY = 63  # between the hands
SPREAD_KEYS = 22.0  # the busy middle of the keyboard gets most of the picture
EDGE = 0.92
RECENT = 4096  # ids count on from nanoseconds since the epoch: too large for a float's fraction


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
        """A key was struck: one more bubble, and all others away where the key clears them."""
        leave = settings.bubble_leave
        if note.key < settings.bubble_clear_below:
            self.clear(now, settings)
        if note.key < settings.bubble_from:
            return
        living = [b for b in self._all if b.ends > now + leave]
        self._end(living[: max(0, len(living) + 1 - settings.bubbles)], now + leave)
        x, y = _at_random(note, settings) if settings.bubble_place == "random" else _by_key(note)
        softest = settings.bubble_softest
        loudness = softest + (1.0 - softest) * note.velocity / 127.0
        self._all.append(
            _Bubble(
                x=x * aspect,
                y=y,
                radius=screen_units(settings.bubble_radius) * loudness,
                born=now,
                ends=now + settings.bubble_time,
            )
        )

    def clear(self, now: float, settings: StageSettings) -> None:
        """All bubbles leave."""
        self._end(self._all, now + settings.bubble_leave)

    def at(self, now: float, settings: StageSettings) -> Floats:
        """(n, 4): x, y, radius in screen units and strength 0 .. 1; oldest first."""
        self._all = [b for b in self._all if b.ends > now]
        rows = [self._row(b, now, settings) for b in self._all]
        return np.array(rows, float).reshape(-1, 4)

    @staticmethod
    def _row(bubble: _Bubble, now: float, settings: StageSettings) -> tuple[float, ...]:
        age = now - bubble.born
        lived = min(1.0, age / settings.bubble_time)
        swell = eased(age, settings.bubble_swell)
        leave = eased(bubble.ends - now, settings.bubble_leave)
        shrunk = 1.0 - settings.bubble_shrink * lived
        radius = bubble.radius * shrunk * (0.5 + 0.5 * swell) * (0.7 + 0.3 * leave)
        strength = settings.bubble_opacity * (1.0 - settings.bubble_fade * lived)
        return (bubble.x, bubble.y, radius, strength * swell * leave)

    @staticmethod
    def _end(bubbles: list[_Bubble], at: float) -> None:
        for bubble in bubbles:
            bubble.ends = min(bubble.ends, at)


def _by_key(note: Note) -> tuple[float, float]:
    """Where its key is, low keys at the left, -1 .. 1 both ways; at a height that the golden
    ratio spreads evenly over the notes, so that neighbours do not cover each other."""
    place = EDGE * math.tanh((note.key - MIDDLE_KEY) / SPREAD_KEYS)
    return place, 0.62 * (2.0 * (note.id % RECENT * GOLDEN % 1.0) - 1.0)


def _at_random(note: Note, settings: StageSettings) -> tuple[float, float]:
    """Anywhere on the screen, -1 .. 1 both ways; the same again for the same seed and note."""
    x, y = (2.0 * uniform(settings.seed, "bubble", note.id, axis) - 1.0 for axis in (0, 1))
    return x, y
