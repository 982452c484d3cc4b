# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Record the topics of a graph that are selected, those that appear later too."""

from __future__ import annotations

import time
from collections.abc import Callable

from rclpy.node import Node

from descant import topics
from descant.bags.settings import RecorderSettings
from descant.bags.thread import BagThread
from descant.bags.topic_selection import RAW_TYPE, TopicSelection
from descant.errors import UserError
from descant.nodes.common.endpoints import full_name
from descant.nodes.common.topic_recorder import TopicRecorder
from descant.plain_text import plain
from descant.topics import Qos

COMPRESSED_AFTER_S = 5.0
"""A camera may publish its raw pictures so long before its compressed ones."""


class GraphRecorder:
    """Subscribes to every selected topic and passes the bytes to the bag's thread.

    The topics of the table are subscribed to before anyone publishes, by their names in the graph,
    so that not even the first message is missed; other topics are found by `discover`.
    """

    def __init__(self, node: Node, settings: RecorderSettings, arrived: Callable[[], None]) -> None:
        """`arrived` is called after a message was recorded: the moment to drain all topics.

        Raises `UserError` for a wrong pattern in `settings`.
        """
        self._node, self._arrived = node, arrived
        self._expected = {full_name(node, topic): topic for topic in topics.TOPICS}
        self._selection = TopicSelection(
            node.get_namespace(), self._expected, settings.topics, settings.exclude
        )
        self._bag: BagThread | None = None
        self._recorders: dict[str, TopicRecorder] = {}
        self._unusable: set[str] = set()
        self._told: set[str] = set()  # topics of which something was told
        self._raw_since: dict[str, float] = {}

    def record(self, bag: BagThread) -> None:
        """Record into `bag` from now on, with what the topics keep for late joiners."""
        for recorder in self._recorders.values():
            recorder.close()
        self._recorders.clear()
        self._bag = bag
        for name, topic in self._expected.items():
            if self._selection.includes(name, topic.message_type):
                self._subscribe(name, topic.message_type, topic.publisher_qos)
        self.discover()

    def discover(self) -> None:
        """Subscribe to what the selected topics of the graph offer."""
        for topic, types in self._node.get_topic_names_and_types():
            expected = self._expected.get(topic)
            recorded = expected.message_type if expected else types[0]
            if self._selection.includes(topic, recorded):
                self._subscribe(topic, recorded)
                self._tell_other_types(topic, recorded, types)
            elif recorded == RAW_TYPE and self._selection.is_near(topic):
                self._tell_uncompressed(topic)

    def drain(self) -> None:
        """Record all messages that have arrived."""
        for recorder in self._recorders.values():
            recorder.drain()

    def has_publishers(self) -> bool:
        """Whether another node publishes one of the recorded topics."""
        return any(recorder.has_publishers() for recorder in self._recorders.values())

    def tell_unmatched(self) -> None:
        """Log the patterns of wanted topics that fit no topic of the graph."""
        names = [name for name, _ in self._node.get_topic_names_and_types()]
        for pattern in self._selection.unmatched(names):
            self._node.get_logger().warning(
                f"no topic matches '{pattern}' of the parameter topics until now"
            )

    def _subscribe(self, topic: str, message_type: str, expected: Qos | None = None) -> None:
        """Subscribe with `expected`, or with what the publishers offer now."""
        if topic in self._unusable or self._bag is None:
            return
        try:
            if topic not in self._recorders:
                arguments = (self._bag, topic, message_type, self._arrived)
                self._recorders[topic] = TopicRecorder(self._node, *arguments)
            if expected is None:
                self._recorders[topic].adapt()
            else:
                self._recorders[topic].expect(expected)
        except Exception as error:  # a broken message package costs its own topic only
            self._unusable.add(topic)
            reason = (
                str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
            )
            self._node.get_logger().error(
                f"{plain(topic)} ({plain(message_type)}) is not recorded: {plain(reason)}"
            )

    def _tell_other_types(self, topic: str, recorded: str, types: list[str]) -> None:
        others = sorted(set(types) - {recorded})
        if others and topic not in self._told:
            self._told.add(topic)
            self._node.get_logger().warning(
                f"{plain(topic)} has several types: recorded as {plain(recorded)}, "
                f"not as {plain(', '.join(others))}"
            )

    def _tell_uncompressed(self, raw: str) -> None:
        """Tell once that a camera's pictures are not recorded, since nobody compresses them."""
        compressed = f"{raw}/compressed"
        if raw in self._told or any(map(self._selection.excludes, (raw, compressed))):
            return
        if not self._node.count_publishers(raw) or self._node.count_publishers(compressed):
            self._raw_since.pop(raw, None)
        elif time.monotonic() - self._raw_since.setdefault(raw, time.monotonic()) > (
            COMPRESSED_AFTER_S
        ):
            self._told.add(raw)
            self._node.get_logger().warning(
                f"the pictures of {plain(raw)} are not recorded: nobody publishes them compressed "
                f"({plain(compressed)}); the parameter topics:={plain(raw)} records them raw"
            )
