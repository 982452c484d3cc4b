"""The conductor's core: events and cues in, the part out. No clock, no topics."""

from __future__ import annotations

from descant.conductor.gesture import Gesture
from descant.conductor.settings import ConductorSettings
from descant.types import Event, Part, Pedal

LAST_PART = 4
STARTS = 2**32  # they are counted in 32 bits, and begin anew


class Conductor:
    """Knows the part and what changes it."""

    def __init__(self, settings: ConductorSettings, time_ns: int) -> None:
        self.settings = settings
        self.part = Part(time_ns, settings.part, 0, "launch")
        self._gesture = Gesture()

    def go_on(self, time_ns: int, number: int, start: int) -> None:
        """Take up a performance that is at part `number`, in its fresh start `start`."""
        if (number, start) != (self.part.number, self.part.start):
            self.part = Part(time_ns, number, start, "going on")

    def take(self, event: Event) -> Part | None:
        """One note or pedal movement; returns the new part where it changes it."""
        if isinstance(event, Pedal):
            if self._gesture.take(event, self.settings):
                return self.next(event.time_ns, "soft pedal")
        elif event.on and event.key == self.settings.key:
            return self.next(event.time_ns, f"key {event.key}")
        return None

    def next(self, time_ns: int, cause: str) -> Part | None:
        """Go to the next part; None after the last, unless it goes round."""
        number = self.part.number + 1
        if number > LAST_PART:
            if not self.settings.round:
                return None
            number = 1
        return self.go_to(time_ns, number, cause)

    def go_to(self, time_ns: int, number: int, cause: str) -> Part:
        """Go to part `number`, 1..4; the same part again is a fresh start of it."""
        if not 1 <= number <= LAST_PART:
            raise ValueError(f"a part is 1 to {LAST_PART}, not {number}")
        self.part = Part(time_ns, number, (self.part.start + 1) % STARTS, cause)
        return self.part
