"""A low-pass over everything, still or wandering at random. Pure.

Second-order Butterworth. The wander walks on straight lines between random places, as many a
second as the settings say; the filter's coefficients follow once a block, its memory goes on, so
nothing jumps.
"""

from __future__ import annotations

import math
import random

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from descant.synth.settings import SynthSettings

# Below this the filter's memory is taken as silence: what follows would be denormal numbers,
# which cost many times what sound costs.
SILENCE = 1e-12


class Lowpass:
    """The filter of one stereo output; blocks of `frames` at `sample_rate`."""

    def __init__(self, settings: SynthSettings, frames: int, sample_rate: float) -> None:
        self._rate = sample_rate
        self._block = frames / sample_rate
        self._random = random.Random(settings.cutoff_seed)
        self._memory = np.zeros((2, 2))
        self._cutoff = 0.0
        self._goal = 0.0
        self._left = 0
        self.change(settings)

    def change(self, settings: SynthSettings) -> None:
        """New parameters."""
        self._settings = settings
        self._left = 0

    @property
    def on(self) -> bool:
        """Whether there is anything to filter out."""
        return self._settings.cutoff_wanders or self._settings.cutoff > 0.0

    @property
    def cutoff(self) -> float:
        """Of the last block, Hz."""
        return self._cutoff

    def filter(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The filtered block (2, frames)."""
        b, a = self._coefficients(self._next_cutoff())
        filtered, memory = lfilter(b, a, samples, axis=-1, zi=self._memory)
        self._memory = memory if np.abs(memory).max() > SILENCE else np.zeros((2, 2))
        return filtered.astype(np.float32)  # type: ignore[no-any-return]

    def _next_cutoff(self) -> float:
        if not self._settings.cutoff_wanders:
            self._cutoff = self._settings.cutoff
        elif self._left > 0:
            self._cutoff += (self._goal - self._cutoff) / self._left
            self._left -= 1
        else:
            low, high = self._settings.cutoff_low, self._settings.cutoff_high
            self._goal = self._random.uniform(min(low, high), max(low, high))
            self._left = max(1, round(1.0 / self._settings.cutoff_rate / self._block))
            self._cutoff = self._cutoff or self._goal
        return self._cutoff

    def _coefficients(self, cutoff: float) -> tuple[list[float], list[float]]:
        """Bilinear transform of the second-order Butterworth low-pass (any textbook)."""
        tangent = math.tan(math.pi * min(cutoff, 0.45 * self._rate) / self._rate)
        square = tangent * tangent
        norm = 1.0 / (1.0 + math.sqrt(2.0) * tangent + square)
        b0 = square * norm
        a1 = 2.0 * (square - 1.0) * norm
        a2 = (1.0 - math.sqrt(2.0) * tangent + square) * norm
        return [b0, 2.0 * b0, b0], [1.0, a1, a2]
