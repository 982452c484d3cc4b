# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Subscribe to the camera's pictures, raw or compressed, whichever suits, and convert them."""

from __future__ import annotations

import os
from collections.abc import Callable

from rclpy.node import Node
from rclpy.qos import ReliabilityPolicy
from rclpy.subscription import Subscription
from rclpy.topic_endpoint_info import TopicEndpointInfo
from sensor_msgs.msg import CompressedImage, Image

from descant.camera.image_conversion import ENCODINGS, Rgba, compressed_to_rgba, to_rgba
from descant.decoding import stamp_ns
from descant.nodes.common.clock import steady_timer
from descant.nodes.common.endpoints import full_name, subscription
from descant.nodes.common.invalid_messages import InvalidMessageGuard
from descant.topics import CAMERA_COMPRESSED, CAMERA_IMAGE, NEWEST, STAGE_STATE, Qos, Topic

LOOK_PERIOD_S = 0.5
FAST_DDS = bytes([0x01, 0x0F])
HOST, PROCESS = slice(0, 4), slice(4, 6)
"""Of an endpoint's id by Fast DDS: vendor and host, and the lower bits of the process's number."""


class PictureInput:
    """Calls `take` with each picture, as RGBA, and its stamp, ns.

    `wanted` is raw, compressed, or auto: raw of a camera on this machine, where pictures pass
    through shared memory, else compressed where there is such a topic. What is subscribed follows
    the camera when it moves. Of a publisher that offers best effort only, best effort is asked for.
    """

    def __init__(self, node: Node, wanted: str, take: Callable[[Rgba, int], None]) -> None:
        self._node, self._wanted, self._take = node, wanted, take
        self._chosen: tuple[Topic, Qos] | None = None
        self._subscription: Subscription | None = None
        self._refused = ""  # an encoding
        self._guards = {
            topic: InvalidMessageGuard(node, topic.name, "picture not shown")
            for topic in (CAMERA_IMAGE, CAMERA_COMPRESSED)
        }
        steady_timer(node, LOOK_PERIOD_S, self._follow)

    def _follow(self) -> None:
        """Subscribe to what the publishers offer now; to nothing while there are none."""
        topic = chosen_topic(self._node, self._wanted)
        offers = _publishers(self._node, topic) if topic else []
        is_reliable = all(
            o.qos_profile.reliability != ReliabilityPolicy.BEST_EFFORT for o in offers
        )
        chosen = (
            (topic, topic.subscriber_qos if is_reliable else NEWEST) if topic and offers else None
        )
        if chosen == self._chosen:
            return
        self._chosen = chosen
        if self._subscription is not None:
            self._node.destroy_subscription(self._subscription)
            self._subscription = None
            if chosen is None:
                self._node.get_logger().info("nobody publishes camera pictures any more")
        if chosen is not None:
            callback = self._on_image if chosen[0] == CAMERA_IMAGE else self._on_compressed
            self._subscription = subscription(self._node, chosen[0], callback, chosen[1])
            name = full_name(self._node, chosen[0])
            self._node.get_logger().info(f"showing the pictures on {name}")

    def _on_image(self, message: Image) -> None:
        if message.encoding == self._refused:
            return
        if message.encoding not in ENCODINGS:
            self._refused = message.encoding
        with self._guards[CAMERA_IMAGE]:
            m = message
            pixels = to_rgba(
                m.data, m.width, m.height, m.step, m.encoding, is_bigendian=bool(m.is_bigendian)
            )
            self._take(pixels, stamp_ns(m))

    def _on_compressed(self, message: CompressedImage) -> None:
        with self._guards[CAMERA_COMPRESSED]:
            self._take(compressed_to_rgba(message.data, message.format), stamp_ns(message))


def chosen_topic(node: Node, wanted: str) -> Topic | None:
    """The topic whose pictures `wanted` means now; None while nobody publishes any."""
    if wanted != "auto":
        return CAMERA_IMAGE if wanted == "raw" else CAMERA_COMPRESSED
    raw, host = _publishers(node, CAMERA_IMAGE), own_host(node)
    if host and any(bytes(each.endpoint_gid)[HOST] == host for each in raw):
        return CAMERA_IMAGE
    if _publishers(node, CAMERA_COMPRESSED):
        return CAMERA_COMPRESSED
    return CAMERA_IMAGE if raw else None


def _publishers(node: Node, topic: Topic) -> list[TopicEndpointInfo]:
    endpoints = node.get_publishers_info_by_topic(topic.relative)
    return [each for each in endpoints if each.topic_type == topic.message_type]


def own_host(node: Node) -> bytes:
    """How the ids of endpoints on this machine begin; b'' where that cannot be told.

    By an endpoint of this process: of another stage on another machine the name may be the same,
    so its process's number counts too. Other implementations of DDS tell no host.
    """
    process = (os.getpid() & 0xFFFF).to_bytes(2, "little")
    ids = {
        bytes(each.endpoint_gid)
        for each in _publishers(node, STAGE_STATE)
        if each.node_name == node.get_name() and each.node_namespace == node.get_namespace()
    }
    hosts = {i[HOST] for i in ids if i.startswith(FAST_DDS) and i[PROCESS] == process}
    return hosts.pop() if len(hosts) == 1 else b""
