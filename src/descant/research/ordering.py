"""Messages of several topics in the order of their stamps.

A recorder hears each topic by itself, so what happened at one moment is recorded in any order, and
the history of a topic comes in one burst when it is matched. Within one second of log time the
order is that of the stamps; what is later than that keeps its place.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

from descant.events import NANOSECONDS

WINDOW_NS = NANOSECONDS
Take = Callable[[int, Any], None]
"""Takes a stamp (epoch ns) and the values of one message."""


class Ordering:
    """Hands messages on by stamp, a second of log time after they were received.

    Of equal stamps the lower `rank` goes first, then what was recorded first. Memory is bound by
    what is received within the window.
    """

    def __init__(self) -> None:
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
            deliver(stamp, message)

    def close(self) -> None:
        """Hand on everything that waits."""
        while self._waiting:
            stamp, _, _, _, deliver, message = heapq.heappop(self._waiting)
            deliver(stamp, message)
