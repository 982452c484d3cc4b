"""Messages of several topics in the order of their stamps.

A recorder hears each topic by itself, so what happened at one moment is recorded in any order, and
the history of a topic comes in one burst when it is matched. Within one second of log time the
order is that of the stamps; what is later than that keeps its place.

What is known before the first message, since it was missing when the bag was read before, has no
log time: it goes right before the first message that is handed on with its stamp or a later one.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import Any

from descant.types import NANOSECONDS

WINDOW_NS = NANOSECONDS
Take = Callable[[int, Any], None]
"""Takes a stamp (epoch ns) and the values of one message."""
Missing = tuple[int, Take, Any]
"""Stamp, what takes the message, and its values."""


class Ordering:
    """Hands messages on by stamp, a second of log time after they were received.

    Of equal stamps the lower `rank` goes first, then what was recorded first. Memory is bound by
    what is received within the window, and by `missing`.
    """

    def __init__(self, missing: Iterable[Missing] = ()) -> None:
        """`missing` are handed on at their place by the stamps; they may be in any order."""
        by_stamp = sorted(missing, key=lambda message: message[0])
        self._missing = by_stamp[::-1]  # the next is the last, and is let go of
        self._waiting: list[tuple[int, int, int, int, Take, Any]] = []
        self._number = 0

    def add(self, log_ns: int, stamp_ns: int, rank: int, take: Take, values: Any) -> None:
        """Take one message, and hand on what has waited long enough."""
        waiting = self._waiting
        self._number += 1
        heapq.heappush(waiting, (stamp_ns, rank, self._number, log_ns, take, values))
        due_ns = log_ns - WINDOW_NS
        while waiting[0][3] <= due_ns:
            stamp, _, _, _, deliver, message = heapq.heappop(waiting)
            if self._missing:
                self._hand_on_missing(stamp)
            deliver(stamp, message)

    def close(self) -> None:
        """Hand on everything that waits."""
        while self._waiting:
            stamp, _, _, _, deliver, message = heapq.heappop(self._waiting)
            self._hand_on_missing(stamp)
            deliver(stamp, message)
        if self._missing:
            self._hand_on_missing(self._missing[0][0])

    def _hand_on_missing(self, until_ns: int) -> None:
        missing = self._missing
        while missing and missing[-1][0] <= until_ns:
            stamp, deliver, message = missing.pop()
            deliver(stamp, message)
