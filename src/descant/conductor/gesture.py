"""The soft-pedal gesture: several full presses in quick succession."""

from __future__ import annotations

from descant.conductor.settings import ConductorSettings
from descant.types import NANOSECONDS, SOFT, Pedal


class Gesture:
    """Counts full presses with hysteresis.

    A press begins when the pedal reaches `pressed` and is complete when it is back at `released`;
    flutter between the two is neither. The gesture is made when the last of `presses` presses is
    complete, if they all began within `window`. Presses used up by a gesture count no more.
    """

    def __init__(self) -> None:
        self._down = False
        self._began: list[int] = []  # when each press of late began, ns

    def take(self, pedal: Pedal, settings: ConductorSettings) -> bool:
        """One pedal movement; returns whether it completes the gesture."""
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
        # Stamps may go back: a clock was set, or a piano is another.
        if max(self._began) - min(self._began) > settings.window * NANOSECONDS:
            return False
        self._began.clear()
        return True
