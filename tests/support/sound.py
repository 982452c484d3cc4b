# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Rendering and measuring sound: partials by FFT, jumps, levels."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from descant.synth.engine import SynthReport
from descant.synth.offline import TAIL, blocks
from descant.synth.settings import SettingsChange, SynthSettings
from descant.types import Event, State

Signal = NDArray[np.float64]
RATE = 48_000


def render_notes(
    events: Iterable[Event | SettingsChange],
    states: Iterable[State],
    settings: SynthSettings,
    *,
    tail: float = TAIL,
    reports: list[SynthReport] | None = None,
) -> NDArray[np.float32]:
    """The sound of notes and pedals, tuned by `states`, as an array (2, frames)."""
    rendered = blocks([*events, *states], settings, tail=tail, reports=reports)
    made = [np.stack(block) for block in rendered]
    return np.concatenate(made, axis=1) if made else np.zeros((2, 0), np.float32)


def cents(measured: float, expected: float) -> float:
    """How far `measured` lies above `expected`, in cents."""
    return 1_200.0 * math.log2(measured / expected)


def spectrum(signal: Signal) -> Signal:
    """Magnitudes under a Blackman-Harris window (side lobes at -92 dB)."""
    n = len(signal)
    t = 2.0 * np.pi * np.arange(n) / n
    window = 0.35875 - 0.48829 * np.cos(t) + 0.14128 * np.cos(2 * t) - 0.01168 * np.cos(3 * t)
    return np.abs(np.fft.rfft(signal * window)) / window.sum() * 2.0


def partial_near(signal: Signal, frequency: float, rate: int = RATE) -> tuple[float, float]:
    """Frequency (Hz) and amplitude of the strongest partial within 60 cents of `frequency`.

    The peak lies between bins; a parabola through the logarithms of three bins finds it, to a
    hundredth of a bin with this window.
    """
    size = spectrum(signal)
    width = rate / len(signal)
    around = 2.0 ** (60.0 / 1_200.0)
    low = max(1, math.floor(frequency / around / width))
    high = math.ceil(frequency * around / width)
    top = low + int(np.argmax(size[low : high + 1]))
    before, at, after = np.log(size[top - 1 : top + 2] + 1e-30)
    offset = 0.5 * (before - after) / (before - 2.0 * at + after)
    return (top + offset) * width, float(np.exp(at - 0.25 * (before - after) * offset))


def jumps(signal: Signal) -> tuple[float, float]:
    """Largest first and second difference from sample to sample."""
    return float(np.abs(np.diff(signal)).max()), float(np.abs(np.diff(signal, n=2)).max())


def level_db(signal: Signal) -> float:
    """Root mean square in dBFS."""
    return 10.0 * math.log10(float(np.mean(signal.astype(float) ** 2)) + 1e-30)


def smoothest(signal: Signal, length: int) -> Signal:
    """The stretch of `length` samples with the least sharp bend.

    On a busy machine without real-time scheduling JACK leaves a client out now and then; the
    holes are not the client's sound.
    """
    bends = np.abs(np.diff(signal, n=2))
    starts = range(0, len(signal) - length, 256)
    best = min(starts, key=lambda start: bends[start : start + length].max())
    return signal[best : best + length]
