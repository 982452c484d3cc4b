# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The cutoff frequency of the low-pass over the whole sound, fixed or wandering. Pure.

It wanders on straight lines between random targets, as many per second as the settings say.
"""

from __future__ import annotations

import random

from descant.synth.settings import SynthSettings

LOWEST, HIGHEST = 20.0, 0.45  # Hz; of the sample rate


class Cutoff:
    """The cutoff in Hz (`value`) at the end of one step of `seconds` after the other."""

    def __init__(self, settings: SynthSettings, seconds: float, sample_rate: float) -> None:
        self._seconds = seconds
        self._highest = HIGHEST * sample_rate
        self._random = random.Random(settings.cutoff_seed)
        self._target = 0.0
        self._steps_left = 0
        self.value = 0.0
        self.change(settings)

    def change(self, settings: SynthSettings) -> None:
        """New parameters."""
        self._settings = settings
        self._steps_left = 0

    @property
    def on(self) -> bool:
        """Whether there is a low-pass at all."""
        return self._settings.cutoff_wanders or self._settings.cutoff > 0.0

    def step(self) -> float:
        """Return the cutoff at the end of the next step."""
        if not self._settings.cutoff_wanders:
            self.value = self._bounded(self._settings.cutoff)
        elif self._steps_left > 0:
            self.value += (self._target - self.value) / self._steps_left
            self._steps_left -= 1
        else:
            low, high = self._settings.cutoff_low, self._settings.cutoff_high
            self._target = self._bounded(self._random.uniform(min(low, high), max(low, high)))
            self._steps_left = max(1, round(1.0 / self._settings.cutoff_rate / self._seconds))
            self.value = self.value or self._target
        return self.value

    def _bounded(self, cutoff: float) -> float:
        return min(max(cutoff, LOWEST), self._highest)
