"""Publishers and subscriptions made from the rows of `descant.topics`."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from rclpy.duration import Duration
from rclpy.event_handler import QoSLivelinessChangedInfo, SubscriptionEventCallbacks
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import DurabilityPolicy, LivelinessPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription

from descant.bags.definitions import prefixes
from descant.errors import UserError
from descant.plain_text import plain
from descant.topics import LIVELINESS, Qos, Topic

_MESSAGE_TYPE = re.compile(r"[a-z][a-z0-9_]*/msg/[A-Z][A-Za-z0-9]*")


@cache
def message_class(message_type: str) -> Any:
    """The class of 'package/msg/Name'.

    Any node of the domain may name a type, so only those are imported that the index of installed
    packages lists. Raises `UserError` for others, and what importing raises where that fails.
    """
    if not _is_installed(message_type):
        raise UserError(f"no installed package has the message type {plain(message_type)}")
    package, kind, name = message_type.split("/")
    return getattr(importlib.import_module(f"{package}.{kind}"), name)


def _is_installed(message_type: str) -> bool:
    """Whether the ament index of an environment lists the type."""
    if not _MESSAGE_TYPE.fullmatch(message_type):
        return False
    package, _, interface = message_type.partition("/")
    for prefix in prefixes():
        index = prefix / "share" / "ament_index" / "resource_index" / "rosidl_interfaces" / package
        if index.is_file() and f"{interface}.msg" in index.read_text(errors="replace").split():
            return True
    return False


def qos_profile(qos: Qos) -> QoSProfile:
    """`qos` as rclpy's profile."""
    profile = QoSProfile(
        depth=qos.depth,
        reliability=ReliabilityPolicy.RELIABLE if qos.reliable else ReliabilityPolicy.BEST_EFFORT,
        durability=DurabilityPolicy.TRANSIENT_LOCAL
        if qos.transient_local
        else DurabilityPolicy.VOLATILE,
    )
    if qos.lease_s is not None:
        profile.liveliness = LivelinessPolicy.AUTOMATIC
        profile.liveliness_lease_duration = Duration(seconds=qos.lease_s)
    return profile


def publisher(node: Node, topic: Topic, qos: Qos | None = None) -> Publisher:
    """A publisher of `topic`; with `qos` instead of the table's where it is given."""
    profile = qos_profile(qos or topic.publisher_qos)
    return node.create_publisher(message_class(topic.message_type), topic.relative, profile)


def subscription(
    node: Node, topic: Topic, callback: Callable[..., None], qos: Qos | None = None
) -> Subscription:
    """Call `callback` with each message of `topic`, and with DDS's message info if it takes two.

    A late joiner receives the history that the publishers keep first, if `qos` (that of the table
    where it is not given) requests one.
    """
    profile = qos_profile(qos or topic.subscriber_qos)
    return node.create_subscription(
        message_class(topic.message_type), topic.relative, callback, profile
    )


def watch_liveliness(
    node: Node, topic: Topic, changed: Callable[[QoSLivelinessChangedInfo], None]
) -> Subscription:
    """Call `changed` when a publisher of `topic` that has a lease appears or dies.

    The subscription ignores the messages. It stands beside the one that takes them, because one
    that requests a lease does not match publishers without it (a bag being played, a test).
    """
    return node.create_subscription(
        message_class(topic.message_type),
        topic.relative,
        lambda _: None,
        qos_profile(LIVELINESS),
        event_callbacks=SubscriptionEventCallbacks(liveliness=changed, use_default_callbacks=False),
        raw=True,
    )


def full_name(node: Node, topic: Topic) -> str:
    """The name of `topic` in the graph, in the namespace of `node` and with its remaps."""
    return node.resolve_topic_name(topic.relative)


def publisher_nodes(node: Node, topic: Topic) -> set[str]:
    """Names of the nodes that publish `topic`, without `node` itself."""
    endpoints = node.get_publishers_info_by_topic(topic.relative)
    return {endpoint.node_name for endpoint in endpoints} - {node.get_name()}


def subscriber_nodes(node: Node, topic: Topic) -> set[str]:
    """Names of the nodes that subscribe to `topic`, without `node` itself."""
    endpoints = node.get_subscriptions_info_by_topic(topic.relative)
    return {endpoint.node_name for endpoint in endpoints} - {node.get_name()}


def all_matched(node: Node, publisher: Publisher, topic: Topic) -> bool:
    """Whether every subscription of `topic` that is known is matched with `publisher`."""
    return bool(
        publisher.get_subscription_count() >= node.count_subscribers(full_name(node, topic))
    )
