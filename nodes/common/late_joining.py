"""Receive only new messages of a topic whose publisher keeps a history.

A volatile subscription should do that. With Fast DDS 2.14 it does not: when it joins a publisher
that keeps a history it may receive nothing at all. With 1,000 messages kept, ten of twenty such
subscriptions on a busy machine had received nothing after 10 s; with 300, some after 3.5 s.
Transient-local subscriptions had the history, and what followed, within 2.2 s, every time. So the
history is requested, and what was sent before the start is dropped here.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from rclpy.node import Node
from rclpy.subscription import Subscription

from descant.nodes.common.endpoints import subscription
from descant.topics import Topic

AHEAD_NS = 1_000_000_000  # clocks of two machines may differ
HISTORY_PERIOD_S = 5.0
"""So long after its first message a topic may still deliver its history. Later every message counts
as new: a machine whose clock is behind must not be ignored for ever."""


class SentAfterStart:
    """Whether a message was sent after a node started, by DDS's time of sending."""

    def __init__(
        self, time_ns: int, monotonic_ns: int, *, history_period_s: float = HISTORY_PERIOD_S
    ) -> None:
        """Start now: the time of day and the monotonic clock, both in nanoseconds.

        From `history_period_s` after the first message on, every message counts as new.
        """
        self._start_ns = time_ns
        self._epoch_ns = time_ns - monotonic_ns
        self._history_period_s = history_period_s
        self._first_ns: int | None = None

    def includes(self, sent_ns: int, time_ns: int, monotonic_ns: int) -> bool:
        """Whether a message that was sent at `sent_ns` (epoch) and arrived now is new."""
        if self._first_ns is None:
            self._first_ns = monotonic_ns
        if (monotonic_ns - self._first_ns) / 1e9 >= self._history_period_s:
            return True
        clock_set_by_ns = time_ns - monotonic_ns - self._epoch_ns  # since the start
        # What seems to come from the future was sent before the clock was set back.
        return self._start_ns + clock_set_by_ns <= sent_ns <= time_ns + AHEAD_NS


class SentBeforeStart:
    """`info in SentBeforeStart()`: whether a message was sent before this was made.

    `info` is the message info of rclpy; the message may arrive at any later time.
    """

    def __init__(self) -> None:
        self._after = SentAfterStart(time.time_ns(), time.monotonic_ns(), history_period_s=math.inf)

    def __contains__(self, info: dict[str, int]) -> bool:
        sent_ns = info["source_timestamp"]
        return not self._after.includes(sent_ns, time.time_ns(), time.monotonic_ns())


def subscribe_new(
    node: Node,
    topic: Topic,
    callback: Callable[[Any, dict[str, int]], None],
    on_any: Callable[[Any], None] = lambda message: None,
) -> Subscription:
    """Call `callback` with every message of `topic` that is sent from now on, and its info.

    `on_any` is called with the history too. For topics with a history: /notes, /pedals,
    /learner_state.
    """
    after = SentAfterStart(time.time_ns(), time.monotonic_ns())

    def drop_old(message: Any, info: dict[str, int]) -> None:
        on_any(message)
        if after.includes(info["source_timestamp"], time.time_ns(), time.monotonic_ns()):
            callback(message, info)

    return subscription(node, topic, drop_old)
