# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Notice that a player has left the graph: somebody must release what it held down."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.node import Node

from descant.nodes.common.clock import steady_timer
from descant.topics import Topic

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
