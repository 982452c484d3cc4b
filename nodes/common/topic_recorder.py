# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Record one topic as serialized messages, whatever quality of service its publishers offer."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from typing import Any, cast

import yaml
from rclpy.duration import Duration
from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription
from rclpy.topic_endpoint_info import TopicEndpointInfo

from descant.bags.definitions import DefinitionError, full_definition
from descant.bags.duplicates import DuplicateFilter
from descant.bags.thread import BagThread
from descant.bags.topic_selection import COMPRESSED_TYPE, RAW_TYPE
from descant.bags.topics import RecordedTopic
from descant.nodes.common.endpoints import message_class, qos_profile
from descant.plain_text import plain
from descant.topics import TOPICS, WAITING, Qos
from descant.types import NANOSECONDS

# Pictures and other large messages: neither DDS nor the bag may queue many of them.
BULKY_DEPTHS = {RAW_TYPE: 20, COMPRESSED_TYPE: 150}
"""Messages that may wait in DDS: 55 MB of raw pictures of 1280x720, 5 s of compressed ones."""
BULKY_BYTES = 64 << 10
BULKY_DEPTH = 10
"""The same of a topic whose type does not tell that its messages are large."""
FOREIGN_DEPTH = 4_096
"""Messages of a type that is not in the table of topics: nobody knows their size."""
OURS = {topic.message_type for topic in TOPICS}
BATCH = 1_000
"""Most messages taken from one topic before it is the next topic's turn."""
REMEMBERED = 10_000
"""Messages of a topic remembered by time and number, to record each once."""

QOS_KEYS = (
    "history", "depth", "reliability", "durability", "deadline", "lifespan", "liveliness",
    "liveliness_lease_duration", "avoid_ros_namespace_conventions",
)  # fmt: skip
"""What a bag has of the quality of service that a publisher offers."""

Request = tuple[ReliabilityPolicy, DurabilityPolicy]


class TopicRecorder:
    """Puts every message of one topic into the bag, once.

    Each kind of offer (reliable or best effort, with or without history) gets a subscription that
    requests just that: a best-effort publisher must not cost the others their reliability, nor a
    volatile one their history. A message that arrives by two of them is recorded once.
    """

    def __init__(
        self, node: Node, bag: BagThread, topic: str, message_type: str, arrived: Callable[[], None]
    ) -> None:
        """`arrived` is called after a message was recorded: the moment to drain all topics.

        Raises whatever importing the type raises where it is not installed, or broken.
        """
        self._class = message_class(message_type)
        self._node = node
        self._bag = bag
        self._topic = topic
        self._type = message_type
        self._arrived = arrived
        self._ours = message_type in OURS
        self._bulky = message_type in BULKY_DEPTHS
        self._grown = False  # the topic's messages are larger than its subscriptions were made for
        self._in_bag = False
        self._subscriptions: dict[Request, Subscription] = {}
        self._duplicates = DuplicateFilter(REMEMBERED)
        self._numbers: dict[Request, int] = {}  # of the last messages, as their publishers count

    def expect(self, qos: Qos) -> None:
        """Subscribe now to publishers that will offer `qos`."""
        profile = qos_profile(qos)
        self._subscribe((profile.reliability, profile.durability))

    def adapt(self) -> None:
        """Subscribe to what the topic's publishers offer now, unless it is done already."""
        offers = self._offers()
        if offers and not self._in_bag:
            self._add_to_bag(offers)
        for offer in offers:
            self._subscribe((offer.qos_profile.reliability, offer.qos_profile.durability))

    def has_publishers(self) -> bool:
        """Whether another node publishes the topic."""
        name = self._node.get_fully_qualified_name()
        return any(_node_name(offer) != name for offer in self._offers())

    def drain(self) -> None:
        """Record all messages that have arrived, without an executor iteration for each."""
        for request in list(self._subscriptions):
            self._drain(request)
        if self._grown:
            self._grown = False
            requests = list(self._subscriptions)
            self.close()
            for request in requests:
                self._subscribe(request)

    def close(self) -> None:
        """Unsubscribe."""
        for subscription in self._subscriptions.values():
            self._node.destroy_subscription(subscription)
        self._subscriptions.clear()

    def _offers(self) -> list[TopicEndpointInfo]:
        return self._node.get_publishers_info_by_topic(self._topic)

    def _add_to_bag(self, offers: list[TopicEndpointInfo]) -> None:
        """Add the topic with its definition to the bag."""
        self._in_bag = True
        definition, encoding = b"", ""
        try:
            definition, encoding = full_definition(self._type).encode(), "ros2msg"
        except DefinitionError as error:
            self._node.get_logger().warning(
                plain(f"{self._topic} is recorded without its definition: {error}")
            )
        profiles = [_offered(offer.qos_profile) for offer in offers]
        hashes = {str(offer.topic_type_hash) for offer in offers}
        topic = RecordedTopic(
            name=self._topic,
            message_type=self._type,
            definition=definition,
            definition_encoding=encoding,
            offered_qos=str(yaml.safe_dump(profiles, sort_keys=False)).rstrip() if profiles else "",
            type_hash=hashes.pop() if len(hashes) == 1 else "",
        )
        self._bag.add_topic(topic)

    def _subscribe(self, request: Request) -> None:
        if request in self._subscriptions:
            return
        reliability, durability = request
        profile = QoSProfile(
            history=HistoryPolicy.KEEP_LAST,
            depth=self._depth(),
            reliability=reliability,
            durability=durability,
        )

        def on_message(data: bytes, info: dict[str, Any]) -> None:
            self._record(request, data, info)
            self._arrived()

        self._subscriptions[request] = self._node.create_subscription(
            self._class,
            self._topic,
            cast(Any, on_message),  # rclpy's types know no callback with the message info
            profile,
            raw=True,
            # No warning about publishers that match another of these subscriptions.
            event_callbacks=SubscriptionEventCallbacks(use_default_callbacks=False),
        )

    def _depth(self) -> int:
        if self._bulky:
            return BULKY_DEPTHS.get(self._type, BULKY_DEPTH)
        return WAITING if self._ours else FOREIGN_DEPTH

    def _drain(self, request: Request) -> None:
        subscription = self._subscriptions[request]
        with subscription.handle:
            for _ in range(BATCH):
                taken = subscription.handle.take_message(self._class, True)
                if taken is None:
                    return
                self._record(request, *taken)

    def _record(self, request: Request, data: bytes, info: dict[str, Any]) -> None:
        sent, number = info["source_timestamp"], info["publication_sequence_number"]
        self._count_lost(request, number)
        new = self._duplicates.is_new((sent, number))
        if not new and (len(self._subscriptions) > 1 or self._bulky):
            return
        if not self._in_bag:  # the first message can be faster than discovery
            self._add_to_bag(self._offers())
        received = info["received_timestamp"] or time.time_ns()
        large = len(data) > BULKY_BYTES
        if large and not self._ours and not self._bulky:
            self._bulky = self._grown = True
        self._bag.put(
            self._topic,
            received,
            sent or received,
            data,
            bulky=large or self._bulky or not self._ours,
        )

    def _count_lost(self, request: Request, number: int) -> None:
        """Count what the topic's publisher sent since the last message and did not arrive.

        A number that is no higher is that of another publisher, or of a history. The numbers of
        several cannot be told apart, and what one subscription lacks another may have: then nothing
        is counted.
        """
        before = self._numbers.get(request, 0)
        self._numbers[request] = number
        gap = number - before - 1
        if gap > 0 < before and len(self._numbers) == 1 and len(self._offers()) == 1:
            self._bag.add_lost(gap)


def _node_name(offer: TopicEndpointInfo) -> str:
    return f"{offer.node_namespace.rstrip('/')}/{offer.node_name}"


def _offered(profile: QoSProfile) -> dict[str, Any]:
    """The profile with rosbag2's keys, in its order."""
    found: dict[str, Any] = {}
    for name in QOS_KEYS:
        value = getattr(profile, name)
        if isinstance(value, Duration):
            seconds, rest = divmod(value.nanoseconds, NANOSECONDS)
            value = {"sec": seconds, "nsec": rest}
        found[name] = value.name.lower() if isinstance(value, Enum) else value
    return found
