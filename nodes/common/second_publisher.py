# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Announce a second publisher of a topic that one node alone should publish."""

from __future__ import annotations

import time

from rclpy.event_handler import QoSLivelinessChangedInfo
from rclpy.node import Node

from descant.nodes.common.clock import steady_timer
from descant.nodes.common.endpoints import full_name, watch_liveliness
from descant.plain_text import plain
from descant.topics import LEASE_S, Topic

PERIOD_S = 0.25
RESTARTED_S = LEASE_S + 0.3
"""For so long a node that died and was started again may count twice."""
HINT = "is another show running in this namespace? Stop one, or give it a namespace of its own"


class SecondPublisherWarning:
    """Logs one warning when several living nodes publish `topic`, and again after it was one.

    The publishers need a lease, and `node` must not be one of them: DDS does not count the others
    then. A node that is started again is no second one.
    """

    def __init__(self, node: Node, topic: Topic, effect: str) -> None:
        """`effect` is for a person: what it means that there are several."""
        self._node, self._topic, self._effect = node, topic, effect
        self._since: float | None = None
        self._warned = False
        watch_liveliness(node, topic, self._on_liveliness)
        steady_timer(node, PERIOD_S, self._check)

    def _on_liveliness(self, change: QoSLivelinessChangedInfo) -> None:
        if change.alive_count < 2:
            self._since, self._warned = None, False
        elif self._since is None:
            self._since = time.monotonic()

    def _check(self) -> None:
        if self._since is None or self._warned or time.monotonic() - self._since < RESTARTED_S:
            return
        self._warned = True
        there = self._node.get_publishers_info_by_topic(self._topic.relative)
        names = ", ".join(
            sorted(plain(f"{p.node_namespace.rstrip('/')}/{p.node_name}") for p in there)
        )
        self._node.get_logger().warning(
            f"several nodes publish {full_name(self._node, self._topic)} ({names}): "
            f"{self._effect}; {HINT}"
        )
