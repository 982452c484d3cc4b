"""Hearing what is said from now on, on a topic that keeps its past.

A volatile subscription should do, and does not: with Fast DDS 2.14, where it joins a publisher that
keeps a past it may hear nothing at all. With 1,000 messages kept, ten of twenty such readers on a
busy machine had heard nothing after 10 s; with 300, some after 3.5 s. Readers that ask for the past
had it, and what followed, within 2.2 s, every time. So the past is asked for, and what was sent
before is left out here.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from rclpy.node import Node
from rclpy.subscription import Subscription

from descant.nodes.common import qos

AHEAD_NS = 1_000_000_000  # clocks of two machines may differ
PAST_S = 5.0
"""So long after its first message a topic may still hand over its past. Later nothing is left out:
a machine whose clock is behind must not be unheard for ever."""


class SentAfterStart:
    """Tells the past from what is new, by when it was sent."""

    def __init__(self, time_ns: int, monotonic_ns: int, *, past_s: float = PAST_S) -> None:
        """Now, by the time of day and by the monotonic clock.

        `past_s` after the first message nothing is past any more.
        """
        self._began_ns = time_ns
        self._epoch_ns = time_ns - monotonic_ns
        self._past_s = past_s
        self._first_ns: int | None = None

    def new(self, sent_ns: int, time_ns: int, monotonic_ns: int) -> bool:
        """Whether what was sent then (epoch) and came now is new."""
        if self._first_ns is None:
            self._first_ns = monotonic_ns
        if (monotonic_ns - self._first_ns) / 1e9 >= self._past_s:
            return True
        set_by_ns = time_ns - monotonic_ns - self._epoch_ns  # the time of day since the beginning
        # What seems to come from the future was sent before the clock was set back.
        return self._began_ns + set_by_ns <= sent_ns <= time_ns + AHEAD_NS


class SentBeforeStart:
    """Says of each message whether it was sent before a node began, however late it comes."""

    def __init__(self) -> None:
        self._news = SentAfterStart(time.time_ns(), time.monotonic_ns(), past_s=math.inf)

    def __contains__(self, info: dict[str, int]) -> bool:
        """`info` is DDS's account of a message that has just come."""
        sent_ns = info["source_timestamp"]
        return not self._news.new(sent_ns, time.time_ns(), time.monotonic_ns())


def subscribe_new(
    node: Node, kind: type, topic: str, heard: Callable[[Any, dict[str, int]], None]
) -> Subscription:
    """Call `heard` with every message of `topic` that is sent from now on, and DDS's account of it.

    The topic is one of those that keep a past: /notes, /pedals, /learner_state.
    """
    news = SentAfterStart(time.time_ns(), time.monotonic_ns())

    def hear(message: Any, info: dict[str, int]) -> None:
        if news.new(info["source_timestamp"], time.time_ns(), time.monotonic_ns()):
            heard(message, info)

    return node.create_subscription(kind, topic, hear, qos.CATCH_UP)
