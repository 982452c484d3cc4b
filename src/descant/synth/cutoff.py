"""Where the low-pass over everything stands, still or wandering at random. Pure.

The wander walks on straight lines between random places, as many a second as the settings say.
"""

from __future__ import annotations

import random

from descant.synth.settings import SynthSettings

LOWEST, HIGHEST = 20.0, 0.45  # Hz; of the sample rate


class Cutoff:
    """The cutoff at the end of one step of `seconds` after the other."""

    def __init__(self, settings: SynthSettings, seconds: float, sample_rate: float) -> None:
        self._seconds = seconds
        self._highest = HIGHEST * sample_rate
        self._random = random.Random(settings.cutoff_seed)
        self._goal = 0.0
        self._left = 0
        self.cutoff = 0.0  # Hz, of the last step
        self.change(settings)

    def change(self, settings: SynthSettings) -> None:
        """New parameters."""
        self._settings = settings
        self._left = 0

    @property
    def on(self) -> bool:
        """Whether there is a low-pass at all."""
        return self._settings.cutoff_wanders or self._settings.cutoff > 0.0

    def step(self) -> float:
        """The cutoff in Hz at the end of the next step."""
        if not self._settings.cutoff_wanders:
            self.cutoff = self._within(self._settings.cutoff)
        elif self._left > 0:
            self.cutoff += (self._goal - self.cutoff) / self._left
            self._left -= 1
        else:
            low, high = self._settings.cutoff_low, self._settings.cutoff_high
            self._goal = self._within(self._random.uniform(min(low, high), max(low, high)))
            self._left = max(1, round(1.0 / self._settings.cutoff_rate / self._seconds))
            self.cutoff = self.cutoff or self._goal
        return self.cutoff

    def _within(self, cutoff: float) -> float:
        return min(max(cutoff, LOWEST), self._highest)
