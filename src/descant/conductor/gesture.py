# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The soft-pedal gesture: several full presses in quick succession."""

from __future__ import annotations

from descant.conductor.settings import ConductorSettings
from descant.types import NANOSECONDS, SOFT, Pedal


class Gesture:
    """Counts full presses with hysteresis.

    A press begins when the pedal reaches `pressed` and ends when it is back at `released`;
    movements between the two are ignored. The gesture is complete when the last of `presses`
    presses ends, if all of them began within `window`. Its presses are not counted again.
    """

    def __init__(self) -> None:
        self._down = False
        self._began: list[int] = []  # start times of the last presses, ns

    def take(self, pedal: Pedal, settings: ConductorSettings) -> bool:
        """Consume one pedal movement; return whether it completes the gesture."""
        if pedal.pedal != SOFT or settings.presses == 0:
            return False
        if not self._down and pedal.value >= settings.pressed:
            self._down = True
            self._began.append(pedal.time_ns)
        elif self._down and pedal.value <= settings.released:
            self._down = False
            return self._complete(settings)
        return False

    def _complete(self, settings: ConductorSettings) -> bool:
        self._began = self._began[-settings.presses :]
        if len(self._began) < settings.presses:
            return False
        # Stamps may decrease: after a clock was set, or with another piano.
        if max(self._began) - min(self._began) > settings.window * NANOSECONDS:
            return False
        self._began.clear()
        return True
