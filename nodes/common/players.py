# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Notice that a player has left the graph: somebody must release what it held down."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.node import Node

from descant.nodes.common.clock import steady_timer
from descant.piano.held_keys import HeldKeys
from descant.topics import NOTES, Topic
from descant.types import Event

PERIOD_S = 0.1


class Players:
    """Calls `gone` when a publisher of `topic` has left, and tells whether any other is left.

    One that ends in order leaves at once, one that is killed when DDS forgets its process, after
    20 s. A piano of Descant is missed sooner, by its lease (`watch_liveliness`).
    """

    def __init__(self, node: Node, topic: Topic, gone: Callable[[bool], None]) -> None:
        self._node, self._topic, self._gone = node, topic, gone
        self._there: set[bytes] = set()
        steady_timer(node, PERIOD_S, self._check)

    def _check(self) -> None:
        found = self._node.get_publishers_info_by_topic(self._topic.relative)
        there = {bytes(info.endpoint_gid) for info in found}
        left, self._there = self._there - there, there
        if left:
            self._gone(bool(there))


class Releases:
    """Calls `release` with what lifts the keys and pedals of a player that has left the graph.

    The node gives it every event that it receives by `add`. `now_ns`: the time of the performance.
    """

    def __init__(
        self, node: Node, now_ns: Callable[[], int], release: Callable[[Event], None]
    ) -> None:
        self._now_ns, self._release = now_ns, release
        self._keys = HeldKeys()
        Players(node, NOTES, self._on_player_gone)

    def add(self, event: Event) -> None:
        """Add a note or pedal movement."""
        self._keys.add(event)

    def _on_player_gone(self, is_any_left: bool) -> None:
        for event in self._keys.of_the_gone(self._now_ns(), is_any_left=is_any_left):
            self._keys.add(event)
            self._release(event)
