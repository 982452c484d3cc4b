# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Hold what was played for late joiners when the node that played it is dead, or makes no blocks.

DDS forgets what a process published when the process dies. So learner and conductor publish every
block of /played again, as it is, and make blocks of events that nobody put into one: those of a
piano that died, and of another's node that publishes /notes alone. Each is restarted for itself and
then gets all of it from the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, cast

from rclpy.node import Node
from rclpy.serialization import deserialize_message, serialize_message

from descant.decoding import from_played
from descant.event_blocks import EventBlock, FirstBlocks, UnblockedEvents
from descant.msg import Played
from descant.nodes.common.clock import steady_timer
from descant.nodes.common.conversion import to_played
from descant.nodes.common.endpoints import publisher, publisher_nodes, subscription
from descant.nodes.common.invalid_messages import InvalidMessageGuard
from descant.topics import Topic
from descant.types import Event

PERIOD_S = 0.5
JOINING_S = 10.0
"""So long after a subscriber of /played was matched every event is put into a block soon: it may be
matched later with a topic of live events."""
ANSWER_S = 0.2
"""So long after a subscriber was matched a living piano has made its blocks; others come then."""
UNBLOCKED_S = 1.0
"""Age of an event that a living piano would have put into a block while somebody joins."""
MOST_BYTES = 64 << 20
"""Most bytes of blocks: those of two million events. What DDS keeps of them it keeps in memory."""
LARGEST_BLOCK = 1 << 20


class PlayedHolder:
    """Publishes the blocks of others again, and blocks of events that nobody put into one.

    The node gives it every event that it receives by `add`. To be made after the node's
    subscriptions of /notes and /pedals: a piano then matches those first, and the block that it
    makes for a new subscriber has all that these do not deliver.
    """

    def __init__(
        self,
        node: Node,
        played: Topic,
        run: int,
        on_block: Callable[[EventBlock], None] = lambda block: None,
    ) -> None:
        """`run` is when the node was started; `on_block` gets each received block, once."""
        self._node = node
        self._topic = played
        self._on_block = on_block
        self._seen: set[int] = set()
        self._bytes = 0
        self._first_blocks = FirstBlocks()
        self._joined_s = -JOINING_S
        self._events = UnblockedEvents(run)
        self._invalid = InvalidMessageGuard(node, played.name)
        self._publisher = publisher(node, played, joined=self._on_joined)
        self._publish(EventBlock(run, 0, (), ()))
        receive = cast(Any, self._receive)  # rclpy's types know no callback with bytes
        subscription(node, played, receive, raw=True)
        steady_timer(node, PERIOD_S, self._publish_unblocked)
        self._answer = steady_timer(node, ANSWER_S, self._publish_answer)
        self._answer.cancel()

    def add(self, event: Event) -> None:
        """Hold an event that was received on its topic."""
        self._events.add(event, time.monotonic())

    def insert(self, events: Sequence[Event]) -> None:
        """Publish events that nobody sent on their topics: readers of /played count them."""
        self._publish(*self._events.block(events))

    def has_received_all(self, *, but: int | None = None) -> bool:
        """Whether every publisher that is known, except the piano `but`, has delivered its blocks:
        the first, and those that it makes for a new subscriber.
        """
        publishers = len(publisher_nodes(self._node, self._topic))
        return self._first_blocks.are_settled(publishers, time.monotonic(), but=but)

    def close(self) -> None:
        """Publish what no block has: nobody is left to wait for its player."""
        self._publish(*self._events.pop())

    def _receive(self, data: bytes) -> None:
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
                self._first_blocks.add(block, time.monotonic())
            self._events.add_block(block)
            self._on_block(block)

    def _on_joined(self) -> None:
        self._joined_s = time.monotonic()
        if self._answer.is_canceled():
            self._answer.reset()

    def _publish_answer(self) -> None:
        self._answer.cancel()
        self._publish(*self._events.pop(self._joined_s))

    def _publish_unblocked(self) -> None:
        now_s = time.monotonic()
        if now_s < self._joined_s + JOINING_S or self._events.is_overdue(now_s):
            self._publish(*self._events.pop(now_s - UNBLOCKED_S))

    def _publish(self, *blocks: EventBlock) -> None:
        for block in blocks:
            data = serialize_message(to_played(block))
            self._seen.add(hash(data))
            self._publisher.publish(data)


def _block(data: bytes) -> EventBlock:
    try:
        return from_played(deserialize_message(data, Played))
    except RuntimeError as error:  # of the middleware
        raise ValueError("cannot be deserialized") from error
