# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The frequency of a key, and the stretch of its overtones. Pure functions."""

from __future__ import annotations

import math

from descant.signals import parse_signals, signal_value
from descant.synth.settings import SynthSettings
from descant.types import State

A4_KEY = 69
LOWEST_STRETCH = -0.9


def key_frequency(key: int, a4: float) -> float:
    """Frequency in Hz of a MIDI key, twelve-tone equal temperament, `a4` Hz at key 69."""
    return float(a4 * 2.0 ** ((key - A4_KEY) / 12.0))


def bounded_stretch(value: float, settings: SynthSettings) -> float | None:
    """A signal's value as stretch, within the bounds of the settings; None if not finite."""
    if not math.isfinite(value):
        return None
    bound = settings.max_detune
    return min(max(value * settings.detune_scale, -bound, LOWEST_STRETCH), bound)


def stretch_of(state: State, settings: SynthSettings) -> float | None:
    """The stretch of the overtones in `state`; None where the signal of `detune` is not finite."""
    (signal,) = parse_signals(settings.detune)
    return bounded_stretch(signal_value(signal, state), settings)
