# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Put the messages of several topics into the order of their stamps.

A recorder receives each topic separately, so messages of one moment are recorded in any order, and
the history of a topic comes in one burst when it is matched. Within one second of log time the
order is that of the stamps; a message that is later than that keeps its place.

Events that a first reading of the bag found to be missing have no log time: each is placed before
the first message that is delivered with the same stamp or a later one.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import Any

from descant.types import NANOSECONDS

WINDOW_NS = NANOSECONDS
Handler = Callable[[int, Any], None]
"""Is called with the stamp (epoch ns) and the values of one message."""


class StampOrder:
    """Delivers messages by stamp, a second of log time after they were received.

    Of equal stamps the lower `rank` goes first, then what was recorded first. Memory is bounded by
    what is received within the window, and by `missed`.
    """

    def __init__(self, missed: Iterable[tuple[int, Handler, Any]] = ()) -> None:
        """`missed` (stamp, handler, values) are delivered at their place by the stamps; they may be
        in any order.
        """
        by_stamp = sorted(missed, key=lambda message: message[0])
        self._missed = by_stamp[::-1]  # the next one is the last, and is popped
        self._waiting: list[tuple[int, int, int, int, Handler, Any]] = []
        self._number = 0

    def add(self, log_ns: int, stamp_ns: int, rank: int, handler: Handler, values: Any) -> None:
        """Add one message, and deliver those that have waited long enough."""
        waiting = self._waiting
        self._number += 1
        heapq.heappush(waiting, (stamp_ns, rank, self._number, log_ns, handler, values))
        due_ns = log_ns - WINDOW_NS
        while waiting[0][3] <= due_ns:
            stamp, _, _, _, deliver, message = heapq.heappop(waiting)
            if self._missed:
                self._deliver_missed(stamp)
            deliver(stamp, message)

    def close(self) -> None:
        """Deliver everything that waits."""
        while self._waiting:
            stamp, _, _, _, deliver, message = heapq.heappop(self._waiting)
            self._deliver_missed(stamp)
            deliver(stamp, message)
        if self._missed:
            self._deliver_missed(self._missed[0][0])

    def _deliver_missed(self, until_ns: int) -> None:
        missed = self._missed
        while missed and missed[-1][0] <= until_ns:
            stamp, deliver, message = missed.pop()
            deliver(stamp, message)
