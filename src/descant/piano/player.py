# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Play a timeline: start, speed, loop, pause and jumps. No clock, no threads.

The caller passes the time (nanoseconds of a steady clock) and receives what is due. Each event
carries the time when it was due, not when the caller asked: at speed 1 the distances between events
are those of the timeline to the nanosecond, however late the caller is.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from descant.errors import UserError
from descant.types import NANOSECONDS

SHORTEST_PASS_NS = 100_000_000  # a shorter loop would be a noise, and occupy the processor


class ReleaseAll(NamedTuple):
    """Release every held key: a pause, a jump, the end, a piano that died."""


class TimedEvent(NamedTuple):
    """An event `time_ns` after the start of its timeline."""

    time_ns: int
    event: object


@dataclass(frozen=True)
class Timeline:
    """Events in order of time, the last at `duration_ns` or before; `name` is for error messages.

    `state` returns a key of what an event sets until the next event with that key (a pedal, say),
    and () for one that sets nothing.
    """

    name: str
    events: tuple[TimedEvent, ...]
    duration_ns: int
    state: Callable[[object], tuple[int, ...]]

    def index(self, position_ns: int) -> int:
        """Index of the first event at `position_ns` or later."""
        return bisect.bisect_left(self.events, position_ns, key=lambda entry: entry.time_ns)

    def opening(self, position_ns: int) -> tuple[object, ...]:
        """The last event of each key just before `position_ns`, in the order of the keys.

        Keys that are down there are left out: a note begins where it was played.
        """
        last = {self.state(event): event for _, event in self.events[: self.index(position_ns)]}
        return tuple(last[key] for key in sorted(last) if key)


class DueEvent(NamedTuple):
    """An event, and the time of the steady clock when it was due."""

    time_ns: int
    event: object


class Player:
    """Plays a timeline once or in a loop.

    Every method returns what is to be done at once. After `start` call `due` whenever the clock has
    reached `next_ns`. A pause, a jump, the end of a pass and `stop` release every key.
    """

    def __init__(
        self, timeline: Timeline, *, start_ns: int = 0, speed: float = 1.0, loop: bool = False
    ) -> None:
        """Raises `UserError` where `start_ns` lies behind the end."""
        if start_ns >= max(timeline.duration_ns, 1):
            raise UserError(
                f"{timeline.name}: cannot start at {start_ns / NANOSECONDS:g} s: its end is at "
                f"{timeline.duration_ns / NANOSECONDS:.1f} s"
            )
        self.loop = loop
        self._timeline = timeline
        self._start_ns = start_ns
        self._speed = speed
        self._from_ns = start_ns  # position at ..
        self._began_ns = 0  # .. this time of the clock
        self._index = 0
        self._running = False
        self._ended = False

    @property
    def paused(self) -> bool:
        """Whether it is stopped before its end."""
        return not self._running and not self._ended

    @property
    def ended(self) -> bool:
        """Whether everything has been played."""
        return self._ended

    @property
    def next_ns(self) -> int | None:
        """When the next event is due on the clock; None while it is not running."""
        if not self._running:
            return None
        events = self._timeline.events
        return self._at(events[self._index].time_ns) if self._index < len(events) else self._end

    @property
    def opening(self) -> tuple[object, ...]:
        """What holds at its position, with the first event included."""
        return self._timeline.opening(self._from_ns + 1)

    def position_ns(self, now_ns: int) -> int:
        """The position in the timeline."""
        if not self._running:
            return self._from_ns
        played = max(0, now_ns - self._began_ns)
        played = played if self._speed == 1.0 else round(played * self._speed)
        return min(self._from_ns + played, self._timeline.duration_ns)

    def start(self, now_ns: int) -> list[DueEvent]:
        """Play on from the position: returns the events that hold there."""
        if self._running:
            return []
        if self._ended:
            self._from_ns, self._ended = self._start_ns, False
        self._running, self._began_ns = True, now_ns
        self._index = self._timeline.index(self._from_ns)
        return [DueEvent(now_ns, event) for event in self._timeline.opening(self._from_ns)]

    def pause(self, now_ns: int) -> list[DueEvent]:
        """Stop at the position."""
        if not self._running:
            return []
        due = self.due(now_ns)
        self._from_ns, self._running = self.position_ns(now_ns), False
        return due if self._ended else [*due, DueEvent(now_ns, ReleaseAll())]

    def jump(self, now_ns: int, position_ns: int) -> list[DueEvent]:
        """Go to a position in the timeline; a paused player stays paused."""
        running = self._running
        due = self.pause(now_ns)
        self._from_ns = min(max(0, position_ns), self._timeline.duration_ns)
        self._ended = False
        return due + (self.start(now_ns) if running else [])

    def stop(self, now_ns: int) -> list[DueEvent]:
        """End."""
        self._from_ns = self.position_ns(now_ns)
        self._running, self._ended = False, True
        return [DueEvent(now_ns, ReleaseAll())]

    def due(self, now_ns: int) -> list[DueEvent]:
        """Every event that is due by now and was not returned before."""
        out: list[DueEvent] = []
        while (next_ns := self.next_ns) is not None and next_ns <= now_ns:
            if self._index < len(self._timeline.events):
                out.append(DueEvent(next_ns, self._timeline.events[self._index].event))
                self._index += 1
            else:
                out += self._finish(next_ns)
        return out

    @property
    def _end(self) -> int:
        """When the current pass ends, on the clock."""
        return self._at(self._timeline.duration_ns)

    def _at(self, position_ns: int) -> int:
        distance = position_ns - self._from_ns
        # Integers at speed 1: a float has 53 bits.
        return self._began_ns + (distance if self._speed == 1.0 else round(distance / self._speed))

    def _finish(self, end_ns: int) -> list[DueEvent]:
        """End a pass, and begin the next one in a loop."""
        self._running = False
        released = [DueEvent(end_ns, ReleaseAll())]
        if not self.loop:
            self._from_ns, self._ended = self._timeline.duration_ns, True
            return released
        began_ns = max(end_ns, self._began_ns + SHORTEST_PASS_NS)
        self._from_ns = self._start_ns
        return released + self.start(began_ns)
