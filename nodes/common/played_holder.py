"""Hold what was played for late joiners when the piano that played it is dead.

DDS forgets what a process published when the process dies. So learner and conductor publish every
block of /played again, as it is, and the last events of a dead piano, which are in no block yet.
Each is restarted for itself and then gets all of it from the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast

from rclpy.event_handler import QoSLivelinessChangedInfo
from rclpy.node import Node
from rclpy.serialization import deserialize_message, serialize_message

from descant.decoding import from_played
from descant.event_blocks import EventBlock, UnblockedEvents
from descant.msg import Played
from descant.nodes.common.clock import steady_timer
from descant.nodes.common.conversion import to_header, to_played
from descant.nodes.common.endpoints import (
    publisher,
    publisher_nodes,
    qos_profile,
    watch_liveliness,
)
from descant.nodes.common.invalid_messages import InvalidMessageGuard
from descant.topics import Topic
from descant.types import NANOSECONDS, Event

PERIOD_S = 0.5
MOST_BYTES = 64 << 20
"""Most bytes of blocks: those of two million events. What DDS keeps of them it keeps in memory."""
LARGEST_BLOCK = 1 << 20
A_DAY_NS = 86_400 * NANOSECONDS
"""No piano starts so far in the future, whatever clock was set."""


class PlayedHolder:
    """Publishes the blocks of a piano again, and those of its events that it put into none.

    The node gives it every event that it receives, old and new, by `add`.
    """

    def __init__(
        self,
        node: Node,
        played: Topic,
        piano: Topic,
        on_block: Callable[[EventBlock, dict[str, int]], None] = lambda block, info: None,
    ) -> None:
        """`piano` is the topic whose publishers are the living pianos.

        `on_block` is called with each block that is received, once, and DDS's message info.
        """
        self._node = node
        self._topic = played
        self._on_block = on_block
        self._seen: set[int] = set()
        self._bytes = 0
        self._starts = 0
        self._events = UnblockedEvents()
        self._dead = False
        self._invalid = InvalidMessageGuard(node, played.name)
        self._publisher = publisher(node, played)
        self._publish(Played(header=to_header(time.time_ns())))
        profile = qos_profile(played.subscriber_qos)
        receive = cast(Any, self._receive)  # rclpy's types know no callback with bytes
        node.create_subscription(Played, played.relative, receive, profile, raw=True)
        watch_liveliness(node, piano, self._on_liveliness)
        steady_timer(node, PERIOD_S, self._publish_unblocked)

    def add(self, event: Event) -> None:
        """Hold an event that was received on its topic."""
        self._events.add(event)

    def has_heard_all(self) -> bool:
        """Whether every publisher that is known has delivered its first, empty block."""
        return self._starts >= len(publisher_nodes(self._node, self._topic))

    def close(self) -> None:
        """Publish what no block has: nobody is left to wait for the piano."""
        self._dead = True
        self._publish_unblocked()

    def _receive(self, data: bytes, info: dict[str, int]) -> None:
        if hash(data) in self._seen:  # of another holder, or our own
            return
        self._seen.add(hash(data))
        with self._invalid:
            if len(data) > LARGEST_BLOCK or self._bytes + len(data) > MOST_BYTES:
                raise ValueError(f"not held for late joiners: {self._bytes} bytes are held already")
            block = _block(data)
            if block.events:
                self._bytes += len(data)
                self._publisher.publish(data)
            else:
                self._starts += 1
            if 0 < block.run < time.time_ns() + A_DAY_NS:
                self._events.add_block(block)
            self._on_block(block, info)

    def _on_liveliness(self, change: QoSLivelinessChangedInfo) -> None:
        self._dead = change.alive_count == 0

    def _publish_unblocked(self) -> None:
        for block in self._events.pop(dead=self._dead):
            self._publish(to_played(block))

    def _publish(self, message: Played) -> None:
        data = serialize_message(message)
        self._seen.add(hash(data))
        self._publisher.publish(data)


def _block(data: bytes) -> EventBlock:
    try:
        return from_played(deserialize_message(data, Played))
    except RuntimeError as error:  # of the middleware
        raise ValueError("cannot be deserialized") from error
