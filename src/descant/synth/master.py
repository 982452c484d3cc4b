"""From the seats to two channels that never exceed full scale. Pure.

Notes sit in `SEATS` places from left to right (equal power: the same loudness everywhere), are
mixed to two channels, and pass a limiter that needs no look-ahead, because it is told: it knows
every voice's level, so it knows the power of the sum before the sum sounds. Notes that are not in
phase peak at about CREST times their power's root; the gain goes down, within the block in which
the levels go up, so that this stays below the ceiling, and comes back in RECOVERY. One note is
never touched, eight loud ones hardly, and 88 keys at full velocity lose some 15 dB of level and
nothing of their sound. What still stands out (moments when many partials meet) is rounded off
between KNEE and the ceiling by a curve that has no corner and leaves all below untouched. Being
memoryless it cannot click, and its ceiling is below full scale by construction.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import isamax

from descant.synth.settings import SynthSettings

Samples = NDArray[np.float32]

SEATS = 8
MIDDLE_KEY, HALF_KEYBOARD = 64.5, 43.5
CEILING = 0.984375  # -0.14 dBFS, and exact in single precision
KNEE = 0.8
CREST = 3.6
RECOVERY = 0.25  # seconds


def seat_of(key: int) -> int:
    """The seat of a key: 0 for the lowest keys .. SEATS - 1 for the highest."""
    place = (key - MIDDLE_KEY) / HALF_KEYBOARD
    return round((max(-1.0, min(1.0, place)) + 1.0) / 2.0 * (SEATS - 1))


def seat_power(seat: int, spread: float) -> tuple[float, float]:
    """Which parts of the power of a seat go left and right; together 1."""
    angle = _angle(seat, spread)
    return math.cos(angle) ** 2, math.sin(angle) ** 2


def pan_matrix(spread: float) -> NDArray[np.float64]:
    """Gains of the seats (columns) into left and right (rows); squares of a column add up to 1."""
    angles = np.array([_angle(seat, spread) for seat in range(SEATS)])
    return np.stack([np.cos(angles), np.sin(angles)])


def _angle(seat: int, spread: float) -> float:
    place = (2.0 * seat / (SEATS - 1) - 1.0) * spread
    return (place + 1.0) * math.pi / 4.0


class Master:
    """Mix, limit and measure. Blocks of `frames` at `sample_rate`."""

    def __init__(self, settings: SynthSettings, frames: int, sample_rate: float) -> None:
        self.gain = 1.0
        self.peak = 0.0  # highest absolute sample since it was last taken
        self._ramp = (np.arange(1, frames + 1) / frames).astype(np.float32)
        self._free_power = (KNEE / CREST) ** 2
        self._recover = 1.0 - math.exp(-frames / sample_rate / RECOVERY)
        self._mixed: Samples = np.zeros((2, frames), np.float32)
        self.change(settings)

    def change(self, settings: SynthSettings) -> None:
        """New parameters."""
        self._pan = pan_matrix(settings.spread)
        self._scaled = (self._pan * self.gain).astype(np.float32)

    def take_peak(self) -> float:
        """The highest absolute sample since the last call."""
        peak, self.peak = self.peak, 0.0
        return peak

    def mix(self, seats: Samples, power: float) -> Samples:
        """One block (SEATS, frames) to (2, frames); `power` is the louder channel's mean square.

        The result is this object's own and holds until the next call.
        """
        before = self.gain
        after = 1.0 if power <= self._free_power and before == 1.0 else self._next_gain(power)
        if after == before:
            np.dot(self._scaled, seats, out=self._mixed)
        else:
            self.gain = after
            self._scaled = (self._pan * after).astype(np.float32)
            np.dot(self._pan.astype(np.float32), seats, out=self._mixed)
            self._mixed *= self._ramp * np.float32(after - before) + np.float32(before)
        return self._mixed

    def bound(self, samples: Samples) -> Samples:
        """Round off what is above KNEE, in place, and remember the peak."""
        flat = samples.ravel()
        peak = abs(flat.item(isamax(flat)))
        if peak > KNEE:
            soft_ceiling(samples)
            peak = float(np.abs(samples).max())
        self.peak = max(self.peak, peak)
        return samples

    def _next_gain(self, power: float) -> float:
        expected = CREST * math.sqrt(power)
        wanted = min(1.0, KNEE / expected) if expected > 0.0 else 1.0
        if wanted <= self.gain:
            return wanted
        nearer = self.gain + (wanted - self.gain) * self._recover
        return 1.0 if nearer > 0.9999 else nearer


def soft_ceiling(samples: Samples) -> None:
    """Leave what is below KNEE, round off the rest to stay below CEILING, in place.

    What is not a number becomes silence.
    """
    np.nan_to_num(samples, copy=False, nan=0.0, posinf=CEILING, neginf=-CEILING)
    size = np.abs(samples)
    room = CEILING - KNEE
    rounded = KNEE + room * np.tanh((size - KNEE) / room)
    np.copyto(samples, np.copysign(rounded, samples), where=size > KNEE, casting="same_kind")
