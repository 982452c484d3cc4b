"""Listening to one topic as raw bytes, whatever quality of service its publishers offer."""

from __future__ import annotations

import importlib
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription
from rclpy.topic_endpoint_info import TopicEndpointInfo

from descant.bags.definitions import DefinitionNotFoundError, full_definition
from descant.bags.thread import BagThread
from descant.bags.topics import OfferedQos, Topic, qos_text
from descant.nodes.common.qos import CATCH_UP, LATCHED, LIVE, LOG, PAST, WAITING

# Subscribed to before anyone publishes, so that not even the first message is missed; every other
# topic is found by looking at the graph.
EXPECTED = {
    "/notes": ("descant/msg/NoteEvent", CATCH_UP),
    "/pedals": ("descant/msg/PedalEvent", CATCH_UP),
    "/played": ("descant/msg/Played", PAST),
    "/learner_state": ("descant/msg/LearnerState", CATCH_UP),
    "/learner_settings": ("descant/msg/LearnerSettings", LOG),
    "/part": ("descant/msg/Part", LOG),
    "/episode": ("descant/msg/Episode", LATCHED),
    "/piano_state": ("descant/msg/PianoState", LATCHED),
    "/synth_state": ("descant/msg/SynthState", LATCHED),
    "/cue": ("descant/msg/Cue", LIVE),
}

# Pictures are large: neither DDS nor the bag may keep many of them waiting.
BULKY = {"sensor_msgs/msg/Image", "sensor_msgs/msg/CompressedImage"}
BULKY_DEPTH = 10
BATCH = 1_000
"""Messages of one topic taken in a row, before the others have their turn."""
REMEMBERED = 10_000
"""Messages of a topic known by sender's time and number, where it has two subscriptions."""

Request = tuple[ReliabilityPolicy, DurabilityPolicy]


class TopicRecorder:
    """Every message of one topic, once, into the bag.

    Each kind of offer (reliable or best effort, with or without history) gets a subscription that
    asks for just that: a best-effort publisher must not cost the others their reliability, nor a
    volatile one their history. A message that comes through two of them is recorded once.
    """

    def __init__(
        self, node: Node, bag: BagThread, topic: str, message_type: str, arrived: Callable[[], None]
    ) -> None:
        """`arrived` is called after a message was recorded: the moment to drain all listeners.

        Raises whatever importing the type raises where it is not installed, or broken.
        """
        package, kind, name = message_type.split("/")
        self._class = getattr(importlib.import_module(f"{package}.{kind}"), name)
        self._node = node
        self._bag = bag
        self._topic = topic
        self._type = message_type
        self._arrived = arrived
        self._bulky = message_type in BULKY
        self._known = False
        self._subscriptions: dict[Request, Subscription] = {}
        self._seen: set[tuple[int, int]] = set()
        self._order: deque[tuple[int, int]] = deque()

    def expect(self, qos: QoSProfile) -> None:
        """Subscribe at once to publishers that will offer `qos`."""
        self._subscribe((qos.reliability, qos.durability))

    def adapt(self) -> None:
        """Subscribe to what the topic's publishers offer now, where that is not done yet."""
        offers = self._offers()
        if offers and not self._known:
            self._introduce(offers)
        for offer in offers:
            self._subscribe((offer.qos_profile.reliability, offer.qos_profile.durability))

    def has_publishers(self) -> bool:
        """Whether anyone but this node publishes the topic."""
        name = self._node.get_fully_qualified_name()
        return any(_node_name(offer) != name for offer in self._offers())

    def drain(self) -> None:
        """Take all that has arrived, without a turn of the executor for each message."""
        for subscription in self._subscriptions.values():
            self._take(subscription)

    def _offers(self) -> list[TopicEndpointInfo]:
        return self._node.get_publishers_info_by_topic(self._topic)

    def _introduce(self, offers: list[TopicEndpointInfo]) -> None:
        """Have the topic in the bag, with its definition."""
        self._known = True
        definition, encoding = b"", ""
        try:
            definition, encoding = full_definition(self._type).encode(), "ros2msg"
        except DefinitionNotFoundError as error:
            self._node.get_logger().warning(f"{self._topic} is recorded undescribed: {error}")
        hashes = {str(offer.topic_type_hash) for offer in offers}
        topic = Topic(
            name=self._topic,
            message_type=self._type,
            definition=definition,
            definition_encoding=encoding,
            offered_qos=qos_text([_offered(offer.qos_profile) for offer in offers]),
            type_hash=hashes.pop() if len(hashes) == 1 else "",
        )
        self._bag.add_topic(topic)

    def _subscribe(self, request: Request) -> None:
        if request in self._subscriptions:
            return
        reliability, durability = request
        qos = QoSProfile(
            history=HistoryPolicy.KEEP_LAST,
            depth=BULKY_DEPTH if self._bulky else WAITING,
            reliability=reliability,
            durability=durability,
        )

        def on_message(data: bytes, info: dict[str, Any]) -> None:
            self._record(data, info)
            self._arrived()

        self._subscriptions[request] = self._node.create_subscription(
            self._class,
            self._topic,
            on_message,
            qos,
            raw=True,
            # No complaint about publishers that another of our subscriptions is for.
            event_callbacks=SubscriptionEventCallbacks(use_default_callbacks=False),
        )

    def _take(self, subscription: Subscription) -> None:
        with subscription.handle:
            for _ in range(BATCH):
                taken = subscription.handle.take_message(self._class, True)
                if taken is None:
                    return
                self._record(*taken)

    def _record(self, data: bytes, info: dict[str, Any]) -> None:
        sent, number = info["source_timestamp"], info["publication_sequence_number"]
        if self._is_repeated((sent, number)):
            return
        if not self._known:  # the first message can be faster than discovery
            self._introduce(self._offers())
        received = info["received_timestamp"] or time.time_ns()
        self._bag.put(self._topic, received, sent or received, data, bulky=self._bulky)

    def _is_repeated(self, key: tuple[int, int]) -> bool:
        if key in self._seen:
            return len(self._subscriptions) > 1
        self._seen.add(key)
        self._order.append(key)
        if len(self._order) > REMEMBERED:
            self._seen.discard(self._order.popleft())
        return False


def _node_name(offer: TopicEndpointInfo) -> str:
    return f"{offer.node_namespace.rstrip('/')}/{offer.node_name}"


def _offered(qos: QoSProfile) -> OfferedQos:
    return OfferedQos(
        history=qos.history.name.lower(),
        depth=qos.depth,
        reliability=qos.reliability.name.lower(),
        durability=qos.durability.name.lower(),
        deadline_ns=qos.deadline.nanoseconds,
        lifespan_ns=qos.lifespan.nanoseconds,
        liveliness=qos.liveliness.name.lower(),
        liveliness_lease_duration_ns=qos.liveliness_lease_duration.nanoseconds,
        avoid_ros_namespace_conventions=qos.avoid_ros_namespace_conventions,
    )
