# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Settings from one part to the next: numbers ease, everything else changes at once."""

from __future__ import annotations

from typing import Any

from descant.stage.easing import ramp, smooth
from descant.stage.settings import StageSettings


class SettingsTransition:
    """The settings of a part, eased from those of the part before over `fade_time`.

    `current` are the settings that hold now. Floats and tuples of floats (colours, angles) move
    from the old value to the new one; texts, integers and booleans are the new ones from the start.
    """

    def __init__(self, settings: StageSettings) -> None:
        self.current = settings
        self._goal = settings
        self._start: dict[str, Any] = {}
        self._progress = 1.0

    def ease_to(self, settings: StageSettings) -> None:
        """Begin to move to `settings`, from what holds now."""
        if settings == self._goal:
            return
        before, after = self.current.values(), settings.values()
        self._start = {
            name: before[name]
            for name, value in after.items()
            if isinstance(value, float | tuple) and value != before[name]
        }
        self._goal = settings
        self._progress = 0.0
        self._update()

    def set(self, settings: StageSettings) -> None:
        """`settings` were set by hand: what differs from the settings before holds at once."""
        goal = self._goal.values()
        unchanged = {n for n, value in settings.values().items() if value == goal[n]}
        self._start = {n: value for n, value in self._start.items() if n in unchanged}
        self._goal = settings
        self._update()

    def advance(self, dt: float) -> None:
        """`dt` seconds pass."""
        if self._progress < 1.0:
            self._progress = ramp(self._progress, 1.0, dt, self._goal.fade_time)
            self._update()

    def _update(self) -> None:
        if self._progress >= 1.0:
            self._start = {}
        weight = smooth(self._progress)
        between = {n: _between(v, getattr(self._goal, n), weight) for n, v in self._start.items()}
        self.current = self._goal.replace(**between) if between else self._goal


def _between(start: Any, end: Any, weight: float) -> Any:
    """From `start` to `end`, never beyond either, so that it is within the parameter's range."""
    if isinstance(start, tuple):
        return tuple(_between(a, b, weight) for a, b in zip(start, end, strict=True))
    value = start + (end - start) * weight
    return float(min(max(value, min(start, end)), max(start, end)))
