"""The player of a time line: start, speed, loop, pause and jumps. No clock, no threads.

It is told the time (nanoseconds of a steady clock) and says what is due. What it says carries the
time it was due at, not the time it was asked: at speed 1 the distances between events are those
of the recording to the nanosecond, however late somebody asks.
"""

from __future__ import annotations

from typing import NamedTuple

from descant.errors import UserError
from descant.replay.timeline import Release, Timeline, What
from descant.types import NANOSECONDS

SHORTEST_PASS_NS = 100_000_000  # a loop of less would be a noise, and a busy one


class Due(NamedTuple):
    """Something to be done, and the time of the steady clock it was due at."""

    time_ns: int
    what: What


class Player:
    """Plays a time line once or over and over.

    Every method gives back what is to be done at once. After `start` call `due` whenever the clock
    has reached `next_ns`. Nothing is left sounding by a pause, a jump, a loop or `stop`.
    """

    def __init__(
        self, timeline: Timeline, *, start_ns: int = 0, speed: float = 1.0, loop: bool = False
    ) -> None:
        if start_ns >= max(timeline.duration_ns, 1):
            raise UserError(
                f"cannot start at {start_ns / NANOSECONDS:g} s: the recording is "
                f"{timeline.duration_ns / NANOSECONDS:.1f} s long"
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
        """Whether it stands still, though not at its end."""
        return not self._running and not self._ended

    @property
    def ended(self) -> bool:
        """Whether everything has been played."""
        return self._ended

    @property
    def next_ns(self) -> int | None:
        """When something is due next, on the clock; None while it stands still."""
        if not self._running:
            return None
        moments = self._timeline.moments
        return self._at(moments[self._index].time_ns) if self._index < len(moments) else self._end

    @property
    def opening(self) -> tuple[What, ...]:
        """Parameters, part and pedals as they stand where it begins, the first moment included."""
        return self._timeline.opening(self._from_ns + 1)

    def position_ns(self, now_ns: int) -> int:
        """Where in the recording it is."""
        if not self._running:
            return self._from_ns
        played = max(0, now_ns - self._began_ns)
        played = played if self._speed == 1.0 else round(played * self._speed)
        return min(self._from_ns + played, self._timeline.duration_ns)

    def start(self, now_ns: int) -> list[Due]:
        """Go on from where it stands: parameters, part and pedals as they are there."""
        if self._running:
            return []
        if self._ended:
            self._from_ns, self._ended = self._start_ns, False
        self._running, self._began_ns = True, now_ns
        self._index = self._timeline.index(self._from_ns)
        return [Due(now_ns, what) for what in self._timeline.opening(self._from_ns)]

    def pause(self, now_ns: int) -> list[Due]:
        """Stand still; what is held goes up."""
        if not self._running:
            return []
        due = self.due(now_ns)
        self._from_ns, self._running = self.position_ns(now_ns), False
        return due if self._ended else [*due, Due(now_ns, Release())]

    def jump(self, now_ns: int, position_ns: int) -> list[Due]:
        """Go to a place in the recording, and stand still there if it stood still before."""
        running = self._running
        due = self.pause(now_ns)
        self._from_ns = min(max(0, position_ns), self._timeline.duration_ns)
        self._ended = False
        return due + (self.start(now_ns) if running else [])

    def stop(self, now_ns: int) -> list[Due]:
        """No more of it: what is held goes up."""
        self._running, self._ended = False, True
        return [Due(now_ns, Release())]

    def due(self, now_ns: int) -> list[Due]:
        """Everything that is due by now and has not been said."""
        out: list[Due] = []
        while (next_ns := self.next_ns) is not None and next_ns <= now_ns:
            if self._index < len(self._timeline.moments):
                out.append(Due(next_ns, self._timeline.moments[self._index].what))
                self._index += 1
            else:
                out += self._finish(next_ns)
        return out

    @property
    def _end(self) -> int:
        """When the pass that is being played ends, on the clock."""
        return self._at(self._timeline.duration_ns)

    def _at(self, position_ns: int) -> int:
        distance = position_ns - self._from_ns
        # Integers as they are: a float has 53 bits.
        return self._began_ns + (distance if self._speed == 1.0 else round(distance / self._speed))

    def _finish(self, end_ns: int) -> list[Due]:
        """The end of a pass, and the beginning of the next one where it loops."""
        self._running = False
        released = [Due(end_ns, Release())]
        if not self.loop:
            self._from_ns, self._ended = self._timeline.duration_ns, True
            return released
        began_ns = max(end_ns, self._began_ns + SHORTEST_PASS_NS)
        self._from_ns = self._start_ns
        return released + self.start(began_ns)
