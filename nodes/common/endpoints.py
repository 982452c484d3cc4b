# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Publishers and subscriptions made from the rows of `descant.topics`."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol

from rcl_interfaces.msg import SetParametersResult
from rclpy.duration import Duration
from rclpy.event_handler import (
    PublisherEventCallbacks,
    QoSLivelinessChangedInfo,
    QoSPublisherMatchedInfo,
    SubscriptionEventCallbacks,
)
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import (
    DurabilityPolicy,
    HistoryPolicy,
    LivelinessPolicy,
    QoSProfile,
    ReliabilityPolicy,
)
from rclpy.qos_overriding_options import InvalidQosOverridesError, QoSOverridingOptions
from rclpy.subscription import Subscription

from descant.bags.definitions import prefixes
from descant.errors import UserError
from descant.plain_text import plain
from descant.topics import ALIVE, ALIVE_TYPE, Qos, Topic

UNNUMBERED = 2**63
"""No message has such a number: the middleware does not number them."""
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


class Counted(Protocol):
    """What knows how many subscriptions it is matched with: a publisher, or what holds one."""

    def get_subscription_count(self) -> int:
        """Number of subscriptions."""


def publisher(
    node: Node,
    topic: Topic,
    qos: Qos | None = None,
    *,
    joined: Callable[[], None] | None = None,
) -> Publisher:
    """A publisher of `topic`; with `qos` instead of the table's where it is given.

    `joined` is called when a subscriber was matched. Of a watched topic the node is alive.
    """

    def on_matched(change: QoSPublisherMatchedInfo) -> None:
        if joined is not None and change.total_count_change > 0:
            joined()

    if topic.is_watched and qos is None:
        alive = message_class(ALIVE_TYPE)
        node.create_publisher(alive, topic.alive_name, qos_profile(ALIVE))
    with _overridden(node, topic, "publisher") as options:
        return node.create_publisher(
            message_class(topic.message_type),
            topic.relative,
            qos_profile(qos or topic.publisher_qos),
            event_callbacks=PublisherEventCallbacks(matched=on_matched if joined else None),
            qos_overriding_options=options,
        )


def subscription(
    node: Node,
    topic: Topic,
    callback: Callable[..., None],
    qos: Qos | None = None,
    *,
    raw: bool = False,
) -> Subscription:
    """Call `callback` with each message of `topic`, and with DDS's message info if it takes two.

    A late joiner receives the history that the publishers keep first, if `qos` (that of the table
    where it is not given) requests one. `raw`: with the bytes of the message.
    """
    with _overridden(node, topic, "subscription") as options:
        return node.create_subscription(
            message_class(topic.message_type),
            topic.relative,
            callback,
            qos_profile(qos or topic.subscriber_qos),
            qos_overriding_options=options,
            raw=raw,
        )


@contextmanager
def _overridden(node: Node, topic: Topic, end: str) -> Iterator[QoSOverridingOptions | None]:
    """The options that let a user's parameters change depth, history and reliability.

    Those of the first such end of a node alone. Raises `UserError` for a value that is none.
    """
    name = f"qos_overrides.{full_name(node, topic)}.{end}"
    first = not node.has_parameter(f"{name}.depth")
    try:
        options = QoSOverridingOptions.with_default_policies(callback=_check_overridden)
        yield options if first else None
    except (RuntimeError, ValueError, AssertionError, InvalidQosOverridesError) as error:
        reason = plain(str(error).rpartition(" not valid: ")[2])
        raise UserError(f"node '{node.get_name()}': {name}: {reason}") from None


def _check_overridden(profile: QoSProfile) -> SetParametersResult:
    """Refuse what the DDS cannot do, which it would tell in twenty lines without the value."""
    if profile.depth < 1:
        reason = f"depth must be 1 or more, not {profile.depth}"
    elif profile.reliability is ReliabilityPolicy.UNKNOWN:
        reason = "reliability must be reliable, best_effort or system_default"
    elif profile.history is HistoryPolicy.UNKNOWN:
        reason = "history must be keep_last, keep_all or system_default"
    else:
        return SetParametersResult(successful=True)
    return SetParametersResult(successful=False, reason=reason)


def watch_liveliness(
    node: Node, topic: Topic, changed: Callable[[QoSLivelinessChangedInfo], None]
) -> Subscription:
    """Call `changed` when a publisher of `topic` appears or dies; the topic is a watched one.

    Publishers that are not made by `publisher` (a bag being played, another's node) are not
    noticed: they promise no sign of life.
    """
    return node.create_subscription(
        message_class(ALIVE_TYPE),
        topic.alive_name,
        lambda _: None,
        qos_profile(ALIVE),
        event_callbacks=SubscriptionEventCallbacks(liveliness=changed, use_default_callbacks=False),
        raw=True,
    )


def sent_before(info: dict[str, int]) -> int:
    """How many messages the publisher of a received one had sent before it, by DDS's numbers."""
    number = info["publication_sequence_number"]
    return number - 1 if 0 < number < UNNUMBERED else 0


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


def all_matched(node: Node, publisher: Counted, topic: Topic) -> bool:
    """Whether every subscription of `topic` that is known is matched with `publisher`."""
    return bool(
        publisher.get_subscription_count() >= node.count_subscribers(full_name(node, topic))
    )
