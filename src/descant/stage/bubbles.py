# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The bubbles of distortion 2: one for each note or pedal press, easing in and out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from descant.arrays import Floats
from descant.stage.easing import eased
from descant.stage.seeded_random import uniform
from descant.stage.settings import StageSettings, screen_units
from descant.types import SOFT, SOSTENUTO, SUSTAIN, SUSTAIN_DOWN, Note, Pedal

Place = tuple[float, float]
"""-1 .. 1 both ways: from left to right and from the bottom to the top of the screen."""
GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
MIDDLE_KEY = 63  # between the hands
SPREAD_KEYS = 22.0  # the middle of the keyboard, which is played most, gets most of the picture
EDGE = 0.92
HEIGHT = 0.62
RECENT = 4096  # ids count on from nanoseconds since the epoch: too large for a float's fraction
PEDAL_UP = 48  # a pedal that went down is up again below this value (0 .. 127)
PEDAL_PLACES = {SOFT: -0.6, SOSTENUTO: 0.0, SUSTAIN: 0.6}  # from left to right, as at the piano
PEDAL_SPREAD = 0.2
SQUARE_ROOT_2 = math.sqrt(2.0)


@dataclass
class _Bubble:
    x: float
    y: float
    radius: float
    born: float
    ends: float


class Bubbles:
    """The bubbles in sight. Times are seconds of the performance, `aspect` is width over height."""

    def __init__(self) -> None:
        self._all: list[_Bubble] = []
        self._down: set[int] = set()  # pedals
        self._presses = 0

    def add_note(self, note: Note, now: float, settings: StageSettings, aspect: float) -> None:
        """Add the bubble of a key that was struck."""
        at_random = settings.bubble_place == "random"
        place = _at_random(settings, "bubble", note.id) if at_random else _by_key(note)
        self._add(place, note.velocity, now, settings, aspect)

    def is_press(self, pedal: Pedal) -> bool:
        """Whether the pedal goes down through 64 with this event; expects every pedal event.

        Hysteresis: once down, it has to go up below `PEDAL_UP` before it can go down again.
        """
        pressed = pedal.value >= SUSTAIN_DOWN and pedal.pedal not in self._down
        if pressed:
            self._down.add(pedal.pedal)
            self._presses += 1
        elif pedal.value < PEDAL_UP:
            self._down.discard(pedal.pedal)
        return pressed

    def add_pedal(self, pedal: Pedal, now: float, settings: StageSettings, aspect: float) -> None:
        """Add the bubble of a pedal that was pressed: `is_press` was true just before."""
        if settings.bubble_place == "random":
            place = _at_random(settings, "pedal", self._presses, pedal.pedal)
        else:
            place = _by_pedal(pedal, self._presses)
        self._add(place, pedal.value, now, settings, aspect)

    def _add(
        self, place: Place, velocity: int, now: float, s: StageSettings, aspect: float
    ) -> None:
        """Add a bubble; remove the oldest where they are too many."""
        living = [b for b in self._all if b.ends > now + s.bubble_leave]
        self._end(living[: max(0, len(living) + 1 - s.bubbles)], now + s.bubble_leave)
        loudness = s.bubble_softest + (1.0 - s.bubble_softest) * velocity / 127.0
        radius = screen_units(s.bubble_radius) * loudness
        self._all.append(_Bubble(place[0] * aspect, place[1], radius, now, now + s.bubble_time))

    def clear(self, now: float, settings: StageSettings) -> None:
        """Make all bubbles disappear."""
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


def _by_key(note: Note) -> Place:
    """Where its key is, low keys at the left; at a height that the golden ratio spreads evenly
    over the notes, so that neighbours do not cover each other.
    """
    place = EDGE * math.tanh((note.key - MIDDLE_KEY) / SPREAD_KEYS)
    return place, HEIGHT * _spread(note.id % RECENT * GOLDEN)


def _by_pedal(pedal: Pedal, number: int) -> Place:
    """About its pedal's place, spread evenly over the presses, of which this is the `number`-th."""
    place = PEDAL_PLACES.get(pedal.pedal, 0.0) + PEDAL_SPREAD * _spread(number * SQUARE_ROOT_2)
    return place, HEIGHT * _spread(number * GOLDEN)


def _spread(turns: float) -> float:
    """The fraction of `turns`, as -1 .. 1."""
    return 2.0 * (turns % 1.0) - 1.0


def _at_random(settings: StageSettings, what: str, *numbers: int) -> Place:
    """Anywhere on the screen; the same again for the same seed, thing and numbers."""
    x, y = (2.0 * uniform(settings.seed, what, *numbers, axis) - 1.0 for axis in (0, 1))
    return x, y
