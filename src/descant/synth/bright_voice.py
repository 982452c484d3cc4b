# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The voice `bright`: as the paper's, with more overtones the lower the key, as a piano has them.

A note of fundamental f has the partials k f up to `HIGHEST_PARTIAL`, 40 at most. Their amplitudes
fall as k ** -slope, with a slope that grows from the lowest key to the highest. The phases are
those of Schroeder (Synthesis of low-peak-factor signals, IEEE Trans. Inf. Theory 16, 1970), so that
the overtones do not peak together. The overtones are one
periodic wave, as in the paper's voice: more of them cost no time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from descant.arrays import Floats
from descant.synth.paper_voice import TABLE_SIZE, PaperVoice
from descant.synth.settings import SynthSettings

MOST_PARTIALS = 40
HIGHEST_PARTIAL = 8_000.0  # Hz, without stretch
LOWEST = 27.5  # Hz, of the lowest key
PER_OCTAVE, OCTAVES = 4, 8  # waves of their own
SLOPE_LOWEST, SLOPE_PER_OCTAVE = 0.7, 0.04
OVERTONE_PEAK = 1.0  # of all overtones together at most: about that of the paper's voice


class BrightVoice(PaperVoice):
    """See `descant.synth.voice.Voice`. `partials` and `partial_balance` have no effect."""

    def __init__(self, settings: SynthSettings, sample_rate: float) -> None:
        super().__init__(settings, sample_rate)
        rows = np.array([self._row(region) for region in range(OCTAVES * PER_OCTAVE + 1)])
        peaks = np.array([float(np.abs(spread_wave(row)).max()) for row in rows])
        rows[:, 1:] *= np.minimum(1.0, OVERTONE_PEAK / np.maximum(peaks, 1e-12))[:, None]
        self._table = rows
        self.mean_square = 0.5 * float((self._table**2).sum(axis=1).max())
        self.peak = 1.0 + max(float(np.abs(wave).max()) for wave in self._waves())

    def partials(self, frequency: Floats, stretch: Floats) -> tuple[Floats, Floats]:
        """See `Voice.partials`."""
        amplitudes = self._table[_regions(frequency)]
        frequencies: Floats = frequency[:, None] * np.arange(1.0, MOST_PARTIALS + 1)
        frequencies[:, 1:] *= 1.0 + stretch[:, None]
        if self._fades:
            amplitudes[:, 1:] *= np.abs(1.0 - stretch[:, None])
        return frequencies, amplitudes

    def _row(self, region: int) -> Floats:
        """Amplitudes of the partials in a region, those that all of its keys can have."""
        octave = region / PER_OCTAVE
        top = LOWEST * 2.0 ** (octave + 0.5 / PER_OCTAVE)
        numbers = np.arange(1.0, MOST_PARTIALS + 1)
        has = (numbers * top < HIGHEST_PARTIAL) & self._fits(numbers, top)
        has[0] = True
        slope = SLOPE_LOWEST + SLOPE_PER_OCTAVE * octave
        return np.where(has, numbers**-slope, 0.0)

    def _waves(self) -> list[NDArray[np.float32]]:
        return [spread_wave(row) for row in self._table]

    def _wave_of(self, fundamental: float) -> int:
        return int(_regions(np.array([fundamental]))[0])


def _regions(frequency: Floats) -> NDArray[np.intp]:
    """The nearest region of each frequency."""
    place = np.rint(PER_OCTAVE * np.log2(frequency / LOWEST))
    regions: NDArray[np.intp] = np.clip(place, 0, OCTAVES * PER_OCTAVE).astype(np.intp)
    return regions


def spread_wave(amplitudes: Floats, size: int = TABLE_SIZE) -> NDArray[np.float32]:
    """One period of the partials 2, 3 .. together, with Schroeder's phases."""
    phase = np.arange(size) * (2.0 * np.pi / size)
    over = amplitudes[1:]
    power = over**2 / max(float((over**2).sum()), 1e-12)
    wave = np.zeros(size)
    for index in np.flatnonzero(over):
        before = np.arange(index)
        start = -2.0 * np.pi * float(((index - before) * power[:index]).sum())
        wave += over[index] * np.sin((index + 2) * phase + start)
    return wave.astype(np.float32)
