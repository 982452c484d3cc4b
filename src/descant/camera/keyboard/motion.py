# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The motion of keys and hands as a function of the events so far and the time, in closed form.

Between two events all motion follows a formula, so that it does not depend on the pictures drawn in
between. Times are seconds; a time before the last event counts as that event's time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from descant.arrays import Floats
from descant.camera.keyboard import geometry as g
from descant.types import Note

FALL_S = 0.016  # time constant of a key that goes down
RISE_S = 0.045  # and of one that goes up
FLASH_S = 0.020  # time constant with which its glow appears,
RING_S = 2.2  # decreases while it is held,
SUSTAINED = 0.42  # to this fraction,
FADE_S = 0.38  # and disappears when it is released


@dataclass(frozen=True, slots=True)
class KeyState:
    """The state of a key at its last event."""

    time: float = 0.0
    down: bool = False
    depth: float = 0.0
    glow: float = 0.0
    velocity: float = 0.0

    def at(self, time: float) -> tuple[float, float]:
        """Return depth, 0 up .. 1 down, and glow, 0..1."""
        since = max(0.0, time - self.time)
        if self.down:
            depth = 1.0 + (self.depth - 1.0) * math.exp(-since / FALL_S)
            ringing = self.velocity * (SUSTAINED + (1 - SUSTAINED) * math.exp(-since / RING_S))
            return depth, ringing + (self.glow - self.velocity) * math.exp(-since / FLASH_S)
        return self.depth * math.exp(-since / RISE_S), self.glow * math.exp(-since / FADE_S)

    def struck(self, time: float, velocity: float) -> KeyState:
        """Return the state after a stroke of `velocity`, 0..1."""
        depth, glow = self.at(time)
        return KeyState(time, True, depth, glow, velocity)

    def released(self, time: float) -> KeyState:
        """Return the state after the release."""
        depth, glow = self.at(time)
        return KeyState(time, False, depth, glow, self.velocity)


FINGERS = 5
RELAXED = np.array([-44.0, -21.0, 0.0, 21.0, 43.0])  # x of the fingertips from the hand's middle
REST_Y = np.array([8.0, 30.0, 38.0, 32.0, 14.0])  # and their y; mirrored for the left hand
HAND_RATE = 17.0  # of the critically damped springs, 1/s: a hand needs a quarter second,
FINGER_RATE = 34.0  # a finger a tenth
SPAN = 105.0  # reach of a hand from its middle, mm
LINGER_S = 1.4  # time for which a hand stays over the last key,
LEAVE_S = 2.2  # and time in which it then withdraws
START = {0: g.middle(45), 1: g.middle(74)}
_HAND = 0  # column of the hand's x; then the fingers' x (from the hand) and y
_X, _Y = (slice(1 + n * FINGERS, 1 + (n + 1) * FINGERS) for n in range(2))
_RATES = np.array([HAND_RATE] + [FINGER_RATE] * (2 * FINGERS))


@dataclass(frozen=True)
class HandPose:
    """x of a hand's middle, x and y of its tips (5 x 2, mm), and its presence, 0 (away) .. 1."""

    x: float
    tips: Floats
    presence: float


class Hand:
    """One hand, 0 the left or 1 the right, that follows the keys it plays."""

    def __init__(self, side: int) -> None:
        self._rest_y = REST_Y if side else REST_Y[::-1]
        self._position = np.concatenate([[START[side]], RELAXED, self._rest_y])
        self._velocity = np.zeros_like(_RATES)
        self._target = self._position.copy()
        self._time = -math.inf
        self._presence = 0.0
        self._busy_until = -math.inf
        self._holds: dict[int, int] = {}  # key -> finger

    def cost(self, x: float) -> float:
        """Return the distance to `x`, mm; more if the hand holds other keys out of reach of it."""
        distance = abs(x - float(self._target[_HAND]))
        return distance + (400.0 if self._holds and distance > SPAN else 0.0)

    @property
    def x(self) -> float:
        """The x of its target."""
        return float(self._target[_HAND])

    def play(self, time: float, key: int) -> None:
        """Play `key` with the free finger that is nearest."""
        self._advance(time)
        self._busy_until = math.inf
        x = g.middle(key)
        if not self._holds:
            # Only as far as needed: within reach, the finger moves and not the hand.
            away = x - float(self._target[_HAND])
            self._target[_HAND] += away - np.clip(away, -48.0, 48.0)
        free = [f for f in range(FINGERS) if f not in self._holds.values()] or [0]
        offset = x - float(self._target[_HAND])
        self._holds[key] = min(free, key=lambda f: (abs(RELAXED[f] - offset), f))
        self._aim()

    def release(self, time: float, key: int) -> bool:
        """Release `key`; return False if this hand does not hold it."""
        if key not in self._holds:
            return False
        self._advance(time)
        del self._holds[key]
        self._busy_until = math.inf if self._holds else time
        self._aim()
        return True

    def presence(self, time: float) -> float:
        """Return how much of the hand is visible, 0 (away) .. 1."""
        came = 1.0 + (self._presence - 1.0) * math.exp(-max(0.0, time - self._time) / 0.12)
        idle = (time - self._busy_until - LINGER_S) / LEAVE_S
        left = min(1.0, max(0.0, idle))
        return came * (1.0 - left * left * (3.0 - 2.0 * left)) if self._time > -math.inf else 0.0

    def pose(self, time: float) -> HandPose:
        """Return the pose at `time`."""
        position, _ = self._at(time)
        tips = np.column_stack([position[_HAND] + position[_X], position[_Y]])
        return HandPose(float(position[_HAND]), tips, self.presence(time))

    def _aim(self) -> None:
        if self._holds:
            xs = [g.middle(key) for key in self._holds]
            low, high = max(xs) - SPAN / 2, min(xs) + SPAN / 2
            if low <= high:
                self._target[_HAND] = np.clip(self._target[_HAND], low, high)
            else:
                self._target[_HAND] = sum(xs) / len(xs)
        self._target[_X], self._target[_Y] = RELAXED, self._rest_y
        for key, finger in self._holds.items():
            self._target[_X][finger] = g.middle(key) - self._target[_HAND]
            self._target[_Y][finger] = 76.0 if g.is_black(key) else 34.0

    def _advance(self, time: float) -> None:
        self._presence = self.presence(time)
        self._position, self._velocity = self._at(time)
        self._time = max(time, self._time)

    def _at(self, time: float) -> tuple[Floats, Floats]:
        """Return position and velocity of springs: x = (a + b t) exp(-w t) around the target."""
        since = max(0.0, time - self._time) if self._time > -math.inf else 0.0
        a = self._position - self._target
        b = self._velocity + _RATES * a
        decay = np.exp(-_RATES * since)
        position = self._target + (a + b * since) * decay
        return position, (b - _RATES * (a + b * since)) * decay


class Performer:
    """The motion of all keys and both hands."""

    def __init__(self) -> None:
        self._keys = {key: KeyState() for key in g.KEYS}
        self._hands = (Hand(0), Hand(1))
        self._ids: dict[int, int] = {}  # key -> id of the note that holds it

    def take(self, note: Note, time: float) -> None:
        """Consume one note, in the order of playing; keys that a piano lacks are ignored."""
        if note.key not in self._keys:
            return
        state = self._keys[note.key]
        if note.on:
            self._ids[note.key] = note.id
            self._keys[note.key] = state.struck(time, (note.velocity_14bit / 16383) ** 0.8)
            for hand in self._hands:
                hand.release(time, note.key)
            self._hand_for(note.key).play(time, note.key)
        elif self._ids.get(note.key) == note.id:
            self._release(note.key, time)

    def release_all(self, time: float) -> None:
        """Release every key."""
        for key in list(self._ids):
            self._release(key, time)

    def keys(self, time: float) -> list[tuple[int, float, float]]:
        """Return key, depth and glow of each key that is not at rest, from left to right."""
        moving = ((key, *state.at(time)) for key, state in self._keys.items())
        return [(key, depth, glow) for key, depth, glow in moving if max(depth, glow) > 0.004]

    def hands(self, time: float) -> list[HandPose]:
        """Return the poses of the visible hands, the left one first."""
        poses = [hand.pose(time) for hand in self._hands]
        return [pose for pose in poses if pose.presence > 0.004]

    def _release(self, key: int, time: float) -> None:
        del self._ids[key]
        self._keys[key] = self._keys[key].released(time)
        for hand in self._hands:
            hand.release(time, key)

    def _hand_for(self, key: int) -> Hand:
        left, right = self._hands
        x = g.middle(key)
        if x <= left.x:
            return left
        if x >= right.x:
            return right
        return left if left.cost(x) < right.cost(x) else right
