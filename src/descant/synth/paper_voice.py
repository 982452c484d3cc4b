# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The paper's voice: a sine, and overtones that are stretched together.

A note of fundamental f is a sine at f and the partials k = 2, 3 .. at k f (1 + s), with the stretch
s = loss (the paper's formula, "dissonances"). As all overtones move by one factor they are one
periodic wave of frequency f (1 + s): one table, read by one oscillator.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from descant.arrays import Floats
from descant.synth.pyo_calls import core
from descant.synth.settings import SynthSettings
from descant.synth.voice import VoiceObjects, VoiceSignals

# Partials stay below this part of the sample rate: half of it is the limit of what can be
# represented, and the last tenth belongs to the converter's filter.
HIGHEST_FREQUENCY = 0.45
# Linear interpolation in 4,096 points is exact to -106 dB for partial 4 and -82 dB for 16.
TABLE_SIZE = 4_096
GOLDEN = 0.618033988749895


class PaperVoice:
    """See `descant.synth.voice.Voice`."""

    def __init__(self, settings: SynthSettings, sample_rate: float) -> None:
        self._amplitudes = partial_amplitudes(settings)
        self.peak = sum(self._amplitudes)  # of all partials together, at most
        self.mean_square = 0.5 * sum(a * a for a in self._amplitudes)
        self._fades = settings.detune_fades
        self._widest = 1.0 + settings.max_detune
        self._highest = HIGHEST_FREQUENCY * sample_rate
        self._tables: list[Any] = []

    def partials(self, frequency: Floats, stretch: Floats) -> tuple[Floats, Floats]:
        """See `Voice.partials`; the amplitude is 0 where the frequency could be too high."""
        numbers = np.arange(1.0, len(self._amplitudes) + 1)
        amplitudes = np.where(self._fits(numbers, frequency[:, None]), self._amplitudes, 0.0)
        amplitudes[:, 0] = self._amplitudes[0]
        frequencies: Floats = frequency[:, None] * numbers
        frequencies[:, 1:] *= 1.0 + stretch[:, None]
        if self._fades:
            amplitudes[:, 1:] *= np.abs(1.0 - stretch[:, None])
        return frequencies, amplitudes

    def build(self, pyo: Any, number: int, signals: VoiceSignals) -> VoiceObjects:
        """See `Voice.build`."""
        if not self._tables:
            self._tables = [pyo.DataTable(TABLE_SIZE, init=wave.tolist()) for wave in self._waves()]
        # Phases far from each other: notes struck together do not peak together.
        sine = pyo.Sine(440.0, phase=number * GOLDEN % 1.0, mul=signals.level)
        overtones = pyo.Osc(
            self._tables[0],
            signals.frequency,
            phase=(number + 0.5) * GOLDEN * GOLDEN % 1.0,
            mul=signals.overtone_level,
            add=sine,
        )
        set_frequency, set_table = core(sine).setFreq, core(overtones).setTable

        def tune(fundamental: float) -> None:
            set_frequency(fundamental)
            set_table(core(self._tables[self._wave_of(fundamental)]))

        return VoiceObjects((sine, overtones), input=sine, output=overtones, tune=tune)

    def _waves(self) -> list[NDArray[np.float32]]:
        """The overtones of every note, of 0, 1, 2 .. partials."""
        count = len(self._amplitudes)
        return [overtone_wave(self._amplitudes, partials) for partials in range(count + 1)]

    def _wave_of(self, fundamental: float) -> int:
        """The number of a note's wave."""
        return self._count(fundamental)

    def _fits(self, partial: Any, fundamental: Any) -> Any:
        """Whether partials stay below the highest frequency at the widest stretch."""
        return partial * fundamental * self._widest < self._highest

    def _count(self, fundamental: float) -> int:
        """Partials that fit, the fundamental always."""
        count = 1
        while count < len(self._amplitudes) and self._fits(count + 1, fundamental):
            count += 1
        return count


def partial_amplitudes(settings: SynthSettings) -> tuple[float, ...]:
    """Amplitudes of all partials relative to the fundamental's 1."""
    given = settings.partial_balance or (1.0,)
    first = given[0] or 1.0
    last = len(given)
    return tuple(
        (given[k - 1] if k <= last else given[-1] * (last / k) ** 2) / first
        for k in range(1, settings.partials + 1)
    )


def overtone_wave(
    amplitudes: tuple[float, ...], partials: int, size: int = TABLE_SIZE
) -> NDArray[np.float32]:
    """One period of the partials 2 .. `partials` together, sines starting at phase 0."""
    phase = np.arange(size) * (2.0 * np.pi / size)
    wave = np.zeros(size)
    for k in range(2, partials + 1):
        wave += amplitudes[k - 1] * np.sin(k * phase)
    return wave.astype(np.float32)
