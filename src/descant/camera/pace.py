"""Keeping the rate."""

from __future__ import annotations

from descant.types import NANOSECONDS

EARLY = 1 / 3  # of a period, that a picture may come early and is still taken: cameras jitter


class Pace:
    """Which pictures of a source are taken, so that there are at most `rate` a second.

    A source of the same rate loses none of its pictures to jitter and none is held back; of a
    faster one those nearest to the beat are taken.
    """

    def __init__(self, rate: float) -> None:
        self._period_ns = NANOSECONDS / rate
        self._next_ns: float | None = None

    def takes(self, time_ns: int) -> bool:
        """Whether the picture of `time_ns` is one of them; times must not go back."""
        if self._next_ns is None:
            self._next_ns = float(time_ns)
        if time_ns < self._next_ns - EARLY * self._period_ns:
            return False
        # After a gap the beat starts anew, so that what was missed is not made up for.
        self._next_ns = max(self._next_ns, time_ns - self._period_ns) + self._period_ns
        return True
