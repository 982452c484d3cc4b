# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Gain of a velocity, and times of decay and release of a key. Pure functions."""

from __future__ import annotations

import math

from descant.synth.settings import SynthSettings
from descant.types import HIGHEST_PIANO_KEY, LOWEST_PIANO_KEY

FULL_VELOCITY = 127 * 128  # velocity 127 as 14 bits, where no finer value is sent


def gain_of_db(decibels: float) -> float:
    """Decibels as an amplitude ratio."""
    return float(10.0 ** (decibels / 20.0))


def db_of_gain(gain: float) -> float:
    """An amplitude ratio in decibels; silence is -200 dB, a finite number for messages."""
    return 20.0 * math.log10(max(gain, 1e-10))


def velocity_gain(velocity_14bit: int, settings: SynthSettings) -> float:
    """Amplitude, 0..1, for a velocity of 0..16383: -floor · (1 - v^exponent) dB, v = 0..1.

    With the default floor of 40 dB and exponent 1/2 it is close to v² in the upper half (half
    velocity: -11.7 dB), as measured on pianos, but never falls into silence: velocity 1 is
    -36.5 dB.
    """
    if not settings.use_velocity:
        return 1.0
    velocity = min(max(velocity_14bit / FULL_VELOCITY, 0.0), 1.0)
    curve = 1.0 - velocity**settings.velocity_exponent
    return gain_of_db(-settings.velocity_floor * curve)


def soft_pedal_gain(value: int, settings: SynthSettings) -> float:
    """Amplitude ratio of a note struck with the soft pedal at `value` (0..127)."""
    return gain_of_db(-settings.soft_pedal * min(max(value, 0), 127) / 127.0)


def decay_time(key: int, settings: SynthSettings) -> float:
    """Seconds in which an undamped note falls by `decay_depth` dB."""
    return _by_key(key, settings.decay_bass, settings.decay_treble, settings.decay_split)


def release_time(key: int, settings: SynthSettings) -> float:
    """Seconds in which a fully damped note falls by `decay_depth` dB."""
    return _by_key(key, settings.release_bass, settings.release_treble, settings.decay_split)


def damped_time(key: int, pedal: int, settings: SynthSettings) -> float:
    """Seconds in which a released note falls by `decay_depth` dB, sustain pedal at `pedal`.

    Up to `half_pedal_low` the dampers act fully; from `half_pedal_high` on they are off the
    strings, and the note rings as if held (infinity: no damping besides its own decay); between
    the two the time grows geometrically from the one to the other, as pressure fades.
    """
    low, high = settings.half_pedal_low, settings.half_pedal_high
    if pedal >= max(high, low + 1):
        return math.inf
    shortest = release_time(key, settings)
    lifted = max(0.0, (pedal - low) / max(high - low, 1))
    longest = max(decay_time(key, settings), shortest)
    return float(shortest * (longest / shortest) ** lifted)


def _by_key(key: int, bass: float, treble: float, split: int) -> float:
    if split:
        return bass if key < split else treble
    height = (key - LOWEST_PIANO_KEY) / (HIGHEST_PIANO_KEY - LOWEST_PIANO_KEY)
    return float(bass * (treble / bass) ** min(max(height, 0.0), 1.0))
