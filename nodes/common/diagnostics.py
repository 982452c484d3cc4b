# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Publish diagnostics of a node once a second, from the messages it publishes itself (REP 107)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node

from descant import topics
from descant.diagnostics import Status, Window, statuses
from descant.nodes.common.clock import steady_timer
from descant.nodes.common.conversion import to_header
from descant.nodes.common.endpoints import publisher
from descant.plain_text import plain
from descant.topics import Topic

PERIOD_S = 1.0
LONGEST = 200
"""Characters of a text that is published as a value; the rest of a longer one is left out."""


class DiagnosedPublisher:
    """The publisher of a node's state, whose last message becomes the node's diagnostics.

    So no fact is published that is not in the state as well, but for what `more` adds: settings
    and counts of the node, by the names that `descant.diagnostics` knows.
    """

    def __init__(
        self, node: Node, topic: Topic, more: Callable[[], Mapping[str, Any]] = dict
    ) -> None:
        self._node, self._more = node, more
        self._kind = topic.publishers[0]  # the node replay is a piano
        self._publisher = publisher(node, topic)
        self._diagnostics = publisher(node, topics.DIAGNOSTICS)
        self._last: Any = None
        self._window: Window | None = None
        steady_timer(node, PERIOD_S, self._diagnose)

    def get_subscription_count(self) -> int:
        """Number of subscriptions of the topic that are matched."""
        return int(self._publisher.get_subscription_count())

    def publish(self, message: Any) -> None:
        """Publish a message of the topic."""
        self.set_state(message)
        self._publisher.publish(message)

    def set_state(self, message: Any) -> None:
        """Publish diagnostics of a message, and not the message itself."""
        self._last = message

    def _diagnose(self) -> None:
        if self._last is not None:
            self._window = self._window or Window()
            self._window.add(time.monotonic(), _plain_values(self._last) | dict(self._more()))
        found = [self._to_status(status) for status in statuses(self._kind, self._window)]
        self._diagnostics.publish(DiagnosticArray(header=to_header(time.time_ns()), status=found))

    def _to_status(self, status: Status) -> DiagnosticStatus:
        return DiagnosticStatus(
            level=bytes([status.level]),
            name=f"{self._node.get_fully_qualified_name()}: {status.name}",
            message=plain(status.message),
            hardware_id=plain(status.hardware),
            values=[KeyValue(key=key, value=plain(value)) for key, value in status.values.items()],
        )


def _plain_values(message: Any) -> dict[str, Any]:
    """The fields of a message that are numbers or texts."""
    found = {name: getattr(message, name) for name in message.get_fields_and_field_types()}
    return {
        name: value[:LONGEST] if isinstance(value, str) else value
        for name, value in found.items()
        if isinstance(value, (int, float, str))
    }
