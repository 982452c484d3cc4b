# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The conductor's core: events and cues in, the part out. It reads no clock and no topic."""

from __future__ import annotations

from descant.conductor.gesture import Gesture
from descant.conductor.settings import ConductorSettings
from descant.programme.programme import Programme
from descant.types import Event, Part, Pedal

STARTS = 2**32  # starts are counted in 32 bits, and begin again at 0


class Conductor:
    """The current part of `programme`, and what changes it.

    Raises `UserError` where the programme has no part of the settings' number.
    """

    def __init__(self, settings: ConductorSettings, programme: Programme, time_ns: int) -> None:
        self.settings = settings
        self.programme = programme
        self.part = self._part(time_ns, settings.part, 0, "launch")
        self._gesture = Gesture()

    def resume(self, time_ns: int, number: int, start: int) -> None:
        """Continue a performance that is at part `number`, in its fresh start `start`."""
        if (number, start) != (self.part.number, self.part.start):
            self.part = self._part(time_ns, number, start, "continued")

    def take(self, event: Event) -> Part | None:
        """One note or pedal movement; return the new part where it changes it."""
        if isinstance(event, Pedal):
            if self._gesture.take(event, self.settings):
                return self.next(event.time_ns, "soft pedal")
        elif event.on and event.key == self.settings.key:
            return self.next(event.time_ns, f"key {event.key}")
        return None

    def forget_presses(self) -> None:
        """Forget the gesture's presses, and a pedal that is down: nobody is left to lift it."""
        self._gesture = Gesture()

    def next(self, time_ns: int, cause: str) -> Part | None:
        """Begin the next part; None after the last, unless part 1 follows it (`round`)."""
        number = self.part.number + 1
        if number > len(self.programme.parts):
            if not self.settings.round:
                return None
            number = 1
        return self.begin(time_ns, number, cause)

    def begin(self, time_ns: int, number: int, cause: str) -> Part:
        """Begin part `number`; the current part again is a fresh start of it.

        Raises `UserError` where the programme has no such part.
        """
        self.part = self._part(time_ns, number, (self.part.start + 1) % STARTS, cause)
        return self.part

    def _part(self, time_ns: int, number: int, start: int, cause: str) -> Part:
        description = self.programme.part(number).to_json()
        return Part(time_ns, number, start, cause, description)
