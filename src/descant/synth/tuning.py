"""Which key sounds at which frequency, and where its overtones lie. Pure functions.

A note of fundamental f is a sine at f and the partials k = 2, 3 .. at k·f·(1 + s), with the
stretch s = loss · scale: the formula of the paper (docs name it "dissonances"). All overtones
move by one factor, so together they are one periodic wave of frequency f·(1 + s).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from descant.synth.settings import SynthSettings
from descant.types import State

A4_KEY = 69
LOWEST_STRETCH = -0.9
# Partials stay below this part of the sample rate: half of it is the limit of what can be
# represented, and the last tenth belongs to the converter's filter.
HIGHEST_FREQUENCY = 0.45
# Linear interpolation in 4,096 points is exact to -106 dB for partial 4 and -82 dB for 16.
TABLE_SIZE = 4_096


def key_frequency(key: int, a4: float) -> float:
    """Frequency in Hz of a MIDI key, twelve-tone equal temperament, `a4` Hz at key 69."""
    return float(a4 * 2.0 ** ((key - A4_KEY) / 12.0))


def partial_frequency(key: int, partial: int, stretch: float, a4: float) -> float:
    """Frequency in Hz of partial 1, 2, 3 .. of a key; the fundamental is never stretched."""
    fundamental = key_frequency(key, a4)
    return fundamental if partial == 1 else partial * fundamental * (1.0 + stretch)


def bounded_stretch(value: float, settings: SynthSettings) -> float | None:
    """Loss (or residual) as stretch, within the bounds of the settings; None if not finite."""
    if not math.isfinite(value):
        return None
    bound = settings.max_detune
    return min(max(value * settings.detune_scale, -bound, LOWEST_STRETCH), bound)


def stretch_of(state: State, settings: SynthSettings) -> float | None:
    """The stretch a state asks for; None where its number is not finite."""
    value = state.residual if settings.detune_from == "residual" else state.loss
    return bounded_stretch(value, settings)


def partial_amplitudes(settings: SynthSettings) -> tuple[float, ...]:
    """Amplitudes of all partials relative to the fundamental's 1."""
    given = settings.partial_balance or (1.0,)
    first = given[0] or 1.0
    last = len(given)
    return tuple(
        (given[k - 1] if k <= last else given[-1] * (last / k) ** 2) / first
        for k in range(1, settings.partials + 1)
    )


def audible_partials(key: int, settings: SynthSettings, sample_rate: float) -> int:
    """How many partials a key gets: none that could come near half the sample rate."""
    top = HIGHEST_FREQUENCY * sample_rate
    count = 1
    while (
        count < settings.partials
        and partial_frequency(key, count + 1, settings.max_detune, settings.a4) < top
    ):
        count += 1
    return count


def overtone_wave(
    amplitudes: tuple[float, ...], partials: int, size: int = TABLE_SIZE
) -> NDArray[np.float32]:
    """One period of the partials 2 .. `partials` together, sines starting at phase 0."""
    phase = np.arange(size) * (2.0 * np.pi / size)
    wave = np.zeros(size)
    for k in range(2, partials + 1):
        wave += amplitudes[k - 1] * np.sin(k * phase)
    return wave.astype(np.float32)
