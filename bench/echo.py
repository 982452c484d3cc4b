# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The bare baseline of bench/latency.py: rclpy alone, the same three processes.

python bench/echo.py ping RATE COUNT    publishes stamped NoteEvents, RATE a second
python bench/echo.py echo               takes each and publishes it again
"""

from __future__ import annotations

import sys
import time

import rclpy
from rclpy.executors import ExternalShutdownException

from descant import topics
from descant.msg import NoteEvent
from descant.nodes.common.conversion import to_header
from descant.nodes.common.endpoints import qos_profile


def ping(rate: float, count: int) -> None:
    """Publish `count` events on a steady grid, once the echo is there."""
    node = rclpy.create_node("ping")
    publisher = node.create_publisher(NoteEvent, "/ping", qos_profile(topics.LIVE))
    while publisher.get_subscription_count() == 0:
        time.sleep(0.01)
    time.sleep(1.0)  # the answer's way is discovered too
    start = time.monotonic()
    for index in range(count):
        time.sleep(max(0.0, start + index / rate - time.monotonic()))
        publisher.publish(NoteEvent(header=to_header(time.time_ns()), id=index))
    publisher.wait_for_all_acked()
    time.sleep(0.5)


def echo() -> None:
    """Publish again what comes."""
    node = rclpy.create_node("echo")
    publisher = node.create_publisher(NoteEvent, "/pong", qos_profile(topics.LIVE))
    node.create_subscription(NoteEvent, "/ping", publisher.publish, qos_profile(topics.LIVE))
    rclpy.spin(node)


if __name__ == "__main__":
    rclpy.init()
    try:
        if sys.argv[1] == "ping":
            ping(float(sys.argv[2]), int(sys.argv[3]))
        else:
            echo()
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
